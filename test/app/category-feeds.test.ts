import { describe, expect, test } from "vitest";
import type { FeedKey } from "../../src/domain/feed-key.ts";
import { aSite, start } from "../support/builders.ts";
import { aDocument, aWorld, type World, type WorldOptions } from "../support/world.ts";

type Tags = readonly (string | { readonly name: string; readonly type: string })[];

const aBlog = (options: WorldOptions = {}): Promise<World> => aWorld({ accounts: [], ...options });

const hour = 3_600_000;

/** A document of its own minute. Its bytes are those of no other one: that would be a move. */
const write = (world: World, slug: string, tags: Tags, minute = 0): void => {
  const date = new Date(start - 1000 * hour + minute * 60_000).toISOString();
  world.write(`${slug}.md`, aDocument({ title: slug, date, categories: tags }, `In ${slug}.`));
};

const publish = async (world: World, slug: string, tags: Tags, minute = 0): Promise<void> => {
  write(world, slug, tags, minute);
  await world.ingest(`${slug}.md`);
  await world.sweep();
};

/** Many categories are chosen from a moment after the last one. */
const settle = async (world: World): Promise<void> => {
  world.turn(6000);
  await world.sweep();
};

const names = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(3, "0")}`);

/** Publishes posts with 50 of the categories each, until every category has `times` of them. */
const publishAll = async (world: World, slug: string, categories: readonly string[], times = 1): Promise<void> => {
  for (let time = 0; time < times; time += 1)
    for (let from = 0; from < categories.length; from += 50) {
      write(world, `${slug}-${time}-${from}`, categories.slice(from, from + 50), time * 100 + from);
      await world.ingest(`${slug}-${time}-${from}.md`);
    }
  await world.sweep();
};

const linksIn = async (world: World, file: string): Promise<readonly string[]> =>
  [...(await textOf(world, file)).matchAll(/<li><a href="https:\/\/feeds\.example\.com\/([^"]*)"/g)].map(
    ([, path = ""]) => path,
  );

const categoriesOf = async (world: World): Promise<readonly string[]> =>
  (await world.store.feeds.all("blog"))
    .flatMap(({ key }) => (key.startsWith("categories/") ? [key.slice("categories/".length)] : []))
    .toSorted();

const textOf = async (world: World, key: string): Promise<string> => {
  const stored = await world.objects.read(key);
  return stored === undefined ? "" : new TextDecoder().decode(stored.bytes);
};

/** A site with as many categories as have a feed each. Their posts are not in the test. */
const aFullBlog = async (options: WorldOptions = {}): Promise<World> => {
  const world = await aBlog(options);
  for (const name of names("a", 100))
    await world.store.feeds.touch("blog", `categories/${name}`, name, start + 1e6 * hour, { isLimited: true });
  return world;
};

describe("a site with at most 100 categories", () => {
  test("has a feed of each, at once", async () => {
    const world = await aBlog();
    await publishAll(world, "first", names("a", 100));
    expect(await categoriesOf(world)).toEqual(names("a", 100));
    expect(await world.titles("categories/a099/")).toEqual(["first-0-50"]);
    expect(await textOf(world, "feeds.opml")).toContain("categories/a099/feed.xml");
  });

  test("keeps them with the next category, which has one from its third post on", async () => {
    const world = await aFullBlog();
    for (const slug of ["one", "two"]) await publish(world, slug, ["late"]);
    await settle(world);
    expect(await categoriesOf(world)).toEqual(names("a", 100));
    await publish(world, "three", ["late"]);
    await settle(world);
    expect(await categoriesOf(world)).toEqual([...names("a", 100), "late"]);
    expect((await world.titles("categories/late/")).toSorted()).toEqual(["one", "three", "two"]);
    expect(await textOf(world, "feeds.opml")).toContain("categories/late/feed.xml");
    await publish(world, "four", ["late", "a000"]);
    expect(await world.titles("categories/late/")).toHaveLength(4);
    expect(await world.titles("categories/a000/")).toEqual(expect.arrayContaining(["four"]));
  });

  test("may be one that asks for more posts, or fewer", async () => {
    const world = await aFullBlog({ site: { feeds: { ...aSite().feeds, categoryMinimum: 1 } } });
    await publish(world, "one", ["late"]);
    await settle(world);
    expect(await categoriesOf(world)).toContain("late");
    // The count does not end with the posts that a feed shows.
    const strict = await aFullBlog({ site: { feeds: { ...aSite().feeds, entries: 2, categoryMinimum: 4 } } });
    for (const slug of ["one", "two", "three"]) await publish(strict, slug, ["late"]);
    await settle(strict);
    expect(await categoriesOf(strict)).not.toContain("late");
    await publish(strict, "four", ["late"]);
    await settle(strict);
    expect(await categoriesOf(strict)).toContain("late");
  });

  test("keeps a feed that began while its category was proposed, as one of the limited number", async () => {
    const world = await aFullBlog();
    await publish(world, "one", ["late"]);
    await world.store.feeds.touch("blog", "categories/late", "late", start);
    await settle(world);
    expect(await world.store.feeds.read("blog", "categories/late")).toMatchObject({ isLimited: true });
    expect(await world.titles("categories/late/")).toEqual(["one"]);
  });

  test("counts those of each language alone", async () => {
    const world = await aFullBlog();
    world.write("hallo.md", aDocument({ title: "Hallo", lang: "de", categories: ["Handwerk"] }));
    await world.ingest("hallo.md");
    await world.sweep();
    expect(await world.titles("languages/de/categories/handwerk/")).toEqual(["Hallo"]);
  });
});

describe("a site with more than 100 categories", () => {
  test("has the feed of a category with a type with its first post", async () => {
    const world = await aFullBlog();
    await publish(world, "one", ["a000", { name: "Ada", type: "person" }, "late"]);
    expect(await categoriesOf(world)).toEqual([...names("a", 100), "ada"]);
  });

  test("has no feed of those that came at once with too few posts, whatever the order of their posts", async () => {
    for (const order of [names("t", 120), names("t", 120).toReversed()]) {
      const world = await aBlog();
      for (const [index, name] of order.entries()) write(world, `p${index}`, index < 5 ? [name, "often"] : [name]);
      const paths = [...world.files.keys()];
      for (const path of paths) await world.ingest(path);
      // Two workers publish at the same time.
      const posts = await Promise.all(paths.map((path) => world.postRef(path.replace(".md", ""))));
      const [one, two] = [world.app, world.worker("never").app];
      for (let at = 0; at < posts.length; at += 2)
        await Promise.all(posts.slice(at, at + 2).map((ref, index) => (index === 0 ? one : two).work(ref)));
      await world.sweep();
      expect(await categoriesOf(world)).toEqual([]);
      await settle(world);
      expect(await categoriesOf(world)).toEqual(["often"]);
      expect(await world.titles("categories/often/")).toHaveLength(5);
      // The site has many categories, although few of them have a feed.
      await publish(world, "next", ["another"]);
      await settle(world);
      expect(await categoriesOf(world)).toEqual(["often"]);
    }
  });

  test("waits with them while an import goes on", async () => {
    const world = await aFullBlog();
    for (const slug of ["one", "two", "three"]) await publish(world, slug, ["early"]);
    world.turn(4000);
    for (const slug of ["four", "five", "six"]) await publish(world, slug, ["late"]);
    world.turn(4000);
    await world.sweep();
    expect(await categoriesOf(world)).toEqual(names("a", 100));
    await settle(world);
    expect(await categoriesOf(world)).toEqual([...names("a", 100), "early", "late"]);
  });

  test("keeps a feed that fell below: without the posts that are deleted, and with the next one", async () => {
    const world = await aFullBlog();
    for (const slug of ["one", "two", "three"]) await publish(world, slug, ["late"]);
    await settle(world);
    for (const slug of ["one", "two"]) await world.eraseForGood(slug);
    await world.sweep();
    expect(await world.titles("categories/late/")).toEqual(["three"]);
    expect(await textOf(world, "feeds.opml")).toContain("categories/late/feed.xml");
    await publish(world, "four", ["late"]);
    expect((await world.titles("categories/late/")).toSorted()).toEqual(["four", "three"]);
  });

  test("counts a post once, and not those that have left the category", async () => {
    const world = await aFullBlog();
    for (const slug of ["one", "two"]) await publish(world, slug, ["late"]);
    // An edit is no further post, and a renamed category has two posts.
    await publish(world, "two", ["Late"], 5);
    await publish(world, "one", ["renamed"]);
    await publish(world, "three", ["late"]);
    await settle(world);
    expect(await categoriesOf(world)).toEqual(names("a", 100));
    await publish(world, "one", ["late"]);
    await settle(world);
    expect(await categoriesOf(world)).toEqual([...names("a", 100), "late"]);
  });

  test.each(["feeds.propose", "after feeds.propose", "feeds.settle", "after feeds.settle", "after feeds.touch"])(
    "begins a feed once, though a worker crashes at %s",
    async (place) => {
      const world = await aFullBlog();
      for (const slug of ["one", "two"]) await publish(world, slug, ["late"]);
      write(world, "three", ["late"]);
      await world.ingest("three.md");
      const post = await world.postRef("three");
      const publishing = world.worker(place);
      await Promise.race([publishing.app.work(post), publishing.stopped]);
      await world.sweep();
      world.turn(6000);
      const rendering = world.worker(place);
      await Promise.race([rendering.app.work(world.feedRef("main")), rendering.stopped]);
      world.turn(hour);
      await world.sweep();
      await settle(world);
      expect(await categoriesOf(world)).toEqual([...names("a", 100), "late"]);
      expect(await world.titles("categories/late/")).toHaveLength(3);
      expect(await world.store.feeds.proposed("blog", "main")).toEqual([]);
    },
  );

  test("keeps those that an earlier release made, however many they are", async () => {
    const world = await aBlog();
    const old = names("old", 130);
    for (const name of old) await world.store.feeds.touch("blog", `categories/${name}` as FeedKey, name, start);
    await publishAll(world, "old", old);
    for (const slug of ["one", "two"]) await publish(world, slug, ["late"]);
    await settle(world);
    expect(await categoriesOf(world)).toEqual(old);
    await publish(world, "three", ["late", "old129"]);
    await settle(world);
    expect(await categoriesOf(world)).toEqual(["late", ...old]);
    expect(await world.titles("categories/old129/")).toHaveLength(2);
  });

  test("has as many files and rows of feeds as before with a thousand categories more", async () => {
    const counts = async (categories: number) => {
      const world = await aFullBlog();
      await publishAll(world, "more", names("t", categories));
      await settle(world);
      const tagged = await Promise.all(
        names("t", categories).map((name) => world.objects.read(`categories/${name}/feed.xml`)),
      );
      const feeds = await world.store.feeds.linked("blog");
      return [tagged.filter((file) => file !== undefined).length, feeds.length, await textOf(world, "feeds.opml")];
    };
    const [, feeds, opml] = await counts(50);
    expect((await counts(1050)).slice(0, 2)).toEqual([0, feeds]);
    expect(String(opml).length).toBeLessThan(30_000);
  });
});

describe("a site with more categories than have feeds", () => {
  test("has those with the most posts, and later those that overtake one of them; no feed goes away", async () => {
    const world = await aFullBlog();
    await publishAll(world, "t", names("t", 430), 3);
    await publishAll(world, "u", names("u", 60), 3);
    await publishAll(world, "z", names("z", 20), 4);
    await settle(world);
    // Of those with three posts, the ones with the oldest posts are left, and the last of them by name.
    const left = names("u", 50).slice(40);
    const begun = [...names("a", 100), ...names("t", 430), ...names("u", 60), ...names("z", 20)];
    expect(await categoriesOf(world)).toEqual(begun.filter((name) => !left.includes(name)));
    // The main feed is rendered again once the others are.
    await settle(world);
    const subscriptions = async () =>
      [...(await textOf(world, "feeds.opml")).matchAll(/categories\/(\w+)\/feed/g)].map(([, name]) => name);
    expect(await subscriptions()).toEqual(begun.filter((name) => !left.includes(name) && !name.startsWith("a")));

    await publish(world, "overtakes", ["u049"], 9999);
    await settle(world);
    expect(await world.titles("categories/u049/")).toHaveLength(4);
    expect(await subscriptions()).toHaveLength(500);
    expect(await subscriptions()).toContain("u049");
    await publish(world, "goes-on", ["a000", "u000"], 9999);
    expect(await world.titles("categories/a000/")).toEqual(["goes-on"]);
  }, 240_000);
});

describe("the page of a site", () => {
  test("names up to twenty categories, and has no page of all", async () => {
    const world = await aBlog();
    await publishAll(world, "p", names("t", 20));
    expect(await linksIn(world, "index.html")).toEqual(names("t", 20).map((name) => `categories/${name}/`));
    expect(await textOf(world, "categories/index.html")).toBe("");
  });

  test("names the twenty most used of more, and links to a page of all", async () => {
    const world = await aBlog();
    await publishAll(world, "p", names("t", 30));
    await publishAll(world, "q", names("t", 30).slice(8, 28));
    expect(await linksIn(world, "index.html")).toEqual([
      ...names("t", 30)
        .slice(8, 28)
        .map((name) => `categories/${name}/`),
      "categories/",
    ]);
    expect(await textOf(world, "index.html")).toContain(
      '<a href="https://feeds.example.com/categories/">All topics (30)</a>',
    );
    expect(await linksIn(world, "categories/index.html")).toEqual(names("t", 30).map((name) => `categories/${name}/`));
    // A category that takes the place of another one is named at once.
    for (const slug of ["one", "two"]) await publish(world, slug, ["t029"]);
    expect(await linksIn(world, "index.html")).toContain("categories/t029/");
    expect(await linksIn(world, "index.html")).toHaveLength(21);
  });

  test("goes by how recently a category was used where the feeds of more are full", async () => {
    const world = await aBlog({ site: { feeds: { ...aSite().feeds, entries: 2 } } });
    await publishAll(world, "old", names("t", 21), 3);
    await publish(world, "new", names("t", 21).slice(1), 5000);
    await publish(world, "newer", names("t", 21).slice(1), 5001);
    expect(await linksIn(world, "index.html")).not.toContain("categories/t000/");
  });

  test("names a category without a feed as a word, and one with a feed as a link", async () => {
    const world = await aFullBlog();
    await publish(world, "one", ["late", "a000"], 9999);
    for (const file of ["index.html", "categories/a000/index.html"]) {
      const page = await textOf(world, file);
      expect(page).toContain('<span class="p-category">late</span>');
      expect(page).toContain('<a class="p-category" href="https://feeds.example.com/categories/a000/">a000</a>');
    }
  });

  test("of the archive links to no category once they are many: whether one has a feed changes later", async () => {
    const world = await aBlog();
    await publish(world, "one", ["late", "a000"]);
    expect(await textOf(world, "archive/1.html")).toContain('href="https://feeds.example.com/categories/late/"');
    await publishAll(world, "more", names("t", 100));
    await settle(world);
    expect(await textOf(world, "archive/1.html")).toContain('<span class="p-category">t000</span>');
    expect(await textOf(world, "archive/1.html")).not.toContain("/categories/");
  });

  test("of a language names its own", async () => {
    const world = await aBlog();
    world.write("hallo.md", aDocument({ title: "Hallo", lang: "de", categories: names("t", 22) }));
    await world.ingest("hallo.md");
    await world.sweep();
    const links = await linksIn(world, "languages/de/index.html");
    expect(links).toContain("languages/de/categories/");
    expect(await textOf(world, "languages/de/index.html")).toContain("Alle Themen (22)");
    expect(await linksIn(world, "languages/de/categories/index.html")).toHaveLength(22);
  });
});
