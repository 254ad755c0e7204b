import { describe, expect, it } from "vitest";
import type { Site } from "../../src/domain/site.ts";
import { aSite } from "../support/builders.ts";
import { aDocument, aWorld, type World } from "../support/world.ts";

const all: Partial<Site> = { feeds: { ...aSite().feeds, main: "all" } };

const documents = {
  "hello.md": aDocument({ title: "Hello", categories: ["Open Web"], featured: true }),
  "british.md": aDocument({ title: "Colour", lang: "en-GB" }),
  "de/hallo.md": aDocument({ title: "Hallo", categories: ["Handwerk", "Open Web"], featured: true }),
  "olá.md": aDocument({ title: "Olá", slug: "ola", lang: "pt-BR" }),
};

const published = async (site: Partial<Site> = {}): Promise<World> => {
  const world = await aWorld({ site });
  for (const [path, document] of Object.entries(documents)) world.write(path, document);
  await world.app.audit();
  await world.app.reconcile();
  await world.sweep();
  return world;
};

const textOf = async (world: World, key: string): Promise<string> =>
  new TextDecoder().decode((await world.objects.read(key))?.bytes);

const linksIn = async (world: World, key: string): Promise<readonly string[]> =>
  [...(await textOf(world, key)).matchAll(/<li><a href="https:\/\/feeds\.example\.com\/([^"]*)"/g)].map(
    ([, path = ""]) => path,
  );

const subscriptionsIn = async (world: World): Promise<readonly (readonly [string, string])[]> =>
  [
    ...(await textOf(world, "feeds.opml")).matchAll(
      /text="([^"]*)".*?xmlUrl="https:\/\/feeds\.example\.com\/([^"]*)"/g,
    ),
  ].map(([, text = "", path = ""]) => [text, path]);

describe("by default", () => {
  it("the main feed has the posts in the site's language, whatever their region", async () => {
    const world = await published();
    expect((await world.titles()).toSorted()).toEqual(["Colour", "Hello"]);
  });

  it("every other language has a feed, though the configuration names none", async () => {
    const world = await published();
    expect(await world.titles("languages/de/")).toEqual(["Hallo"]);
    expect(await world.titles("languages/pt/")).toEqual(["Olá"]);
    expect(await world.store.feeds.read("blog", "languages/de")).toMatchObject({ title: "Deutsch" });
    expect(await world.objects.read("languages/en/feed.xml")).toBeUndefined();
  });

  it("the feeds of categories and of featured posts have one language, too", async () => {
    const world = await published();
    expect(await world.titles("categories/open-web/")).toEqual(["Hello"]);
    expect(await world.titles("featured/")).toEqual(["Hello"]);
    expect(await world.titles("languages/de/categories/open-web/")).toEqual(["Hallo"]);
    expect(await world.titles("languages/de/categories/handwerk/")).toEqual(["Hallo"]);
    expect(await world.titles("languages/de/featured/")).toEqual(["Hallo"]);
    expect(await world.objects.read("categories/handwerk/feed.xml")).toBeUndefined();
  });

  it("each feed of a language says so", async () => {
    const world = await published();
    for (const folder of ["", "categories/handwerk/", "archive/1."])
      expect(await textOf(world, `languages/de/${folder}atom.xml`)).toContain(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"',
      );
  });

  it("every post is in the archive of its main feed", async () => {
    const world = await published();
    const archived = async (file: string) =>
      [...(await textOf(world, file)).matchAll(/"title": "(.*)",\n {6}"content/g)].map(([, title]) => title);
    expect((await archived("archive/1.json")).toSorted()).toEqual(["Colour", "Hello"]);
    expect(await archived("languages/de/archive/1.json")).toEqual(["Hallo"]);
    expect(await textOf(world, "languages/de/atom.xml")).toContain(
      '<link rel="prev-archive" type="application/atom+xml" href="https://feeds.example.com/languages/de/archive/1.atom.xml"/>',
    );
    expect(await textOf(world, "languages/de/archive/1.atom.xml")).toContain("<fh:complete");
  });

  it("the page links to the feeds of its language and to those of the other languages", async () => {
    const world = await published();
    expect(await linksIn(world, "index.html")).toEqual([
      "featured/",
      "categories/open-web/",
      "languages/de/",
      "languages/pt/",
    ]);
    expect(await linksIn(world, "languages/de/index.html")).toEqual([
      "languages/de/featured/",
      "languages/de/categories/handwerk/",
      "languages/de/categories/open-web/",
      "",
      "languages/pt/",
    ]);
    expect(await textOf(world, "languages/de/index.html")).toContain(
      '<a href="https://feeds.example.com/" lang="en">English</a>',
    );
    expect(await linksIn(world, "languages/de/categories/handwerk/index.html")).toEqual(["languages/de/"]);
  });

  it("the OPML lists every feed, and says the language of those with the same name", async () => {
    const world = await published();
    expect(await subscriptionsIn(world)).toEqual([
      ["A Blog", "feed.xml"],
      ["Open Web", "categories/open-web/feed.xml"],
      ["Featured", "featured/feed.xml"],
      ["Deutsch", "languages/de/feed.xml"],
      ["Handwerk (Deutsch)", "languages/de/categories/handwerk/feed.xml"],
      ["Open Web (Deutsch)", "languages/de/categories/open-web/feed.xml"],
      ["Empfohlene Beiträge (Deutsch)", "languages/de/featured/feed.xml"],
      ["Português", "languages/pt/feed.xml"],
    ]);
  });

  it("a post that changes its language leaves the feeds and the archive of the former one", async () => {
    const world = await published();
    world.write("british.md", aDocument({ title: "Colour", lang: "de" }));
    await world.ingest("british.md");
    await world.sweep();
    expect(await world.titles()).toEqual(["Hello"]);
    expect((await world.titles("languages/de/")).toSorted()).toEqual(["Colour", "Hallo"]);
    expect(await textOf(world, "archive/1.json")).not.toContain("Colour");
    expect(await textOf(world, "languages/de/archive/1.json")).toContain("Colour");
  });

  it("a feed of a language that has lost its last post keeps its language, and no page links to it", async () => {
    const world = await published();
    world.write("olá.md", aDocument({ title: "Olá", slug: "ola" }));
    await world.ingest("olá.md");
    await world.sweep();
    expect(await textOf(world, "languages/pt/atom.xml")).toContain('xml:lang="pt"');
    for (const page of ["index.html", "languages/de/index.html"])
      expect(await linksIn(world, page)).not.toContain("languages/pt/");
  });
});

describe("with further languages in the configuration", () => {
  const site = { languages: ["en", "de", "ja"] };

  it("each language has a feed, before its first post, too", async () => {
    const world = await published(site);
    expect((await world.titles("languages/en/")).toSorted()).toEqual(["Colour", "Hello"]);
    expect(await world.titles("languages/de/")).toEqual(["Hallo"]);
    expect(await world.objects.read("languages/ja/feed.xml")).toBeDefined();
  });

  it("page and OPML do not list the feed that repeats the main feed", async () => {
    const world = await published(site);
    expect(await linksIn(world, "index.html")).not.toContain("languages/en/");
    expect((await subscriptionsIn(world)).map(([, path]) => path)).not.toContain("languages/en/feed.xml");
  });
});

describe("with feeds.main: all", () => {
  it("the main feed and those of categories have every language, and each language has a feed", async () => {
    const world = await published(all);
    expect((await world.titles()).toSorted()).toEqual(["Colour", "Hallo", "Hello", "Olá"]);
    expect((await world.titles("categories/open-web/")).toSorted()).toEqual(["Hallo", "Hello"]);
    expect((await world.titles("languages/en/")).toSorted()).toEqual(["Colour", "Hello"]);
    expect(await world.titles("languages/de/")).toEqual(["Hallo"]);
    expect(await world.objects.read("languages/de/categories/handwerk/feed.xml")).toBeUndefined();
  });

  it("only the main feed has an archive", async () => {
    const world = await published(all);
    expect(await textOf(world, "archive/1.json")).toContain("Hallo");
    expect(await world.objects.read("languages/de/archive/1.json")).toBeUndefined();
    expect(await textOf(world, "languages/de/atom.xml")).not.toContain("prev-archive");
  });
});
