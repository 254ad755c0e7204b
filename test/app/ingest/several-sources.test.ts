import { expect, test } from "vitest";
import type { Source } from "../../../src/ports/content.ts";
import { composeTestedApp } from "../../support/app.ts";
import { notes } from "../../support/builders.ts";
import { aDocument, aWorld } from "../../support/world.ts";

const aSource = (name: string, documents: Readonly<Record<string, string>>, site?: string): Source => ({
  name,
  ...(site === undefined ? {} : { site }),
  list: async () => Object.keys(documents),
  read: async (path) => (documents[path] === undefined ? undefined : new TextEncoder().encode(documents[path])),
});

test("a source that several sites share is listed once at each reconcile", async () => {
  const world = await aWorld({ others: [notes, { ...notes, id: "log", folder: "sites/log/" }] });
  const { source, ...parts } = world.parts();
  let lists = 0;
  const counting: Source = {
    ...source,
    list: () => {
      lists += 1;
      return source.list();
    },
  };
  world.write("a.md", aDocument({ slug: "a" }));
  world.write("sites/log/a.md", aDocument({ slug: "a" }));
  await composeTestedApp({ ...parts, sources: [counting] }).reconcile();
  expect(lists).toBe(1);
});

test("a source that cannot be listed does not hold up the others, and is named", async () => {
  const world = await aWorld();
  const { source: _, ...parts } = world.parts();
  const broken: Source = {
    ...aSource("folder:broken", {}, "blog"),
    list: async () => {
      throw new Error("Cannot list the folder broken.");
    },
  };
  const whole = aSource("folder:whole", { "a.md": aDocument({ slug: "a", title: "Whole" }) }, "blog");
  await expect(composeTestedApp({ ...parts, sources: [broken, whole] }).reconcile()).rejects.toThrow(
    "Cannot list the folder broken.",
  );
  await world.sweep();
  expect(await world.titles()).toEqual(["Whole"]);
});

test("two sites may each have a source of one place: their documents are two posts", async () => {
  const world = await aWorld({ others: [notes] });
  const { source: _, ...parts } = world.parts();
  const documents = { "a.md": aDocument({ slug: "a", title: "Both" }) };
  const app = composeTestedApp({
    ...parts,
    sources: [aSource("folder:a", documents, "blog"), aSource("folder:a", documents, "notes")],
  });
  await app.ingest("folder:a", "a.md", "notes");
  await world.sweep();
  expect([await world.titles(), await world.titles("sites/notes/")]).toEqual([[], ["Both"]]);
  await app.reconcile();
  await world.sweep();
  expect([await world.titles(), await world.titles("sites/notes/")]).toEqual([["Both"], ["Both"]]);
});
