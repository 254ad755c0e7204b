import { expect, test } from "vitest";
import { aDocument, aWorld } from "./support/world.ts";

test("a source that nobody named is an error that names it", async () => {
  const world = await aWorld();
  await expect(world.app.ingest("attic", "a.md")).rejects.toThrow('there is no source "attic"');
});

test("a document that is put under another slug than its own is refused, and says both", async () => {
  const world = await aWorld();
  const bytes = new TextEncoder().encode(aDocument({ slug: "mine" }));
  expect(await world.app.put("yours", bytes)).toMatchObject({
    result: "refused",
    reasons: [{ code: "slug-differs", field: "slug", message: expect.stringMatching(/"mine".*"yours"/) }],
  });
});
