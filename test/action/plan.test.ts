import { execFileSync } from "node:child_process";
import { access, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { aDocument } from "../support/world.ts";
import { type RunOptions, root, runAction } from "./composite.ts";
import { aGithub } from "./github-double.ts";

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const config = `import { defineConfig } from "crier";
export default defineConfig({
  sites: [{ id: "blog", title: "A Blog", url: "https://blog.example.com/" }],
  accounts: [{ name: "x", network: "x" }, { name: "bluesky", network: "bluesky" }],
});
`;

const aPost = (title: string, words = `The words of ${title}.`): string =>
  `---\ntitle: ${JSON.stringify(title)}\ndate: ${new Date().toISOString()}\n---\n${words}\n`;

type Files = Readonly<Record<string, string | undefined>>;

/** The checkout of a pull request that changes the files `before` into `after`; undefined deletes a file. */
const aPullRequest = async (before: Files, after: Files) => {
  const folder = await mkdtemp(join(tmpdir(), "crier-site-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const workspace = join(folder, "workspace");
  await mkdir(workspace);
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-c", "user.name=Test", "-c", "user.email=test@example.com", ...args], {
      cwd: workspace,
      encoding: "utf8",
    }).trim();
  const commit = async (files: Files): Promise<string> => {
    for (const [path, text] of Object.entries(files)) {
      if (text === undefined) await rm(join(workspace, path));
      else {
        await mkdir(dirname(join(workspace, path)), { recursive: true });
        await writeFile(join(workspace, path), text);
      }
    }
    git("add", "--all", "--force");
    git("commit", "--quiet", "--allow-empty", "--message", "A commit");
    return git("rev-parse", "HEAD");
  };
  git("init", "--quiet", "--initial-branch=main");
  const base = await commit(before);
  git("switch", "--quiet", "--create", "branch");
  const head = await commit(after);
  const eventOf = (from: string) => ({
    pull_request: {
      number: 7,
      base: { sha: base, repo: { full_name: "owner/site" } },
      head: { sha: head, repo: { full_name: from } },
    },
  });
  const plan = ({ inputs, ...options }: Partial<RunOptions> = {}, from = "owner/site") =>
    runAction({
      inputs: { mode: "plan", documents: "posts", ...inputs },
      event: eventOf(from),
      workspace,
      ...options,
    });
  return { folder, workspace, base, eventOf, plan };
};

/** Code that writes a file when it runs. */
const trap = (file: string): string =>
  `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(file)}, "");\n`;

test("a pull request gets the text, length, card and cost of each new post, and of no other", async () => {
  const github = await aGithub();
  const { plan, base } = await aPullRequest(
    { "crier.config.ts": config, "posts/old.md": aPost("Old"), "README.md": "A site." },
    { "posts/new.md": aPost("Tom & @jerry"), "README.md": "Another one." },
  );
  const { code, summary, ran, temp } = await plan({ api: github.url });
  expect([code, ran]).toEqual([0, ["Plan", "Comment"]]);
  const [{ body } = { body: "" }] = github.comments;
  expect(body).toContain(`by the configuration of the base commit \`${base.slice(0, 7)}\``);
  expect(body).toContain("| posts/new.md | x, bluesky | would go out |  |\n");
  expect(body).toContain("1 of 1 would go out");
  expect(body).toContain("### Tom \\& @\u200Bjerry\n");
  expect(body).toMatch(/\*\*x\*\* \(x, sandbox\): \d+ of 280 characters, language en, \$0\.20\n/);
  expect(body).toContain("    card: Tom & @jerry\n");
  expect(body).not.toContain("README");
  expect(summary).toBe(`## Crier\n\n${body.split("\n").slice(1).join("\n")}`);
  expect(await readdir(temp)).toEqual(["crier-plan.md"]);
});

/** What a head commit can bring that runs code, if a program is careless with it. */
const traps = (file: string): Files => {
  const script = `node -e 'require("fs").writeFileSync(${JSON.stringify(file)}, "")'`;
  return {
    "crier.config.ts": `${trap(file)}export default { sites: [{ id: "blog", title: "B", url: "https://blog.example.com/" }] };\n`,
    "package.json": JSON.stringify({
      type: "module",
      scripts: { preinstall: script, install: script, prepare: script },
    }),
    ".npmrc": "ignore-scripts=false\n",
    ".env": "CRIER_X_APP_KEY=key\n",
    ".gitattributes": "*.md filter=trap diff=trap\n",
    "node_modules/crier/index.js": trap(file),
    "node_modules/zod/index.js": trap(file),
    "posts/node_modules/crier/index.js": trap(file),
  };
};

test("nothing that a pull request of a fork brings is run: its plan is by the base commit, in the summary of the job", async () => {
  const github = await aGithub();
  github.state.mayWrite = false;
  const trapped = join(await mkdtemp(join(tmpdir(), "crier-trap-")), "ran");
  onTestFinished(() => rm(dirname(trapped), { recursive: true }));
  const { plan } = await aPullRequest(
    { "crier.config.ts": config },
    { ...traps(trapped), "posts/new.md": aPost("New") },
  );
  const { code, summary, log } = await plan({ api: github.url }, "stranger/site");
  expect([code, await exists(trapped)]).toEqual([0, false]);
  expect(summary).toContain("This pull request changes `crier.config.ts`, too. A configuration is code");
  expect(summary).toContain("| posts/new.md | x, bluesky | would go out |  |\n");
  expect(log).toContain("this is a pull request of a fork");
  expect(github.comments).toEqual([]);
});

test("the trap of the test above notices a configuration that is run", async () => {
  const trapped = join(await mkdtemp(join(tmpdir(), "crier-trap-")), "ran");
  onTestFinished(() => rm(dirname(trapped), { recursive: true }));
  const { plan } = await aPullRequest(traps(trapped), { "posts/new.md": aPost("New") });
  expect(await plan({ only: ["Plan"] })).toMatchObject({ code: 0 });
  expect(await exists(trapped)).toBe(true);
});

test.each(["pull_request_target", "workflow_run", "push"])(
  "the event %s is refused, because it could give a fork this repository's secrets",
  async (eventName) => {
    const { plan } = await aPullRequest({ "crier.config.ts": config }, { "posts/new.md": aPost("New") });
    const { code, log, summary, ran } = await plan({ eventName });
    expect([code, summary, ran]).toEqual([1, "", ["Plan"]]);
    expect(log).toBe(
      `::error::mode: plan is for the event pull_request, and this is ${eventName}: write \`on: pull_request\`\n`,
    );
  },
);

test("an action that comes from the pull request itself is refused", async () => {
  const { eventOf } = await aPullRequest({}, {});
  const options = { inputs: { mode: "plan", documents: "posts" }, event: eventOf("owner/site"), workspace: root };
  expect(await runAction(options)).toMatchObject({
    code: 1,
    summary: "",
    log: "::error::this action was taken from the checkout of the pull request, which may have changed it: name a repository and a commit or tag, as in `uses: OWNER/crier@TAG`\n",
  });
});

test("a checkout without the commits of the pull request names what to set", async () => {
  const { folder, workspace, plan, base } = await aPullRequest(
    { "crier.config.ts": config },
    { "posts/new.md": aPost("New") },
  );
  const shallow = join(folder, "shallow");
  execFileSync("git", ["clone", "--quiet", "--depth=1", `file://${workspace}`, shallow]);
  const log = `::error::the commit ${base} is not in the workspace: run actions/checkout with \`fetch-depth: 0\` before this step\n`;
  expect(await plan({ workspace: shallow })).toMatchObject({ code: 1, summary: "", log });
  expect(await plan({ workspace: folder })).toMatchObject({ code: 1, summary: "", log });
});

test("a pull request that brings the first configuration gets no plan, and is no failure", async () => {
  const github = await aGithub();
  const { plan } = await aPullRequest({}, { "crier.config.ts": config, "posts/new.md": aPost("New") });
  const { code, summary } = await plan({ api: github.url });
  expect([code, github.comments.length]).toEqual([0, 0]);
  expect(summary).toMatch(/^## Crier\n\nThere is no plan: the base commit `\w{7}` has no `crier\.config\.ts`\./);
});

test("a base commit whose configuration is wrong ends with its mistakes, and no part of a plan is written", async () => {
  const { plan } = await aPullRequest(
    { "crier.config.ts": "export default { sites: [] };\n" },
    { "posts/new.md": aPost("New") },
  );
  const { code, log, summary, plan: written, ran, temp } = await plan();
  expect([code, summary, written, ran]).toEqual([1, "", "", ["Plan"]]);
  expect(log).toMatch(/^::error::.*crier\.config\.ts: sites: .*\n$/);
  expect(await readdir(temp)).toEqual([]);
});

test("documents that are gone, moved or refused are in the plan, and a refused one fails the job after the comment", async () => {
  const github = await aGithub();
  const { plan } = await aPullRequest(
    { "crier.config.ts": config, "posts/gone.md": aPost("Gone") },
    { "posts/gone.md": undefined, "posts/broken.md": "---\ntype: article\n---\nNo title." },
  );
  const { code, ran, log } = await plan({ api: github.url });
  expect([code, ran]).toEqual([1, ["Plan", "Comment", "Refused documents"]]);
  expect(log).toContain("::error::A document is refused. The plan names it and what to correct.\n");
  expect(github.comments[0]?.body).toContain("| posts/broken.md |  | refused | title: It has no title");
  expect(github.comments[0]?.body).toContain("| posts/gone.md |  | deleted |");
});

test("a pull request without documents needs no Crier, and changes the comment that it has", async () => {
  const github = await aGithub();
  github.add(1, "<!-- crier-plan -->\nThe plan of an earlier commit.\n", "github-actions[bot]");
  const { plan } = await aPullRequest(
    { "crier.config.ts": config, "posts/a.md": aPost("A") },
    { "theme.css": "p {}", "notes/b.md": aPost("B"), "posts/c.txt": "c" },
  );
  expect(await plan({ api: github.url })).toMatchObject({ code: 0 });
  expect(github.comments[0]?.body).toBe("<!-- crier-plan -->\nThis pull request changes no documents below `posts`.\n");
});

test("the folders of the configuration are read, beside it, and a clone's configuration imports its own src", async () => {
  const own = `import { z } from "zod";
export const defineConfig = (config) => z.looseObject({}).parse(config);
`;
  const sites = `[{ id: "blog", title: "A Blog", url: "https://blog.example.com/", sources: [{ folder: "../posts", exclude: ["drafts/**"] }] }, { id: "notes", title: "Notes", url: "https://notes.example.com/" }]`;
  const { plan } = await aPullRequest(
    {
      "feeds/src/config.ts": own,
      "feeds/crier.config.ts": `import { defineConfig } from "./src/config.ts";\nexport default defineConfig({ sites: ${sites}, accounts: [{ name: "x", network: "x" }] });\n`,
      "posts/old.md": aDocument({ slug: "old" }),
    },
    { "posts/old.md": aDocument({ slug: "old", title: "Changed" }) },
  );
  const { code, summary, log } = await plan({
    inputs: { config: "feeds/crier.config.ts", site: "blog" },
    only: ["Plan"],
  });
  expect([code, log]).toEqual([0, "The plan is in the summary of this job.\n"]);
  expect(summary).toContain("| posts/old.md | x | no | it was there before Crier's first listing |\n");
});

test.each([
  ["documents", "", "the input documents is missing: add it below `with` of this step"],
  ["documents", "../other", "documents: ../other is not in the repository: give a path from its top"],
  ["config", "/etc/passwd", "config: /etc/passwd is not in the repository: give a path from its top"],
  ["site", "nope", "no plan could be made: There is no site nope: use blog."],
])("a wrong %s (%j) is one sentence", async (input, value, message) => {
  const { plan } = await aPullRequest({ "crier.config.ts": config }, { "posts/new.md": aPost("New") });
  const { code, log, summary } = await plan({ inputs: { [input]: value } });
  expect([code, log, summary]).toEqual([1, `::error::${message}\n`, ""]);
});
