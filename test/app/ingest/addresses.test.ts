import { expect, test } from "vitest";
import { AmbiguousName } from "../../../src/domain/errors.ts";
import { day, minute } from "../../../src/domain/time.ts";
import { aDocument, aWorld } from "../../support/world.ts";

/** Two files of one name, each with an address of its own. */
const twoReflections = async () => {
  const world = await aWorld({ site: { permalink: "/:year/:slug/" }, policies: { maxAge: 9_999 * day } });
  for (const year of ["2019", "2022"])
    world.write(`entry/${year}/reflection.md`, aDocument({ title: `In ${year}`, date: `${year}-05-01` }));
  await world.app.reconcile();
  await world.sweep();
  return world;
};

test("two files of one name at two addresses are two posts", async () => {
  const world = await twoReflections();
  expect(await world.app.refused()).toEqual([]);
  expect(await world.titles()).toEqual(expect.arrayContaining(["In 2019", "In 2022"]));
  world.turn(minute);
  await world.sweep();
  expect(world.paper.visible()).toHaveLength(2);
});

test("a slug that two posts have is answered with their paths", async () => {
  const { app } = await twoReflections();
  const error = await app.status("reflection").catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AmbiguousName);
  expect(error).toMatchObject({
    candidates: ["2019/reflection", "2022/reflection"],
    message: "2 posts have the name reflection: take the path of one, 2019/reflection or 2022/reflection.",
  });
  await expect(app.remove("reflection")).rejects.toThrow(AmbiguousName);
});

test.each([
  "2022/reflection",
  "/2022/reflection/",
  "https://blog.example.com/2022/reflection/",
  "entry/2022/reflection.md",
  "entry/2022/reflection",
])("a post is found by %s", async (name) => {
  const { app } = await twoReflections();
  expect(await app.status(name)).toMatchObject({ title: "In 2022", slug: "reflection", path: "2022/reflection" });
});

test("a slug means the living post where another one with it was deleted", async () => {
  const { app } = await twoReflections();
  await app.remove("2019/reflection");
  expect(await app.status("reflection")).toMatchObject({ title: "In 2022" });
});

test("a post is found by its file's name where its slug comes from a permalink, and by what it was called before", async () => {
  const world = await aWorld();
  world.write("notes/2024-05-01-draft.md", aDocument({ permalink: "/first/" }));
  await world.ingest("notes/2024-05-01-draft.md");
  world.write("notes/2024-05-01-draft.md", aDocument({ permalink: "/second/" }));
  await world.ingest("notes/2024-05-01-draft.md");
  for (const name of ["2024-05-01-draft.md", "2024-05-01-draft", "draft", "first", "second"])
    expect(await world.app.status(name)).toMatchObject({ path: "second" });
  expect(await world.app.status("third")).toBeUndefined();
});

test("two documents with one page on another host are one conflict, until the first is deleted", async () => {
  const world = await aWorld();
  world.write("a.md", aDocument({ title: "A", slug: "a", canonical_url: "https://other.example/essay" }));
  world.write("b.md", aDocument({ title: "B", slug: "b", canonical_url: "http://www.other.example/essay/" }));
  await world.app.reconcile();
  expect(await world.app.refused()).toMatchObject([
    { path: "b.md", reasons: [{ code: "address-taken", message: expect.stringContaining("belongs to a.md") }] },
  ]);
  expect(await world.app.status("https://other.example/essay")).toMatchObject({ path: "https://other.example/essay" });
  world.erase("a.md");
  await world.ingest("a.md");
  expect(await world.app.status("b")).toMatchObject({ title: "B", status: "live" });
});

test("an id is made of the slug alone where the permalink is, and of the address where it holds more", async () => {
  const idOf = async (permalink: string, fields: Readonly<Record<string, string>>) => {
    const world = await aWorld({ site: { permalink } });
    world.write("a.md", aDocument(fields));
    const ingested = await world.ingest("a.md");
    return "post" in ingested ? ingested.post?.id : undefined;
  };
  const bySlug = await idOf("/:slug/", { slug: "s" });
  expect(await idOf("/posts/:slug/", { slug: "s" })).toBe(bySlug);
  expect(await idOf("/posts/:slug/", { permalink: "/s/" })).not.toBe(bySlug);
  expect(await idOf("/:slug/", { slug: "s", canonical_url: "https://other.example/s/" })).not.toBe(bySlug);
});
