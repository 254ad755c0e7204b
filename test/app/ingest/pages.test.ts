import { describe, expect, test } from "vitest";
import { aDocument, aWorld } from "../../support/world.ts";

const page = aDocument({ layout: "page" });

test("a page is not a post: it is in no feed, is not announced, and is listed with the reason", async () => {
  const world = await aWorld();
  world.write("README.md", aDocument());
  world.write("blog/index.md", aDocument());
  world.write("blog/about.md", page);
  world.write("blog/alpha/index.md", aDocument({ title: "Alpha" }));
  await world.app.reconcile();
  await world.sweep();
  expect(await world.titles()).toEqual(["Alpha"]);
  expect(world.paper.visible()).toEqual([expect.stringContaining("Alpha")]);
  expect(await world.app.pages()).toEqual([
    { source: "folder", path: "README.md", reason: "Its name is README." },
    { source: "folder", path: "blog/about.md", reason: "Its layout is for a page (`layout: page`)." },
    {
      source: "folder",
      path: "blog/index.md",
      reason: "It is the index of the folder blog, which holds other documents.",
    },
  ]);
  expect(await world.app.pages("about")).toHaveLength(1);
  expect(await world.app.refused()).toEqual([]);
});

describe("a post whose document becomes a page", () => {
  const aPublishedPost = async (path = "a.md") => {
    const world = await aWorld();
    world.write(path, aDocument({ slug: "a" }));
    await world.app.reconcile();
    await world.sweep();
    expect(await world.titles()).toEqual(["A title"]);
    return world;
  };

  test("is taken back like a deleted one: from the feeds after seconds, from the networks after minutes", async () => {
    const world = await aPublishedPost();
    world.write("a.md", page);
    expect(await world.ingest("a.md")).toMatchObject({ result: "page", post: { slug: "a", gone: { by: "source" } } });
    world.turn(6_000);
    await world.sweep();
    expect(await world.titles()).toEqual([]);
    expect(world.paper.visible()).toHaveLength(1);
    world.turn(600_000);
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(0);
    expect(await world.ingest("a.md")).toMatchObject({ result: "page", post: undefined });
  });

  test("is the same post again when it is corrected, and is not announced twice", async () => {
    const world = await aPublishedPost();
    const { id } = await world.post("a");
    world.write("a.md", page);
    await world.ingest("a.md");
    world.turn(60_000);
    await world.sweep();
    world.write("a.md", aDocument({ slug: "a" }));
    expect(await world.ingest("a.md")).toMatchObject({ result: "updated", post: { id } });
    await world.sweep();
    expect(await world.titles()).toEqual(["A title"]);
    expect(world.paper.visible()).toHaveLength(1);
    expect(await world.app.pages()).toEqual([]);
  });

  test("is taken back where its folder gets other documents, although its own bytes are the same", async () => {
    const world = await aPublishedPost("alpha/index.md");
    world.write("alpha/part.md", aDocument({ title: "Part" }));
    await world.app.reconcile();
    expect(await world.app.pages()).toMatchObject([{ path: "alpha/index.md" }]);
    expect(await world.ingest("alpha/index.md")).toMatchObject({ result: "page" });
    world.erase("alpha/part.md");
    expect(await world.ingest("alpha/index.md")).toMatchObject({ result: "updated", post: { slug: "a" } });
  });

  test("waits for a person where many do at once", async () => {
    const world = await aWorld({ policies: { burst: 2 } });
    const paths = ["a.md", "b.md", "c.md"];
    for (const path of paths) world.write(path, aDocument({ slug: path, socialShare: false }));
    await world.app.reconcile();
    for (const path of paths) world.write(path, aDocument({ slug: path, layout: "page" }));
    await world.app.reconcile();
    expect(world.alarms).toEqual([expect.stringContaining("c.md is no longer a post and stays published")]);
    expect(await world.app.waiting()).toMatchObject([
      { path: "c.md", slug: "c.md", page: "Its layout is for a page (`layout: page`)." },
    ]);
    expect(await world.app.status("c.md")).toMatchObject({
      status: "live",
      reason: expect.stringContaining("its document is a page now"),
    });
    await world.app.reconcile();
    expect(world.alarms).toHaveLength(1);
    await world.app.remove("c.md");
    expect(await world.app.waiting()).toEqual([]);
  });

  test("gives its slug back to nobody, but lets a refused document be tried again", async () => {
    const world = await aPublishedPost();
    world.write("b.md", aDocument({ slug: "a", title: "Other" }));
    expect(await world.ingest("b.md")).toMatchObject({ result: "refused" });
    world.write("a.md", page);
    await world.ingest("a.md");
    expect((await world.post("a")).title).toBe("Other");
  });
});

test("a page that is put is not published, and a post that is put as a page is taken back", async () => {
  const world = await aWorld();
  const put = (text: string) => world.app.put("a", new TextEncoder().encode(text));
  expect(await put(page)).toMatchObject({ result: "page", post: undefined });
  expect(await put(aDocument({ slug: "a" }))).toMatchObject({ result: "created" });
  expect(await put(page)).toMatchObject({ result: "page", post: { gone: { by: "source" } } });
});
