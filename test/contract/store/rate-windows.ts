import { expect, test } from "vitest";
import { start } from "../../support/builders.ts";
import type { Empty } from "./empty.ts";

export const rateWindowsContract = (empty: Empty): void => {
  test("a rate window starts empty and is saved over its version", async () => {
    const { rateWindows } = (await empty()).store;
    const fresh = await rateWindows.read("deletions of a#1");
    expect(fresh).toEqual({ name: "deletions of a#1", version: 0, counted: {} });
    const counted = { ...fresh, counted: { "id.1#x": start } };
    expect(await rateWindows.save(counted)).toBe(true);
    expect(await rateWindows.save(fresh)).toBe(false);
    expect(await rateWindows.read("deletions of a#1")).toEqual({ ...counted, version: 1 });
    expect((await rateWindows.read("deletions of a")).version).toBe(0);
  });
};
