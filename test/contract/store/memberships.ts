import { expect, test } from "vitest";
import { minute } from "../../../src/domain/time.ts";
import type { Membership } from "../../../src/ports/store.ts";
import { start } from "../../support/builders.ts";
import { type Empty, listed } from "./empty.ts";

export const membershipsContract = (empty: Empty): void => {
  test("an older version of a post changes no membership (interleavings 15, 16, 25)", async () => {
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

  test("reads memberships with the newest first, in several pages", async () => {
    const { store } = await empty();
    await store.feeds.touch("blog", "main", "A Blog", start);
    const memberships = Array.from(
      { length: 120 },
      (_, index): Membership => ({
        feed: "main",
        id: `id-${index}`,
        published: start + index * minute,
        version: 1,
      }),
    );
    await Promise.all(memberships.map((membership) => store.memberships.put("blog", membership)));
    await store.memberships.put("blog", { feed: "featured", id: "id-1", published: start, version: 1 });
    expect(await listed(store.memberships.newest("blog", "main"))).toEqual(memberships.toReversed());
  });
};
