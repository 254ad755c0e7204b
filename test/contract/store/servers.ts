import { expect, test } from "vitest";
import { start } from "../../support/builders.ts";
import type { Empty } from "./empty.ts";

export const serversContract = (empty: Empty): void => {
  test("a server's state starts empty and is saved over its version", async () => {
    const { store } = await empty();
    const fresh = await store.servers.read("mastodon https://social.example");
    expect(fresh).toEqual({ name: "mastodon https://social.example", version: 0 });
    const down = { failures: 1, until: start, reason: "503" };
    const asked = { ...fresh, down, inFlight: { delivery: "a.one.1", version: 2, since: start, until: start } };
    expect(await store.servers.save(asked)).toBe(true);
    expect(await store.servers.save(fresh)).toBe(false);
    expect(await store.servers.read(fresh.name)).toEqual({ ...asked, version: 1 });
  });
};
