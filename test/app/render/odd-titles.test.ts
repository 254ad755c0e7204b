import { expect, test } from "vitest";
import { aDocument, aWorld } from "../../support/world.ts";

test("a post titled about:blank is in its feeds with that title", async () => {
  const world = await aWorld();
  const fields = { title: "about:blank", slug: "a", categories: ["about:blank"], description: "about:blank" };
  world.write("a.md", aDocument(fields));
  await world.ingest("a.md");
  await world.sweep();
  expect(world.alarms).toEqual([]);
  expect(await world.titles()).toEqual(["about:blank"]);
});
