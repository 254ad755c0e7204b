import { randomBytes } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { minute } from "../../src/domain/time.ts";
import { deferralTime } from "../../src/store/due-index.ts";
import { aliasKey, movedKey, postKey, refKey, siteFeedKey, stopsKey } from "../../src/store/keys.ts";
import { tableStore } from "../../src/store/table-store.ts";
import { aPost, start } from "../support/builders.ts";
import { newId, aStore as openStore } from "../support/store.ts";

const aStore = async () => {
  const own = await openStore();
  onTestFinished(own.stop);
  return own;
};

const key = postKey("blog", "id-of-hello-world");
const present = { kind: "present" } as const;

test("a post with a body of 10 KB is stored in less than 4 KB", async () => {
  const { store, table } = await aStore();
  const words = Array.from(
    { length: 1_500 },
    (_, index) => ["feeds", "posts", "once", "valid"][(index * index) % 4],
  ).join(" ");
  await store.posts.save(aPost({ html: `<p>${words}</p>` }));
  const { body, ...others } = (await table.get(key)) ?? {};
  const bytes = body instanceof Uint8Array ? body.length : 0;
  expect(bytes).toBeGreaterThan(0);
  expect(bytes + JSON.stringify(others).length).toBeLessThan(4_096);
});

test("a large body is in the object store, with its hash in the key", async () => {
  const { store, table } = await aStore();
  const html = randomBytes(400 * 1024).toString("base64");
  await store.posts.save(aPost({ html }));
  const { bodyKey, body } = (await table.get(key)) ?? {};
  expect(bodyKey).toMatch(/^blog\/id-of-hello-world\/[0-9a-f]{64}$/);
  expect(body).toBeUndefined();
  const { bodies: empty } = await aStore();
  const without = tableStore(table, { bodies: empty, newId });
  expect(await without.posts.read("blog", "id-of-hello-world")).toMatchObject({
    html: "",
    damage: `its body ${bodyKey} is missing from the object store`,
  });
});

test("a save of a damaged post keeps the body that could not be read", async () => {
  const { store, table, bodies } = await aStore();
  const html = randomBytes(400 * 1024).toString("base64");
  await store.posts.save(aPost({ html }));
  const { bodies: empty } = await aStore();
  const without = tableStore(table, { bodies: empty, newId });
  const damaged = await without.posts.read("blog", "id-of-hello-world");
  expect(damaged && (await without.posts.save({ ...damaged, syndication: ["https://social.example/1"] }))).toBe(true);
  const again = tableStore(table, { bodies, newId });
  expect(await again.posts.read("blog", "id-of-hello-world")).toMatchObject({
    html,
    damage: expect.stringContaining("missing from the object store"),
  });
});

test("a row without a body is that of a damaged post", async () => {
  const { store, table } = await aStore();
  await store.posts.save(aPost());
  await table.update(key, { remove: ["body"] }, present);
  expect(await store.posts.read("blog", "id-of-hello-world")).toMatchObject({
    html: "",
    damage: "its row holds neither a body nor the key of one",
  });
});

test("a row of an unknown form is that of a damaged post, which announces nothing", async () => {
  const { store, table } = await aStore();
  await table.put({ ...postKey("blog", "odd"), title: 7 });
  expect(await store.posts.read("blog", "odd")).toMatchObject({
    id: "odd",
    damage: expect.stringMatching(/^its stored row cannot be read: version, slug, url, title, /),
    history: true,
    social: { off: true },
  });
});

test("a feed in the list of its site that cannot be read is listed by its key", async () => {
  const { store, table } = await aStore();
  await table.put({ ...siteFeedKey("blog", "main"), key: "topics/a", title: "A" });
  expect(await store.feeds.all("blog")).toEqual([{ key: "main", title: "A", empty: false }]);
});

test("works without a listener for due rows", async () => {
  const { table, bodies } = await aStore();
  const store = tableStore(table, { bodies, newId });
  expect(await store.posts.save(aPost({ due: start }))).toBe(true);
});

test("a touch after a crash between the feed and its registration registers it", async () => {
  const { store, table } = await aStore();
  await store.feeds.touch("blog", "main", "A Blog", start);
  await table.remove(siteFeedKey("blog", "main"));
  await table.update(refKey({ kind: "feed", site: "blog", key: "main" }), { remove: ["registered"] }, present);
  await store.feeds.touch("blog", "main", "A Blog", start);
  expect(await store.feeds.all("blog")).toEqual([{ key: "main", title: "A Blog", empty: false }]);
});

test("the time of a deferral is at most an hour", () => {
  expect(deferralTime(1_000)).toBe(60 * minute);
});

test("an alias without a post belongs to the next one that claims it", async () => {
  const { store, table } = await aStore();
  await store.aliases.claim("blog", "address", "s", "a");
  await table.put({ ...aliasKey("blog", "address", "s"), value: "s" });
  expect(await store.aliases.read("blog", "address", "s")).toBeUndefined();
  expect(await store.aliases.claim("blog", "address", "s", "b")).toBe("b");
  expect(await store.aliases.claim("blog", "address", "s", "c")).toBe("b");
});

test("where the row of what was stopped cannot be read, everything is stopped until a person lets it go on", async () => {
  const { store, table } = await aStore();
  await store.stops.save({ version: 0, accounts: { mastodon: { since: start, why: "a holiday", by: undefined } } });
  await table.update(stopsKey, { set: { accounts: "none", version: "x" } }, present);
  const stops = await store.stops.read();
  expect(Object.keys(stops.accounts)).toEqual(["*"]);
  expect(await store.stops.save({ ...stops, accounts: {} })).toBe(true);
  expect(await store.stops.read()).toMatchObject({ accounts: {} });
});

test("a home that was left sends nothing, even where its mark cannot be read", async () => {
  const { store, table } = await aStore();
  await store.moves.mark(start);
  await table.update(movedKey, { set: { at: "then" } }, present);
  expect(await store.moves.read()).toBe(0);
});
