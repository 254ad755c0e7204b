import { expect, test } from "vitest";
import { hour } from "../../../src/domain/time.ts";
import { start } from "../../support/builders.ts";
import { takeLease } from "../../support/lease.ts";
import type { Empty } from "./empty.ts";

export const feedsContract = (empty: Empty): void => {
  test("a touched feed is due, registered in its site, and keeps its earlier due", async () => {
    const { store } = await empty();
    await store.feeds.touch("blog", "categories/c-sharp", "C#", start);
    await store.feeds.touch("blog", "categories/c-sharp", undefined, start + hour);
    expect(await store.feeds.read("blog", "categories/c-sharp")).toEqual({
      site: "blog",
      key: "categories/c-sharp",
      revision: 1,
      title: "C#",
      faults: [],
      shortened: 0,
      pingPending: false,
      auditPending: false,
      empty: false,
      due: start,
    });
    await store.feeds.touch("blog", "main", "A Blog", start + hour);
    // The title of a feed that has one is its render's business.
    await store.feeds.touch("blog", "main", "The Blog", start);
    await store.feeds.touch("blog", "featured", undefined, start);
    expect((await store.feeds.read("blog", "main"))?.due).toBe(start);
    expect((await store.feeds.all("blog")).toSorted((a, b) => a.key.localeCompare(b.key))).toEqual([
      { key: "categories/c-sharp", title: "C#", empty: false },
      { key: "featured", title: "featured", empty: false },
      { key: "main", title: "A Blog", empty: false },
    ]);
    expect(await store.feeds.all("other")).toEqual([]);
    expect(await store.feeds.read("other", "main")).toBeUndefined();
  });

  test("a feed that does not exist is not touched where only an existing one is to be", async () => {
    const { store } = await empty();
    expect(await store.feeds.touchExisting("blog", "categories/looms", "Looms", start)).toBe(false);
    expect(await store.feeds.all("blog")).toEqual([]);
    await store.feeds.touch("blog", "categories/looms", "Looms", start + hour, { isLimited: true });
    expect(await store.feeds.touchExisting("blog", "categories/looms", undefined, start)).toBe(true);
    expect(await store.feeds.read("blog", "categories/looms")).toMatchObject({ due: start, isLimited: true });
    const [listed] = await store.feeds.all("blog");
    expect(listed).toEqual({ key: "categories/looms", title: "Looms", empty: false, isLimited: true });
  });

  test("a feed that exists becomes one of a limited number, also while it waits for its render", async () => {
    const { store } = await empty();
    await store.feeds.touch("blog", "categories/looms", "Looms", start);
    await store.feeds.touch("blog", "categories/looms", "Looms", start, { isLimited: true });
    expect(await store.feeds.read("blog", "categories/looms")).toMatchObject({ isLimited: true });
  });

  test("a proposed category is with its main feed until it is settled, unless it was proposed again", async () => {
    const { store } = await empty();
    const looms = { key: "categories/looms", title: "Looms", version: start } as const;
    const yarn = { key: "languages/de/categories/garn", title: "Garn", version: start } as const;
    for (const one of [looms, looms, yarn]) await store.feeds.propose("blog", one);
    expect(await store.feeds.proposed("blog", "main")).toEqual([looms]);
    expect(await store.feeds.proposed("blog", "languages/de")).toEqual([yarn]);
    expect(await store.feeds.proposed("other", "main")).toEqual([]);
    await store.feeds.propose("blog", { ...looms, version: start + hour });
    await store.feeds.settle("blog", looms);
    expect(await store.feeds.proposed("blog", "main")).toEqual([{ ...looms, version: start + hour }]);
    await store.feeds.settle("blog", { ...looms, version: start + hour });
    expect(await store.feeds.proposed("blog", "main")).toEqual([]);
  });

  test("the feeds that pages link to are all but the pages of the site's archive", async () => {
    const { store } = await empty();
    const keys = [
      "main",
      "archive/1",
      "featured",
      "categories/archive",
      "archive/12",
      "categories/é",
      "languages/de",
    ] as const;
    for (const key of keys) await store.feeds.touch("blog", key, undefined, start);
    await store.feeds.touch("other", "main", undefined, start);
    const linked = (await store.feeds.linked("blog")).map(({ key }) => key);
    expect(new Set(linked)).toEqual(new Set(keys.filter((key) => !key.startsWith("archive/"))));
    expect(linked).toHaveLength(5);
    expect(await store.feeds.all("blog")).toHaveLength(keys.length);
  });

  test("a touch of a feed that waits for its render changes nothing; one while it is rendered raises the revision", async () => {
    const { store, reported } = await empty();
    await store.feeds.touch("blog", "main", "A Blog", start);
    for (let post = 0; post < 5; post += 1) await store.feeds.touch("blog", "main", "A Blog", start + post);
    expect(await store.feeds.read("blog", "main")).toMatchObject({ revision: 1, due: start });
    expect(reported).toHaveLength(1);
    const lease = await takeLease(store.feeds, () => start);
    await store.feeds.touch("blog", "main", "A Blog", start);
    await lease?.end({ faults: [], shortened: 0, due: undefined });
    expect(await store.feeds.read("blog", "main")).toMatchObject({ due: start });
  });

  test("simultaneous touches leave the earliest due", async () => {
    const { store } = await empty();
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => store.feeds.touch("blog", "main", "A Blog", start - index)),
    );
    expect(await store.feeds.read("blog", "main")).toMatchObject({ due: start - 9 });
  });
};
