import { execFile, spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { isDocument } from "../../src/domain/document.ts";
import { aServer } from "../outside/loopback.ts";
import { type AMachine, aDocument, aMachine, clear, eventually } from "../support/machine.ts";
import { type RunOptions, runAction } from "./composite.ts";

/** A workspace with these files, and in place of the AWS command line a program that records how it is called. */
const aWorkspace = async (files: Readonly<Record<string, string>>) => {
  const folder = await mkdtemp(join(tmpdir(), "crier-publish-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [workspace, programs, recorded] = ["site", "bin", "calls"].map((name) => join(folder, name));
  if (workspace === undefined || programs === undefined || recorded === undefined) throw new Error("no folder");
  await mkdir(workspace);
  await mkdir(programs);
  const aws = async (exit: number): Promise<void> => {
    const script = `#!/bin/sh\nprintf '%s\\n' "$@" >>'${recorded}'\nexit ${exit}\n`;
    await writeFile(join(programs, "aws"), script);
    await chmod(join(programs, "aws"), 0o755);
  };
  await aws(0);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(workspace, path)), { recursive: true });
    await writeFile(join(workspace, path), text);
  }
  const publish = (inputs: RunOptions["inputs"], options: Partial<RunOptions> = {}) =>
    runAction({
      inputs: { mode: "publish", documents: "posts", ...inputs },
      eventName: "push",
      workspace,
      programs,
      ...options,
    });
  const calls = async (): Promise<readonly string[]> =>
    (await readFile(recorded, "utf8").catch(() => "")).split("\n").filter(Boolean);
  return { workspace, publish, calls, aws };
};

/** An option of `aws s3 sync`: `*` stands for any text, `[mM]` for one of these characters, and the last one decides. */
const isCopied = (path: string, options: readonly string[]): boolean =>
  options.reduce((copied, option) => {
    const [, kind, pattern = ""] = /^--(include|exclude)=(.*)$/.exec(option) ?? [];
    if (kind === undefined) return copied;
    const expression = pattern.replaceAll(/[.*]/g, (one) => (one === "*" ? ".*" : "\\."));
    return new RegExp(`^${expression}$`, "s").test(path) ? kind === "include" : copied;
  }, true);

const paths = [
  ...["a.md", "b.mdx", "c.mdoc", "d.markdown", "E.MD", "deep/er/f.Md", "ja/a.md", "a.b.md", "markdown", "md"],
  ...["p.png", "a.md.bak", "notes.txt", "a.mdown", ".md", ".hidden.md", ".obsidian/a.md", "x/.trash/a.md"],
  ...["node_modules/a/README.md", "x/node_modules/a.md", "my_node_modules/a.md"],
];

test("a push copies the documents to the bucket, those that Crier reads and no others, and deletes what is gone", async () => {
  const { publish, calls, workspace } = await aWorkspace({ "posts/a.md": "A" });
  expect(await publish({ bucket: "uploads" })).toMatchObject({ code: 0, ran: ["Publish"] });
  const called = await calls();
  expect(called.slice(0, 4)).toEqual(["s3", "sync", join(workspace, "posts"), "s3://uploads/"]);
  expect(called).toEqual(expect.arrayContaining(["--delete", "--no-follow-symlinks"]));
  expect(paths.filter((path) => isCopied(path, called))).toEqual(paths.filter(isDocument));
});

/** What the real `aws` would do by these arguments: it lists the keys of a bucket on loopback, and changes nothing. */
const dryRun = async (args: readonly string[], keys: readonly string[]): Promise<readonly string[]> => {
  const contents = keys.map(
    (key) =>
      `<Contents><Key>${key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><Size>1</Size></Contents>`,
  );
  const { url } = await aServer((_, response) =>
    response.end(`<ListBucketResult><IsTruncated>false</IsTruncated>${contents.join("")}</ListBucketResult>`),
  );
  const options = ["--dryrun", "--endpoint-url", url, "--no-sign-request", "--region", "eu-central-1"];
  const { stdout } = await promisify(execFile)("aws", [...args, ...options]);
  return [...stdout.matchAll(/^\(dryrun\) (\w+): .*?s3:\/\/uploads\/(.*)$/gm)].map(([, act, key]) => `${act} ${key}`);
};

// GitHub's runners have the AWS command line. Elsewhere `isCopied` alone stands for it.
test.skipIf(spawnSync("aws", ["--version"]).status !== 0)(
  "the real AWS command line copies those documents, no link, and deletes what is gone",
  async () => {
    const { publish, calls, workspace } = await aWorkspace(
      Object.fromEntries(paths.map((path) => [`posts/${path}`, path])),
    );
    await symlink(join(workspace, "posts/a.md"), join(workspace, "posts/link.md"));
    await publish({ bucket: "uploads" });
    const keys = ["gone.md", "sites/notes/a.md"];
    expect((await dryRun(await calls(), keys)).toSorted()).toEqual(
      ["delete gone.md", ...paths.filter(isDocument).map((path) => `upload ${path}`)].toSorted(),
    );
  },
  30_000,
);

test("the documents of other sites in the bucket stay, unless the folder has them", async () => {
  const one = await aWorkspace({ "posts/a.md": "A" });
  await one.publish({ bucket: "s3://uploads/" });
  expect(isCopied("sites/notes/a.md", await one.calls())).toBe(false);
  const all = await aWorkspace({ "posts/a.md": "A", "posts/sites/notes/b.md": "B" });
  await all.publish({ bucket: "uploads" });
  expect(isCopied("sites/notes/a.md", await all.calls())).toBe(true);
  const other = await aWorkspace({ "posts/a.md": "A" });
  await other.publish({ bucket: "uploads/sites/notes/" });
  expect((await other.calls())[3]).toBe("s3://uploads/sites/notes/");
});

test.each([
  ["is empty", { "README.md": "A site." }],
  ["has no documents", { "posts/a.png": "", "posts/.hidden/b.md": "B", "posts/node_modules/c.md": "C" }],
])("a folder that %s is refused, because a copy of it would delete every post", async (_, files) => {
  const { publish, calls, workspace } = await aWorkspace(files);
  await mkdir(join(workspace, "posts"), { recursive: true });
  const done = await publish({ bucket: "uploads" });
  expect(done).toMatchObject({
    code: 1,
    log: "::error::posts contains no documents, and nothing was published: a copy of an empty folder would delete every post. Correct the input documents, or run actions/checkout before this step\n",
  });
  expect(await calls()).toEqual([]);
});

test("a link in place of a document is none", async () => {
  const { publish, workspace } = await aWorkspace({ "secret.md": "A secret." });
  await mkdir(join(workspace, "posts"));
  await symlink(join(workspace, "secret.md"), join(workspace, "posts/a.md"));
  expect(await publish({ bucket: "uploads" })).toMatchObject({
    code: 1,
    log: expect.stringContaining("posts contains no documents"),
  });
});

test("a folder that is not there is refused", async () => {
  const { publish, calls } = await aWorkspace({});
  const { code, log } = await publish({ bucket: "uploads" });
  expect([code, await calls()]).toEqual([1, []]);
  expect(log).toMatch(/^::error::.*posts is not a folder that can be read: .*\n$/);
});

test("a copy that AWS refuses fails the job, with the rights that it needs", async () => {
  const { publish, aws } = await aWorkspace({ "posts/a.md": "A" });
  await aws(1);
  expect(await publish({ bucket: "uploads" })).toMatchObject({
    code: 1,
    log: expect.stringMatching(/^::error::aws s3 sync did not copy everything, .*s3:PutObject and s3:DeleteObject/m),
  });
});

const both = "publish needs one of the inputs bucket and url: give a bucket, or a url with its token";
test.each([
  [{ mode: "sync", bucket: "uploads" }, "mode: sync is neither plan nor publish: write one of them"],
  [{ mode: "", bucket: "uploads" }, "mode:  is neither plan nor publish: write one of them"],
  [{}, both],
  [{ bucket: "uploads", url: "https://crier.example.com" }, both],
  [
    { url: "https://crier.example.com" },
    "the input token is missing: give it the API token of the server, from a secret",
  ],
  [
    { bucket: "--profile=x" },
    "bucket: --profile=x is not the name of a bucket: give the output UploadBucket of the deployment",
  ],
  [
    { url: "http://crier.example.com", token: "t" },
    "the documents could not be sent: CRIER_URL must start with https://, because the token is sent to it: http://crier.example.com",
  ],
])("the inputs %j are refused in one sentence", async (inputs, message) => {
  const { publish, calls } = await aWorkspace({ "posts/a.md": "A" });
  const { code, log } = await publish(inputs);
  expect([code, log.split("\n").filter((line) => line.startsWith("::"))]).toEqual([1, [`::error::${message}`]]);
  expect(await calls()).toEqual([]);
});

test("a pull request publishes nothing", async () => {
  const { publish, calls } = await aWorkspace({ "posts/a.md": "A" });
  const { code, log } = await publish({ bucket: "uploads" }, { eventName: "pull_request" });
  expect([code, await calls()]).toEqual([1, []]);
  expect(log).toContain("mode: publish would publish what is not merged yet, because the event is pull_request");
});

let machine: AMachine;
beforeAll(async () => {
  machine = await aMachine();
});
afterAll(() => clear(machine));

test("a push sends the documents to a server; sent again, nothing is published twice", async () => {
  const server = { url: machine.url, token: machine.token };
  const { publish } = await aWorkspace({
    "posts/first.md": aDocument("First"),
    "posts/2026/second.md": aDocument("Second"),
  });
  expect(await publish(server)).toMatchObject({ code: 0 });
  expect(await publish(server)).toMatchObject({ code: 0 });
  await eventually(async () => (await machine.titles()).toSorted()).toEqual(["First", "Second"]);
  const posted = async () => (await machine.sandbox()).filter(({ network }) => network === "mastodon").length;
  await eventually(posted).toBe(2);
});

test("a document that the server refuses, and a token that only reads, fail the job", async () => {
  const { publish, workspace } = await aWorkspace({ "posts/broken.md": "---\ntype: article\n---\nNo title." });
  const refused = await publish({ url: machine.url, token: machine.token });
  expect(refused).toMatchObject({ code: 1, log: expect.stringContaining("refused broken.md: title: It has no title") });
  expect(refused.log).toContain("::error::the server did not take every document: correct what the lines above name\n");
  await writeFile(join(workspace, "posts/broken.md"), aDocument("Corrected"));
  const forbidden = await publish({ url: machine.url, token: machine.planToken });
  expect(forbidden).toMatchObject({
    code: 1,
    log: expect.stringContaining("::error::the documents could not be sent: This is the read-only token"),
  });
});
