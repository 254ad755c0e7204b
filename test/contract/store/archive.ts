import { expect, test } from "vitest";
import { second } from "../../../src/domain/time.ts";
import { start } from "../../support/builders.ts";
import type { Empty } from "./empty.ts";

export const archiveContract = (empty: Empty): void => {
  test("an archive number is assigned once, and can be read by its post after that", async () => {
    const { archive } = (await empty()).store;
    expect(await archive.last("blog", "main")).toBeUndefined();
    expect(await archive.assign("blog", "main", { number: 9, id: "a" })).toBe(true);
    expect(await archive.assign("blog", "main", { number: 9, id: "b" })).toBe(false);
    expect(await archive.assign("blog", "main", { number: 10, id: "b" })).toBe(true);
    expect(await archive.last("blog", "main")).toEqual({ number: 10, id: "b" });
    expect(await archive.numberOf("blog", "main", "a")).toBeUndefined();
    await archive.indexById("blog", "main", { number: 9, id: "a" });
    await archive.indexById("blog", "main", { number: 99, id: "a" });
    expect(await archive.numberOf("blog", "main", "a")).toBe(9);
    expect(await archive.between("blog", "main", 1, 9)).toEqual([{ number: 9, id: "a" }]);
    expect(await archive.between("notes", "main", 1, 99)).toEqual([]);
  });

  test("the posts that wait for their numbers are listed in the order of publication", async () => {
    const { archive } = (await empty()).store;
    const [first, later] = [
      { id: "z#1", published: start, version: 1 },
      { id: "a", published: start + second, version: 1 },
    ];
    await archive.mark("blog", "main", later);
    await archive.mark("blog", "main", first);
    await archive.mark("blog", "main", first);
    expect(await archive.marks("blog", "main", 5)).toEqual([first, later]);
    expect(await archive.marks("blog", "main", 1)).toEqual([first]);
    await archive.unmark("blog", "main", first);
    expect(await archive.marks("blog", "main", 5)).toEqual([later]);
  });

  test("an archive mark that a newer version wrote is neither removed nor overwritten", async () => {
    const { archive } = (await empty()).store;
    const older = { id: "a", published: start, version: 1 };
    const newer = { ...older, version: 2 };
    await archive.mark("blog", "main", newer);
    await archive.mark("blog", "main", older);
    await archive.unmark("blog", "main", older);
    expect(await archive.marks("blog", "main", 5)).toEqual([newer]);
  });
};
