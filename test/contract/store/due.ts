import { expect, test } from "vitest";
import type { FeedKey } from "../../../src/domain/feed-key.ts";
import { hour, minute, second } from "../../../src/domain/time.ts";
import type { Ref } from "../../../src/ports/store.ts";
import { tableConsoleRows } from "../../../src/store/console-keys.ts";
import { aDelivery, aPost, start } from "../../support/builders.ts";
import { takeLease } from "../../support/lease.ts";
import { deliveryRef, type Empty, pingRef, present } from "./empty.ts";

export const dueContract = (empty: Empty): void => {
  test("rows that are due are returned, the longest overdue first, up to the limit", async () => {
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

  test("pages go on behind the one before, and find what becomes due behind it", async () => {
    const { store } = await empty();
    for (let index = 0; index < 30; index += 1)
      await store.posts.save(aPost({ slug: `p#${index}`, due: start + index }));
    const moment = start + minute;
    const ids: string[] = [];
    let position: string | undefined;
    for (let page = await store.due.behind(position, moment, 2); ; page = await store.due.behind(position, moment, 2)) {
      ids.push(...page.refs.map((ref) => (ref.kind === "post" ? ref.id : ref.kind)));
      position = page.position;
      if (page.isLast) break;
    }
    expect(ids.toSorted()).toEqual(Array.from({ length: 30 }, (_, index) => `id-of-p#${index}`).toSorted());
    await store.posts.save(aPost({ slug: "later", due: moment }));
    expect(await store.due.behind(position, moment - 1, 2)).toMatchObject({ refs: [], isLast: true });
    const { refs } = await store.due.behind(position, moment, 2);
    expect(refs).toEqual([{ kind: "post", site: "blog", id: "id-of-later" }]);
    // The clock may have been ahead when the position was stored.
    expect(await store.due.behind(position, start - 1, 2)).toMatchObject({ refs: [], position });
  });

  test("the posts of a site that are due later are listed by their dates, and up to which date where there are many", async () => {
    const { store, table } = await empty();
    const { postsDueLater } = tableConsoleRows(table);
    expect(await postsDueLater("blog", start)).toEqual({ posts: [], deliveries: [], until: undefined });
    for (const [slug, due] of [
      ["third", 3],
      ["now", 0],
      ["first", 1],
      ["second", 2],
    ] as const)
      await store.posts.save(aPost({ slug, due: start + due }));
    await store.posts.save(aPost({ site: "other", slug: "theirs", due: start + 1 }));
    const delivery = aDelivery({ due: start + 2 });
    await store.deliveries.create(delivery);
    await store.feeds.touch("blog", "main", "Main", start + 1);
    const posts = ["first", "second", "third"].map((slug, index) => ({
      post: `id-of-${slug}`,
      position: start + index + 1,
    }));
    const { account, generation, post } = delivery;
    const deliveries = [{ kind: "delivery", site: "blog", post, account, generation, position: start + 2 }];
    expect(await postsDueLater("blog", start)).toEqual({ posts, deliveries, until: undefined });
    expect(await postsDueLater("blog", start + 2)).toEqual({ posts: posts.slice(2), deliveries: [], until: undefined });
    for (let n = 0; n < 401; n += 1) await store.deliveries.create(aDelivery({ account: `a${n}`, due: start + 3 + n }));
    await store.posts.save(aPost({ slug: "far", due: start + hour }));
    const cut = await postsDueLater("blog", start);
    expect(cut.posts).toEqual(posts);
    expect(cut.until).toBeLessThan(start + minute);
  });

  test("nothing due has no position", async () => {
    const { store } = await empty();
    expect(await store.due.behind(undefined, start, 10)).toEqual({ refs: [], position: undefined, isLast: true });
  });

  test("returns every kind of row, whatever its names contain", async () => {
    const { store, reported } = await empty();
    const odd = "a#b%23c/é日%ud800";
    const key: FeedKey = `categories/${odd}`;
    await store.posts.save(aPost({ site: odd, id: odd, due: start }));
    await store.feeds.touch(odd, key, "Odd", start + 1);
    await store.deliveries.create(aDelivery({ site: odd, post: odd, account: odd, generation: 12, due: start + 2 }));
    await store.pings.nudge({ kind: "ping", site: odd, key, hub: odd }, [], start + 3);
    const refs: Ref[] = [
      { kind: "post", site: odd, id: odd },
      { kind: "feed", site: odd, key },
      { kind: "delivery", site: odd, post: odd, account: odd, generation: 12 },
      { kind: "ping", site: odd, key, hub: odd },
    ];
    expect(await store.due.before(start + hour, 10)).toEqual(refs);
    expect(reported).toEqual(refs.map((ref, index) => ({ ref, at: start + index })));
  });

  test("every write that leaves a row due is reported, and no other", async () => {
    const { store, reported } = await empty();
    const post: Ref = { kind: "post", site: "blog", id: "id-of-hello-world" };
    const feed: Ref = { kind: "feed", site: "blog", key: "main" };
    await store.posts.save(aPost({ due: start }));
    await store.posts.save(aPost({ due: start }));
    await store.posts.save(aPost({ version: 1 }));
    await store.feeds.touch("blog", "main", "A Blog", start);
    await (await takeLease(store.feeds, () => start))?.end({ faults: [], shortened: 0, due: start + hour });
    await store.deliveries.create(aDelivery());
    await store.deliveries.nudge(deliveryRef, start + 1);
    await store.due.defer(deliveryRef, start + 1);
    await store.pings.nudge(pingRef, [], start);
    await store.pings.nudge(pingRef, [], start + hour);
    await store.pings.save({ ...present(await store.pings.read(pingRef)), due: undefined });
    expect(reported).toEqual([
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

  test("rows that always fail do not starve the others", async () => {
    const { store } = await empty();
    for (let index = 0; index < 10; index += 1) await store.posts.save(aPost({ slug: `bad-${index}`, due: start }));
    await store.posts.save(aPost({ slug: "good", due: start + 1 }));
    const bad = await store.due.before(start + 1, 10);
    for (const ref of bad) expect(await store.due.defer(ref, start + 1)).toBe(1);
    expect(await store.due.before(start + 1, 10)).toEqual([{ kind: "post", site: "blog", id: "id-of-good" }]);
  });

  test("a failing row waits longer each time, up to an hour, and a save resets its failures", async () => {
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

  test("two workers that defer one row count at most one failure each, and never make it due sooner", async () => {
    const { store } = await empty();
    const ref: Ref = { kind: "post", site: "blog", id: "id-of-hello-world" };
    await store.posts.save(aPost({ due: start }));
    const counts = await Promise.all([store.due.defer(ref, start), store.due.defer(ref, start)]);
    expect(counts.toSorted()).toEqual([0, 1]);
    expect((await store.posts.read("blog", ref.id))?.due).toBe(start + 30 * second);
  });

  test("a row that is done or removed is not deferred", async () => {
    const { store } = await empty();
    await store.posts.save(aPost());
    expect(await store.due.defer({ kind: "post", site: "blog", id: "id-of-hello-world" }, start)).toBe(0);
    expect(await store.due.defer({ kind: "feed", site: "blog", key: "main" }, start)).toBe(0);
    expect((await store.posts.read("blog", "id-of-hello-world"))?.due).toBeUndefined();
  });
};
