import { expect, test } from "vitest";
import { start } from "../../support/builders.ts";
import type { Empty } from "./empty.ts";

export const accountsContract = (empty: Empty): void => {
  test("an account's state starts empty and is saved over its version", async () => {
    const { store } = await empty();
    const fresh = await store.accounts.read("x");
    expect(fresh).toEqual({ name: "x", version: 0, sent: {} });
    const admitted = { ...fresh, sent: { "a.x.0": start }, paused: { since: start, reason: "401", login: "first" } };
    expect(await store.accounts.save(admitted)).toBe(true);
    expect(await store.accounts.save(fresh)).toBe(false);
    expect(await store.accounts.read("x")).toEqual({ ...admitted, version: 1 });
  });
};
