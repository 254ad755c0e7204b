import { expect, test } from "vitest";
import { composeTestedApp } from "../../support/app.ts";
import { aDocument, aWorld } from "../../support/world.ts";

/** a.md is published. b.md waits for its slug, c.md is invalid, d.png is not a document. */
const aFolder = async () => {
  const world = await aWorld();
  world.write("a.md", aDocument({ title: "A", slug: "s" }));
  world.write("b.md", aDocument({ title: "B", slug: "s" }));
  world.write("c.md", aDocument({ title: "" }));
  world.write("d.png", "");
  await world.app.reconcile();
  const { source, ...parts } = world.parts();
  const read: string[] = [];
  const recording: typeof source = {
    ...source,
    read: (path) => {
      read.push(path);
      return source.read(path);
    },
  };
  return { world, read, app: composeTestedApp({ ...parts, sources: [recording] }) };
};

test("an event that deletes a post publishes the document that waited for its slug, and reads no other document", async () => {
  const { world, read, app } = await aFolder();
  world.erase("a.md");
  expect(await app.ingest("folder", "a.md")).toMatchObject({ result: "deleted" });
  const post = await world.post("s");
  expect(post).toMatchObject({ path: "b.md", title: "B" });
  expect(post.gone).toBeUndefined();
  expect(new Set(read)).toEqual(new Set(["a.md", "b.md"]));
});

test("any other event reads its own document only", async () => {
  const { world, read, app } = await aFolder();
  world.write("a.md", aDocument({ title: "Changed", slug: "s" }));
  expect(await app.ingest("folder", "a.md")).toMatchObject({ result: "updated" });
  expect(new Set(read)).toEqual(new Set(["a.md"]));
});
