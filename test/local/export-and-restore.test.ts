import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Writable } from "node:stream";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { run } from "../../src/cli/program.ts";
import { type AMachine, aDocument, aFolder, clear, config, startIn } from "../support/machine.ts";
import { aMastodonServer } from "../support/mastodon-server.ts";
import { crier, piped } from "../support/terminal.ts";

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const canary = "canary-7f3a91d2";

/** A machine whose account is on a Mastodon server, which counts as real, with documents of every kind. */
const aBlog = async () => {
  const server = await aMastodonServer();
  open.push(server.close);
  const folder = await aFolder();
  open.push(() => rm(folder, { recursive: true, force: true }));
  const accounts = [
    { name: "mastodon", network: "mastodon", server: server.url, pacing: { interval: "0s" } },
    { name: "x", network: "x" },
  ];
  await writeFile(join(folder, "crier.config.ts"), `export default ${JSON.stringify({ ...config, accounts })};\n`);
  const start = async (data = "data"): Promise<AMachine> => {
    const machine = await startIn(folder, {
      config: join(folder, "crier.config.ts"),
      data: join(folder, data),
      env: { CRIER_MASTODON_ACCESS_TOKEN: canary, CRIER_TOKEN: `token-${canary}` },
    });
    open.push(() => clear(machine));
    await machine.idle();
    return machine;
  };
  return { server, folder, start };
};

const documents: Readonly<Record<string, string>> = {
  "one.md": aDocument("One", "categories: [Press]\n"),
  "two.md": aDocument("Two", "featured: true\n"),
  "draft.md": aDocument("A draft", "draft: true\n"),
  "later.md": `---\ntitle: Later\ndate: ${new Date(Date.now() + 3_600_000).toISOString()}\n---\nLater.\n`,
  "long.md": aDocument("Long").concat(
    Array.from({ length: 60_000 }, (_, n) => `${((n * 2654435761) % 4294967296).toString(36)} `).join(""),
  ),
  "refused.md": "---\ndate: 2026-02-30\n---\n",
};

const published = async (blog: Awaited<ReturnType<typeof aBlog>>): Promise<AMachine> => {
  const machine = await blog.start();
  for (const [path, document] of Object.entries(documents)) await machine.write(path, document);
  await expect.poll(() => blog.server.titles().toSorted(), { timeout: 30_000 }).toEqual(["Long", "One", "Two"]);
  await expect.poll(async () => (await machine.api("GET", "api/posts/later")).status).toBe(200);
  await expect
    .poll(async () => (await (await machine.api("GET", "api/posts?refused")).text()).includes("refused.md"))
    .toBe(true);
  const receipts = ["one", "two", "long"].map((slug) => `syndication/${slug}.json`);
  await expect
    .poll(async () => Promise.all(receipts.map(async (path) => (await machine.get(path)).status)), { timeout: 20_000 })
    .toEqual([200, 200, 200]);
  await machine.idle();
  return machine;
};

/** Every public file, as text, without the address of the machine. */
const filesOf = async ({ data, url }: Pick<AMachine, "data" | "url">): Promise<Readonly<Record<string, string>>> => {
  const root = join(data, "public");
  const names = (await readdir(root, { recursive: true })).filter((name) => /\.(?:xml|json|opml|html)$/.test(name));
  const read = async (name: string) =>
    [name, (await readFile(join(root, name), "utf8")).replaceAll(url, "URL/")] as const;
  return Object.fromEntries(await Promise.all(names.toSorted().map(read)));
};

test("what is exported and another data folder gets is the same blog: no file differs, and nothing is sent again", async () => {
  const blog = await aBlog();
  const machine = await published(blog);
  const before = await filesOf(machine);
  expect(Object.keys(before)).toEqual(
    expect.arrayContaining(["feed.xml", "archive/1.xml", "categories/press/atom.xml", "syndication/one.json"]),
  );
  await machine.stop();
  const done = await crier(["export", "move.gz", "--data", "data", "--move"], { folder: blog.folder });
  expect(done.err).toBe("");
  expect(done.out).toMatch(
    /^written: move\.gz with 5 posts and \d+ deliveries of blog\n {2}A move: restore it in the new installation\. This Crier sends nothing from now on/,
  );

  const restored = await crier(["restore", "move.gz", "--data", "new"], { folder: blog.folder });
  expect(restored.err).toBe("");
  expect(restored.out).toMatch(
    /^restored into new: 5 posts and \d+ deliveries of blog\n {2}Start Crier with it\. The Crier that it comes from sends nothing any more\.\n$/,
  );
  const moved = await blog.start("new");
  const here = { ...moved, data: join(blog.folder, "new") };
  await expect.poll(() => filesOf(here)).toEqual(before);
  await moved.idle();
  expect(blog.server.titles().toSorted()).toEqual(["Long", "One", "Two"]);
  expect(await (await moved.api("GET", "api/posts?refused")).json()).toMatchObject({
    refused: [{ path: "refused.md" }],
  });

  await moved.write("four.md", aDocument("Four"));
  await expect.poll(() => blog.server.titles().toSorted(), { timeout: 15_000 }).toEqual(["Four", "Long", "One", "Two"]);
  // Scheduled and held posts are exported, too.
  await moved.write("draft.md", aDocument("A draft"));
  await expect.poll(() => blog.server.titles().length, { timeout: 15_000 }).toBe(5);
});

test("a Crier that is stopped is exported from its folder, and to standard output", async () => {
  const blog = await aBlog();
  const machine = await published(blog);
  await machine.stop();
  const chunks: Buffer[] = [];
  const output = new Writable({
    write: (chunk, _, done) => {
      chunks.push(chunk);
      done();
    },
  });
  const terminal = { env: {}, folder: blog.folder, input: piped(""), out: () => {}, err: () => {}, output };
  expect(await run(["export", "-", "--data", "data"], terminal)).toBe(0);
  const file = await crier(["export", "stopped.gz", "--data", "data", "--json"], { folder: blog.folder });
  expect(file.json()).toMatchObject({ posts: 5, sites: ["blog"] });
  const lines = (bytes: Uint8Array) => gunzipSync(bytes).toString().split("\n").slice(1, -2);
  expect(lines(Buffer.concat(chunks))).toEqual(lines(await readFile(join(blog.folder, "stopped.gz"))));
});

test("a delivery whose request was on its way is not sent before it is known what became of it", async () => {
  const blog = await aBlog();
  const machine = await published(blog);
  await machine.stop();
  const file = join(blog.folder, "stopped.gz");
  await crier(["export", file, "--data", "data", "--move"], { folder: blog.folder });
  const now = Date.now();
  // The row of "One" is changed in the export as if its request were still on its way.
  const lines = gunzipSync(await readFile(file))
    .toString()
    .trimEnd()
    .split("\n");
  const changed = lines.slice(0, -1).map((line) => {
    const row = JSON.parse(line);
    if (row.state !== "posted" || row.account !== "mastodon") return line;
    const { remotes: _, stale: __, ...claimed } = row;
    return JSON.stringify({
      ...claimed,
      state: "sending",
      accountState: "mastodon#sending",
      leaseUntil: now,
      dueAt: now,
    });
  });
  const sha256 = createHash("sha256").update(changed.join("\n").concat("\n")).digest("hex");
  const end = JSON.stringify({ ...JSON.parse(lines.at(-1) ?? ""), sha256 });
  await writeFile(file, gzipSync([...changed, end].join("\n").concat("\n")));
  expect(await crier(["restore", file, "--data", "new"], { folder: blog.folder })).toMatchObject({ code: 0 });
  const moved = await blog.start("new");
  const states = async () =>
    JSON.parse(await (await moved.api("GET", "api/posts/one")).text()).deliveries.map(
      ({ account, state }: { account: string; state: string }) => `${account} ${state}`,
    );
  await expect.poll(states, { timeout: 15_000 }).toEqual(expect.arrayContaining(["mastodon unsettled"]));
  expect(blog.server.titles().toSorted()).toEqual(["Long", "One", "Two"]);
});

test("an export has no secret; where a Crier runs, where something is, and for another site its restore is refused", async () => {
  const blog = await aBlog();
  const machine = await published(blog);
  const at = { folder: blog.folder, env: machine.env };
  await crier(["export", "backup.gz"], at);
  const text = gunzipSync(await readFile(join(blog.folder, "backup.gz"))).toString();
  expect(text).toContain("A draft");
  expect(text).not.toContain(canary);

  const busy = /^crier: another Crier \(process \d+\) uses \S+data: stop it or pass --data\n$/;
  for (const command of ["restore", "export"]) {
    const running = await crier([command, command === "export" ? "x.gz" : "backup.gz", "--data", "data"], at);
    expect(running).toMatchObject({ code: 1, out: "", err: expect.stringMatching(busy) });
  }
  await machine.stop();
  expect(await crier(["restore", "backup.gz", "--data", "data"], at)).toMatchObject({
    code: 1,
    err: expect.stringMatching(
      /^crier: the data folder \S+data is not empty \(5 posts, \d+ deliveries, \d+ other rows\), so that nothing is restored: pass --data with a new folder\n$/,
    ),
  });

  const elsewhere = join(blog.folder, "elsewhere");
  await mkdir(elsewhere);
  const sites = [{ id: "other", title: "Other", url: "https://other.example.com/" }];
  await writeFile(join(elsewhere, "crier.config.ts"), `export default ${JSON.stringify({ sites })};\n`);
  const refused = await crier(["restore", join(blog.folder, "backup.gz")], { folder: elsewhere });
  expect(refused.err).toMatch(/has posts of blog, which the configuration does not name: use the crier\.config\.ts of/);
  expect(await readdir(elsewhere)).toEqual(["crier.config.ts"]);
});

test("a file that is damaged, and a folder without a Crier, are one line each, and nothing is written", async () => {
  const blog = await aBlog();
  await writeFile(join(blog.folder, "bad.gz"), "no");
  const bad = await crier(["restore", "bad.gz", "--data", "new"], { folder: blog.folder });
  expect(bad).toMatchObject({ code: 1, out: "" });
  expect(bad.err).toMatch(/^crier: \S+bad\.gz is not an export of Crier: give a file that crier export wrote\n$/);
  const none = await crier(["export", "x.gz", "--data", "none"], { folder: blog.folder });
  expect(none.err).toMatch(/^crier: there is no crier\.db in \S+none: pass --data with the folder of a Crier\n$/);
  expect((await readdir(blog.folder)).toSorted()).toEqual(["bad.gz", "crier.config.mjs", "crier.config.ts", "posts"]);
});

test("without a running Crier an export says how to start one; with another token it is refused", async () => {
  const blog = await aBlog();
  const none = await crier(["export", "x.gz"], {
    folder: blog.folder,
    env: { CRIER_URL: "http://127.0.0.1:9", CRIER_TOKEN: "t" },
  });
  expect(none.err).toMatch(/^crier: no answer from http:\/\/127\.0\.0\.1:9: start Crier/);
  const machine = await blog.start();
  const other = await crier(["export", "x.gz"], { folder: blog.folder, env: { ...machine.env, CRIER_TOKEN: "t" } });
  expect(other.err).toContain("the API does not accept this token");
  expect((await machine.get("api/export")).status).toBe(401);
});

test("no other machine gets an export, even with the token", async () => {
  const blog = await aBlog();
  const machine = await blog.start();
  const token = { Authorization: `Bearer ${machine.token}` };
  expect((await machine.get("api/export", token)).status).toBe(200);
  expect((await machine.get("api/export", { ...token, "X-Forwarded-For": "192.0.2.1" })).status).toBe(404);
});

test("a backup of the running Crier sends nothing again that was sent since, and its readers see no other entries", async () => {
  const blog = await aBlog();
  const machine = await published(blog);
  const soon = `---\ntitle: Soon\ndate: ${new Date(Date.now() + 6_000).toISOString()}\n---\nSoon.\n`;
  await machine.write("soon.md", soon);
  await expect.poll(async () => (await machine.api("GET", "api/posts/soon")).status, { timeout: 5_000 }).toBe(200);
  const done = await crier(["export", "backup.gz"], { folder: blog.folder, env: machine.env });
  expect(done.out).toContain("A backup: this Crier continues to send");
  expect(await readdir(machine.data)).not.toContain("export.db");
  // Since then: one that was scheduled, one that was a draft, and a new one.
  await machine.write("draft.md", aDocument("A draft"));
  await machine.write("after.md", aDocument("After"));
  const all = ["A draft", "After", "Long", "One", "Soon", "Two"];
  await expect.poll(() => blog.server.titles().toSorted(), { timeout: 20_000 }).toEqual(all);
  await machine.idle();
  const titles = (await machine.titles()).toSorted();
  const ids = async ({ get }: AMachine) =>
    [...(await (await get("feed.json")).text()).matchAll(/"id": ?"(tag:[^"]*)"/g)].map(([, id]) => id).toSorted();
  const before = await ids(machine);
  expect(before).toHaveLength(6);
  await machine.stop();

  const restored = await crier(["restore", "backup.gz", "--data", "new"], { folder: blog.folder });
  expect(restored.out).toContain("restored from a backup: deliveries that waited in it are held");
  const again = await blog.start("new");
  await expect.poll(async () => (await again.titles()).toSorted()).toEqual(titles);
  await again.idle();
  expect(await ids(again)).toEqual(before);
  expect(blog.server.titles().toSorted()).toEqual(all);
  await again.write("news.md", aDocument("News"));
  await expect
    .poll(() => blog.server.titles().toSorted(), { timeout: 20_000 })
    .toEqual(["A draft", "After", "Long", "News", "One", "Soon", "Two"]);
});
