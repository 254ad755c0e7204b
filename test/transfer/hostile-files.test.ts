import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createGzip, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emptyMemory } from "../../src/domain/polled-feed.ts";
import { folderInstallation } from "../../src/runtimes/local/data-folder.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { compressedBodies } from "../../src/store/bodies.ts";
import { parseRef } from "../../src/store/keys.ts";
import { openDatabase, sqliteRows, sqliteTable } from "../../src/store/sqlite-table.ts";
import { tableStore } from "../../src/store/table-store.ts";
import { exportLines, writeExport } from "../../src/transfer/export-file.ts";
import { checkExport, readRows } from "../../src/transfer/read-export.ts";
import { aPing, aPost, aSite, deliveryIn, start } from "../support/builders.ts";
import { keptLog } from "../support/kept-log.ts";
import { objectsInMemory } from "../support/objects-in-memory.ts";
import { crier } from "../support/terminal.ts";

type JsonRow = Readonly<Record<string, unknown>> & { readonly pk: string; readonly sk: string };

let folder = "";
let rows: readonly JsonRow[] = [];

/** An installation with every kind of row, and a delivery in every state. */
const anInstallation = async () => {
  const database = openDatabase(":memory:");
  const bodies = objectsInMemory();
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `id-${ids}`;
  };
  const store = tableStore(sqliteTable(database), { bodies, newId });
  const { id } = aPost();
  await store.posts.save(aPost({ due: start, syndication: ["https://network.example/1"] }));
  await store.posts.save(aPost({ slug: "z-b#c%d", damage: "its stored body is damaged" }));
  await store.pageChecks.save({
    site: "blog",
    post: id,
    version: 0,
    url: "https://blog.example.com/hello-world/",
    since: start,
    failures: 1,
    next: start,
    answer: { kind: "absent", reason: "404" },
  });
  for (const [generation, delivery] of Object.values(deliveryIn).entries())
    await store.deliveries.create({ ...delivery, generation });
  await store.documents.put({ site: "blog", source: "folder", path: "posts/hello#.md", post: id });
  await store.documents.put({ site: "blog", source: "feed:https://old.example/", path: "https://old.example/../a" });
  await store.aliases.claim("blog", "address", `long/${"é".repeat(600)}`, id);
  await store.aliases.claim("blog", "guid", "tag:a#b%", id);
  await store.aliases.share("blog", "slug", { value: "hello" }, id);
  await store.aliases.share("blog", "hash", { value: `v${"x".repeat(1000)}`, hash: "h" }, id);
  await store.translations.claim("blog", "key#1", { post: id, language: "pt-BR", file: "a.md", path: "a" });
  const state = await store.sourceStates.read("blog", "folder");
  await store.sourceStates.save({ ...state, listed: start, feed: emptyMemory("https://old.example/feed.xml") });
  await store.feeds.touch("blog", "categories/über-uns", "Über uns", start);
  await store.memberships.put("blog", { feed: "main", id, published: start, version: 1 });
  await store.archive.save("blog", "main", { page: 1, ids: [id], before: 0 });
  await store.archive.mark("blog", "main", { marks: [{ id, published: start, version: 1 }] });
  await store.archive.indexById("blog", "main", id, 1);
  await store.pings.save(aPing({ version: 0 }));
  await store.notices.save({
    ...(await store.notices.read({ site: "blog", to: "owner", about: "failed:x" })),
    count: 1,
  });
  await store.accounts.save({ ...(await store.accounts.read("mastodon")), sent: { d: start } });
  await store.servers.save(await store.servers.read("mastodon https://m.example"));
  await store.rateWindows.save(await store.rateWindows.read("blog#folder"));
  await store.stops.save({ version: 0, accounts: { "": { since: start, why: "a holiday", by: undefined } } });
  await store.sweepRounds.save({ began: start, place: undefined, isOver: true });
  await store.audits.save({ configuration: "c", began: start, next: 0 });
  await store.listings.save("blog", "folder", { hash: "h", isSettled: true, compared: start }, ["0123456789abcdef"]);
  await store.moves.mark(start);
  return { database, bodies };
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "crier-hostile-"));
  const { database, bodies } = await anInstallation();
  const lines = exportLines(sqliteRows(database), { bodies: compressedBodies(bodies), now: start, kind: "move" });
  const checked = await writeExport(join(folder, "good.gz"), Readable.from(lines).pipe(createGzip()));
  rows = await Array.fromAsync(readRows(checked));
  await rm(join(folder, "good.gz"));
  database.close();
});
afterAll(() => rm(folder, { recursive: true }));

const manifest = { format: "crier-export", version: 1, made: "2026-03-01T08:00:00.000Z", kind: "move" };

const count = (given: readonly JsonRow[], kind: string) => given.filter((row) => parseRef(row)?.kind === kind).length;

/** Makes a file of lines whose end is right: the checksum says nothing about who wrote them. */
const sealed = (lines: readonly string[], given: readonly JsonRow[] = [], ending: object = {}): Buffer => {
  const text = [JSON.stringify(manifest), ...lines, ""].join("\n");
  const end = {
    end: true,
    rows: lines.length,
    posts: count(given, "post"),
    deliveries: count(given, "delivery"),
    sites: [...new Set(given.flatMap((row) => parseRef(row)?.site ?? []))].toSorted(),
    sha256: createHash("sha256").update(text).digest("hex"),
    ...ending,
  };
  return gzipSync(`${text}${JSON.stringify(end)}\n`);
};

const fileOf = (given: readonly JsonRow[], ending?: object): Buffer =>
  sealed(
    given.map((row) => JSON.stringify(row)),
    given,
    ending,
  );

const restore = async (name: string, bytes: Uint8Array) => {
  await writeFile(join(folder, name), bytes);
  const done = await crier(["restore", name, "--data", "new"], { folder });
  await rm(join(folder, name));
  return done;
};

const isA = (pk: string, sk: string) => (row: JsonRow) => row.pk.startsWith(`${pk}#`) && row.sk.startsWith(sk);
const aRow = (pk: string, sk: string): JsonRow => {
  const found = rows.find(isA(pk, sk));
  if (found === undefined) throw new Error(`the installation has no row ${pk} ${sk}`);
  return found;
};

/** The export with one row changed. */
const changed = (pk: string, sk: string, change: object): Buffer => {
  const row = aRow(pk, sk);
  return fileOf(rows.map((one) => (one === row ? { ...row, ...change } : one)));
};

const withText = (pk: string, sk: string, change: (text: string) => string): Buffer => {
  const row = aRow(pk, sk);
  return sealed(
    rows.map((one) => (one === row ? change(JSON.stringify(row)) : JSON.stringify(one))),
    rows,
  );
};

const deep = (levels: number): string => `${"[".repeat(levels)}${"]".repeat(levels)}`;
const posted = { pk: "POST", sk: "DELIVERY#mastodon#4" };

const hostile: readonly (readonly [what: string, make: () => Uint8Array, says: RegExp])[] = [
  // Types.
  ["a title that is a number", () => changed("POST", "POST", { title: 5 }), /title: /],
  ["a date that is text", () => changed("POST", "POST", { published: "2026" }), /published: /],
  ["a date that no calendar has", () => changed("POST", "POST", { published: 9e15 }), /published: /],
  ["a due that no calendar has", () => changed("POST", "POST", { dueAt: -9e15 }), /dueAt: /],
  ["a due between two milliseconds", () => changed("POST", "POST", { dueAt: 1.5 }), /dueAt: /],
  [
    "a number beyond all numbers",
    () => withText("POST", "POST", (text) => text.replace(/"readingTime":1/, '"readingTime":1e999')),
    /readingTime: /,
  ],
  ["categories that are a map", () => changed("POST", "POST", { categories: {} }), /categories: /],
  ["a body that is a list", () => changed("POST", "POST", { html: [] }), /html: |no key/],
  ["a post without a body", () => changed("POST", "POST", { html: undefined }), /html: it has no body/],
  ["a state that no delivery has", () => changed("POST", "DELIVERY", { state: "won" }), /state: /],
  [
    "a request that is not JSON",
    () => changed(posted.pk, posted.sk, { sent: { ...Object(aRow(posted.pk, posted.sk).sent), request: "{" } }),
    /sent\.request: is not a request/,
  ],
  [
    "a request of 100,000 brackets",
    () =>
      changed(posted.pk, posted.sk, { sent: { ...Object(aRow(posted.pk, posted.sk).sent), request: deep(100_000) } }),
    /is not a request \(it is nested/,
  ],
  [
    "a request that is a list",
    () => changed(posted.pk, posted.sk, { sent: { ...Object(aRow(posted.pk, posted.sk).sent), request: "[]" } }),
    /is not a request/,
  ],
  ["a document whose refusal is text", () => changed("SOURCE", "", { refusal: "no" }), /refusal: /],
  ["a feed whose revision is text", () => changed("FEED", "FEED", { revision: "1" }), /revision: /],
  ["a feed whose faults are a number", () => changed("FEED", "FEED", { faults: 1 }), /faults: /],
  ["an account that was sent to at a text", () => changed("ACCOUNT", "", { sent: { d: "now" } }), /sent\.d: /],
  ["a source whose memory is a list", () => changed("SITE", "SOURCE", { feed: [] }), /feed: |feed\./],
  ["a ping of no topics", () => changed("FEED", "PING", { topics: null }), /topics: /],
  ["a notice to somebody else", () => changed("NOTICE", "", { to: "all" }), /to: /],
  ["a check of a page that is neither", () => changed("POST", "PAGE", { answer: { kind: "maybe" } }), /answer/],
  ["an archive page of numbers", () => changed("FEED", "ARCHIVE#", { ids: [1] }), /ids\.0: /],
  ["failures that are text", () => changed("POST", "POST", { failures: "many" }), /failures: /],
  ["a list instead of a row", () => sealed(["[]"]), /line 2: the row is not a row/],
  ["a text instead of a row", () => sealed(['"row"']), /line 2: the row is not a row/],
  ["nothing instead of a row", () => sealed(["null"]), /line 2: the row is not a row/],
  ["a row without a key", () => sealed(['{"sk":"POST"}']), /line 2: the row has no key/],
  ["a key that is a number", () => sealed(['{"pk":1,"sk":"POST"}']), /line 2: the row has no key/],
  // Keys, indexes and objects.
  ["the key of a body", () => changed("POST", "POST", { bodyKey: "other/post/hash" }), /bodyKey: is in no export/],
  [
    "the key of a body outside",
    () => changed("POST", "POST", { bodyKey: "../../../../etc/passwd" }),
    /bodyKey: is in no export/,
  ],
  ["bytes as a body", () => changed("POST", "POST", { body: { type: "Buffer", data: [1] } }), /body: is in no export/],
  ["a lease", () => changed("FEED", "FEED", { lease: { holder: "me", until: 9e14 } }), /lease: is in no export/],
  ["a part of the index", () => changed("POST", "POST", { dueShard: "due#9" }), /dueShard: is in no export/],
  [
    "a prototype",
    () => withText("POST", "POST", (text) => text.replace("{", '{"__proto__":{"gone":null},')),
    /__proto__: is in no export/,
  ],
  [
    "a post under another key",
    () => changed("POST", "POST", { id: "another" }),
    /its key does not follow from its values/,
  ],
  [
    "a delivery under another key",
    () => changed("POST", "DELIVERY", { account: "other", accountState: "other#pending" }),
    /its key does not follow/,
  ],
  [
    "a delivery in the index of another state",
    () => changed("POST", "DELIVERY", { accountState: "mastodon#posted" }),
    /accountState: /,
  ],
  ["a post in the list of another site", () => changed("POST", "POST", { sitePosts: "POSTS#notes" }), /sitePosts: /],
  ["an account under another name", () => changed("ACCOUNT", "", { name: "x" }), /its key does not follow/],
  [
    "a kind of row that does not exist",
    () => fileOf([...rows, { pk: "ADMIN#1", sk: "ADMIN" }]),
    /is not a kind of row/,
  ],
  [
    "the tokens of a login",
    () => fileOf([...rows, { pk: "TOKEN#x", sk: "TOKEN", name: "x", version: 1 }]),
    /is not a kind of row/,
  ],
  [
    "a key of 10,000 characters",
    () => fileOf([...rows, { pk: `ALIAS#blog#guid#${"a".repeat(10_000)}`, sk: "ALIAS" }]),
    /its key is too long/,
  ],
  ["a row twice", () => fileOf([...rows, aRow("POST", "POST")]), /is there twice/],
  // Paths and addresses.
  [
    "a document outside of its source",
    () => {
      const row = aRow("SOURCE", "posts");
      return fileOf([...rows, { ...row, path: "../../etc/shadow", sk: "../../etc/shadow" }]);
    },
    /path: leads out of its source/,
  ],
  [
    "a post of a document outside",
    () => changed("POST", "POST", { path: "a/../../b.md" }),
    /path: leads out of its source/,
  ],
  [
    "a feed outside of its folder",
    () => fileOf([...rows, { ...aRow("FEED", "FEED"), key: "categories/../../x", pk: "FEED#blog#categories/../../x" }]),
    /key: leads out of the feeds/,
  ],
  [
    "a script as a post's address",
    () => changed("POST", "POST", { url: "javascript:alert(1)" }),
    /url: is not an address on the web/,
  ],
  [
    "a script as a copy's address",
    () => changed("POST", "POST", { syndication: ["data:text/html,x"] }),
    /syndication: has an address/,
  ],
  // Sizes and depth.
  [
    "two million brackets",
    () => sealed([deep(1_000_000)]),
    /line 2: the row it is nested more than 100 levels deep|nested/,
  ],
  [
    "two million brackets in a row",
    () => withText("POST", "POST", (text) => text.replace('"categories":[]', `"categories":${deep(1_000_000)}`)),
    /nested/,
  ],
  ["brackets that never end", () => sealed(["[".repeat(2_000_000)]), /nested/],
  [
    "a line of 70 MB of noise",
    () => sealed([JSON.stringify({ pk: "P", sk: noise(70_000_000) })]),
    /a line is too long/,
  ],
  [
    "300 MB of rows in a small file",
    () =>
      gzipSync(
        `${JSON.stringify(manifest)}\n${`${JSON.stringify({ pk: "P", sk: "x".repeat(1000) })}\n`.repeat(300_000)}`,
      ),
    /more than 200 times as large as its file/,
  ],
  ["100 MB of spaces", () => gzipSync(`${JSON.stringify(manifest)}\n${" ".repeat(100_000_000)}`), /too long|200 times/],
  // Text.
  ["a line that is not JSON", () => sealed(["{pk:1}"]), /line 2: the row is not JSON/],
  [
    "a line that is not UTF-8",
    () => withBytes(Buffer.from([0x22, 0xff, 0xfe, 0x22])),
    /line 2: the row is not text in UTF-8/,
  ],
  ["an empty line", () => sealed([""]), /line 2: the row is not JSON/],
  // Manifest and end.
  ["another version", () => retitled({ version: 2 }), /was written by a newer Crier/],
  ["a version that is text", () => retitled({ version: "1" }), /is not an export of Crier/],
  ["a kind that does not exist", () => retitled({ kind: "gift" }), /is not an export of Crier/],
  ["a moment that does not exist", () => retitled({ made: "2026-02-31" }), /is not an export of Crier/],
  ["an end that counts other posts", () => fileOf(rows, { posts: 99 }), /is damaged \(its end counts other rows/],
  ["an end that hides a site", () => fileOf(rows, { sites: [] }), /is damaged \(its end counts other rows/],
  ["an end that counts other rows", () => fileOf(rows, { rows: 1 }), /is damaged \(its end counts other rows/],
  ["another checksum", () => fileOf(rows, { sha256: "0".repeat(64) }), /its checksum is another one/],
  ["something behind the end", () => Buffer.concat([fileOf(rows), gzipSync("{}\n")]), /something follows its end/],
  ["half of a file", () => fileOf(rows).subarray(0, 700), /is cut off/],
  ["a file without an end", () => gzipSync(`${JSON.stringify(manifest)}\n`), /is cut off/],
  ["nothing", () => Buffer.alloc(0), /is not an export of Crier|is cut off/],
  ["a zip", () => Buffer.from("PK\x03\x04"), /is not an export of Crier/],
];

/** Text that is not compressed to less than a half. */
const noise = (length: number): string =>
  Array.from({ length: length / 64 }, (_, n) => createHash("sha256").update(String(n)).digest("hex")).join("");

const withBytes = (line: Uint8Array): Buffer => {
  const before = Buffer.from(`${JSON.stringify(manifest)}\n`);
  const text = Buffer.concat([before, line, Buffer.from("\n")]);
  const sha256 = createHash("sha256").update(text).digest("hex");
  const end = { end: true, rows: 1, posts: 0, deliveries: 0, sites: [], sha256 };
  return gzipSync(Buffer.concat([text, Buffer.from(`${JSON.stringify(end)}\n`)]));
};

const retitled = (change: object): Buffer => gzipSync(`${JSON.stringify({ ...manifest, ...change })}\n`);

test("an export of every kind of row is restored, and exported again as it was", async () => {
  const file = join(folder, "good.gz");
  await writeFile(file, fileOf(rows));
  const log = keptLog().log;
  const installation = folderInstallation("new", { data: join(folder, "restored"), log, ...systemRuntime });
  await installation.restore(await checkExport(file), [aSite()]);
  const again = await installation.export("backup", (lines) =>
    writeExport(join(folder, "again.gz"), Readable.from(lines).pipe(createGzip())),
  );
  const ofOneInstallation = /^(?:RESTORE|MOVED|LISTING|ROUND)/;
  const comparable = (given: readonly JsonRow[]) =>
    given
      .filter(({ pk, sk }) => !ofOneInstallation.test(pk) && !isA("FEED", "FEED")({ pk, sk }))
      .map((row) => JSON.stringify(row))
      .toSorted();
  expect(comparable(await Array.fromAsync(readRows(again)))).toEqual(comparable(rows));
  for (const name of ["good.gz", "again.gz", "restored"]) await rm(join(folder, name), { recursive: true });
});

test("at least fifty files are tried", () => {
  expect(hostile.length).toBeGreaterThanOrEqual(50);
});

test.each(hostile)("%s is one line, and nothing is written", async (_, make, says) => {
  const done = await restore("hostile.gz", make());
  expect(done).toMatchObject({ code: 1, out: "" });
  expect(done.err).toMatch(says);
  expect(done.err).toMatch(
    /^crier: [^\n]{20,700}: (?:take another export|copy it again, or take another export|give a file that crier export wrote|update this Crier, and restore it then)\n$/,
  );
  expect(await readdir(folder)).toEqual([]);
});

test("the first twenty mistakes have a line each, and the others are counted", async () => {
  const many = Array.from({ length: 30 }, (_, n) => ({
    pk: `ACCOUNT#a${n}`,
    sk: "ACCOUNT",
    name: `a${n}`,
    version: 1,
    sent: 0,
  }));
  const { err } = await restore("many.gz", fileOf(many));
  const lines = err.trimEnd().split("\n");
  expect(lines).toHaveLength(21);
  expect(lines[0]).toMatch(
    /many\.gz, line 2: the row "ACCOUNT#a0 ACCOUNT": sent: .*, so that nothing is restored: take another export$/,
  );
  expect(lines[20]).toMatch(/many\.gz has 10 more mistakes$/);
  expect(await readdir(folder)).toEqual([]);
});
