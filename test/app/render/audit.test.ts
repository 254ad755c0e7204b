import { expect, test } from "vitest";
import { audit } from "../../../src/app/render/render-feed.ts";
import { aSite } from "../../support/builders.ts";
import { stepping } from "../../support/stepping.ts";
import { aDocument, aWorld } from "../../support/world.ts";

test("an audit does not restore the old title of a feed that was renamed after the audit listed it", async () => {
  const world = await aWorld();
  const name = async (category: string): Promise<void> => {
    world.write("a.md", aDocument({ slug: "a", categories: [category] }));
    await world.ingest("a.md");
    await world.sweep();
  };
  await name("ai");
  const slow = stepping({ feeds: world.store.feeds }, "after feeds.all");
  const running = audit(aSite(), 0, { feeds: slow.ports.feeds, clock: world.clock });
  await slow.stopped;
  await name("AI");
  slow.go();
  await running;
  expect(await world.store.feeds.read("blog", "categories/ai")).toMatchObject({ title: "AI" });
});
