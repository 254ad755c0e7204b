import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { importProgress } from "../../src/cli/publish-documents.ts";
import { type AMachine, aDocument, aMachine, clear } from "../support/machine.ts";
import { crier as crierIn, typed } from "../support/terminal.ts";

let machine: AMachine;
beforeAll(async () => {
  machine = await aMachine();
});
afterAll(() => clear(machine));

const crier = (...args: readonly string[]) => crierIn(args, machine);

const file = async (name: string, document: string): Promise<string> => {
  const path = join(machine.folder, name);
  await writeFile(path, document);
  return path;
};

test("plan shows the text for each account with its counted length, and publishes nothing", async () => {
  const path = await file("plan-me.md", aDocument("Plan me"));
  const { code, out } = await crier("plan", path);
  expect(code).toBe(0);
  expect(out).toMatch(/^Plan me\n {2}https:\/\/blog\.example\.com\/plan-me\/\n {2}slug plan-me, published \d{4}-/);
  expect(out).toMatch(
    /\n {2}x \(x, sandbox\): \d+ of 280 characters, language en, \$0\.20\n {4}Plan me\n\n {4}These are the words of Plan me\./,
  );
  expect(out).toMatch(/\n {2}read from: .*published `date`.*, summary the body\n/);
  expect((await crier("plan", path, "--json")).json()).toMatchObject({
    post: { slug: "plan-me" },
    origins: { title: ["title"], slug: ["the file's path"] },
    snippets: [{}, {}, {}],
  });
  expect((await crier("status", "plan-me")).code).toBe(1);
});

test("plan warns of an author's own text that is cut, with the account", async () => {
  const share = "Many words of mine. ".repeat(20).trim();
  const path = await file("long.md", `---\ntitle: Long\nsocialShare: ${share}\n---\nWords.`);
  expect((await crier("plan", path)).out).toMatch(
    /\n {2}note: bluesky: your text has more than 300 characters with link and hashtags: it is cut/,
  );
  expect((await crier("plan", path, "--json")).json()).toMatchObject({
    warnings: expect.arrayContaining([{ code: "text-cut", message: expect.stringMatching(/^bluesky: /) }]),
  });
});

test("plan shows what was guessed and why a document is held", async () => {
  const { out } = await crier("plan", await file("draft.md", "---\ntitle: Draft\ndraft: true\n---\nWords."));
  expect(out).toMatch(/, no date\n/);
  expect(out).toMatch(/\n {2}held: /);
  expect(out).toMatch(/\n {2}note: /);
});

test("publish says what it did and where the deliveries are; --again announces a document once more", async () => {
  const path = await file("published.md", aDocument("Published"));
  expect(await crier("publish", path)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^created published {2}https:.*\n.*npx crier status published\n$/),
  });
  await machine.idle();
  expect(await crier("publish", path, "--json")).toMatchObject({
    code: 0,
    out: expect.stringContaining('"result": "unchanged"'),
  });
  const status = await crier("status", "published");
  expect(status.out).toMatch(/^Published\n {2}https:.*\n {2}live, published /);
  expect(status.out).toMatch(/mastodon {2}posted {2}https:.*sandbox/);
  await crier("publish", path, "--again");
  await machine.idle();
  expect(
    (await machine.sandbox()).filter(({ account, text }) => account === "bluesky" && text.includes("/published/")),
  ).toHaveLength(2);
});

test("a file of the watched folder is one post, whatever way it is published", async () => {
  await machine.write("alpha/index.md", aDocument("Alpha"));
  const path = join(machine.content, "alpha", "index.md");
  const announced = /announced on \d{4}-\d\d-\d\d \d\d:\d\d UTC by bluesky, mastodon, x/;
  expect((await crier("publish", path)).out).toMatch(
    /^(?:created|unchanged|already published) alpha {2}https:.*\/alpha\/\n/,
  );
  await machine.idle();
  const again = await crier("publish", path);
  expect(again.out).toMatch(/^already published alpha {2}https:/);
  expect(again.out).toMatch(announced);
  expect(again.out).toContain(`to repeat it: npx crier publish ${path} --again`);
  expect((await crier("plan", path)).out).toMatch(new RegExp(`already published, ${announced.source}`));
  await crier("publish", path, "--again");
  await machine.idle();
  expect(
    (await machine.sandbox()).filter(({ account, text }) => account === "bluesky" && text.includes("/alpha/")),
  ).toHaveLength(2);
  expect((await machine.app.status("alpha"))?.document).toBe("alpha/index.md");
  expect((await crier("import", machine.content)).out).toMatch(/\bunchanged\b/);
  expect((await machine.titles()).filter((title) => title === "Alpha")).toHaveLength(1);
  expect((await crier("status", path)).out).toMatch(/^Alpha\n/);
  // As it is named from another folder.
  expect((await crier("status", `../../here${path}`)).out).toMatch(/^Alpha\n/);
  expect((await crier("status", "elsewhere/index.md")).err).toContain("no post with the slug elsewhere/index.md");
  expect((await crier("remove", path)).code).toBe(1);
  expect((await crier("remove", "alpha/index.md")).out).toBe(
    "removed alpha/index.md\n  alpha/index.md is still there: an edit of it brings the post back. Delete it, or hold it with `draft: true`.\n",
  );
  expect((await crier("plan", path)).out).toContain("it was removed: publishing it by hand restores it");
});

test("on a terminal, publish --again asks with the accounts and their prices, and Enter does nothing", async () => {
  const path = await file("asked.md", aDocument("Asked"));
  await crier("publish", path);
  await machine.idle();
  const ask = (answer: string, ...more: readonly string[]) =>
    crierIn(["publish", path, "--again", ...more], { ...machine, input: typed(answer).keyboard });
  const { code, out, err } = await ask("\n");
  expect(err).toMatch(/^This posts .*asked\.md once more, on x \(\$0\.20\), bluesky, mastodon\. Go on\? \[no\]: $/);
  expect([code, out]).toEqual([1, "Nothing was done.\n"]);
  await ask("yes\n", "--account", "mastodon");
  await machine.idle();
  const copies = (await machine.sandbox()).filter(({ text }) => text.includes("/asked/"));
  expect(copies.map(({ account }) => account).toSorted()).toEqual(["bluesky", "mastodon", "mastodon", "x"]);
});

test("a post that is named by its slug is announced once more after the same question, with the prices", async () => {
  await crier("publish", await file("named.md", aDocument("Named")));
  await machine.idle();
  const ask = (answer: string) =>
    crierIn(["publish", "named", "--again"], { ...machine, input: typed(answer).keyboard });
  const { code, err } = await ask("\n");
  expect(err).toBe("This posts named once more, on x ($0.20), bluesky, mastodon. Go on? [no]: ");
  expect(code).toBe(1);
});

test("--account without --again is a mistake", async () => {
  expect(await crier("publish", "some.md", "--account", "x")).toMatchObject({
    code: 2,
    err: "crier: --account says who announces a post once more: use it with --again\n",
  });
});

test("a refused document is an error that names the file as it was typed, the field and the reason", async () => {
  const path = await file("bad.md", "---\ntype: article\ndate: 2026-01-01\n---\nx");
  expect(await crier("publish", path)).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringMatching(/bad\.md is refused: title: /),
  });
  expect(await crier("plan", path)).toMatchObject({ code: 1, err: expect.stringContaining("bad.md is refused") });
  const json = await crier("publish", path, "--json");
  expect(json.code).toBe(1);
  expect(json.json()).toMatchObject({ status: 422, reasons: [{ field: "title" }] });
  expect(await crier("plan", join(machine.folder, "missing.md"))).toMatchObject({
    code: 1,
    err: expect.stringContaining("cannot read"),
  });
});

test("publish says why a document is held", async () => {
  const path = await file("wibble.md", aDocument("Held", "status: wibble\n"));
  expect(await crier("publish", path)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^created wibble .*\n {2}held: Its status "wibble" .* unknown/),
  });
});

test("import takes every document of a folder, also after one that is refused", async () => {
  const folder = join(machine.folder, "archive");
  await mkdir(join(folder, "2020"), { recursive: true });
  await mkdir(join(folder, ".git"), { recursive: true });
  await writeFile(join(folder, "2020/old.md"), aDocument("Old", "").replace(/date: .*/, "date: 2020-01-01"));
  await writeFile(join(folder, "bad.md"), "---\ntype: article\n---\nNo title.");
  await writeFile(join(folder, "notes.txt"), "no document");
  await writeFile(join(folder, ".git/x.md"), aDocument("Hidden"));
  const first = await crier("import", folder);
  expect(first).toMatchObject({
    code: 1,
    out: expect.stringMatching(
      /^refused bad\.md: title: .*\n2 documents: 1 created, 1 refused\n {2}Old posts are in the feeds and announced by nobody; npx crier list shows them all\.\n$/,
    ),
  });
  const undated = join(machine.folder, "undated");
  await mkdir(undated);
  await writeFile(join(undated, "letter.md"), "---\ntitle: Letter\n---\nx");
  expect(await crier("import", undated)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^held letter\.md: It has no date: add a date .*\n1 document: 1 created\n/),
  });
  expect((await crier("import", folder, "--json")).json()).toMatchObject({
    documents: [
      { path: "2020/old.md", result: "unchanged", slug: "old" },
      { path: "bad.md", result: "refused" },
    ],
  });
  const empty = join(machine.folder, "empty");
  await mkdir(empty);
  expect(await crier("import", empty)).toMatchObject({
    code: 0,
    out: expect.stringContaining("contains no Markdown files"),
  });
  expect(await crier("import", join(folder, "bad.md"))).toMatchObject({
    code: 1,
    err: expect.stringContaining("is not a folder"),
  });
});

test("an import that takes long says how far it is, every five seconds", () => {
  let now = 0;
  const lines: string[] = [];
  const progress = importProgress(
    5_000,
    (line) => lines.push(line),
    () => now,
  );
  for (let done = 0; done < 5_000; done += 1) {
    progress(done);
    now += 2;
  }
  expect(lines).toEqual(["2,500 of 5,000 documents"]);
});

test("a page is not published, and plan, publish and import say why", async () => {
  const path = await file("about.md", aDocument("About").replace("---\n", "---\nlayout: page\n"));
  const why = "Its layout is for a page (`layout: page`).\n";
  expect(await crier("plan", path)).toMatchObject({ code: 0, out: `A page, not a post: ${why}` });
  expect(await crier("publish", path)).toMatchObject({
    code: 1,
    out: `${path} is a page, not a post, and was not published: ${why}`,
  });
  const folder = join(machine.folder, "site/blog");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "index.md"), aDocument("Blog"));
  await writeFile(join(folder, "one.md"), aDocument("One of the site"));
  await writeFile(join(folder, "../README.md"), "Read me.");
  expect(await crier("import", join(machine.folder, "site"))).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^3 documents: 2 pages, 1 created\n/),
  });
});

test("import stops at an error that is not about a document, such as a wrong token", async () => {
  const folder = join(machine.folder, "many");
  await mkdir(folder);
  for (const name of ["a.md", "b.md"]) await writeFile(join(folder, name), aDocument(name));
  const env = { ...machine.env, CRIER_TOKEN: "wrong" };
  expect(await crierIn(["import", folder], { env })).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringMatching(/^crier: the API does not accept this token/),
  });
});
