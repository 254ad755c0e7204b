import { describe, expect, test } from "vitest";
import type { FeedKey } from "../../src/domain/feed-key.ts";
import { iso } from "../../src/domain/time.ts";
import { aSite, start } from "../support/builders.ts";
import { aWorld, type World, type WorldOptions } from "../support/world.ts";

const note = (more = ""): string => `---\n${more}date: ${iso(start)}\n---\nA few words.\n`;
const article = (more = ""): string => note(`title: A title\n${more}`);

const aBlog = async (documents: Readonly<Record<string, string>>, options: WorldOptions = {}): Promise<World> => {
  const world = await aWorld({ accounts: [], ...options });
  for (const [path, document] of Object.entries(documents)) await publish(world, path, document);
  return world;
};

const publish = async (world: World, path: string, document: string): Promise<void> => {
  // Two files with the same bytes would be a document that is moved.
  world.write(path, `${document}In ${path}.\n`);
  await world.ingest(path);
  await world.sweep();
};

const remove = async (world: World, path: string): Promise<void> => {
  world.erase(path);
  await world.ingest(path);
  await world.sweep();
  world.turn(60_000);
  await world.sweep();
};

const textOf = async (world: World, key: string): Promise<string | undefined> => {
  const stored = await world.objects.read(key);
  return stored && new TextDecoder().decode(stored.bytes);
};

/** The last part of the addresses of the entries. */
const slugsIn = async (world: World, folder: string): Promise<readonly string[] | undefined> => {
  const text = await textOf(world, `${folder}feed.json`);
  if (text === undefined) return undefined;
  const { items }: { items: readonly { url: string }[] } = JSON.parse(text);
  return items.map(({ url }) => url.split("/").at(-2) ?? "").toSorted();
};

const feedsOf = async (world: World): Promise<readonly FeedKey[]> =>
  (await world.store.feeds.all("blog")).map(({ key }) => key).filter((key) => !key.startsWith("archive/"));

const linksIn = async (world: World, folder = ""): Promise<readonly (readonly [string, string])[]> =>
  [
    ...((await textOf(world, `${folder}index.html`)) ?? "").matchAll(
      /<li><a href="https:\/\/feeds\.example\.com\/([^"]*)"[^>]*>([^<]*)</g,
    ),
  ].map(([, path = "", title = ""]) => [path, title]);

const subscriptionsIn = async (world: World): Promise<readonly string[]> =>
  [...((await textOf(world, "feeds.opml")) ?? "").matchAll(/xmlUrl="https:\/\/feeds\.example\.com\/([^"]*)"/g)].map(
    ([, path = ""]) => path,
  );

describe("a site with posts of one kind", () => {
  test.each([
    ["articles", article()],
    ["notes", note()],
  ])("has no feed of %s besides its main feed", async (_, document) => {
    const world = await aBlog({ "a.md": document, "b.md": document });
    expect(await feedsOf(world)).toEqual(["main"]);
    expect(await textOf(world, "notes/feed.xml")).toBeUndefined();
    expect(await textOf(world, "articles/feed.xml")).toBeUndefined();
  });
});

describe("a site with notes and articles", () => {
  test("has a feed of each in every format, with what was there before", async () => {
    const world = await aBlog({ "a.md": article(), "b.md": article(), "c.md": note() });
    expect(await slugsIn(world, "")).toEqual(["a", "b", "c"]);
    expect(await slugsIn(world, "articles/")).toEqual(["a", "b"]);
    expect(await slugsIn(world, "notes/")).toEqual(["c"]);
    for (const file of ["feed.xml", "atom.xml", "index.html"]) {
      expect(await textOf(world, `notes/${file}`)).toContain("Notes – A Blog");
      expect(await textOf(world, `articles/${file}`)).toContain("Articles – A Blog");
    }
    await publish(world, "d.md", note());
    expect(await slugsIn(world, "notes/")).toEqual(["c", "d"]);
  });

  test("lists them on its page and in its OPML, and in the command's list", async () => {
    const world = await aBlog({ "a.md": note(), "b.md": article() });
    expect(await linksIn(world)).toEqual([
      ["articles/", "Articles"],
      ["notes/", "Notes"],
    ]);
    expect(await linksIn(world, "notes/")).toEqual([["", "A Blog"]]);
    expect(await subscriptionsIn(world)).toEqual(["feed.xml", "articles/feed.xml", "notes/feed.xml"]);
    expect((await world.app.feeds()).map(({ url }) => url)).toEqual(
      expect.arrayContaining(["https://feeds.example.com/notes/", "https://feeds.example.com/articles/"]),
    );
  });

  test("gets them when two workers publish the first of each at one moment", async () => {
    const world = await aWorld({ accounts: [] });
    world.write("a.md", article());
    world.write("b.md", note());
    await world.ingest("a.md");
    await world.ingest("b.md");
    const slow = world.worker("after memberships.put 2");
    const publishing = slow.app.work(await world.postRef("a"));
    await slow.stopped;
    await world.app.work(await world.postRef("b"));
    slow.go();
    await publishing;
    await world.sweep();
    expect(await slugsIn(world, "articles/")).toEqual(["a"]);
    expect(await slugsIn(world, "notes/")).toEqual(["b"]);
  });

  test("gets both, though a worker crashes when it has made one", async () => {
    const world = await aBlog({ "a.md": article() });
    world.write("b.md", note());
    await world.ingest("b.md");
    const crashed = world.worker("feeds.touch 2");
    void crashed.app.work(await world.postRef("b"));
    await crashed.stopped;
    await world.sweep();
    expect(await slugsIn(world, "articles/")).toEqual(["a"]);
    expect(await slugsIn(world, "notes/")).toEqual(["b"]);
  });

  test("moves a note that gets a title, and an article that loses it", async () => {
    const world = await aBlog({ "a.md": article(), "b.md": note(), "c.md": note() });
    await publish(world, "b.md", article());
    expect(await slugsIn(world, "articles/")).toEqual(["a", "b"]);
    expect(await slugsIn(world, "notes/")).toEqual(["c"]);
    await publish(world, "b.md", note());
    expect(await slugsIn(world, "articles/")).toEqual(["a"]);
    expect(await slugsIn(world, "notes/")).toEqual(["b", "c"]);
  });

  test("keeps their addresses when one kind is gone, and lists neither until it is back", async () => {
    const world = await aBlog({ "a.md": article(), "b.md": note() });
    await remove(world, "b.md");
    expect(await slugsIn(world, "notes/")).toEqual([]);
    await publish(world, "c.md", article());
    expect(await slugsIn(world, "articles/")).toEqual(["a", "c"]);
    expect(await linksIn(world)).toEqual([]);
    expect(await subscriptionsIn(world)).toEqual(["feed.xml"]);
    await publish(world, "d.md", note());
    expect(await subscriptionsIn(world)).toEqual(["feed.xml", "articles/feed.xml", "notes/feed.xml"]);
  });

  test("has other feeds for categories of these names, and posts below its own folders of these names", async () => {
    const world = await aBlog({
      "notes/a.md": article("categories: [Notes]\npermalink: /notes/a/\n"),
      "b.md": note("categories: [Articles]\npermalink: /articles/b/\n"),
    });
    expect(await slugsIn(world, "categories/notes/")).toEqual(["a"]);
    expect(await slugsIn(world, "notes/")).toEqual(["b"]);
    expect(await slugsIn(world, "categories/articles/")).toEqual(["b"]);
    expect(await slugsIn(world, "articles/")).toEqual(["a"]);
  });

  test("may show the whole notes and the summaries of articles", async () => {
    const content = { notes: "full", default: "summary" } as const;
    const base = aSite();
    const world = await aBlog(
      { "a.md": article("summary: What it says.\n"), "b.md": note() },
      { site: { feeds: { ...base.feeds, content } } },
    );
    expect(await textOf(world, "notes/feed.xml")).toContain("<p>A few words.");
    expect(await textOf(world, "articles/feed.xml")).not.toContain("<p>A few words.");
    expect(await textOf(world, "feed.xml")).not.toContain("<p>A few words.");
  });

  test("tells its hubs", async () => {
    const hub = "https://hub.example/";
    const world = await aBlog({ "a.md": article(), "b.md": note() }, { site: { hubs: [hub] } });
    for (const key of ["notes", "articles"] as const)
      expect(await world.store.pings.read({ kind: "ping", site: "blog", key, hub })).toMatchObject({
        topics: expect.arrayContaining([`https://feeds.example.com/${key}/feed.xml`]),
      });
  });
});

describe("a language with notes and articles", () => {
  test("has feeds of its own, and no other language has", async () => {
    const world = await aBlog({
      "a.md": article(),
      "b.md": note("lang: de\n"),
      "c.md": article("lang: de\n"),
    });
    expect(await slugsIn(world, "languages/de/notes/")).toEqual(["b"]);
    expect(await slugsIn(world, "languages/de/articles/")).toEqual(["c"]);
    expect(await slugsIn(world, "articles/")).toBeUndefined();
    expect(await linksIn(world, "languages/de/")).toEqual(
      expect.arrayContaining([
        ["languages/de/articles/", "Artikel"],
        ["languages/de/notes/", "Notizen"],
      ]),
    );
    expect(await textOf(world, "languages/de/notes/feed.xml")).toContain("Notizen – A Blog");
  });
});
