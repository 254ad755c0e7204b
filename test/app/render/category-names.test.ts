import { expect, test } from "vitest";
import { aDocument, aWorld } from "../../support/world.ts";

const shown = async (world: Awaited<ReturnType<typeof aWorld>>, folder: string) => {
  const stored = await world.objects.read(`${folder}feed.json`);
  const feed: { title: string; items: { tags?: string[] }[] } = JSON.parse(new TextDecoder().decode(stored?.bytes));
  return { title: feed.title, tags: feed.items.map(({ tags }) => tags?.join(", ")) };
};

const write = async (world: Awaited<ReturnType<typeof aWorld>>, day: number, ...categories: readonly string[]) => {
  world.write(`${day}.md`, aDocument({ date: `2026-02-0${day}`, slug: `p${day}`, categories }));
  await world.ingest(`${day}.md`);
  await world.sweep();
};

test("a category has one name everywhere, the spelling that its posts use most", async () => {
  const world = await aWorld({ accounts: [] });
  await write(world, 1, "Web dev");
  await write(world, 2, "web-dev", "Open");
  expect(await shown(world, "categories/web-dev/")).toEqual({
    title: "Web dev – A Blog",
    tags: ["Web dev, Open", "Web dev"],
  });

  await write(world, 3, "Web Dev", "web dev");
  await write(world, 4, "Web Dev");
  const everywhere = ["Web Dev", "Web Dev", "Web Dev, Open", "Web Dev"];
  expect(await shown(world, "categories/web-dev/")).toEqual({ title: "Web Dev – A Blog", tags: everywhere });
  expect((await shown(world, "")).tags).toEqual(everywhere);
  expect((await shown(world, "categories/open/")).title).toBe("Open – A Blog");
  const page = await world.objects.read("index.html");
  expect(new TextDecoder().decode(page?.bytes)).not.toMatch(/web dev|web-dev<|Web dev/);
  expect((await world.store.feeds.all("blog")).map(({ title }) => title)).toEqual(
    expect.arrayContaining(["A Blog", "Web Dev", "Open"]),
  );
});

test("a category without posts keeps its name, and a name without letters stays as it is", async () => {
  const world = await aWorld({ accounts: [] });
  await write(world, 1, "Web Dev", "★");
  expect((await shown(world, "")).tags).toEqual(["Web Dev, ★"]);
  await write(world, 1, "Other");
  expect(await shown(world, "categories/web-dev/")).toEqual({ title: "Web Dev – A Blog", tags: [] });
});
