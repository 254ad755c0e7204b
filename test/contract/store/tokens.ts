import { expect, test } from "vitest";
import { start } from "../../support/builders.ts";
import type { Empty } from "./empty.ts";

export const tokensContract = (empty: Empty): void => {
  test("tokens start empty, and are saved over the version that was read alone", async () => {
    const { store } = await empty();
    const fresh = await store.tokens.read("x");
    expect(fresh).toEqual({ name: "x", version: 0 });
    expect(await store.tokens.save({ ...fresh, sealed: "one", renewing: start })).toBe(1);
    expect(await store.tokens.save({ ...fresh, sealed: "late" })).toBeUndefined();
    expect(await store.tokens.read("x")).toEqual({ name: "x", version: 1, sealed: "one", renewing: start });
    expect(await store.tokens.save({ name: "x", version: 1, sealed: "two", renewing: undefined })).toBe(2);
    expect(await store.tokens.read("x")).toEqual({ name: "x", version: 2, sealed: "two" });
    expect(await store.tokens.read("sandbox/x")).toMatchObject({ version: 0 });
  });
};
