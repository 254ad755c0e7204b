import { describe, expect, test } from "vitest";
import { deliveryId } from "../../src/domain/delivery.ts";
import { day } from "../../src/domain/time.ts";
import {
  accountKey,
  aliasKey,
  deliveryKey,
  documentKey,
  entryKey,
  feedStateKey,
  type Key,
  pageKey,
  pageOfPostKey,
  siteFeedKey,
  sourceStateKey,
  translationKey,
} from "../../src/store/keys.ts";
import type { Change } from "../../src/store/table.ts";
import { archivedIds } from "../support/archived-ids.ts";
import { aDocument, aWorld, type World } from "../support/world.ts";

const present = { kind: "present" } as const;

/** Two posts are published and sent once. */
const aBlog = async () => {
  const world = await aWorld();
  for (const slug of ["first", "second"]) {
    world.write(`${slug}.md`, aDocument({ slug, title: slug, translationKey: slug }));
    await world.ingest(`${slug}.md`);
    await world.sweep();
    world.turn(day);
  }
  expect(await world.titles()).toEqual(["second", "first"]);
  expect(world.paper.visible()).toHaveLength(2);
  return world;
};

type Find = (world: World) => Promise<Key>;
const firstPost = async (world: World) => world.post("first");

const rows: readonly (readonly [what: string, find: Find, change: Change])[] = [
  ["the row of a delivery", async (world) => deliveryOf(world), { set: { attempts: "x" } }],
  ["the version of a delivery", async (world) => deliveryOf(world), { set: { version: "x", nudges: [] } }],
  ["what a delivery sent", async (world) => deliveryOf(world), { set: { sent: 5 } }],
  ["the state of a delivery", async (world) => deliveryOf(world), { remove: ["state"] }],
  ["the request of a delivery", async (world) => deliveryOf(world), { set: { sent: { request: "{" } } }],
  ["a document", async () => documentKey("blog", "folder", "first.md"), { set: { refusal: 1, warnings: "x" } }],
  ["the path of a document", async () => documentKey("blog", "folder", "first.md"), { set: { path: 7 } }],
  ["an address", async () => aliasKey("blog", "address", "first"), { set: { post: 4 } }],
  ["a feed", async () => feedStateKey("blog", "main"), { set: { title: 5, faults: "x" } }],
  ["the revision of a feed", async () => feedStateKey("blog", "main"), { set: { revision: "x" } }],
  ["the lease of a feed", async () => feedStateKey("blog", "main"), { set: { lease: 5 } }],
  ["a feed in the list of its site", async () => siteFeedKey("blog", "main"), { set: { title: 5 } }],
  ["the state of a source", async () => sourceStateKey("blog", "folder"), { set: { listed: "x", version: "y" } }],
  [
    "an account",
    async (world) => accountKey((await firstDelivery(world)).account),
    { set: { sent: "x", version: {} } },
  ],
  [
    "a membership",
    async (world) => {
      const { id, published } = await firstPost(world);
      return entryKey("blog", "main", published, id);
    },
    { set: { version: "x" }, remove: ["feed"] },
  ],
  ["a translation", async () => translationKey("blog", "first", "en"), { set: { post: 7 } }],
  ["a page of the archive", async () => pageKey("blog", "main", 1), { set: { ids: "x" } }],
  ["the version of a page of the archive", async () => pageKey("blog", "main", 1), { set: { version: "x" } }],
  [
    "the page of a post in the archive",
    async (world) => pageOfPostKey("blog", "main", (await firstPost(world)).id),
    { set: { page: "x" } },
  ],
];

const firstDelivery = async (world: World) => {
  const [delivery] = await world.deliveries("first");
  if (delivery === undefined) throw new Error("there is no delivery");
  return delivery;
};
const deliveryOf = async (world: World): Promise<Key> => deliveryKey(await firstDelivery(world));

/** A person decides about a delivery, and the next send writes the row of an account. */
const isDecided: ReadonlySet<string> = new Set([
  "the row of a delivery",
  "the version of a delivery",
  "what a delivery sent",
  "the state of a delivery",
  "the request of a delivery",
  "an account",
]);

describe.each(rows)("%s that cannot be read", (what, find, change) => {
  test("is named, stops nothing else, and posts nothing twice", async () => {
    const world = await aBlog();
    expect(await world.table.update(await find(world), change, present)).toBeDefined();
    world.write("third.md", aDocument({ slug: "third", title: "third" }));
    await world.ingest("third.md");
    await world.sweep();
    world.turn(day);
    world.write(
      "first.md",
      aDocument({ slug: "first", title: "first", translationKey: "first", tags: ["New"] }, "Other words."),
    );
    await world.ingest("first.md");
    await world.sweep();
    expect(await world.titles()).toEqual(expect.arrayContaining(["third", "second"]));
    const posts = await Promise.all(["first", "second", "third"].map((slug) => world.post(slug)));
    expect(await archivedIds(world.store.archive)).toEqual(posts.map(({ id }) => id));
    await world.app.status("first");
    await world.app.feeds();
    await world.app.accounts();
    expect(world.unreadable).toContainEqual(expect.stringMatching(/^the stored row ".*" cannot be read \(.*\): /));
    // A source that counts as not listed makes history of what is new.
    expect(world.paper.visible()).toHaveLength(what === "the state of a source" ? 2 : 3);
    expect(world.alarms.filter((text) => text.startsWith("step"))).toEqual([]);
  });

  // A person decides about these, so that a saved document does not heal them.
  test.skipIf(isDecided.has(what))("is healed when the document is saved again as it is", async () => {
    const world = await aBlog();
    await world.table.update(await find(world), change, present);
    await world.ingest("first.md");
    await world.app.reconcile();
    await world.app.audit();
    await world.sweep();
    const known = world.unreadable.length;
    await world.ingest("first.md");
    await world.app.reconcile();
    await world.app.audit();
    await world.sweep();
    await world.app.status("first");
    await world.app.feeds();
    expect(world.unreadable.slice(known)).toEqual([]);
    expect(world.paper.visible()).toHaveLength(2);
  });

  test("is healed, or goes with its post, when the document is deleted", async () => {
    const world = await aBlog();
    await world.table.update(await find(world), change, present);
    world.erase("first.md");
    await world.ingest("first.md");
    world.turn(day);
    await world.sweep();
    expect(await world.titles()).toEqual(["second"]);
    expect(world.alarms.filter((text) => text.startsWith("step"))).toEqual([]);
  });
});

test("a delivery whose row lost what was sent is released by its own id, not by a retry, with its post or with all", async () => {
  const world = await aBlog();
  await world.table.update(await deliveryOf(world), { set: { sent: 5 } }, present);
  const id = deliveryId(await firstDelivery(world));
  expect(await world.app.actOnPost("release", "first")).toEqual({
    deliveries: [],
    problems: [
      `${id} is released by its own id only: its stored row cannot be read (state), and it may be on the network: look there, then release or dismiss it (npx crier release ${id})`,
    ],
  });
  expect((await world.app.actOnAll("release")).rows).toEqual([]);
  expect(await world.app.retry(id)).toEqual({
    problem: expect.stringContaining(`${id} is not retried: its stored row`),
  });
  expect(await firstDelivery(world)).toMatchObject({ state: "held", hold: "unreadable" });
  expect(await world.app.act("release", id)).toMatchObject({ delivery: { state: "pending" } });
});
