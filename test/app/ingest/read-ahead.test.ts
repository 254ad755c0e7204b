import { describe, expect, test } from "vitest";
import { documentsInProcess } from "../../../src/parsing/parsers-in-process.ts";
import type { DocumentParsers } from "../../../src/ports/content.ts";
import { composeTestedApp } from "../../support/app.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** An app whose parser is another process, and lets the test wait until it was asked for, and answer, each document. */
const withSlowParser = (world: World) => {
  const asked: string[] = [];
  const gates = new Map<string, ReturnType<typeof Promise.withResolvers<void>>>();
  const gateOf = (path: string) => {
    const gate = gates.get(path) ?? Promise.withResolvers<void>();
    gates.set(path, gate);
    return gate;
  };
  const documentParsers: DocumentParsers = {
    ...documentsInProcess,
    isContained: true,
    parse: async (bytes, path, ...rest) => {
      asked.push(path);
      await gateOf(path).promise;
      return documentsInProcess.parse(bytes, path, ...rest);
    },
  };
  const answer = (...paths: readonly string[]): void => {
    for (const path of paths) gateOf(path).resolve();
  };
  return { asked, answer, app: composeTestedApp({ ...world.parts(), documentParsers }) };
};

const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await settle();
};

describe("a listing", () => {
  test("has documents parsed while those before them are, a few at a time", async () => {
    const world = await aWorld();
    const names = Array.from({ length: 20 }, (_, n) => `${String(n).padStart(2, "0")}.md`);
    for (const name of names) world.write(name, aDocument({ slug: `s${name}` }));
    const { app, asked, answer } = withSlowParser(world);
    const listing = app.reconcile();
    await until(() => asked.length === 8);
    answer(...names.slice(1, 8));
    await settle();
    expect(asked).toHaveLength(8);
    answer(...names);
    await listing;
    expect(asked.toSorted()).toEqual(names);
    expect(await app.list()).toMatchObject({ rows: { length: 20 } });
  });

  test("gives an address to the first of two documents, whichever is parsed first", async () => {
    const world = await aWorld();
    world.write("a.md", aDocument({ slug: "same", title: "First" }));
    world.write("b.md", aDocument({ slug: "same", title: "Second" }));
    const { app, asked, answer } = withSlowParser(world);
    const listing = app.reconcile();
    answer("b.md");
    await until(() => asked.length === 2);
    await settle();
    answer("a.md");
    await listing;
    await world.sweep();
    expect(await world.titles()).toEqual(["First"]);
    expect(await app.refused()).toMatchObject([{ path: "b.md" }]);
  });

  test("finds the posts of the documents before one that names them", async () => {
    const world = await aWorld();
    world.write("deep/folder/a.md", aDocument({ slug: "a" }));
    world.write("z.md", aDocument({ slug: "z" }, '[a]({{< ref "a" >}})'));
    const { app, asked, answer } = withSlowParser(world);
    const listing = app.reconcile();
    answer("z.md");
    await until(() => asked.length === 2);
    await settle();
    answer("deep/folder/a.md");
    await listing;
    expect((await world.post("z"))?.html).toContain('href="https://blog.example.com/a/"');
  });

  test("does not bring back what a document held before it was changed, and read by another worker", async () => {
    const world = await aWorld();
    world.write("a.md", aDocument({ slug: "a" }));
    world.write("b.md", aDocument({ slug: "b", title: "Before" }));
    const { app, asked, answer } = withSlowParser(world);
    const listing = app.reconcile();
    answer("b.md");
    await until(() => asked.length === 2);
    world.write("b.md", aDocument({ slug: "b", title: "After" }));
    await world.ingest("b.md");
    answer("a.md");
    await listing;
    expect((await world.post("b"))?.title).toBe("After");
  });

  test("goes on with the documents behind one that cannot be read", async () => {
    const world = await aWorld();
    for (const slug of ["a", "b", "c"]) world.write(`${slug}.md`, aDocument({ slug }));
    const { source, ...parts } = world.parts();
    const broken = {
      ...source,
      read: async (path: string) => (path === "b.md" ? Promise.reject(new Error("EIO")) : source.read(path)),
    };
    const documentParsers = { ...documentsInProcess, isContained: true };
    await composeTestedApp({ ...parts, documentParsers, sources: [broken] }).reconcile();
    expect(world.alarms).toEqual([expect.stringContaining("b.md could not be read: EIO")]);
    expect((await world.app.list()).rows.map(({ slug }) => slug).toSorted()).toEqual(["a", "c"]);
  });
});
