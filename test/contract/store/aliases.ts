import { expect, test } from "vitest";
import type { Empty } from "./empty.ts";

export const aliasesContract = (empty: Empty): void => {
  test("an alias belongs to its first claim", async () => {
    const { store } = await empty();
    expect(await store.aliases.read("blog", "address", "s#1")).toBeUndefined();
    const holders = await Promise.all(["a", "b", "c"].map((id) => store.aliases.claim("blog", "address", "s#1", id)));
    const holder = await store.aliases.read("blog", "address", "s#1");
    expect(new Set(holders)).toEqual(new Set([holder]));
    expect(await store.aliases.claim("blog", "guid", "s#1", "d")).toBe("d");
    expect(await store.aliases.claim("blog", "address", "long".repeat(1_000), "e")).toBe("e");
    expect(await store.aliases.read("blog", "address", "long".repeat(1_000))).toBe("e");
  });

  test("an alias is taken over only from the post that it belongs to", async () => {
    const { store } = await empty();
    await store.aliases.claim("blog", "address", "s", "a");
    expect(await store.aliases.takeOver("blog", "address", "s", "b", "c")).toBe(false);
    expect(await store.aliases.takeOver("blog", "address", "s", "a", "c")).toBe(true);
    expect(await store.aliases.read("blog", "address", "s")).toBe("c");
    expect(await store.aliases.takeOver("blog", "address", "unclaimed", "a", "c")).toBe(false);
  });

  test("several posts may share a value, and each is noted once", async () => {
    const { store } = await empty();
    const shared = { value: "s#1" };
    const long = { value: "long".repeat(1_000) };
    expect(await store.aliases.sharing("blog", "slug", shared)).toEqual([]);
    for (const id of ["b", "a#1", "b"]) await store.aliases.share("blog", "slug", shared, id);
    await store.aliases.share("blog", "slug", long, "c");
    expect(await store.aliases.sharing("blog", "slug", shared)).toEqual(["a#1", "b"]);
    expect(await store.aliases.sharing("blog", "slug", long)).toEqual(["c"]);
  });

  test("those of one document are found among all that share a value", async () => {
    const { aliases } = (await empty()).store;
    for (const [id, hash] of [
      ["a", "1"],
      ["b", "12"],
      ["c", "1"],
    ] as const)
      await aliases.share("blog", "published", { value: "0", hash }, id);
    expect(await aliases.sharing("blog", "published", { value: "0", hash: "1" })).toEqual(["a", "c"]);
    expect(await aliases.sharing("blog", "published", { value: "0" })).toEqual(["a", "c", "b"]);
    await aliases.unshare("blog", "published", { value: "0", hash: "1" }, "a");
    expect(await aliases.sharing("blog", "published", { value: "0", hash: "1" })).toEqual(["c"]);
  });
};
