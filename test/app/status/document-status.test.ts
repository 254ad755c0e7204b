import { expect, test } from "vitest";
import { aDocument, aWorld } from "../../support/world.ts";

test("a deletion that waits for confirmation is listed until a person removes the post", async () => {
  const world = await aWorld();
  for (const slug of ["one", "two"]) {
    world.write(`${slug}.md`, aDocument({ slug, title: slug }));
    await world.ingest(`${slug}.md`);
  }
  expect(await world.app.waiting()).toEqual([]);
  world.erase("one.md");
  world.erase("two.md");
  const since = world.clock();
  await world.ingest("one.md");
  expect(await world.app.waiting()).toEqual([
    { source: "folder", path: "one.md", slug: "one", since, reason: expect.stringContaining("suddenly empty") },
  ]);
  expect(await world.app.status("one")).toMatchObject({
    status: "live",
    reason: expect.stringMatching(/^its document is missing: folder is suddenly empty/),
  });
  await world.app.remove("one");
  expect((await world.app.status("one"))?.reason).toBeUndefined();
  expect(await world.app.waiting()).toEqual([]);
});

test("a missing document that comes back is not listed any more", async () => {
  const world = await aWorld();
  for (const slug of ["one", "two"]) {
    world.write(`${slug}.md`, aDocument({ slug, title: slug }));
    await world.ingest(`${slug}.md`);
  }
  world.erase("one.md");
  world.erase("two.md");
  await world.ingest("one.md");
  world.write("one.md", aDocument({ slug: "one", title: "one" }));
  await world.ingest("one.md");
  expect(await world.app.waiting()).toEqual([]);
});
