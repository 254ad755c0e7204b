import { expect, test } from "vitest";
import { runAction } from "./composite.ts";
import { aGithub } from "./github-double.ts";

const sha = "0123456789abcdef0123456789abcdef01234567";
const eventFrom = (repository: string | null) => ({
  pull_request: {
    number: 7,
    base: { sha, repo: { full_name: "owner/site" } },
    head: { sha, repo: repository === null ? null : { full_name: repository } },
  },
});

interface CommentOptions {
  readonly from?: string | null;
  readonly changes?: boolean;
  readonly site?: string;
}

const comment = (
  { url }: { readonly url: string },
  plan: string,
  { from = "owner/site", changes = true, site = "" }: CommentOptions = {},
) =>
  runAction({
    inputs: { mode: "plan", documents: "posts", site },
    event: eventFrom(from),
    workspace: ".",
    api: url,
    only: ["Comment"],
    plan,
    changes,
  });

test("a plan is one comment, which is changed in place among many others", async () => {
  const github = await aGithub();
  github.add(130, "A comment.");
  expect(await comment(github, "The first plan.\n")).toMatchObject({ code: 0 });
  expect(github.comments[130]).toMatchObject({ body: "<!-- crier-plan -->\nThe first plan.\n" });
  github.add(1, "Another one.");
  await comment(github, "The second plan.\n");
  expect(github.comments.length).toBe(132);
  expect(github.comments[130]?.body).toContain("The second plan.");
});

test("the same plan is not sent again", async () => {
  const github = await aGithub();
  await comment(github, "The plan.\n");
  github.requests.length = 0;
  await comment(github, "The plan.\n");
  expect(github.requests).toEqual(["GET /repos/owner/site/issues/7/comments"]);
});

test("a comment of somebody else that begins with the mark, or quotes it, is left as it is", async () => {
  const github = await aGithub();
  github.add(1, "<!-- crier-plan -->\nMine.");
  github.add(1, "<!-- crier-plan -->\nOf another app.", "other[bot]");
  github.add(1, "Quoted: <!-- crier-plan -->\n", "github-actions[bot]");
  await comment(github, "The plan.\n");
  expect(github.comments.map(({ body }) => body).slice(0, 3)).toEqual([
    "<!-- crier-plan -->\nMine.",
    "<!-- crier-plan -->\nOf another app.",
    "Quoted: <!-- crier-plan -->\n",
  ]);
  expect(github.comments[3]?.body).toContain("The plan.");
});

test("each site has its own comment", async () => {
  const github = await aGithub();
  await comment(github, "Of the first site.\n");
  await comment(github, "Of the notes.\n", { site: "notes" });
  await comment(github, "Of the notes, again.\n", { site: "notes" });
  expect(github.comments.map(({ body }) => body)).toEqual([
    "<!-- crier-plan -->\nOf the first site.\n",
    "<!-- crier-plan notes -->\nOf the notes, again.\n",
  ]);
});

test("a plan of more than 65,536 characters ends with a whole line and a link to the summary", async () => {
  const github = await aGithub();
  const line = `A line with an emoji: ${"🦊".repeat(20)}\n`;
  expect(await comment(github, line.repeat(2000))).toMatchObject({ code: 0 });
  const [{ body } = { body: "" }] = github.comments;
  expect(body.length).toBeLessThanOrEqual(65_536);
  expect(body.length).toBeGreaterThan(65_000);
  const end =
    "\n\n… the whole plan is in [the summary of the job](https://github.example/owner/site/actions/runs/42).\n";
  expect(body.endsWith(`${line.trimEnd()}${end}`)).toBe(true);
});

test("a plan of exactly 65,536 characters is kept whole", async () => {
  const github = await aGithub();
  const mark = "<!-- crier-plan -->\n";
  const plan = `${"x".repeat(65_536 - mark.length - 1)}\n`;
  await comment(github, plan);
  expect(github.comments[0]?.body).toBe(mark + plan);
});

test("a pull request without documents gets no comment, and one that has no more of them changes its own", async () => {
  const github = await aGithub();
  await comment(github, "No documents.\n", { changes: false });
  expect(github.comments).toEqual([]);
  await comment(github, "The plan.\n");
  await comment(github, "No documents.\n", { changes: false });
  expect(github.comments.map(({ body }) => body)).toEqual(["<!-- crier-plan -->\nNo documents.\n"]);
});

test.each([
  ["of a fork", "stranger/site", "this is a pull request of a fork"],
  ["of a fork that was deleted", null, "this is a pull request of a fork"],
  ["whose workflow lacks the permission", "owner/site", "permissions: { contents: read, pull-requests: write }"],
])(
  "a pull request %s, which may not comment, is no failure, and the notice says where the plan is",
  async (_, from, why) => {
    const github = await aGithub();
    github.state.mayWrite = false;
    const { code, log } = await comment(github, "The plan.\n", { from });
    expect([code, github.comments.length]).toEqual([0, 0]);
    expect(log).toMatch(
      /^::notice::GitHub answered 403 to the comment .*: the plan is in the summary of this job\.\n$/,
    );
    expect(log).toContain(why);
  },
);

test("a failure of GitHub is one line with the next step", async () => {
  const github = await aGithub();
  github.state.fails = 502;
  expect(await comment(github, "The plan.\n")).toMatchObject({
    code: 1,
    log: "::error::GitHub answered 502 to GET /issues/7/comments?per_page=100&page=1: run the job again\n",
  });
  expect(await comment({ url: "http://127.0.0.1:1" }, "The plan.\n")).toMatchObject({
    code: 1,
    log: "::error::GitHub gave no answer to GET /issues/7/comments?per_page=100&page=1: run the job again\n",
  });
});
