import { expect, test } from "vitest";
import { reconcile } from "../../../src/app/ingest/reconcile-source.ts";
import { siteCommands } from "../../../src/domain/delivery-commands.ts";
import type { Documents } from "../../../src/ports/store.ts";
import { keptLog } from "../../support/kept-log.ts";
import { aDocument, aWorld } from "../../support/world.ts";

test("a file that is not Markdown is refused for its name, and is listed as refused until it is deleted", async () => {
  const world = await aWorld();
  world.write("notes.txt", aDocument());
  expect(await world.ingest("notes.txt")).toMatchObject({
    result: "refused",
    conflict: false,
    reasons: [
      {
        code: "no-markdown",
        message: expect.stringContaining("notes.txt is not Markdown, so it does not become a post"),
      },
    ],
  });
  expect(await world.app.refused()).toMatchObject([{ path: "notes.txt" }]);
  world.erase("notes.txt");
  await world.app.reconcile();
  expect(await world.app.refused()).toEqual([]);
});

test("the hourly run finds such files once, and does not read them again", async () => {
  const known = new Set(["a.md", "old.png", "gone.png"]);
  const documents: Pick<Documents, "all"> = {
    all: async function* (site, source) {
      for (const path of known) yield { site, source, path };
    },
  };
  const asked: string[] = [];
  const { store, clock } = await aWorld();
  await reconcile("blog", "bucket", [{ path: "a.md" }, { path: "new.png" }, { path: "old.png" }], false, {
    ...keptLog(),
    ...store,
    clock,
    command: siteCommands([]),
    isContained: true,
    hash: String,
    recipe: String,
    documents: { ...store.documents, ...documents },
    ingest: async (path) => {
      asked.push(path);
      return { result: "absent", warnings: [] };
    },
  });
  expect(asked).toEqual(["a.md", "new.png", "gone.png"]);
});

test("a source that has only pictures left is suddenly empty: its posts wait for confirmation", async () => {
  const world = await aWorld();
  for (const slug of ["one", "two"]) {
    world.write(`${slug}.md`, aDocument({ slug, title: slug }));
    await world.ingest(`${slug}.md`);
  }
  world.write("picture.png", "");
  world.erase("one.md");
  world.erase("two.md");
  await world.ingest("one.md");
  expect(world.alarms).toEqual([expect.stringContaining("suddenly empty")]);
});
