import { describe, expect, test } from "vitest";
import type { Post } from "../../../src/domain/post.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const multilingual = () => aWorld({ accounts: [], site: { languages: ["en", "de", "fr"] } });

const keyOf = async (world: World, slug: string) => (await world.post(slug)).translation?.key;

const warningsOf = async (world: World, path: string, document: string) => {
  world.write(path, document);
  const ingested = await world.ingest(path);
  return "warnings" in ingested ? ingested.warnings : [];
};

const withKey = (translationKey: string, more: Readonly<Record<string, unknown>> = {}) =>
  aDocument({ translationKey, ...more });

const taken = (key: string, file: string, language: string) => ({
  code: "translation-taken",
  field: "translationKey",
  message: `${file} is the document in "${language}" with the key "${key}" already: correct the language or the key of one of the two, and save this one again. The key was left out.`,
});

const loop = (key: string, file: string) => ({
  code: "translation-loop",
  field: "translationKey",
  message: `"${key}" is the path of a document whose own \`translationKey\` leads back to this one (see ${file}): keep the key in one of them. The key was left out.`,
});

describe("a translationKey", () => {
  test("that another document in the same language has is named and left out, and the post goes out", async () => {
    const world = await multilingual();
    expect(await warningsOf(world, "a.md", withKey("k"))).toEqual([]);
    expect(await warningsOf(world, "b.md", withKey("k"))).toEqual([taken("k", "a.md", "en")]);
    expect(await warningsOf(world, "de/c.md", withKey("k", { lang: "EN" }))).toEqual([taken("k", "a.md", "en")]);
    await world.sweep();
    expect(await world.titles()).toHaveLength(3);
    expect([await keyOf(world, "a"), await keyOf(world, "b"), await keyOf(world, "de/c")]).toEqual(["k", "b", "c"]);
    expect((await world.post("b")).translations).toEqual([]);
  });

  test("is free again when its document is deleted, or has another key or language", async () => {
    for (const change of [
      (world: World) => world.erase("a.md"),
      (world: World) => world.write("a.md", withKey("another")),
      (world: World) => world.write("a.md", withKey("k", { lang: "de" })),
    ]) {
      const world = await multilingual();
      await warningsOf(world, "a.md", withKey("k"));
      change(world);
      await world.ingest("a.md");
      expect(await warningsOf(world, "b.md", withKey("k"))).toEqual([]);
      expect(await keyOf(world, "b")).toBe("k");
    }
  });

  test("that leads back to its own document is named and left out, and the two remain translations", async () => {
    const world = await multilingual();
    expect(await warningsOf(world, "a.md", withKey("b"))).toEqual([]);
    expect(await warningsOf(world, "de/b.md", withKey("a"))).toEqual([loop("a", "a.md")]);
    await world.sweep();
    expect((await world.post("a")).translations.map(({ language }) => language)).toEqual(["de"]);
    expect((await world.post("de/b")).translations.map(({ language }) => language)).toEqual(["en"]);
  });

  test("that leads back by other documents is named, too", async () => {
    const world = await multilingual();
    expect(await warningsOf(world, "a.md", withKey("b"))).toEqual([]);
    expect(await warningsOf(world, "de/b.md", withKey("c"))).toEqual([]);
    expect(await warningsOf(world, "fr/c.md", withKey("a"))).toEqual([loop("a", "a.md")]);
    expect(await world.ingest("fr/c.md")).toMatchObject({ result: "unchanged" });
  });

  test("may be the document's own path", async () => {
    const world = await multilingual();
    expect(await warningsOf(world, "posts/a.md", withKey("posts/a"))).toEqual([]);
    expect(await warningsOf(world, "de/posts/a.md", withKey("posts/a"))).toEqual([]);
    expect(await warningsOf(world, "de/posts/a.md", withKey("posts/a", { tags: ["b"] }))).toEqual([]);
  });

  test("that two documents get at the same time belongs to one of them, and the other is named", async () => {
    const world = await multilingual();
    world.write("a.md", withKey("k"));
    world.write("b.md", withKey("k"));
    const slow = world.worker("after translations.claim");
    const running = slow.app.ingest("folder", "a.md");
    await slow.stopped;
    const second = await world.ingest("b.md");
    slow.go();
    const first = await running;
    expect([first, second].map((one) => ("warnings" in one ? one.warnings.length : -1))).toEqual([0, 1]);
    expect([await keyOf(world, "a"), await keyOf(world, "b")]).toEqual(["k", "b"]);
  });

  test("that makes a loop of two documents which are read at the same time is named", async () => {
    const world = await multilingual();
    world.write("a.md", withKey("b"));
    world.write("de/b.md", withKey("a"));
    const slow = world.worker("after translations.claim");
    const running = slow.app.ingest("folder", "a.md");
    await slow.stopped;
    const second = await world.ingest("de/b.md");
    slow.go();
    const codes = [await running, second].map((one) => ("warnings" in one ? one.warnings.map(({ code }) => code) : []));
    expect(codes.flat()).toContain("translation-loop");
    await world.app.reconcile();
    expect([await keyOf(world, "a"), await keyOf(world, "de/b")].filter((key) => key !== undefined)).toHaveLength(2);
    await world.sweep();
    expect((await world.post("a")).translations.map(({ language }) => language)).toEqual(["de"]);
    expect((await world.post("de/b")).translations.map(({ language }) => language)).toEqual(["en"]);
    expect(await world.app.status("a")).toMatchObject({ warnings: [] });
    const before = await world.post("a");
    await world.app.reconcile();
    expect(await world.post("a")).toEqual(before);
  });
});

test("two documents of one language with the same path are two posts without a translation", async () => {
  const world = await multilingual();
  expect(await warningsOf(world, "a.md", aDocument())).toEqual([]);
  expect(await warningsOf(world, "en/a.md", aDocument())).toEqual([]);
  const groups = [await world.post("a"), await world.post("en/a")].map(({ translation }: Post) => translation?.key);
  expect(groups).toEqual(["a", undefined]);
});

test("a document that moves keeps its translations", async () => {
  const world = await multilingual();
  await warningsOf(world, "a.md", aDocument({ slug: "a" }));
  await warningsOf(world, "de/a.md", aDocument({ slug: "a" }));
  world.erase("de/a.md");
  expect(await warningsOf(world, "a.de.md", aDocument({ slug: "a" }))).toEqual([]);
  await world.ingest("de/a.md");
  await world.sweep();
  expect((await world.post("a")).translations.map(({ language }) => language)).toEqual(["de"]);
});
