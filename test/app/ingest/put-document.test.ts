import { expect, test } from "vitest";
import { aDocument, aWorld } from "../../support/world.ts";

const bytes = (slug: string) => new TextEncoder().encode(aDocument({ slug }));

test("a document that is put under another slug than its own is refused, with both in the reason", async () => {
  const world = await aWorld();
  expect(await world.app.put("yours", bytes("mine"))).toMatchObject({
    result: "refused",
    conflict: false,
    reasons: [{ code: "slug-differs", field: "slug", message: expect.stringMatching(/"mine".*"yours"/) }],
  });
});

test("an invalid document is refused for its own reasons, whatever its address", async () => {
  const world = await aWorld();
  expect(await world.app.put("yours", new TextEncoder().encode("---\n{}\n---\n"))).toMatchObject({
    result: "refused",
    reasons: [{ code: "title-missing" }],
  });
});

test.each([
  [{}, true],
  [{ byHand: false }, false],
])("a document that is put with %j is published by hand: %s", async (word, byHand) => {
  const world = await aWorld();
  expect(await world.app.put("mine", bytes("mine"), word)).toMatchObject({
    result: "created",
    post: { byHand, source: "api", path: "mine.md" },
  });
});
