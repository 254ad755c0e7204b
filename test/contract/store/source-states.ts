import { expect, test } from "vitest";
import { emptyMemory } from "../../../src/domain/polled-feed.ts";
import { start } from "../../support/builders.ts";
import type { Empty } from "./empty.ts";

export const sourceStatesContract = (empty: Empty): void => {
  test("the state of a source starts empty and is saved over its version", async () => {
    const { sourceStates } = (await empty()).store;
    const fresh = await sourceStates.read("blog", "feed:https://blog.example.com/#1");
    expect(fresh).toEqual({
      site: "blog",
      source: "feed:https://blog.example.com/#1",
      version: 0,
      listed: undefined,
      began: undefined,
      feed: undefined,
    });
    const entry = { path: "https://blog.example.com/a/", hash: undefined, published: start };
    const listed = {
      ...fresh,
      listed: start,
      began: start,
      feed: { ...emptyMemory("https://blog.example.com/"), validators: { etag: '"1"' }, window: [entry] },
    };
    expect(await sourceStates.save(listed)).toBe(true);
    expect(await sourceStates.save(fresh)).toBe(false);
    expect(await sourceStates.read("blog", fresh.source)).toEqual({ ...listed, version: 1 });
    expect((await sourceStates.read("notes", fresh.source)).version).toBe(0);
  });

  test("the state of a source is neither one of its documents nor a feed of its site", async () => {
    const { sourceStates, documents, feeds } = (await empty()).store;
    await sourceStates.save({ ...(await sourceStates.read("blog", "folder")), listed: start });
    expect(await Array.fromAsync(documents.all("blog", "folder"))).toEqual([]);
    expect(await feeds.all("blog")).toEqual([]);
  });
};
