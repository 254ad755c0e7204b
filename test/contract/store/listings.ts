import { expect, test } from "vitest";
import { start } from "../../support/builders.ts";
import type { Empty } from "./empty.ts";

const mark = (index: number): string => String(index).padStart(16, "0");
const state = { hash: "h", isSettled: true, compared: start };

export const listingsContract = (empty: Empty): void => {
  test("a listing is kept with the marks of its documents, however many", async () => {
    const { listings } = (await empty()).store;
    expect(await listings.read("blog", "bucket")).toBeUndefined();
    expect(await listings.marks("blog", "bucket")).toEqual(new Set());
    const many = Array.from({ length: 31_000 }, (_, index) => mark(index));
    await listings.save("blog", "bucket", state, many);
    expect(await listings.read("blog", "bucket")).toEqual(state);
    expect(await listings.marks("blog", "bucket")).toEqual(new Set(many));
    await listings.save("blog", "bucket", { ...state, isSettled: false }, [mark(1)]);
    expect(await listings.read("blog", "bucket")).toEqual({ ...state, isSettled: false });
    expect(await listings.marks("blog", "bucket")).toEqual(new Set([mark(1)]));
    expect(await listings.read("blog", "other")).toBeUndefined();
  });
};
