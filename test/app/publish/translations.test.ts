import { describe, expect, test } from "vitest";
import { minute, second } from "../../../src/domain/time.ts";
import { anAccount } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const english = aDocument({ title: "Hello" });
const german = aDocument({ title: "Hallo" });

const urlOf = (slug: string): string => `https://blog.example.com/${slug}/`;

/** The languages and addresses of the translations that a post lists. */
const translationsOf = async (world: World, slug: string) =>
  (await world.post(slug)).translations.map(({ language, url }) => [language, url]);

const accountsOf = async (world: World, slug: string) => (await world.deliveries(slug)).map(({ account }) => account);

const saved = async (world: World, documents: Readonly<Record<string, string>>): Promise<void> => {
  for (const [path, document] of Object.entries(documents)) world.write(path, document);
  for (const path of Object.keys(documents)) await world.ingest(path);
  await world.sweep();
};

/** Past the time for which a translation waits for the others. */
const later = async (world: World): Promise<void> => {
  world.turn(minute);
  await world.sweep();
};

describe("translations of one post", () => {
  test.each([
    ["are in the folder of a language", "de/hello.md", "de/hello"],
    ["have the language as a suffix", "hello.de.md", "de/hello"],
    ["are in the folder of a page", "de/hello/index.md", "de/hello"],
  ])("%s, and list each other in whatever order they come", async (_, path, slug) => {
    for (const paths of [
      ["hello.md", path],
      [path, "hello.md"],
    ]) {
      const world = await aWorld();
      await saved(world, Object.fromEntries(paths.map((one) => [one, one === "hello.md" ? english : german])));
      expect(await translationsOf(world, "hello")).toEqual([["de", urlOf("de/hello")]]);
      expect(await translationsOf(world, slug)).toEqual([["en", urlOf("hello")]]);
    }
  });

  test("have one translationKey, whatever their files are called", async () => {
    const world = await aWorld();
    await saved(world, {
      "first.md": aDocument({ title: "Hello", translationKey: "greeting" }),
      "de/gruss.md": aDocument({ title: "Hallo", translationKey: "greeting" }),
      "ja/aisatsu.md": aDocument({ title: "やあ", translation_key: "greeting" }),
    });
    expect(await translationsOf(world, "first")).toEqual([
      ["de", urlOf("de/gruss")],
      ["ja", urlOf("ja/aisatsu")],
    ]);
  });

  test("may be named by the path of the original", async () => {
    const world = await aWorld();
    await saved(world, { "hello.md": english, "de/gruss.md": aDocument({ title: "Hallo", translationKey: "hello" }) });
    expect(await translationsOf(world, "hello")).toEqual([["de", urlOf("de/gruss")]]);
  });

  test("may be copies that nobody has translated yet", async () => {
    const world = await aWorld();
    await saved(world, { "hello.md": english });
    await later(world);
    await saved(world, { "de/hello.md": english });
    expect(await translationsOf(world, "hello")).toEqual([["de", urlOf("de/hello")]]);
  });

  test("list each other only while both are public", async () => {
    const world = await aWorld();
    await saved(world, {
      "hello.md": english,
      "de/hello.md": aDocument({ title: "Hallo", draft: true }),
      "fr/hello.md": aDocument({ title: "Salut", date: "2026-03-01T08:00:30Z" }),
    });
    expect(await translationsOf(world, "hello")).toEqual([]);
    await later(world);
    expect(await translationsOf(world, "hello")).toEqual([["fr", urlOf("fr/hello")]]);
    await saved(world, { "de/hello.md": german });
    expect(await translationsOf(world, "hello")).toEqual([
      ["de", urlOf("de/hello")],
      ["fr", urlOf("fr/hello")],
    ]);
    await world.app.remove("fr/hello");
    await world.sweep();
    expect(await translationsOf(world, "hello")).toEqual([["de", urlOf("de/hello")]]);
    expect(await translationsOf(world, "fr/hello")).toEqual([]);
  });

  test("list the current address of each other, and no former translation", async () => {
    const world = await aWorld();
    await saved(world, { "hello.md": english, "de/hello.md": german });
    await saved(world, {
      "de/hello.md": aDocument({ title: "Hallo", canonical: "https://blog.example.com/de/hallo/" }),
    });
    expect(await translationsOf(world, "hello")).toEqual([["de", urlOf("de/hallo")]]);
    await saved(world, { "de/hello.md": aDocument({ title: "Hallo", translationKey: "another" }) });
    expect(await translationsOf(world, "hello")).toEqual([]);
    expect(await translationsOf(world, "de/hello")).toEqual([]);
  });

  test("do not change the date of each other", async () => {
    const world = await aWorld();
    await saved(world, { "hello.md": english });
    const before = await world.post("hello");
    world.turn(minute);
    await saved(world, { "de/hello.md": german });
    expect(await world.post("hello")).toMatchObject({ updated: before.updated, revision: before.revision });
  });
});

describe("an account without a language", () => {
  test("announces, of translations that come together, the one in the site's language", async () => {
    const world = await aWorld();
    await saved(world, { "de/hello.md": german, "fr/hello.md": aDocument({ title: "Salut" }), "hello.md": english });
    await later(world);
    expect(await accountsOf(world, "hello")).toEqual(["one"]);
    expect(await accountsOf(world, "de/hello")).toEqual([]);
    expect(await accountsOf(world, "fr/hello")).toEqual([]);
    expect((await world.app.status("de/hello"))?.reason).toBe(
      'one: announced as its translation hello ("en"); announce this one, too, with "npx crier publish de/hello --again"',
    );
    expect(world.paper.posts).toHaveLength(1);
  });

  test("announces only one of them where none is in the site's language", async () => {
    const world = await aWorld();
    await saved(world, { "de/hello.md": german, "fr/hello.md": aDocument({ title: "Salut" }) });
    await later(world);
    expect([await accountsOf(world, "de/hello"), await accountsOf(world, "fr/hello")].flat()).toEqual(["one"]);
  });

  test("announces a translation alone once it has waited for the others", async () => {
    const world = await aWorld();
    await saved(world, { "de/hello.md": german });
    expect(await world.titles("languages/de/")).toEqual(["Hallo"]);
    expect(await accountsOf(world, "de/hello")).toEqual([]);
    world.turn(10 * second);
    await world.sweep();
    expect(await accountsOf(world, "de/hello")).toEqual(["one"]);
  });

  test("does not announce a translation that comes after the first was announced", async () => {
    const world = await aWorld();
    await saved(world, { "de/hello.md": german });
    await later(world);
    await saved(world, { "hello.md": english });
    await later(world);
    expect(await accountsOf(world, "hello")).toEqual([]);
    expect(await translationsOf(world, "hello")).toEqual([["de", urlOf("de/hello")]]);
  });

  test("does not announce one whose key the original gets with it", async () => {
    const world = await aWorld();
    await saved(world, { "hello.md": english });
    await later(world);
    await saved(world, {
      "de/gruss.md": aDocument({ title: "Hallo", translationKey: "greeting" }),
      "hello.md": aDocument({ title: "Hello", translationKey: "greeting" }),
    });
    await later(world);
    expect(await accountsOf(world, "de/gruss")).toEqual([]);
  });

  test("announces a translation that comes after the first was deleted", async () => {
    const world = await aWorld();
    await saved(world, { "hello.md": english });
    await later(world);
    await world.app.remove("hello");
    await later(world);
    await saved(world, { "de/hello.md": german });
    await later(world);
    expect(await accountsOf(world, "de/hello")).toEqual(["one"]);
  });

  test("announces another one, too, when a person wants it", async () => {
    const world = await aWorld();
    await saved(world, { "hello.md": english, "de/hello.md": german });
    await later(world);
    await world.app.put("de/hello", new TextEncoder().encode(german), { again: true });
    await later(world);
    expect(await accountsOf(world, "de/hello")).toEqual(["one"]);
  });
});

test("an account with a language announces its translation, and at once", async () => {
  const accounts = ["de", "en"].map((language) => anAccount({ name: `in-${language}`, network: "paper", language }));
  const world = await aWorld({ accounts });
  await saved(world, { "hello.md": english, "de/hello.md": german });
  expect(await accountsOf(world, "hello")).toEqual(["in-en"]);
  expect(await accountsOf(world, "de/hello")).toEqual(["in-de"]);
});

describe("two translations that are published at the same time", () => {
  test.each(["aliases.claim", "after aliases.claim", "posts.save", "translations.all", "deliveries.create"])(
    "are announced once, and list each other, where one stops at %s",
    async (place) => {
      const world = await aWorld({ site: { language: "fr", languages: ["fr"] } });
      world.write("de/hello.md", german);
      world.write("hello.en.md", english);
      for (const path of ["de/hello.md", "hello.en.md"]) await world.ingest(path);
      const [first, second] = [await world.postRef("de/hello"), await world.postRef("en/hello")];
      if (place !== "translations.all" && place !== "posts.save") {
        await world.app.work(first);
        await world.app.work(second);
        world.turn(minute);
      }
      const slow = world.worker(place);
      const running = slow.app.work(first);
      await slow.stopped;
      await world.app.work(second);
      slow.go();
      await running;
      await later(world);
      expect([await accountsOf(world, "de/hello"), await accountsOf(world, "en/hello")].flat()).toEqual(["one"]);
      expect(await translationsOf(world, "de/hello")).toEqual([["en", urlOf("en/hello")]]);
      expect(await translationsOf(world, "en/hello")).toEqual([["de", urlOf("de/hello")]]);
    },
  );

  test("list each other where one was read before the other existed", async () => {
    const world = await aWorld();
    world.write("hello.md", english);
    await world.ingest("hello.md");
    const slow = world.worker("after translations.all");
    const running = slow.app.work(await world.postRef("hello"));
    await slow.stopped;
    world.write("de/hello.md", german);
    await world.ingest("de/hello.md");
    await world.app.work(await world.postRef("de/hello"));
    slow.go();
    await running;
    await world.sweep();
    expect(await translationsOf(world, "hello")).toEqual([["de", urlOf("de/hello")]]);
    expect(await translationsOf(world, "de/hello")).toEqual([["en", urlOf("hello")]]);
  });

  test("are announced once where the first worker crashes after its claim", async () => {
    const world = await aWorld();
    for (const [path, document] of [
      ["de/hello.md", german],
      ["fr/hello.md", german],
    ] as const) {
      world.write(path, document);
      await world.ingest(path);
    }
    await world.sweep();
    world.turn(minute);
    const crashed = world.worker("after aliases.claim");
    void crashed.app.work(await world.postRef("de/hello"));
    await crashed.stopped;
    await later(world);
    expect([await accountsOf(world, "de/hello"), await accountsOf(world, "fr/hello")]).toEqual([["one"], []]);
  });
});
