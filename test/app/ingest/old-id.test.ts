import { describe, expect, it } from "vitest";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const movedIn = { before: Date.UTC(2026, 0, 1), ids: "url" } as const;

const ids = async (world: World): Promise<readonly string[]> => {
  const stored = await world.objects.read("feed.json");
  const feed: { items: { id: string }[] } = JSON.parse(new TextDecoder().decode(stored?.bytes));
  return feed.items.map(({ id }) => id);
};

const publish = async (world: World, fields: Readonly<Record<string, unknown>>): Promise<void> => {
  world.write("a.md", aDocument({ slug: "a", ...fields }));
  await world.ingest("a.md");
  await world.sweep();
};

describe("a post of a blog that moved in", () => {
  it("keeps its id when its date is corrected to one before the move", async () => {
    const world = await aWorld({ site: { movedIn } });
    await publish(world, { date: "2026-02-01" });
    const before = await ids(world);
    await publish(world, { date: "2025-12-31" });
    expect(await ids(world)).toEqual(before);
    await publish(world, { date: "2025-12-31", title: "Once more" });
    expect(await ids(world)).toEqual(before);
  });

  it("keeps its id when it gets a guid later", async () => {
    const world = await aWorld({ site: { movedIn: { ...movedIn, ids: "guid" } } });
    await publish(world, { date: "2025-05-05" });
    const before = await ids(world);
    await publish(world, { date: "2025-05-05", guid: "https://blog.example.com/?p=7" });
    expect(await ids(world)).toEqual(before);
  });

  it("may be dated before the move while it is a draft", async () => {
    const world = await aWorld({ site: { movedIn } });
    await publish(world, { date: "2026-02-01", draft: true });
    await publish(world, { date: "2025-12-31" });
    expect(await ids(world)).toEqual(["https://blog.example.com/a/"]);
  });
});

describe("an old id", () => {
  it("belongs to the first of two documents with one canonical page, and the second is refused", async () => {
    const world = await aWorld({ site: { movedIn } });
    const canonical_url = "https://blog.example.com/one/";
    world.write("a.md", aDocument({ title: "First", slug: "a", canonical_url, date: "2025-05-05" }));
    world.write("b.md", aDocument({ title: "Second", slug: "b", canonical_url, date: "2025-05-04" }));
    await world.app.reconcile();
    await world.sweep();
    expect(await ids(world)).toEqual([canonical_url]);
    expect(await world.app.refused("b.md")).toMatchObject([{ reasons: [{ code: "address-taken" }] }]);
  });
});
