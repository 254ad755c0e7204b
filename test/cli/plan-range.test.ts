import { execFileSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { changesIn } from "../../src/cli/document-files.ts";
import { aDocument, aMachine, clear } from "../support/machine.ts";
import { crier } from "../support/terminal.ts";

let machine: Awaited<ReturnType<typeof aMachine>>;
let blog: string;

const git = (...args: readonly string[]): void => {
  execFileSync("git", ["-c", "user.name=Test", "-c", "user.email=test@example.com", ...args], {
    cwd: blog,
    stdio: "pipe",
  });
};

const write = async (path: string, text: string): Promise<void> => {
  await mkdir(join(blog, path, ".."), { recursive: true });
  await writeFile(join(blog, path), text);
};

const commit = (): void => {
  git("add", "--all");
  git("commit", "--quiet", "--message", "Posts");
};

beforeAll(async () => {
  machine = await aMachine();
  blog = join(machine.folder, "blog");
  await mkdir(blog);
  git("init", "--quiet", "--initial-branch=main");
  await write("posts/kept.md", aDocument("Kept"));
  await write("posts/gone.md", aDocument("Gone"));
  await write("posts/moved.md", aDocument("Moved", "tags: [one, two, three]\n"));
  await write("notes/other.md", aDocument("Other"));
  commit();
  git("switch", "--quiet", "--create", "draft");
  await write("posts/new.md", aDocument("Tom & @jerry", "summary: A | b\n"));
  await write("posts/broken.md", "---\ntype: article\n---\nNo title.");
  await write("posts/notes.txt", "no document");
  await rm(join(blog, "posts/gone.md"));
  git("mv", "posts/moved.md", "posts/over-there.md");
  await write("notes/other.md", aDocument("Another"));
  commit();
  await write("posts/new.md", "not committed");
});
afterAll(() => clear(machine));

const plan = (...args: readonly string[]) => crier(["plan", ...args], { ...machine, folder: join(blog, "posts") });

test("plan of a range of commits says what becomes of the documents that it changes below this folder", async () => {
  const { out, code } = await plan("main..HEAD");
  expect(out).toMatchInlineSnapshot(`
    "DOCUMENT             ACCOUNTS              ANNOUNCED     WHY
    posts/broken.md                            refused       title: It has no title: add \`title: …\` to the front matter.
    posts/gone.md                              deleted       its post is removed from the feeds, and its copies from the networks that allow it
    posts/new.md         x, bluesky, mastodon  would go out
    posts/over-there.md  x, bluesky, mastodon  would go out  moved from posts/moved.md

    If every account were connected now, 2 of 4 would go out.
    "
  `);
  expect(code).toBe(1);
  expect((await machine.sandbox()).length).toBe(0);
});

test("plan of a range has the texts of each post in JSON", async () => {
  expect((await plan("main...draft", "--json")).json()).toMatchObject({
    documents: expect.arrayContaining([
      expect.objectContaining({ path: "posts/gone.md", result: "deleted" }),
      expect.objectContaining({
        path: "posts/new.md",
        title: "Tom & @jerry",
        snippets: expect.arrayContaining([expect.objectContaining({ account: "x", limit: 280 })]),
      }),
    ]),
  });
});

test("plan of a range is a comment on a pull request, in which no text is markup and no name a mention", async () => {
  const { out } = await plan("main..", "--markdown");
  expect(out).toMatchInlineSnapshot(`
    "| Document | Accounts | Announced | Why |
    | --- | --- | --- | --- |
    | posts/broken.md |  | refused | title: It has no title: add \\\`title: …\\\` to the front matter. |
    | posts/gone.md |  | deleted | its post is removed from the feeds, and its copies from the networks that allow it |
    | posts/new.md | x, bluesky, mastodon | would go out |  |
    | posts/over-there.md | x, bluesky, mastodon | would go out | moved from posts/moved.md |

    If every account were connected now, 2 of 4 would go out.

    ### Tom \\& @​jerry

    \`posts/new.md\` at https://blog.example.com/new/

    **x** (x, sandbox): 45 of 280 characters, language en, $0.20

        Tom & @​jerry

        A | b

        https://blog.example.com/new/

    **bluesky** (bluesky, sandbox): 28 of 300 characters, language en

        A | b

        blog.example.com/new/

        card: Tom & @jerry

    **mastodon** (mastodon, sandbox): 45 of 500 characters, language en

        Tom & @​jerry

        A | b

        https://blog.example.com/new/

    ### Moved

    \`posts/over-there.md\` at https://blog.example.com/over-there/

    **x** (x, sandbox): 72 of 280 characters, language en, $0.20

        Moved

        These are the words of Moved.

        https://blog.example.com/over-there/

        #one #two

    **bluesky** (bluesky, sandbox): 76 of 300 characters, language en

        These are the words of Moved.

        blog.example.com/over-ther…

        #one #two #three

        card: Moved

    **mastodon** (mastodon, sandbox): 79 of 500 characters, language en

        Moved

        These are the words of Moved.

        https://blog.example.com/over-there/

        #one #two #three
    "
  `);
});

test("a range without documents says so", async () => {
  expect(await plan("main..main")).toMatchObject({
    code: 0,
    out: "main..main changes no Markdown files in this folder.\n",
  });
});

test("a range that git does not know is named", async () => {
  expect(await plan("main..nowhere")).toMatchObject({
    code: 1,
    err: expect.stringMatching(/git cannot read the range: fatal: .*main\.\.nowhere/),
  });
});

test("a range outside of a repository says so", async () => {
  expect(await crier(["plan", "main..HEAD"], { ...machine, folder: "/" })).toMatchObject({
    code: 1,
    err: expect.stringContaining("git cannot read the range: fatal: not a git repository"),
  });
});

test("in a terminal with colours the title of a plan is bold, and no text of the document is a colour", async () => {
  const file = join(machine.folder, "red.md");
  await writeFile(file, aDocument("Not \u001b[31mred"));
  const { out } = await crier(["plan", file], { ...machine, hasColours: true });
  expect(out).toMatch(/^\u001b\[1mNot \s?\[31mred\u001b\[22m\n/);
});

test("a range may change any number of documents", () => {
  const fields = Array.from({ length: 50_000 }, (_, index) => ["M", `${index}.md`]).flat();
  expect(changesIn([...fields, "R100", "old.md", "new.md", "D", "gone.md"], "/blog").slice(-3)).toEqual([
    { path: "49999.md", file: "/blog/49999.md" },
    { path: "new.md", file: "/blog/new.md", movedFrom: "old.md" },
    { path: "gone.md" },
  ]);
});
