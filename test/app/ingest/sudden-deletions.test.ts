import { describe, expect, test } from "vitest";
import { hour } from "../../../src/domain/time.ts";
import type { Source } from "../../../src/ports/content.ts";
import type { Documents } from "../../../src/ports/store.ts";
import { composeTestedApp } from "../../support/app.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

/** A world with ingested documents, and an app that counts how often it lists all of them. */
const aFolderOf = async (count: number) => {
  const world = await aWorld({ policies: { burst: 5 } });
  const paths = Array.from({ length: count }, (_, index) => `${index}.md`);
  for (const path of paths) world.write(path, aDocument({ slug: path, socialShare: false }));
  await world.app.reconcile();
  const asked = { lists: 0, rows: 0 };
  const parts = world.parts();
  const source: Source = {
    ...parts.source,
    list: () => {
      asked.lists += 1;
      return parts.source.list();
    },
  };
  const documents: Documents = {
    ...world.store.documents,
    all: (site, name) => {
      asked.rows += 1;
      return world.store.documents.all(site, name);
    },
  };
  const app = composeTestedApp({ ...parts, store: { ...world.store, documents }, sources: [source] });
  return { world, paths, asked, app };
};

const lives = async (world: World, paths: readonly string[]): Promise<number> => {
  const posts = await Promise.all(paths.map((path) => world.post(path)));
  return posts.filter(({ gone }) => gone === undefined).length;
};

describe("a reconcile", () => {
  test.each([
    ["most of the documents are", 1, "documents were deleted or became pages within an hour"],
    ["all of the documents are", 0, "suddenly empty"],
  ])("lists its source and reads its rows once where %s missing", async (_, kept, reason) => {
    const { world, paths, asked, app } = await aFolderOf(12);
    for (const path of paths.slice(kept)) world.erase(path);
    await app.reconcile();
    expect(asked).toEqual({ lists: 1, rows: 1 });
    expect(world.alarms).toHaveLength(kept === 0 ? 12 : 6);
    expect(world.alarms).toEqual(world.alarms.map(() => expect.stringContaining(reason)));
    expect(await lives(world, paths)).toBe(kept === 0 ? 12 : 7);
  });

  test("tells of a document that waits before that is stored: what cannot be stored, or ends there, is told again", async () => {
    const { world, paths } = await aFolderOf(12);
    for (const path of paths) world.erase(path);
    const replace = () => Promise.reject(new Error("the disk is full"));
    const documents: Documents = { ...world.store.documents, replace };
    const app = composeTestedApp({ ...world.parts(), store: { ...world.store, documents } });
    for (const _ of ["first", "second"]) await app.reconcile();
    const told = world.alarms.filter((line) => line.startsWith("deletion-waits: 0.md is no longer a post"));
    expect(told).toHaveLength(2);
  });

  test("does not use its listing for a document that vanished later", async () => {
    const { world, paths } = await aFolderOf(3);
    const source: Source = {
      ...world.parts().source,
      list: async () => {
        const listed = [...world.files.keys()];
        world.files.clear();
        return listed;
      },
    };
    await composeTestedApp({ ...world.parts(), sources: [source] }).reconcile();
    expect(await lives(world, paths)).toBe(3);
    expect(world.alarms).toEqual(paths.map(() => expect.stringContaining("suddenly empty")));
  });
});

describe("events of single documents", () => {
  test.each([
    ["most of the documents are", 1],
    ["all of the documents are", 0],
  ])("list their source at most once for each deletion that the burst allows where %s missing", async (_, kept) => {
    const { world, paths, asked, app } = await aFolderOf(12);
    const missing = paths.slice(kept);
    for (const path of missing) world.erase(path);
    for (const path of missing) await app.ingest("folder", path);
    expect(asked.lists).toBe(5);
    expect(await lives(world, missing)).toBe(kept === 0 ? 12 : 6);
  });

  test("delete again after an hour", async () => {
    const { world, paths, app } = await aFolderOf(12);
    for (const path of paths.slice(0, 6)) world.erase(path);
    for (const path of paths.slice(0, 6)) await app.ingest("folder", path);
    world.turn(hour);
    world.erase("6.md");
    expect(await app.ingest("folder", "6.md")).toMatchObject({ result: "deleted" });
  });

  test("do not exceed the burst when two are handled at once", async () => {
    const { world, paths } = await aFolderOf(7);
    for (const path of paths.slice(0, 4)) world.erase(path);
    for (const path of paths.slice(0, 4)) await world.ingest(path);
    world.erase("4.md");
    world.erase("5.md");
    const slower = world.worker("rateWindows.save");
    const running = slower.app.ingest("folder", "4.md");
    await slower.stopped;
    expect(await world.ingest("5.md")).toMatchObject({ result: "deleted" });
    slower.go();
    expect(await running).toMatchObject({ result: "unchanged" });
  });
});
