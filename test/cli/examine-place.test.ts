import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { examinePlace } from "../../src/cli/examine-place.ts";
import { documentsInProcess, feedsInProcess } from "../../src/parsing/parsers-in-process.ts";
import { aServer } from "../outside/loopback.ts";
import { crier } from "../support/terminal.ts";

/** The command runs in this folder. */
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "crier-examine-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await configure({});
});

const write = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
};

const configure = (more: object): Promise<void> => {
  const site = { id: "blog", title: "A Blog", url: "https://blog.example.com/", ...more };
  const notes = { id: "notes", title: "Notes", url: "https://notes.example.com/" };
  return write("crier.config.ts", `export default ${JSON.stringify({ sites: [site, notes] })};`);
};

const document = (lines: string, body = "Text.") => `---\n${lines}\n---\n${body}\n`;

/** Makes a folder like that of `hugo new site`, with mistakes. */
const aBlog = async () => {
  await write("content/_index.md", document("title: Home"));
  await write("content/README.md", "Read me.");
  await write("content/posts/_index.md", document("title: Posts"));
  await write(
    "content/posts/alpha/index.md",
    document("title: Alpha\ndate: 2026-03-02\nsummary: A.\ntags: [a]\nteam: x"),
  );
  await write("content/posts/beta.md", document("title: Beta\ndate: 2026-03-01\nsumary: B.\nteam: x", "Itâ€™s on."));
  await write("content/posts/2026-02-01-gamma.md", document("title: Gamma\nsocial: { mastdon: C }"));
  await write("content/posts/later.md", document("title: Later\ndate: 2199-01-01\ndescription: D."));
  await write("content/posts/draft.md", document("draft: true"));
  await write("content/posts/undated.md", document("title: Undated"));
  await write("content/posts/copy.md", document("title: Copy\ndate: 2026-01-01\nslug: alpha"));
  await write("content/posts/broken.md", document("titel: Broken\ndate: 2026-01-01"));
};

const doctor = (...args: readonly string[]) => crier(["doctor", ...args], { folder });

/**
 * Returns the output and the exit code of the command, with parsers of this process: the command itself starts another
 * one each time.
 */
const examined = async (place: string, config?: string) => {
  const parsers = { documentParsers: documentsInProcess, feedParsers: feedsInProcess, close: async () => {} };
  const { lines, answer, failed } = await examinePlace({ place, site: undefined, config, folder }, parsers);
  return { text: lines.map((line) => (typeof line === "string" ? line : line.text)).join("\n"), answer, failed };
};

describe("crier doctor DIR", () => {
  test("says what the documents would become, what they are read from, and what is not read", async () => {
    await aBlog();
    const { failed, text } = await examined("content");
    expect(failed).toBe(true);
    expect(`${text}\n`).toBe(`11 documents in content, read as those of the site blog:
4 would be posts (1 of them scheduled), 2 held, 3 pages, 2 refused, 1 repaired

REFUSED, until it is corrected
  posts/broken.md  title: It has no title: did you mean \`titel\` as the title? Write \`title\`.
  posts/copy.md    the address https://blog.example.com/alpha/ belongs to posts/alpha/index.md: give this document a slug, a permalink or a canonical URL of its own

HELD: not published, and why
  posts/draft.md    It is a draft (\`draft: true\`).
  posts/undated.md  It has no date: add a date (\`date: 2026-03-01\`), or publish its file: npx crier publish FILE

PAGES: not posts, and why
  README.md        Its name is README.
  _index.md        It is the index of a section (\`_index\`).
  posts/_index.md  It is the index of a section (\`_index\`).

NOTES: what was left out or guessed
  1  posts/2026-02-01-gamma.md  social.mastdon: \`social.mastdon\` is for no account and no network: did you mean "mastodon"?
  1  posts/beta.md              sumary: \`sumary\` is not read: did you mean \`summary\`?

REPAIRED: the text was in a wrong encoding
  posts/beta.md

FIELDS: what they are read from, in how many documents
  title       \`title\` 6, nothing 1, nothing: it is a note, because it has no title, and its text is short 1
  published   \`date\` 5, nothing 2, the file's path 1
  updated     nothing 8
  summary     the body 5, \`summary\` 1, nothing 1, \`description\` 1
  categories  nothing 7, \`tags\` 1
  image       nothing 8
  author      nothing 8
  slug        the file's path 7, \`slug\` 1
  permalink   the site 8
  language    the site 8
  guid        nothing 8

NOT READ: keys, in how many documents
  team    2
  sumary  1  did you mean "summary"?
  titel   1  did you mean "title"?

POSTS, the newest first
  2199-01-01  posts/later.md             https://blog.example.com/later/  Later
  2026-03-02  posts/alpha/index.md       https://blog.example.com/alpha/  Alpha
  2026-03-01  posts/beta.md              https://blog.example.com/beta/   Beta
  2026-02-01  posts/2026-02-01-gamma.md  https://blog.example.com/gamma/  Gamma
`);
  });

  test("answers the same as data, with every document", async () => {
    await aBlog();
    expect((await examined("content")).answer).toMatchObject({
      site: "blog",
      place: "content",
      documents: 11,
      published: [{ path: "posts/later.md", published: "2199-01-01T00:00:00.000Z" }, {}, {}, {}],
      held: [{ path: "posts/draft.md", reason: "It is a draft (`draft: true`)." }, {}],
      pages: [{ path: "README.md" }, {}, {}],
      refused: [{ path: "posts/broken.md", reasons: [{ code: "title-missing", field: "title" }] }, {}],
      repaired: ["posts/beta.md"],
      fields: expect.arrayContaining([{ field: "categories", from: "tags", documents: 1 }]),
      ignored: expect.arrayContaining([
        { key: "team", documents: 2 },
        { key: "titel", documents: 1, meant: "title" },
      ]),
      warnings: expect.arrayContaining([expect.objectContaining({ code: "social-unknown", paths: expect.any(Array) })]),
      unusedFields: [],
    });
  });

  test("names the configured fields whose key no document has", async () => {
    await write("posts/a.md", document("title: A\ndate: 2026-03-01\npreview: P\nhero: {}"));
    await configure({ fields: { summary: "preview", image: "hero.src" } });
    expect(await examined("posts")).toMatchObject({
      failed: true,
      text: expect.stringContaining(
        '\nCONFIGURATION\n  crier.config.ts: sites[0].fields.image: no document has the key "hero.src": correct or remove it\n',
      ),
      answer: {
        unusedFields: [{ field: "image", key: "hero.src" }],
        fields: expect.arrayContaining([{ field: "summary", from: "preview", documents: 1 }]),
      },
    });
  });

  test("names the permalinks of folders and languages without a document", async () => {
    await write("posts/a.md", document("title: A\ndate: 2026-03-01\nlang: de"));
    await configure({ permalinks: { "de/": "/d/:slug/", "notes/": "/n/:slug/" } });
    expect(await examined("posts")).toMatchObject({
      failed: true,
      text: expect.stringContaining(
        '\nCONFIGURATION\n  crier.config.ts: sites[0].permalinks: there is no document in "notes/": correct or remove it\n',
      ),
    });
  });

  test.each(["content", "content/posts"])(
    "reads %s as the source that has it: paths, include and exclude",
    async (dir) => {
      for (const path of ["posts/a.md", "posts/index.md", "posts/drafts/b.md", "posts/c.mdx"])
        await write(`content/${path}`, document("title: T\ndate: 2026-03-01"));
      await configure({
        sources: [{ folder: "content", include: ["**/*.md"], exclude: ["**/drafts"] }],
        permalink: "/:path/",
      });
      const { text, answer } = await examined(dir);
      expect(text).toContain(
        "1 would be posts, 0 held, 1 page, 0 refused, 0 repaired, 2 left out by `include` and `exclude`",
      );
      expect(text).toContain("https://blog.example.com/posts/a/");
      expect(answer).toMatchObject({ documents: 2, excluded: 2 });
    },
  );

  test("names the links to documents that are not there, and not those to documents that are", async () => {
    await write(
      "content/a.md",
      document("title: A\ndate: 2026-03-01", '[B](b.md#x), [B]({{< ref "b" >}}), [C](c.md), [D](sub/d.md)'),
    );
    await write("content/b.md", document("title: B\ndate: 2026-03-01"));
    await write("content/c.md", document("title: C\ndraft: true"));
    expect((await examined("content")).answer).toMatchObject({
      warnings: [
        { code: "link-unresolved", message: expect.stringContaining('"c.md"') },
        { code: "link-unresolved", message: expect.stringContaining('"sub/d.md"') },
      ],
    });
  });

  test("reads a folder as documents of the site that has it, and one that no site has as those of the first", async () => {
    await write("content/a.md", document("title: A\ndate: 2026-03-01"));
    await write(
      "sites/crier.config.ts",
      `export default ${JSON.stringify({
        sites: [
          { id: "blog", title: "A Blog", url: "https://blog.example.com/" },
          { id: "notes", title: "Notes", url: "https://notes.example.com/", sources: [{ folder: "../content" }] },
        ],
      })};`,
    );
    const site = async (dir: string) => (await examined(dir, "sites/crier.config.ts")).answer;
    expect(await site("content")).toMatchObject({ site: "notes" });
    expect(await site(".")).toMatchObject({ site: "blog" });
  });

  test("reads the documents as those of another site, and shows twenty of each kind", async () => {
    for (let n = 10; n < 32; n++) await write(`posts/${n}.md`, document(`title: T\ndraft: true\nkey${n}: x`));
    const { code, out } = await doctor(join(folder, "posts"), "--site", "notes");
    expect(code).toBe(0);
    expect(out).toContain("read as those of the site notes:\n0 would be posts, 22 held");
    expect(out).toMatch(/\n {2}29\.md {2}It is a draft.*\n {2}… and 2 more: --json shows all\n/);
    expect(await doctor("posts", "--site", "nots")).toMatchObject({
      code: 2,
      err: "crier: there is no site nots: use blog or notes\n",
    });
    expect(await doctor("nowhere")).toMatchObject({ code: 1, err: expect.stringContaining("is not a folder") });
  });
});

describe("crier doctor URL", () => {
  const rss = `<rss version="2.0"><channel><title>A Blog</title><link>https://blog.example.com/</link>
    <item><title>One</title><link>https://blog.example.com/one/</link><category>a</category>
      <pubDate>Sun, 01 Mar 2026 08:00:00 GMT</pubDate><description>Words of the first.</description></item>
    <item><title>Without an address</title></item></channel></rss>`;

  test("says which pictures are in the site's folder, which are requested, and which are not read", async () => {
    await write("hugo.toml", "");
    await write("static/press.png", "a picture");
    const pictures = { a: "/press.png", b: "https://elsewhere.example/b.png", c: "/all/c.png", d: "~/assets/d.png" };
    for (const [name, image] of Object.entries(pictures))
      await write(`content/${name}.md`, document(`title: ${name}\ndate: 2026-01-01\nimage: "${image}"`));
    await write("content/e.md", document("title: e\ndate: 2026-01-01"));
    const target = await mkdtemp(join(tmpdir(), "crier-elsewhere-"));
    onTestFinished(() => rm(target, { recursive: true }));
    await symlink(target, join(folder, "static/all"));
    await writeFile(join(target, "c.png"), "a picture");
    const { text, answer } = await examined("content");
    const link = "its file static/all/c.png is a link out of the site's folder";
    expect(answer).toMatchObject({
      pictures: {
        files: 1,
        requested: 1,
        problems: [
          { path: "c.md", reason: link },
          { path: "d.md", reason: "its file src/assets/d.png is not in the site's folder" },
        ],
      },
    });
    expect(text).toMatch(/PICTURES: .*\n {2}in the site's folder +1\n {2}requested at their addresses.* 1\n {2}c\.md/);
  });

  test("says what the entries of a feed would become", async () => {
    const server = await aServer((_, response) => response.end(rss));
    const { failed, text } = await examined(`${server.url}/feed.xml`);
    expect(failed).toBe(true);
    expect(text).toMatch(/^2 entries in http:/);
    expect(text).toContain("1 would be posts, 0 held, 0 pages, 1 refused, 0 repaired");
    expect(text).toMatch(/\n {2}entry 2 {2}link: The entry has no address/);
    expect(text).toMatch(/\n {2}2026-03-01 {2}https:\/\/blog\.example\.com\/one\/ .* One$/);
  });

  test("says that a page is not a feed", async () => {
    const server = await aServer((_, response) => response.end("<!doctype html><title>A Blog</title>"));
    await expect(examined(server.url)).rejects.toThrow("is not a feed");
  });
});

test("documents that differ only by their day get the rule that gives each day its addresses, and it does", async () => {
  for (const day of ["01", "02"])
    for (const at of ["1", "2"])
      await write(`content/notes/2026-11-${day}-${at}.md`, document("", `Note ${day} ${at}.`));
  const { text, failed } = await examined("content");
  expect(failed).toBe(true);
  const rule = '{ permalinks: { "notes/": "/notes/:year/:month/:day/:slug/" } }';
  expect(text).toContain(
    `ADDRESSES: the days of these documents differ, and their addresses do not\n  notes/  crier.config.ts: sites[0]: ${rule}`,
  );
  const site = { id: "blog", title: "A Blog", url: "https://blog.example.com/" };
  const permalinks = { "notes/": "/notes/:year/:month/:day/:slug/" };
  await write("dated.config.ts", `export default ${JSON.stringify({ sites: [{ ...site, permalinks }] })};`);
  expect((await examined("content", "dated.config.ts")).text).toContain("4 would be posts, 0 held");
});

test("the rule for documents that are in no folder is the site's own", async () => {
  for (const day of ["01", "02"]) await write(`content/2026-11-${day}-a.md`, document("title: A"));
  expect((await examined("content")).text).toContain('sites[0]: { permalink: "/:year/:month/:day/:slug/" }');
});
