import { expect, test } from "vitest";
import { aWorld } from "./support/world.ts";

test("a source that nobody named is an error that names it", async () => {
  const world = await aWorld();
  await expect(world.app.ingest("attic", "a.md")).rejects.toThrow('there is no source "attic"');
});
