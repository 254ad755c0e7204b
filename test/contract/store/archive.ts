import { expect, test } from "vitest";
import { second } from "../../../src/domain/time.ts";
import { start } from "../../support/builders.ts";
import type { Empty } from "./empty.ts";

export const archiveContract = (empty: Empty): void => {
  test("an archive page is saved only over what was read, and can be found by its posts after that", async () => {
    const { archive } = (await empty()).store;
    const first = { page: 9, ids: ["a"], before: 0 };
    const grown = { page: 9, ids: ["a", "b"], before: 1 };
    const next = { page: 10, ids: ["c"], before: 0 };
    expect(await archive.last("blog", "main")).toBeUndefined();
    expect(await archive.save("blog", "main", first)).toBe(true);
    expect(await archive.save("blog", "main", { ...first, ids: ["other"] })).toBe(false);
    expect(await archive.save("blog", "main", grown)).toBe(true);
    expect(await archive.save("blog", "main", { ...grown, ids: ["a", "other"] })).toBe(false);
    expect(await archive.save("blog", "main", next)).toBe(true);
    expect(await archive.last("blog", "main")).toEqual(next);
    expect(await archive.read("blog", "main", 9)).toEqual(grown);
    expect(await archive.read("notes", "main", 9)).toBeUndefined();
    expect(await archive.pageOf("blog", "main", "a")).toBeUndefined();
    await archive.indexById("blog", "main", "a", 9);
    await archive.indexById("blog", "main", "a", 99);
    expect(await archive.pageOf("blog", "main", "a")).toBe(9);
  });

  test("the posts that wait for their numbers are listed in the order of publication", async () => {
    const { archive } = (await empty()).store;
    const old = { id: "z#1", published: start, version: 1 };
    const newer = { id: "a", published: start + second, version: 1 };
    const newest = { id: "b", published: start + 2 * second, version: 1 };
    const [first, later] = [{ marks: [newest, old] }, { marks: [newer] }];
    await archive.mark("blog", "main", later);
    await archive.mark("blog", "main", first);
    await archive.mark("blog", "main", first);
    expect(await archive.marks("blog", "main", 5)).toEqual([first, later]);
    expect(await archive.marks("blog", "main", 1)).toEqual([first]);
    await archive.unmark("blog", "main", first);
    expect(await archive.marks("blog", "main", 5)).toEqual([later]);
  });

  test("the mark of a newer version is not removed with an older one", async () => {
    const { archive } = (await empty()).store;
    const older = { id: "a", published: start, version: 1 };
    const newer = { ...older, version: 2 };
    await archive.mark("blog", "main", { marks: [newer] });
    await archive.mark("blog", "main", { marks: [older] });
    await archive.unmark("blog", "main", { marks: [older] });
    expect(await archive.marks("blog", "main", 5)).toEqual([{ marks: [newer] }]);
  });
};
