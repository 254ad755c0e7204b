import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { hour, minute, second } from "../../src/domain/time.ts";
import type { DeliveryRef, Membership, PingRef, Ref, Store } from "../../src/ports/store.ts";
import { aDelivery, aPost, start } from "../support/builders.ts";

/** A store with nothing in it, and what it told of due rows. */
export interface EmptyStore {
  readonly store: Store;
  readonly told: readonly { readonly ref: Ref; readonly at: number }[];
}

const deliveryRef: DeliveryRef = {
  kind: "delivery",
  site: "blog",
  post: "id-of-hello-world",
  account: "mastodon",
  generation: 0,
};

const pingRef: PingRef = { kind: "ping", site: "blog", key: "main", hub: "https://hub.example/#1" };

const listed = async <T>(rows: AsyncIterable<T>): Promise<readonly T[]> => {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
};

const present = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error("expected a row");
  return value;
};

/** What every store must do. */
export const storeContract = (empty: () => Promise<EmptyStore>): void => {
  test("a post comes back as it was saved, one version on", async () => {
    const { store } = await empty();
    const post = aPost({
      id: "日本#語%23",
      slug: "ja/こんにちは",
      guid: "urn:1",
      categories: [{ name: "C#", type: "exact" }, { name: "Rust" }],
      authors: [{ name: "Ada", url: "https://a.example/" }],
      image: { url: "https://a.example/i.png", alt: "" },
      social: { off: false, share: "Look", useSummary: true, texts: { "a#b": "for b" } },
      gone: { at: start, by: "source" },
      enclosure: { url: "https://a.example/i.png", mediaType: "image/png", length: 12 },
      listed: [{ feed: "categories/c-sharp", published: start }],
      audience: { accounts: ["mastodon"], note: "one" },
      hold: "draft",
      due: start + second,
    });
    expect(await store.posts.save(post)).toBe(true);
    expect(await store.posts.read("blog", post.id)).toEqual({ ...post, version: 1 });
  });

  test("a post that nobody saved is not there", async () => {
    const { store } = await empty();
    expect(await store.posts.read("blog", "nobody")).toBeUndefined();
  });

  test("of two saves on one version one wins", async () => {
    const { store } = await empty();
    expect(await store.posts.save(aPost())).toBe(true);
    expect(await store.posts.save(aPost({ title: "again, from nothing" }))).toBe(false);
    const read = present(await store.posts.read("blog", "id-of-hello-world"));
    const saves = await Promise.all(["a", "b"].map((title) => store.posts.save({ ...read, title })));
    expect(saves.filter(Boolean)).toHaveLength(1);
    expect((await store.posts.read("blog", read.id))?.version).toBe(2);
  });

  test("an empty body stays empty", async () => {
    const { store } = await empty();
    await store.posts.save(aPost({ html: "" }));
    expect((await store.posts.read("blog", "id-of-hello-world"))?.html).toBe("");
  });

  test("a body that fits into no row is kept and comes back whole", async () => {
    const { store } = await empty();
    const html = randomBytes(400 * 1024).toString("base64");
    expect(await store.posts.save(aPost({ html }))).toBe(true);
    expect((await store.posts.read("blog", "id-of-hello-world"))?.html).toBe(html);
    expect(await store.posts.save({ ...aPost({ html }), version: 1 })).toBe(true);
  });

  test("lists the posts of a site, the most lately changed first, in pages", async () => {
    const { store } = await empty();
    for (let index = 0; index < 60; index += 1)
      await store.posts.save(aPost({ slug: `post-${index}`, updated: start + index * minute }));
    await store.posts.save(aPost({ site: "other", slug: "elsewhere" }));
    const first = await store.posts.newest("blog");
    const second = await store.posts.newest("blog", first.next);
    const slugs = [...first.rows, ...second.rows].map(({ slug }) => slug);
    expect(first.rows.length).toBeLessThan(60);
    expect(slugs).toEqual(Array.from({ length: 60 }, (_, index) => `post-${59 - index}`));
    expect(second.next).toBeUndefined();
  });

  test("refuses a cursor that is not its own", async () => {
    const { store } = await empty();
    for (let index = 0; index < 51; index += 1) await store.posts.save(aPost({ slug: `post-${index}` }));
    const { next } = await store.posts.newest("blog");
    await expect(store.posts.newest("blog", "nonsense")).rejects.toThrow("does not continue this list");
    await expect(store.posts.newest("other", next)).rejects.toThrow("continues another list");
  });

  test("the first claim of an alias keeps it", async () => {
    const { store } = await empty();
    expect(await store.aliases.read("blog", "slug", "s#1")).toBeUndefined();
    const holders = await Promise.all(["a", "b", "c"].map((id) => store.aliases.claim("blog", "slug", "s#1", id)));
    const holder = await store.aliases.read("blog", "slug", "s#1");
    expect(new Set(holders)).toEqual(new Set([holder]));
    expect(await store.aliases.claim("blog", "guid", "s#1", "d")).toBe("d");
    expect(await store.aliases.claim("blog", "slug", "long".repeat(1_000), "e")).toBe("e");
    expect(await store.aliases.read("blog", "slug", "long".repeat(1_000))).toBe("e");
  });

  test("an alias is taken over only from its holder", async () => {
    const { store } = await empty();
    await store.aliases.claim("blog", "slug", "s", "a");
    expect(await store.aliases.takeOver("blog", "slug", "s", "b", "c")).toBe(false);
    expect(await store.aliases.takeOver("blog", "slug", "s", "a", "c")).toBe(true);
    expect(await store.aliases.read("blog", "slug", "s")).toBe("c");
    expect(await store.aliases.takeOver("blog", "slug", "unclaimed", "a", "c")).toBe(false);
  });

  test("knows the documents of a source, refusals and missing ones among them", async () => {
    const { store } = await empty();
    const refused = {
      site: "blog",
      source: "folder",
      path: "ja/#1 あ.md",
      refusal: { hash: "h", reasons: [{ code: "title-missing", field: "title", message: "no title" }], at: start },
    };
    const missing = {
      site: "blog",
      source: "folder",
      path: "a.md",
      post: "id",
      missing: { since: start, reason: "empty folder" },
    };
    await store.documents.put(refused);
    await store.documents.put({ ...missing, source: "github" });
    await store.documents.put(missing);
    expect(await listed(store.documents.all("blog", "folder"))).toEqual([missing, refused]);
    expect(await store.documents.read("blog", "folder", refused.path)).toEqual(refused);
    await store.documents.remove("blog", "folder", refused.path);
    expect(await store.documents.read("blog", "folder", refused.path)).toBeUndefined();
    expect(await listed(store.documents.all("blog", "folder"))).toEqual([missing]);
  });

  test("a touched feed is due, registered in its site, and keeps its earlier due", async () => {
    const { store } = await empty();
    await store.feeds.touch("blog", "categories/c-sharp", "C#", start);
    await store.feeds.touch("blog", "categories/c-sharp", undefined, start + hour);
    expect(await store.feeds.read("blog", "categories/c-sharp")).toEqual({
      site: "blog",
      key: "categories/c-sharp",
      revision: 2,
      title: "C#",
      faults: [],
      owed: false,
      empty: false,
      due: start,
    });
    await store.feeds.touch("blog", "main", "A Blog", start + hour);
    await store.feeds.touch("blog", "main", "The Blog", start);
    await store.feeds.touch("blog", "featured", undefined, start);
    expect((await store.feeds.read("blog", "main"))?.due).toBe(start);
    expect((await store.feeds.all("blog")).toSorted((a, b) => a.key.localeCompare(b.key))).toEqual([
      { key: "categories/c-sharp", title: "C#", empty: false },
      { key: "featured", title: "featured", empty: false },
      { key: "main", title: "The Blog", empty: false },
    ]);
    expect(await store.feeds.all("other")).toEqual([]);
    expect(await store.feeds.read("other", "main")).toBeUndefined();
  });

  test("touches at once are all counted", async () => {
    const { store } = await empty();
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => store.feeds.touch("blog", "main", "A Blog", start - index)),
    );
    expect(await store.feeds.read("blog", "main")).toMatchObject({ revision: 10, due: start - 9 });
  });

  test("one render at a time has a feed, until its lease is over", async () => {
    const { store } = await empty();
    expect(await store.feeds.lease("blog", "main", "R1", start, start + minute)).toBeUndefined();
    await store.feeds.touch("blog", "main", "A Blog", start);
    const leased = await store.feeds.lease("blog", "main", "R1", start, start + minute);
    expect(leased).toMatchObject({ revision: 1, due: start, lease: { holder: "R1", until: start + minute } });
    expect(await store.feeds.lease("blog", "main", "R2", start + 1, start + hour)).toBeUndefined();
    expect(await store.feeds.holds("blog", "main", "R1", start + minute - 1)).toBe(true);
    expect(await store.feeds.holds("blog", "main", "R1", start + minute)).toBe(false);
    expect(await store.feeds.holds("blog", "main", "R2", start)).toBe(false);
    expect(await store.feeds.lease("blog", "main", "R2", start + minute, start + hour)).toMatchObject({
      lease: { holder: "R2" },
    });
    expect(await store.feeds.holds("blog", "main", "R1", start)).toBe(false);
  });

  test("a render that saw the last revision clears the due, or puts it to a later moment", async () => {
    const { store } = await empty();
    await store.feeds.touch("blog", "main", "A Blog", start);
    const first = present(await store.feeds.lease("blog", "main", "R1", start, start + minute));
    const faults = [{ file: "feed.xml", problem: "not well-formed", entry: "e" }];
    expect(await store.feeds.release(first, "R1", { faults, at: start })).toBe(true);
    const rested = present(await store.feeds.read("blog", "main"));
    expect(rested).toEqual({
      site: "blog",
      key: "main",
      revision: 1,
      title: "A Blog",
      rendered: start,
      faults,
      owed: false,
      empty: false,
    });
    expect(await store.due.before(start + hour, 10)).toEqual([]);
    const second = present(await store.feeds.lease("blog", "main", "R2", start, start + minute));
    expect(await store.feeds.release(second, "R2", { faults: [], due: start + hour, at: start })).toBe(true);
    expect(await store.feeds.read("blog", "main")).toEqual({ ...rested, faults: [], due: start + hour });
  });

  test("a feed touched while it was rendered stays due, its lease given back", async () => {
    const { store } = await empty();
    await store.feeds.touch("blog", "main", "A Blog", start);
    const state = present(await store.feeds.lease("blog", "main", "R1", start, start + minute));
    await store.feeds.touch("blog", "main", "A Blog", start + second);
    const faults = [{ file: "feed.xml", problem: "not well-formed" }];
    expect(await store.feeds.release(state, "R1", { faults, at: start })).toBe(false);
    expect(await store.feeds.read("blog", "main")).toEqual({
      site: "blog",
      key: "main",
      revision: 3,
      title: "A Blog",
      rendered: start,
      faults,
      owed: false,
      empty: false,
      due: start,
    });
  });

  test("a render that outlived its lease makes the feed due again (interleaving 23)", async () => {
    const { store } = await empty();
    await store.feeds.touch("blog", "main", "A Blog", start);
    const slow = present(await store.feeds.lease("blog", "main", "R1", start, start + minute));
    const quick = present(await store.feeds.lease("blog", "main", "R2", start + minute, start + hour));
    expect(await store.feeds.release(slow, "R1", { faults: [{ file: "feed.xml", problem: "old" }], at: start })).toBe(
      false,
    );
    const raised = present(await store.feeds.read("blog", "main"));
    expect(raised).toMatchObject({ revision: 2, due: start, faults: [], lease: { holder: "R2" } });
    expect(await store.feeds.release(quick, "R2", { faults: [], at: start })).toBe(false);

    const again = present(await store.feeds.lease("blog", "main", "R3", start + hour, start + 2 * hour));
    expect(await store.feeds.release(again, "R3", { faults: [], at: start })).toBe(true);
    expect((await store.feeds.read("blog", "main"))?.due).toBeUndefined();
    expect(await store.feeds.release(slow, "R1", { faults: [], at: start })).toBe(false);
    const lost = present(await store.feeds.read("blog", "main"));
    expect(lost).toMatchObject({ revision: 4, due: start });
    expect(lost.lease).toBeUndefined();
  });

  test("a render of a feed that was not due makes it due when it lost its lease", async () => {
    const { store } = await empty();
    await store.feeds.touch("blog", "main", "A Blog", start);
    const first = present(await store.feeds.lease("blog", "main", "R1", start, start + minute));
    await store.feeds.release(first, "R1", { faults: [], at: start });
    const audit = present(await store.feeds.lease("blog", "main", "R2", start, start + minute));
    const next = present(await store.feeds.lease("blog", "main", "R3", start + minute, start + hour));
    await store.feeds.release(next, "R3", { faults: [], due: start + 2 * hour, at: start });
    expect(await store.feeds.release(audit, "R2", { faults: [], at: start })).toBe(false);
    expect((await store.feeds.read("blog", "main"))?.due).toBe(start + minute);
  });

  test("a feed rests until later, unless somebody has touched or leased it since it was read", async () => {
    const { store } = await empty();
    await store.feeds.touch("blog", "main", "A Blog", start);
    const state = present(await store.feeds.read("blog", "main"));
    await store.feeds.rest(state, start + minute);
    expect((await store.feeds.read("blog", "main"))?.due).toBe(start + minute);
    await store.feeds.touch("blog", "main", "A Blog", start + second);
    await store.feeds.rest(state, start + hour);
    expect((await store.feeds.read("blog", "main"))?.due).toBe(start + second);
    const touched = present(await store.feeds.read("blog", "main"));
    await store.feeds.lease("blog", "main", "R1", start, start + minute);
    await store.feeds.rest(touched, start + hour);
    expect((await store.feeds.read("blog", "main"))?.due).toBe(start + second);
  });

  test("a feed without entries is marked in its site's list, and keeps the mark when its title changes", async () => {
    const { feeds } = (await empty()).store;
    await feeds.touch("blog", "categories/a", "A", start);
    const state = present(await feeds.read("blog", "categories/a"));
    await feeds.mark(state, true);
    await feeds.touch("blog", "categories/a", "B", start);
    expect(await feeds.all("blog")).toEqual([{ key: "categories/a", title: "B", empty: true }]);
    await feeds.mark(state, false);
    expect(await feeds.all("blog")).toEqual([{ key: "categories/a", title: "B", empty: false }]);
    await feeds.mark({ ...state, key: "gone" }, true);
    expect(await feeds.read("blog", "gone")).toBeUndefined();
  });

  test("releasing a feed that is gone does nothing", async () => {
    const { store } = await empty();
    const state = { site: "blog", key: "gone", revision: 1, title: "", faults: [], owed: false, empty: false };
    expect(await store.feeds.release(state, "R1", { faults: [], at: start })).toBe(false);
    expect(await store.feeds.read("blog", "gone")).toBeUndefined();
  });

  test("a ping that is owed is remembered by whoever comes next, and forgotten with the due (interleaving 28)", async () => {
    const { store } = await empty();
    await store.feeds.touch("blog", "main", "A Blog", start);
    await store.feeds.lease("blog", "main", "R1", start, start + minute);
    expect(await store.feeds.owe("blog", "main", "R1")).toBe(true);
    const next = present(await store.feeds.lease("blog", "main", "R2", start + minute, start + hour));
    expect(next.owed).toBe(true);
    expect(await store.feeds.release(next, "R2", { faults: [], at: start })).toBe(true);
    expect((await store.feeds.read("blog", "main"))?.owed).toBe(false);
  });

  test("a ping stays owed while the feed stays due", async () => {
    const { store } = await empty();
    await store.feeds.touch("blog", "main", "A Blog", start);
    const state = present(await store.feeds.lease("blog", "main", "R1", start, start + minute));
    await store.feeds.owe("blog", "main", "R1");
    await store.feeds.touch("blog", "main", "A Blog", start + second);
    expect(await store.feeds.release(state, "R1", { faults: [], at: start })).toBe(false);
    expect((await store.feeds.read("blog", "main"))?.owed).toBe(true);
    const again = present(await store.feeds.lease("blog", "main", "R2", start, start + minute));
    expect(await store.feeds.release(again, "R2", { faults: [], due: start + hour, at: start })).toBe(true);
    expect((await store.feeds.read("blog", "main"))?.owed).toBe(false);
  });

  test("only who holds the lease owes a ping", async () => {
    const { store } = await empty();
    expect(await store.feeds.owe("blog", "main", "R1")).toBe(false);
    expect(await store.feeds.read("blog", "main")).toBeUndefined();
    await store.feeds.touch("blog", "main", "A Blog", start);
    expect(await store.feeds.owe("blog", "main", "R1")).toBe(false);
    await store.feeds.lease("blog", "main", "R2", start, start + minute);
    expect(await store.feeds.owe("blog", "main", "R1")).toBe(false);
    expect((await store.feeds.read("blog", "main"))?.owed).toBe(false);
  });

  test("a nudged ping is due when the bytes are public, and starts anew", async () => {
    const { store } = await empty();
    expect(await store.pings.read(pingRef)).toBeUndefined();
    await store.pings.nudge(pingRef, ["https://f.example/a"], start + minute);
    const first = present(await store.pings.read(pingRef));
    expect(first).toEqual({
      site: "blog",
      key: "main",
      hub: pingRef.hub,
      version: 1,
      topics: ["https://f.example/a"],
      publicAt: start + minute,
      attempts: 0,
      due: start + minute,
    });
    const failing = { attempts: 2, since: start, wait: start + second, pinged: start, reason: "no" };
    expect(await store.pings.save({ ...first, ...failing, due: start + hour })).toBe(true);
    expect(await store.pings.read(pingRef)).toEqual({ ...first, ...failing, version: 2, due: start + hour });
    await store.pings.nudge(pingRef, ["https://f.example/b"], start + 2 * minute);
    expect(await store.pings.read(pingRef)).toEqual({
      ...first,
      since: start,
      wait: start + second,
      pinged: start,
      reason: "no",
      version: 3,
      topics: ["https://f.example/b"],
      publicAt: start + 2 * minute,
      due: start + 2 * minute,
    });
  });

  test("a ping that is due sooner stays so, and knows of the newer bytes", async () => {
    const { store } = await empty();
    await store.pings.nudge(pingRef, ["https://f.example/a"], start);
    await store.pings.nudge(pingRef, ["https://f.example/a"], start + minute);
    expect(await store.pings.read(pingRef)).toMatchObject({ version: 2, due: start, publicAt: start + minute });
  });

  test("a ping that was nudged since it was read is not saved", async () => {
    const { store } = await empty();
    await store.pings.nudge(pingRef, [], start);
    const read = present(await store.pings.read(pingRef));
    await store.pings.nudge(pingRef, [], start + second);
    expect(await store.pings.save({ ...read, due: undefined })).toBe(false);
    expect((await store.pings.read(pingRef))?.due).toBe(start);
    const again = present(await store.pings.read(pingRef));
    expect(await store.pings.save({ ...again, due: undefined })).toBe(true);
    expect((await store.pings.read(pingRef))?.due).toBeUndefined();
  });

  test("nudges of a ping at once are all counted, and the earliest stands", async () => {
    const { store } = await empty();
    await Promise.all(Array.from({ length: 8 }, (_, n) => store.pings.nudge(pingRef, [], start - n)));
    expect(await store.pings.read(pingRef)).toMatchObject({ version: 8, due: start - 7 });
  });

  test("no membership is touched by an older version of its post (interleavings 15, 16, 25)", async () => {
    const { store } = await empty();
    const at = (version: number): Membership => ({ feed: "main", id: "id#1", published: start, version });
    await store.memberships.put("blog", at(2));
    await store.memberships.put("blog", at(1));
    await store.memberships.remove("blog", at(1));
    expect(await listed(store.memberships.newest("blog", "main"))).toEqual([at(2)]);
    await store.memberships.put("blog", at(3));
    expect(await listed(store.memberships.newest("blog", "main"))).toEqual([at(3)]);
    await store.memberships.remove("blog", at(3));
    await store.memberships.remove("blog", at(3));
    expect(await listed(store.memberships.newest("blog", "main"))).toEqual([]);
  });

  test("reads memberships newest first, however many", async () => {
    const { store } = await empty();
    await store.feeds.touch("blog", "main", "A Blog", start);
    const memberships = Array.from({ length: 120 }, (_, index) => ({
      feed: "main",
      id: `id-${index}`,
      published: start + index * minute,
      version: 1,
    }));
    await Promise.all(memberships.map((membership) => store.memberships.put("blog", membership)));
    await store.memberships.put("blog", { feed: "featured", id: "id-1", published: start, version: 1 });
    expect(await listed(store.memberships.newest("blog", "main"))).toEqual(memberships.toReversed());
  });

  test("a delivery is created once and comes back as it was", async () => {
    const { store } = await empty();
    const delivery = aDelivery({
      request: { text: "z", card: { url: "u", none: null }, a: [1, 2] },
      remote: { id: null, url: "https://m.example/1" },
      wait: start,
    });
    expect(await store.deliveries.create(delivery)).toBe(true);
    expect(await store.deliveries.create(aDelivery({ seed: "other" }))).toBe(false);
    expect(await store.deliveries.save(aDelivery({ seed: "other" }))).toBe(false);
    const read = present(await store.deliveries.read(deliveryRef));
    expect(read).toEqual({ ...delivery, version: 1 });
    expect(JSON.stringify(read.request)).toBe(JSON.stringify(delivery.request));
    expect(await store.deliveries.read({ ...deliveryRef, generation: 1 })).toBeUndefined();
  });

  test("a stale claim never writes", async () => {
    const { store } = await empty();
    await store.deliveries.create(aDelivery());
    const read = present(await store.deliveries.read(deliveryRef));
    const claims = await Promise.all([1, 2].map((attempts) => store.deliveries.save({ ...read, attempts })));
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect((await store.deliveries.read(deliveryRef))?.version).toBe(2);
    expect(await store.deliveries.save(aDelivery({ account: "nobody", version: 3 }))).toBe(false);
  });

  test("a nudge during a step is not lost: what the step learnt is saved, and the row stays due (interleaving 33)", async () => {
    const { store } = await empty();
    await store.deliveries.create(aDelivery());
    const read = present(await store.deliveries.read(deliveryRef));
    await store.deliveries.nudge(deliveryRef, start + second);
    expect(await store.deliveries.save({ ...read, state: "posted", due: undefined })).toBe(true);
    expect(await store.deliveries.read(deliveryRef)).toMatchObject({
      state: "posted",
      nudges: 1,
      version: 2,
      due: start + second,
    });
    const nudged = present(await store.deliveries.read(deliveryRef));
    expect(await store.deliveries.save({ ...nudged, due: undefined })).toBe(true);
    expect((await store.deliveries.read(deliveryRef))?.due).toBeUndefined();
  });

  test("the earlier of a nudge and the step's own due stands", async () => {
    const { store } = await empty();
    await store.deliveries.create(aDelivery());
    const read = present(await store.deliveries.read(deliveryRef));
    await store.deliveries.nudge(deliveryRef, start + minute);
    await store.deliveries.save({ ...read, due: start + hour });
    expect((await store.deliveries.read(deliveryRef))?.due).toBe(start + minute);
  });

  test("a nudge makes no row", async () => {
    const { store, told } = await empty();
    await store.deliveries.nudge(deliveryRef, start);
    expect(await store.deliveries.read(deliveryRef)).toBeUndefined();
    expect(told).toEqual([]);
  });

  test("one query shows all that happened to a post", async () => {
    const { store } = await empty();
    await store.posts.save(aPost());
    for (const account of ["b#1", "a"]) await store.deliveries.create(aDelivery({ account }));
    await store.deliveries.create(aDelivery({ post: "another" }));
    const all = await store.deliveries.ofPost("blog", "id-of-hello-world");
    expect(all.map(({ account }) => account)).toEqual(["a", "b#1"]);
  });

  test("lists an account's deliveries by state, in pages, as they are now", async () => {
    const { store } = await empty();
    for (let index = 0; index < 55; index += 1)
      await store.deliveries.create(aDelivery({ post: `post-${index}`, planned: start + index }));
    const moved = { ...deliveryRef, post: "post-54" };
    await store.deliveries.save({ ...present(await store.deliveries.read(moved)), state: "held", due: undefined });
    const first = await store.deliveries.inState("mastodon", "pending");
    const second = await store.deliveries.inState("mastodon", "pending", first.next);
    const posts = [...first.rows, ...second.rows].map(({ post }) => post);
    expect(posts).toEqual(Array.from({ length: 54 }, (_, index) => `post-${53 - index}`));
    expect((await store.deliveries.inState("mastodon", "held")).rows.map(({ post }) => post)).toEqual(["post-54"]);
    expect((await store.deliveries.inState("x", "pending")).rows).toEqual([]);
  });

  test("a rate window starts empty and is saved on its version", async () => {
    const { rateWindows } = (await empty()).store;
    const fresh = await rateWindows.read("deletions of a#1");
    expect(fresh).toEqual({ name: "deletions of a#1", version: 0, counted: {} });
    const counted = { ...fresh, counted: { "id.1#x": start } };
    expect(await rateWindows.save(counted)).toBe(true);
    expect(await rateWindows.save(fresh)).toBe(false);
    expect(await rateWindows.read("deletions of a#1")).toEqual({ ...counted, version: 1 });
    expect((await rateWindows.read("deletions of a")).version).toBe(0);
  });

  test("an account's state starts empty and is saved on its version", async () => {
    const { store } = await empty();
    const fresh = await store.accounts.read("x");
    expect(fresh).toEqual({ name: "x", version: 0, admitted: {} });
    const admitted = { ...fresh, admitted: { "a.x.0": start }, paused: { since: start, reason: "401" } };
    expect(await store.accounts.save(admitted)).toBe(true);
    expect(await store.accounts.save(fresh)).toBe(false);
    expect(await store.accounts.read("x")).toEqual({ ...admitted, version: 1 });
  });

  test("what is due comes back, the longest overdue first, and no more than asked for", async () => {
    const { store } = await empty();
    for (let index = 0; index < 30; index += 1)
      await store.posts.save(aPost({ slug: `p#${index}`, due: start + ((index * 7) % 30) }));
    await store.posts.save(aPost({ slug: "later", due: start + hour }));
    await store.posts.save(aPost({ slug: "never" }));
    const ids = (refs: readonly Ref[]) => refs.map((ref) => (ref.kind === "post" ? ref.id : ref.kind));
    const expected = Array.from({ length: 30 }, (_, due) =>
      Array.from({ length: 30 }, (_, index) => index).find((index) => (index * 7) % 30 === due),
    ).map((index) => `id-of-p#${index}`);
    expect(ids(await store.due.before(start + minute, 100))).toEqual(expected);
    expect(ids(await store.due.before(start + minute, 7))).toEqual(expected.slice(0, 7));
    expect(ids(await store.due.before(start + 3, 100))).toEqual(expected.slice(0, 4));
    expect(ids(await store.due.before(start - 1, 100))).toEqual([]);
  });

  test("names every kind of row, whatever its names hold", async () => {
    const { store, told } = await empty();
    const odd = "a#b%23c/é日%ud800";
    await store.posts.save(aPost({ site: odd, id: odd, due: start }));
    await store.feeds.touch(odd, odd, "Odd", start + 1);
    await store.deliveries.create(aDelivery({ site: odd, post: odd, account: odd, generation: 12, due: start + 2 }));
    await store.pings.nudge({ kind: "ping", site: odd, key: odd, hub: odd }, [], start + 3);
    const refs: Ref[] = [
      { kind: "post", site: odd, id: odd },
      { kind: "feed", site: odd, key: odd },
      { kind: "delivery", site: odd, post: odd, account: odd, generation: 12 },
      { kind: "ping", site: odd, key: odd, hub: odd },
    ];
    expect(await store.due.before(start + hour, 10)).toEqual(refs);
    expect(told).toEqual(refs.map((ref, index) => ({ ref, at: start + index })));
  });

  test("every write that leaves a row due is told, no other", async () => {
    const { store, told } = await empty();
    const post: Ref = { kind: "post", site: "blog", id: "id-of-hello-world" };
    const feed: Ref = { kind: "feed", site: "blog", key: "main" };
    await store.posts.save(aPost({ due: start }));
    await store.posts.save(aPost({ due: start }));
    await store.posts.save(aPost({ version: 1 }));
    await store.feeds.touch("blog", "main", "A Blog", start);
    const state = present(await store.feeds.lease("blog", "main", "R", start, start + minute));
    await store.feeds.release(state, "R", { faults: [], due: start + hour, at: start });
    await store.deliveries.create(aDelivery());
    await store.deliveries.nudge(deliveryRef, start + 1);
    await store.due.defer(deliveryRef, start + 1);
    await store.pings.nudge(pingRef, [], start);
    await store.pings.nudge(pingRef, [], start + hour);
    await store.pings.save({ ...present(await store.pings.read(pingRef)), due: undefined });
    expect(told).toEqual([
      { ref: post, at: start },
      { ref: feed, at: start },
      { ref: feed, at: start + hour },
      { ref: deliveryRef, at: start },
      { ref: deliveryRef, at: start + 1 },
      { ref: deliveryRef, at: start + 1 + 30 * second },
      { ref: pingRef, at: start },
      { ref: pingRef, at: start },
    ]);
  });

  test("rows that always fail do not starve the others (interleaving 51)", async () => {
    const { store } = await empty();
    for (let index = 0; index < 10; index += 1) await store.posts.save(aPost({ slug: `bad-${index}`, due: start }));
    await store.posts.save(aPost({ slug: "good", due: start + 1 }));
    const bad = await store.due.before(start + 1, 10);
    for (const ref of bad) expect(await store.due.defer(ref, start + 1)).toBe(1);
    expect(await store.due.before(start + 1, 10)).toEqual([{ kind: "post", site: "blog", id: "id-of-good" }]);
  });

  test("a failing row waits longer each time, up to an hour, and a save forgets its failures", async () => {
    const { store } = await empty();
    const ref: Ref = { kind: "post", site: "blog", id: "id-of-hello-world" };
    await store.posts.save(aPost({ due: start }));
    const waits: number[] = [];
    let now = start;
    for (let failures = 1; failures <= 9; failures += 1) {
      expect(await store.due.defer(ref, now)).toBe(failures);
      const due = present((await store.posts.read("blog", ref.id))?.due);
      waits.push((due - now) / second);
      now = due;
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
    const post = present(await store.posts.read("blog", ref.id));
    expect(post.version).toBe(1);
    expect(await store.posts.save({ ...post, due: now })).toBe(true);
    expect(await store.due.defer(ref, now)).toBe(1);
  });

  test("two workers that defer one row count one failure each or none, and never wake it sooner", async () => {
    const { store } = await empty();
    const ref: Ref = { kind: "post", site: "blog", id: "id-of-hello-world" };
    await store.posts.save(aPost({ due: start }));
    const counts = await Promise.all([store.due.defer(ref, start), store.due.defer(ref, start)]);
    expect(counts.toSorted()).toEqual([0, 1]);
    expect((await store.posts.read("blog", ref.id))?.due).toBe(start + 30 * second);
  });

  test("a row that is done, or gone, is not deferred", async () => {
    const { store } = await empty();
    await store.posts.save(aPost());
    expect(await store.due.defer({ kind: "post", site: "blog", id: "id-of-hello-world" }, start)).toBe(0);
    expect(await store.due.defer({ kind: "feed", site: "blog", key: "main" }, start)).toBe(0);
    expect((await store.posts.read("blog", "id-of-hello-world"))?.due).toBeUndefined();
  });

  test("a number of the archive is given once, and known by its post from then on", async () => {
    const { archive } = (await empty()).store;
    expect(await archive.last("blog", "main")).toBeUndefined();
    expect(await archive.place("blog", "main", { number: 9, id: "a" })).toBe(true);
    expect(await archive.place("blog", "main", { number: 9, id: "b" })).toBe(false);
    expect(await archive.place("blog", "main", { number: 10, id: "b" })).toBe(true);
    expect(await archive.last("blog", "main")).toEqual({ number: 10, id: "b" });
    expect(await archive.numberOf("blog", "main", "a")).toBeUndefined();
    await archive.know("blog", "main", { number: 9, id: "a" });
    await archive.know("blog", "main", { number: 99, id: "a" });
    expect(await archive.numberOf("blog", "main", "a")).toBe(9);
    expect(await archive.between("blog", "main", 1, 9)).toEqual([{ number: 9, id: "a" }]);
    expect(await archive.between("notes", "main", 1, 99)).toEqual([]);
  });

  test("posts wait for their numbers, the first published first", async () => {
    const { archive } = (await empty()).store;
    const [first, later] = [
      { id: "z#1", published: start, version: 1 },
      { id: "a", published: start + second, version: 1 },
    ];
    await archive.want("blog", "main", later);
    await archive.want("blog", "main", first);
    await archive.want("blog", "main", first);
    expect(await archive.wanting("blog", "main", 5)).toEqual([first, later]);
    expect(await archive.wanting("blog", "main", 1)).toEqual([first]);
    await archive.settle("blog", "main", first);
    expect(await archive.wanting("blog", "main", 5)).toEqual([later]);
  });

  test("a mark for the archive that a newer version wrote is neither taken away nor written over", async () => {
    const { archive } = (await empty()).store;
    const older = { id: "a", published: start, version: 1 };
    const newer = { ...older, version: 2 };
    await archive.want("blog", "main", newer);
    await archive.want("blog", "main", older);
    await archive.settle("blog", "main", older);
    expect(await archive.wanting("blog", "main", 5)).toEqual([newer]);
  });
};
