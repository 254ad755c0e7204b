import { describe, expect, it } from "vitest";
import { audit } from "../../src/app/render/render-feed.ts";
import { minute } from "../../src/domain/time.ts";
import { useCases } from "../support/app.ts";
import { anAccount, aSite, notes } from "../support/builders.ts";
import { aDocument, aWorld, type World } from "../support/world.ts";

const twoSites = () =>
  aWorld({
    others: [notes],
    accounts: [
      anAccount({ name: "one", network: "paper" }),
      anAccount({ name: "two", network: "paper", site: "notes" }),
    ],
  });

describe("two sites in one deployment", () => {
  it("have separate documents, feeds and accounts, even for one slug", async () => {
    const world = await twoSites();
    world.write("hello.md", aDocument({ title: "In the blog" }));
    world.write("sites/notes/hello.md", aDocument({ title: "In the notes" }));
    await world.app.reconcile();
    await world.sweep();
    expect(await world.titles()).toEqual(["In the blog"]);
    expect(await world.titles("sites/notes/")).toEqual(["In the notes"]);
    expect(world.paper.posts.map(({ account, text }) => [account, text.split("\n")[0]]).toSorted()).toEqual([
      ["one", "In the blog"],
      ["two", "In the notes"],
    ]);
    const [blog, other] = world.app.sites.map(useCases);
    expect((await blog?.status("hello"))?.title).toBe("In the blog");
    expect((await other?.status("hello"))?.url).toBe("https://notes.example.com/hello/");
    expect((await other?.accounts())?.map(({ name }) => name)).toEqual(["two"]);
  });

  it("find the site of a document by the path of its event", async () => {
    const world = await twoSites();
    world.write("sites/notes/hello.md", aDocument({ title: "In the notes" }));
    await world.ingest("sites/notes/hello.md");
    await world.sweep();
    expect(await world.titles()).toEqual([]);
    expect(await world.titles("sites/notes/")).toEqual(["In the notes"]);
  });

  it("name the site in the command for a document without a date, which publishes it there", async () => {
    const world = await twoSites();
    world.write("undated.md", aDocument({ date: undefined }));
    world.write("sites/notes/undated.md", aDocument({ date: undefined }));
    await world.app.reconcile();
    const [blog, other] = world.app.sites.map(useCases);
    const reason = "It has no date: add a date (`date: 2026-03-01`), or publish its file: npx crier publish FILE";
    expect((await blog?.status("undated"))?.reason).toBe(reason);
    expect((await other?.status("undated"))?.reason).toBe(`${reason} --site notes`);
    expect(await other?.announce("undated", {})).toMatchObject({ result: "updated", post: { hold: undefined } });
    expect(await blog?.announce("undated", {})).toMatchObject({ result: "updated", post: { hold: undefined } });
  });

  it("leave a folder to the first site where no other site has its name", async () => {
    const world = await twoSites();
    world.write("sites/elsewhere/hello.md", aDocument({ title: "About sites" }));
    await world.app.reconcile();
    await world.sweep();
    expect(await world.titles()).toEqual(["About sites"]);
  });
});

describe("the feeds of a post", () => {
  it("include those of its primary category and of the configured types", async () => {
    const world = await aWorld({
      site: { feeds: { ...aSite().feeds, categoryTypes: ["specific"] } },
    });
    const categories = [
      { type: "general", name: "Primary" },
      { type: "specific", name: "Wanted" },
      { type: "general", name: "Unwanted" },
      "Plain",
    ];
    world.write("a.md", aDocument({ title: "Typed", slug: "a", categories }));
    await world.ingest("a.md");
    await world.sweep();
    const feeds = (await world.store.feeds.all("blog")).map(({ key }) => key);
    expect(feeds.filter((key) => key.startsWith("categories/")).toSorted()).toEqual([
      "categories/plain",
      "categories/primary",
      "categories/wanted",
    ]);
  });
});

describe("a feed that has lost its last post", () => {
  const page = async (world: World): Promise<string> =>
    new TextDecoder().decode((await world.objects.read("index.html"))?.bytes);

  it("stays valid, and the page links to it only while it has a post", async () => {
    const world = await aWorld();
    world.write("a.md", aDocument({ title: "A", slug: "a", categories: ["Old"] }));
    await world.ingest("a.md");
    await world.sweep();
    expect(await page(world)).toContain("/categories/old/");
    world.write("a.md", aDocument({ title: "A", slug: "a", categories: ["Newer"] }));
    await world.ingest("a.md");
    await world.sweep();
    expect(await page(world)).not.toContain("/categories/old/");
    expect(await page(world)).toContain("/categories/newer/");
    expect(await world.titles("categories/old/")).toEqual([]);
    world.write("a.md", aDocument({ title: "A", slug: "a", categories: ["Old"] }));
    await world.ingest("a.md");
    await world.sweep();
    expect(await page(world)).toContain("/categories/old/");
  });
});

describe("a blog that moved in", () => {
  const movedIn = { before: Date.UTC(2026, 0, 1), ids: "url" } as const;

  const idOf = async (world: Awaited<ReturnType<typeof aWorld>>, index = 0): Promise<string> => {
    const stored = await world.objects.read("feed.json");
    const feed: { items: { id: string }[] } = JSON.parse(new TextDecoder().decode(stored?.bytes));
    return feed.items[index]?.id ?? "";
  };

  it("keeps the ids of its old posts when their slugs change, and gives new ids to new posts", async () => {
    const world = await aWorld({ site: { movedIn } });
    world.write("old.md", aDocument({ title: "Old", slug: "old", guid: "g1", date: "2025-05-05" }));
    world.write("new.md", aDocument({ title: "New", slug: "new" }));
    await world.app.reconcile();
    await world.sweep();
    expect(await idOf(world, 1)).toBe("https://blog.example.com/old/");
    expect(await idOf(world, 0)).toMatch(/^tag:blog\.example\.com,2026:blog\//);
    world.write("old.md", aDocument({ title: "Old", slug: "renamed", guid: "g1", date: "2025-05-05" }));
    await world.app.reconcile();
    await world.sweep();
    expect(await idOf(world, 1)).toBe("https://blog.example.com/old/");
  });

  it("can configure what those ids were", async () => {
    const world = await aWorld({ site: { movedIn: { ...movedIn, ids: "guid" } } });
    const guid = "https://blog.example.com/?p=7";
    world.write("old.md", aDocument({ title: "Old", slug: "old", guid, date: "2025-05-05" }));
    await world.ingest("old.md");
    await world.sweep();
    expect(await idOf(world)).toBe(guid);
  });
});

describe("the hourly audit", () => {
  it("corrects a feed's file that was changed, and writes nothing else", async () => {
    const world = await aWorld();
    world.write("a.md", aDocument({ title: "Here" }));
    await world.ingest("a.md");
    await world.sweep();
    world.turn(minute);
    await world.sweep();
    const [atom, etag] = [await world.objects.read("atom.xml"), (await world.objects.read("feed.xml"))?.etag];
    await world.objects.put("atom.xml", new Uint8Array(), { contentType: "", over: atom?.etag });
    await world.app.audit();
    await world.sweep();
    expect(await world.objects.read("atom.xml")).toMatchObject({ etag: atom?.etag });
    expect((await world.objects.read("feed.xml"))?.etag).toBe(etag);
  });

  it("spreads the renders over its time", async () => {
    const world = await aWorld();
    world.write("a.md", aDocument({ title: "Here", categories: ["A", "B"] }));
    await world.ingest("a.md");
    await world.sweep();
    world.turn(minute);
    await world.sweep();
    await audit(aSite(), minute, { feeds: world.store.feeds, clock: world.clock });
    const listed = await world.store.feeds.all("blog");
    const dues = await Promise.all(listed.map(async ({ key }) => (await world.store.feeds.read("blog", key))?.due));
    // The main feed and the first of the list are due at once.
    expect(new Set(dues).size).toBe(listed.length - 1);
    expect(Math.max(...dues.map((due) => due ?? Number.NaN))).toBeLessThan(world.clock() + minute);
  });

  it("creates the feeds of a site that has no post yet", async () => {
    const world = await aWorld();
    await world.app.audit();
    await world.sweep();
    expect(await world.titles()).toEqual([]);
    expect(await world.objects.read("index.html")).toBeDefined();
  });
});
