import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aSummaryAnswer } from "../support/answers.ts";
import { anApi } from "../support/api-double.ts";
import { type AMachine, aDocument, aMachine, clear } from "../support/machine.ts";
import { crier as crierIn } from "../support/terminal.ts";

let machine: AMachine;
beforeAll(async () => {
  machine = await aMachine({
    "written.md": aDocument("Written"),
    "broken.md": "---\ntype: article\n---\nNo title.",
    "README.md": "Read me.",
  });
});
afterAll(() => clear(machine));

const crier = (...args: readonly string[]) => crierIn(args, machine);

const file = async (name: string, document: string): Promise<string> => {
  const path = join(machine.folder, name);
  await writeFile(path, document);
  return path;
};

test("list shows the posts, and with --refused the refused documents", async () => {
  const { out } = await crier("list");
  expect(out).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d {2}\d{4}-\d\d-\d\d \d\d:\d\d {2}live +written +Written$/m);
  expect((await crier("list", "--json")).json()).toMatchObject({ next: null });
  expect((await crier("list", "--refused")).out).toMatch(/^Refused broken\.md\n {2}title: /m);
  expect((await crier("list", "--from", "nonsense")).code).toBeLessThan(2);
});

test("upcoming lists what waits on all accounts, by its time, or says that nothing does", async () => {
  await machine.idle();
  expect(await crier("upcoming")).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^(?:FROM|Nothing waits)/),
  });
  await crier("stop-sending", "--why", "a test");
  await crier("publish", await file("waits.md", aDocument("Waits")));
  await machine.idle();
  expect((await crier("upcoming")).out).toMatch(/^FROM \(.*\n.* waits +\S+ stopped all sending/);
  await crier("resume-sending");
});

test("list --pages shows the documents that are not posts, and status says why", async () => {
  expect((await crier("list", "--pages")).out).toBe("PAGE       WHY\nREADME.md  Its name is README.\n");
  expect((await crier("list", "--pages", "--json")).json()).toMatchObject({ pages: [{ path: "README.md" }] });
  expect(await crier("status", "README")).toMatchObject({
    code: 1,
    err: "crier: There is no post with the slug README. README.md is a page, not a post: Its name is README.\n",
  });
});

test("status shows what was left out of a document", async () => {
  await crier("publish", await file("noted.md", aDocument("Noted", "sumary: S\n")));
  expect((await crier("status", "noted")).out).toMatch(
    /\n {2}note: sumary: `sumary` is not read: did you mean `summary`\?\n/,
  );
  expect((await crier("status", "noted", "--json")).json()).toMatchObject({ warnings: [{ code: "key-unknown" }] });
});

test("list names the command for the next page, of the same site, and says where the list ends", async () => {
  const api = await anApi();
  const page = { posts: [aSummaryAnswer()], next: "p2" };
  api.answer("list", page);
  api.answer("list", page, "/api/posts?site=notes");
  api.answer("list", { posts: [], next: null }, "/api/posts?from=p2");
  expect((await crierIn(["list"], api)).out).toMatch(/\nMore: npx crier list --from p2\n$/);
  expect((await crierIn(["list", "--site", "notes"], api)).out).toMatch(
    /\nMore: npx crier list --from p2 --site notes\n$/,
  );
  expect((await crierIn(["list", "--from", "p2"], api)).out).toBe("No more posts.\n");
});

test("status says why a refused document is not a post", async () => {
  const { code, err } = await crier("status", "broken");
  expect([code, err]).toEqual([
    1,
    "crier: There is no post with the slug broken. broken.md is refused: title: It has no title: add `title: …` to the front matter.\n",
  ]);
  const json = await crier("status", "broken.md", "--json");
  expect(json.code).toBe(1);
  expect(json.json()).toMatchObject({ status: 404, refused: [{ path: "broken.md", reasons: [{ field: "title" }] }] });
});

test("status --history shows what happened to each delivery", async () => {
  await machine.idle();
  expect((await crier("status", "written")).out).not.toContain("planned");
  expect((await crier("status", "written", "--history")).out).toMatch(
    /\n\n {2}mastodon {2}\w+\.mastodon\.1 {2}\(UTC\)\n {4}[-\d]{10} [:\d]{8} {2}planned\n {4}.* {2}sent\n {4}.* {2}posted\n/,
  );
});

test("remove removes a post", async () => {
  await crier("publish", await file("brief.md", aDocument("Brief")));
  await machine.idle();
  expect(await crier("remove", "brief")).toMatchObject({ code: 0, out: "removed brief\n" });
  await machine.idle();
  expect((await crier("status", "brief")).out).toContain("deleted");
  expect(await crier("remove", "never-there")).toMatchObject({
    code: 1,
    err: expect.stringContaining("no post with the slug never-there"),
  });
});

test("retry sends a delivery again, and resolve takes only an unknown one", async () => {
  await machine.fault("mastodon", "429");
  await crier("publish", await file("again.md", aDocument("Once more")));
  await machine.idle();
  const { rows } = await machine.app.deliveries("pending");
  const id = rows.find(({ slug }) => slug === "again")?.id ?? "";
  expect((await crier("status", "again")).out).toMatch(/mastodon +pending .*next attempt \d{4}/);
  expect(await crier("retry", id)).toMatchObject({ code: 0, out: expect.stringContaining("mastodon") });
  await machine.idle();
  expect(await crier("resolve", id, "--as", "posted")).toMatchObject({
    code: 1,
    err: expect.stringContaining("only an unknown, unfinished or duplicate delivery can be resolved"),
  });
});

test("accounts shows the accounts and where they post", async () => {
  expect((await crier("accounts")).out).toMatch(
    /^ACCOUNT .*\nx +x +sandbox .*\nbluesky +bluesky +sandbox .*\nmastodon +mastodon +sandbox .*\n\nIf x, bluesky, mastodon were connected now, nothing would go out\.\n.*\n$/,
  );
  expect((await crier("accounts", "--json")).json()).toMatchObject({ accounts: [{ name: "x" }, {}, {}] });
});

test("accounts with a name shows that account, and says which there are and how to set its secret", async () => {
  const { code, out } = await crier("accounts", "bluesky");
  expect(code).toBe(0);
  expect(out).toMatch(/\nbluesky +bluesky /);
  expect(out).not.toContain("mastodon");
  expect(await crier("accounts", "xyz")).toMatchObject({
    code: 1,
    err: 'crier: there is no account "xyz": use x, bluesky, mastodon, or add it to crier.config.ts\n',
  });
});

test("resolve without an id, or without what was found, says what it takes and which deliveries wait for it", async () => {
  const takes =
    "resolve takes a delivery and what you found: npx crier resolve ID --as posted where it is on the network, npx crier resolve ID --as retry where it is not";
  expect(await crier("resolve")).toMatchObject({ code: 2, err: `crier: ${takes}. No delivery is unknown now.\n` });
  expect(await crier("resolve", "abc")).toMatchObject({
    code: 2,
    err: expect.stringContaining("npx crier resolve abc --as posted"),
  });
});

test("publish of a folder names the commands for folders", async () => {
  expect(await crier("publish", machine.content)).toMatchObject({
    code: 2,
    err: `crier: ${machine.content} is a folder, and publish takes a file: npx crier plan ${machine.content} shows what its documents would become, and npx crier import ${machine.content} adds them to the feeds\n`,
  });
});

test("feeds names the address of each format, where one looks for it", async () => {
  const { out } = await crier("feeds");
  expect(out).toContain(`\n  ${machine.url}feed.xml\n  ${machine.url}atom.xml\n  ${machine.url}feed.json\n`);
});

test("list shows for a scheduled post when its document was written, and not its date", async () => {
  await machine.app.put(
    "later",
    new TextEncoder().encode("---\ntitle: Later\ndate: 2199-01-01T08:00:00Z\n---\nWords.\n"),
  );
  const row = (await crier("list")).out.split("\n").find((line) => line.includes("Later"));
  expect(row).toMatch(/^20\d\d-.* 2199-01-01 /);
  expect(row).not.toMatch(/^2199/);
});

test("doctor finds a refused document", async () => {
  const { code, out } = await crier("doctor");
  expect(code).toBe(1);
  expect(out).toMatch(/^ok {2}answers /);
  expect(out).toMatch(/^!! {2}documents +\d documents? refused/m);
});
