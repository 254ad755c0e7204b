import { expect, test } from "vitest";
import { aWorld } from "./support/world.ts";

test("an unknown source is an error with its name", async () => {
  const world = await aWorld();
  await expect(world.app.ingest("attic", "a.md")).rejects.toThrow('the site blog has no source "attic"');
});
