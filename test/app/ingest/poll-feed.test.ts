import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { day, hour, minute } from "../../../src/domain/time.ts";
import { feedsInProcess } from "../../../src/parsing/parsers-in-process.ts";
import type { FeedParsers } from "../../../src/ports/content.ts";
import { start } from "../../support/builders.ts";
import { aFeedWorld, type Reply, type WrittenEntry } from "../../support/feed-server.ts";

type FeedWorld = Awaited<ReturnType<typeof aFeedWorld>>;

const polled = async (site = {}) => {
  const world = await aFeedWorld(site);
  world.answers(world.rss("c b a"));
  expect(await world.poll()).toEqual(["created /c/", "created /b/", "created /a/"]);
  return world;
};

/** Returns the names of the posts that are not deleted: `a b c`. */
const names = async (world: FeedWorld) =>
  (await world.posts())
    .map(({ url }) => new URL(url).pathname.replaceAll("/", ""))
    .toSorted()
    .join(" ");

test("the entries of a feed become posts with their own addresses, guids and dates", async () => {
  const world = await polled();
  expect(await world.posts()).toMatchObject(
    ["a", "b", "c"].map((name, index) => ({
      url: `${world.server.url}/${name}/`,
      guid: `${world.server.url}/${name}/`,
      title: name.toUpperCase(),
      html: `<p>The text of ${name} is here.</p>`,
      published: Date.UTC(2026, 1, index + 1, 8),
      source: world.source,
      path: `${world.server.url}/${name}/`,
    })),
  );
});

test("a post of WordPress is in the feeds while its text needs no password", async () => {
  const world = await polled();
  const form = {
    html: '<form action="/wp-login.php?action=postpass" class="post-password-form" method="post"></form>',
  };
  world.answers(
    world.rss([
      { name: "d", title: "Protected: D", ...form },
      { name: "c", title: "Protected: C", ...form },
      { name: "b" },
      { name: "a" },
    ]),
  );
  expect((await world.poll()).filter((result) => !result.startsWith("unchanged"))).toEqual(["page /d/", "page /c/"]);
  expect(await names(world)).toBe("a b");
  expect(await world.poll()).toEqual([]);
  world.answers(world.rss("d c b a"));
  expect((await world.poll()).filter((result) => !result.startsWith("unchanged"))).toEqual([
    "created /d/",
    "updated /c/",
  ]);
  expect(await names(world)).toBe("a b c d");
});

test("an episode of a podcast is a post with its recording", async () => {
  const world = await aFeedWorld();
  const enclosure = `<enclosure url="${world.server.url}/a.mp3" type="audio/mpeg" length="123"/>`;
  world.answers(world.rss("a").replace("</item>", `${enclosure}</item>`));
  await world.poll();
  expect((await world.post("a")).attachment).toEqual({
    url: `${world.server.url}/a.mp3`,
    mediaType: "audio/mpeg",
    length: 123,
  });
});

describe("a post is one post, whatever the feed does:", () => {
  const quirks: readonly (readonly [
    string,
    (world: FeedWorld) => string | Uint8Array | Reply | ((path: string) => Reply),
  ])[] = [
    ["it stays the same", ({ rss }) => rss("c b a")],
    ["it is sorted in another way", ({ rss }) => rss("a c b")],
    ["it has an entry twice", ({ rss }) => rss("c c b b a a")],
    ["it is in gzip", ({ rss }) => ({ body: gzipSync(rss("c b a")), headers: { "content-encoding": "gzip" } })],
    ["it is in gzip, and no header says so", ({ rss }) => gzipSync(rss("c b a"))],
    [
      "its header names another encoding",
      ({ rss }) => ({ body: rss("c b a"), headers: { "content-type": "text/xml; charset=iso-8859-1" } }),
    ],
    ["its dates lose their zone", ({ rss }) => rss("c b a").replaceAll(" GMT", "")],
    ["its links become relative", ({ rss, server }) => rss("c b a").replaceAll(`<link>${server.url}`, "<link>")],
    [
      "its guids become https",
      ({ rss, server }) =>
        rss("c b a").replaceAll(`<guid>http://`, "<guid>https://").replaceAll(server.url, server.url),
    ],
    ["its guids are made anew", ({ rss }) => rss("c b a").replaceAll(/<guid>[^<]*\//g, (guid) => `${guid}?v=2`)],
    [
      "its guids are all the same",
      ({ rss }) => rss("c b a").replaceAll(/<guid>[^<]*/g, "<guid>https://blog.example.com/"),
    ],
    ["its guids disappear", ({ rss }) => rss("c b a").replaceAll(/<guid>[^<]*<\/guid>/g, "")],
    [
      "its links carry a campaign",
      ({ rss }) => rss("c b a").replaceAll(/\/<\/(link|guid)>/g, "/?utm_source=rss&amp;utm_medium=feed</$1>"),
    ],
    ["its links lose their last slash", ({ rss }) => rss("c b a").replaceAll("/</link>", "</link>")],
    [
      "its links change, and its guids stay",
      ({ rss }) => rss("c b a").replaceAll(/<link>([^<]*)\/<\/link>/g, "<link>$1-renamed/</link>"),
    ],
    ["it is suddenly one entry", ({ rss }) => rss("c")],
    ["it is suddenly its oldest entry", ({ rss }) => rss("a")],
    ["it is suddenly empty", ({ rss }) => rss("")],
    ["it ends in the middle", ({ rss }) => rss("c b a").slice(0, -150)],
    [
      "it is a login page",
      () => ({ body: "<!doctype html><title>Log in</title>", headers: { "content-type": "text/html" } }),
    ],
    [
      "it is an error in JSON",
      () => ({ body: '{"error":"rate limited"}', headers: { "content-type": "application/json" } }),
    ],
    ["it is nothing", () => ""],
    ["it fails", () => ({ status: 500 })],
    ["it is not there", () => ({ status: 404 })],
    ["it is gone for good", () => ({ status: 410 })],
    ["it redirects to itself", () => ({ status: 301, headers: { location: "/feed" } })],
    ["it answers 304 unasked", () => ({ status: 304 })],
    [
      "it moves",
      ({ rss }) =>
        (path) =>
          path === "/feed" ? { status: 301, headers: { location: "/feed/new" } } : { body: rss("c b a") },
    ],
    [
      "it becomes Atom",
      ({ server }) =>
        `<feed xmlns="http://www.w3.org/2005/Atom">${["c", "b", "a"].map((name) => `<entry><id>tag:x,${name}</id><title>${name.toUpperCase()}</title><link href="${server.url}/${name}/"/><published>2026-02-0${name.charCodeAt(0) - 96}T08:00:00Z</published><updated>2026-02-10T08:00:00Z</updated></entry>`).join("")}</feed>`,
    ],
  ];

  test.each(quirks)("%s", async (_, change) => {
    const world = await polled();
    const before = new Map((await world.posts()).map(({ id, published }) => [id, published]));
    world.answers(change(world));
    for (const result of [...(await world.poll()), ...(await world.poll())])
      expect(result).toMatch(/^updated|^unchanged/);
    expect(new Map((await world.posts()).map(({ id, published }) => [id, published]))).toEqual(before);
    world.answers(world.rss("d c b a"));
    world.turn(day);
    expect((await world.poll()).filter((result) => result.startsWith("created"))).toEqual(["created /d/"]);
    expect(await names(world)).toBe("a b c d");
  });
});

test("a feed that moves to another domain keeps its posts, where the paths of the pages stay", async () => {
  const world = await aFeedWorld({ url: "https://blog.example.com/" });
  const here = world.rss("b a");
  world.answers(here.replaceAll(world.server.url, "https://blog.example.com"));
  await world.poll();
  const ids = (await world.posts()).map(({ id }) => id);
  world.answers(here.replaceAll("<guid>", "<guid>new:"));
  expect(await world.poll()).toEqual(["updated /b/", "updated /a/"]);
  expect((await world.posts()).map(({ id }) => id)).toEqual(ids);
});

describe("an entry that is no longer in the feed", () => {
  test("stays a post, where it made room for newer ones", async () => {
    const world = await polled();
    world.answers(world.rss("e d c"));
    expect(await world.poll()).toEqual(["created /e/", "created /d/"]);
    expect(await names(world)).toBe("a b c d e");
    expect(world.requests().filter((request) => request.startsWith("HEAD"))).toEqual([]);
  });

  test.each([404, 410])("is deleted, where it is newer than the oldest one and its page answers %i", async (status) => {
    const world = await polled();
    world.pages.set("/b/", status);
    world.answers(world.rss("c a"));
    expect(await world.poll()).toEqual(["deleted /b/"]);
    expect(await names(world)).toBe("a c");
  });

  test("stays a post, where its page is there, which is asked once", async () => {
    const world = await polled();
    world.answers(world.rss("c a"));
    await world.poll();
    world.answers(world.rss("d c a"));
    await world.poll();
    expect(await names(world)).toBe("a b c d");
    expect(world.requests().filter((request) => request === "HEAD /b/")).toHaveLength(1);
  });

  test("is asked again while its page does not answer, even if the feed does not change", async () => {
    const world = await polled();
    world.pages.set("/b/", 503);
    world.answers((_, headers) =>
      headers["if-none-match"] === undefined ? { body: world.rss("c a"), headers: { etag: '"1"' } } : { status: 304 },
    );
    await world.poll();
    expect(await names(world)).toBe("a b c");
    world.pages.set("/b/", 404);
    expect(await world.poll()).toEqual(["deleted /b/"]);
  });

  test("is not asked where the feed ends in the middle", async () => {
    const world = await polled();
    world.pages.set("/b/", 404);
    world.answers(world.rss("c a b").split("<item><title>B")[0] ?? "");
    await world.poll();
    expect(await names(world)).toBe("a b c");
  });

  test("returns as the same post", async () => {
    const world = await polled();
    const id = (await world.post("b")).id;
    world.pages.set("/b/", 404);
    world.answers(world.rss("c a"));
    await world.poll();
    world.answers(world.rss("c b a"));
    await world.poll();
    expect((await world.post("b")).id).toBe(id);
    expect(await names(world)).toBe("a b c");
  });

  test("waits for a person, where more than a few left at once", async () => {
    const world = await aFeedWorld();
    world.answers(world.rss("h g f e d c b a"));
    await world.poll();
    for (const name of "bcdefgh") world.pages.set(`/${name}/`, 404);
    world.answers(world.rss("a"));
    await world.poll();
    expect((await names(world)).split(" ")).toHaveLength(3);
    expect(world.alarms.filter((alarm) => alarm.startsWith("deletion-waits"))).toHaveLength(2);
    world.answers(world.rss("h g f e d c b a"));
    await world.poll();
    expect(await names(world)).toBe("a b c d e f g h");
  });

  test("is deleted, where the feed names it as deleted (RFC 6721)", async () => {
    const world = await polled();
    const tombstones = ["a", "unknown"].map(
      (name) => `<at:deleted-entry ref="${world.server.url}/${name}/" when="2026-03-01T08:00:00Z"/>`,
    );
    world.answers(world.rss("c b", tombstones.join("")));
    expect(await world.poll()).toEqual(["deleted /a/"]);
    expect(await names(world)).toBe("b c");
    expect(world.requests().filter((request) => request.startsWith("HEAD"))).toEqual([]);
  });

  test("is not deleted, where it is in the feed and named as deleted", async () => {
    const world = await polled();
    world.answers(world.rss("c b a", `<at:deleted-entry ref="${world.server.url}/a/"/>`));
    await world.poll();
    expect(await names(world)).toBe("a b c");
  });
});

describe("an entry whose address and guid change", () => {
  const html = "<p>A text that is long enough to be known again, in which more than ten words are the same.</p>";
  const renamed = (name: string, text = html) => ({ name, html: text, date: "Mon, 02 Feb 2026 08:00:00 GMT" });

  test("is the same post, by its date and nine tenths of its text", async () => {
    const world = await aFeedWorld();
    world.answers(world.rss([renamed("b"), { name: "a" }]));
    await world.poll();
    const { id } = await world.post("b");
    world.pages.set("/b/", 404);
    world.answers(world.rss([renamed("better", html.replace("known", "recognised")), { name: "a" }]));
    expect(await world.poll()).toEqual(["updated /better/"]);
    expect(await world.post("better")).toMatchObject({ id, guid: `${world.server.url}/better/` });
    expect(await names(world)).toBe("a better");
    expect(await world.poll()).toEqual([]);
  });

  test("is another post, where the old one is still in the feed, once that is certain", async () => {
    const world = await aFeedWorld();
    world.answers(world.rss([renamed("b")]));
    await world.poll();
    await world.sweep();
    const both = { body: world.rss([renamed("better"), renamed("b")]), headers: { etag: '"1"' } };
    world.answers((_, headers) => (headers["if-none-match"] === undefined ? both : { status: 304 }));
    expect(await world.poll()).toEqual(["refused /better/"]);
    expect(await world.poll()).toEqual(["created /better/"]);
    expect(await names(world)).toBe("b better");
  });
});

describe("a changed entry", () => {
  test("changes its post", async () => {
    const world = await polled();
    world.answers(world.rss([{ name: "c" }, { name: "b", title: "Better" }, { name: "a" }]));
    expect(await world.poll()).toEqual(["updated /b/"]);
    expect(await world.post("b")).toMatchObject({ title: "Better" });
  });

  test("is the same, where only the date of its last change is new: some generators set it with every build", async () => {
    const world = await aFeedWorld();
    const atom = (updated: string) =>
      `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>A</title><link href="${world.server.url}/a/"/><published>2026-02-01T08:00:00Z</published><updated>${updated}</updated></entry></feed>`;
    world.answers(atom("2026-02-01T08:00:00Z"));
    await world.poll();
    const before = await world.posts();
    world.answers(atom("2026-02-02T08:00:00Z"));
    expect(await world.poll()).toEqual([]);
    expect(await world.posts()).toEqual(before);
  });

  test("keeps the date of its post, where it has none of its own", async () => {
    const world = await aFeedWorld();
    const undated = (title: string) =>
      world.rss([{ name: "b", title }, { name: "a" }]).replaceAll(/<pubDate>[^<]*<\/pubDate>/g, "");
    world.answers(undated("B"));
    await world.poll();
    const { published } = await world.post("b");
    expect(published - (await world.post("a")).published).toBe(1000);
    world.answers(undated("Better"));
    await world.poll();
    expect(await world.post("b")).toMatchObject({ title: "Better", published });
  });
});

describe("an entry that cannot become a post", () => {
  test("is refused alone, and is read again when it has changed", async () => {
    const world = await aFeedWorld();
    world.answers(world.rss("b a").replace(/<link>[^<]*<\/link><guid>[^<]*<\/guid>/, "<guid>tag:1</guid>"));
    expect(await world.poll()).toEqual(["refused /feed", "created /a/"]);
    expect(await world.app.refused()).toEqual([]);
    world.answers(world.rss("b a"));
    expect(await world.poll()).toEqual(["created /b/"]);
  });

  test("has the address of another one, and is tried again", async () => {
    const world = await aFeedWorld();
    const one = { name: "a", guid: "1" };
    const other = { ...one, guid: "2", title: "Another", date: "Sun, 08 Feb 2026 08:00:00 GMT" };
    world.answers(world.rss([one, other]));
    expect(await world.poll()).toEqual(["created /a/", "refused /a/"]);
    expect(await names(world)).toBe("a");
    expect(await world.poll()).toEqual(["refused /a/"]);
  });
});

describe("a poll", () => {
  test("sends the validators of the last one", async () => {
    const world = await aFeedWorld();
    const validators = { etag: '"1"', "last-modified": "Sun, 01 Mar 2026 08:00:00 GMT" };
    world.answers((_, headers) =>
      headers["if-none-match"] === '"1"' && headers["if-modified-since"] === validators["last-modified"]
        ? { status: 304 }
        : { body: world.rss("a"), headers: validators },
    );
    expect(await world.poll()).toEqual(["created /a/"]);
    expect(await world.poll()).toEqual([]);
    expect(await world.state()).toMatchObject({ failures: 0, problem: undefined });
  });

  test("reads every entry again, where the settings of the site have changed", async () => {
    const world = await aFeedWorld();
    world.answers((_, headers) =>
      headers["if-none-match"] === undefined ? { body: world.rss("a"), headers: { etag: '"1"' } } : { status: 304 },
    );
    await world.poll();
    world.configure({ timeZone: "Europe/Berlin" });
    expect(await world.poll()).toEqual(["updated /a/"]);
  });

  test("after a release that reads the feed otherwise edits no copy, and a later one with another text does", async () => {
    const world = await aFeedWorld();
    const readAsBefore: FeedParsers["readFeed"] = async (feed) => {
      const read = await feedsInProcess.readFeed(feed);
      if (read.kind === "no-feed") return read;
      const entries = read.feed.entries.map((entry) => ({ ...entry, categories: [] }));
      return { ...read, feed: { ...read.feed, entries } };
    };
    const feed = (html: string) =>
      world
        .rss([{ name: "b", html, date: new Date(world.clock()).toUTCString() }])
        .replace("</item>", "<category>Press</category></item>");
    const pollAndSend = async (body: string) => {
      world.answers(body);
      const seen = await world.poll();
      await world.sweep();
      world.turn(hour);
      await world.sweep();
      return seen;
    };
    world.answers(world.rss("a"));
    await world.poll();
    world.parseWith({ readFeed: readAsBefore });
    const first = feed("<p>One.</p>");
    await pollAndSend(first);
    expect(world.paper.requests).toHaveLength(1);

    // The network's text would be another one with the categories.
    world.paper.template.now = " #Press";
    world.parseWith({});
    world.configure({ timeZone: "Europe/Berlin" });
    expect(await pollAndSend(first)).toEqual(["updated /b/"]);
    expect((await world.post("b")).categories).toEqual([{ name: "Press" }]);
    expect(await pollAndSend(first)).toEqual([]);
    expect(world.paper.requests).toHaveLength(1);

    expect(await pollAndSend(feed("<p>Two.</p>"))).toEqual(["updated /b/"]);
    expect(world.paper.requests).toHaveLength(2);
  });

  test("is due after five minutes, or after what the feed and its server ask for, at most an hour", async () => {
    const world = await aFeedWorld();
    const waits = async (reply: Reply) => {
      world.answers(reply);
      await world.poll();
      return ((await world.state())?.next ?? 0) - world.clock();
    };
    expect(await waits({ body: world.rss("a") })).toBe(5 * minute);
    expect(await waits({ body: world.rss("a", "<ttl>20</ttl>") })).toBe(20 * minute);
    expect(await waits({ body: world.rss("a"), headers: { "cache-control": "max-age=1800" } })).toBe(30 * minute);
    expect(await waits({ body: world.rss("a", "<ttl>1440</ttl>") })).toBe(hour);
  });

  test("of thousands of entries reads the first ones, says so, and asks for none of the others", async () => {
    const world = await polled();
    const before = world.requests().length;
    world.answers(world.rss(`${"c ".repeat(5_000)}b a`));
    await world.poll();
    expect(await world.state()).toMatchObject({
      failures: 0,
      problem: "it has 5002 entries, of which the first 5000 are read",
    });
    expect(await names(world)).toBe("a b c");
    expect(world.requests().slice(before)).toEqual(["GET /feed"]);
  });

  test("that is not due asks nothing", async () => {
    const world = await polled();
    const before = world.requests().length;
    world.turn(-hour + 4 * minute);
    await world.poll();
    expect(world.requests()).toHaveLength(before);
  });

  test("of two workers at once is one", async () => {
    const world = await aFeedWorld();
    world.answers(world.rss("a"));
    await Promise.all([world.poll(), world.poll()]);
    expect(world.requests()).toEqual(["GET /feed"]);
  });

  test("that fails waits longer each time, and at least as long as the server asks", async () => {
    const world = await polled();
    const waits = async (reply: Reply) => {
      world.answers(reply);
      world.turn(day);
      await world.poll();
      return ((await world.state())?.next ?? 0) - world.clock();
    };
    expect(await waits({ status: 500 })).toBe(5 * minute);
    expect(await waits({ status: 500 })).toBe(10 * minute);
    expect(await waits({ status: 503, headers: { "retry-after": "7200" } })).toBe(2 * hour);
    expect(await waits({ status: 410 })).toBe(day);
    expect(await waits({ body: world.rss("c b a") })).toBe(5 * minute);
    expect(await world.state()).toMatchObject({ failures: 0, problem: undefined });
  });

  test("that fails five times in a row raises an alarm that names the address and the reason", async () => {
    const world = await polled();
    world.answers("<!doctype html><title>Log in</title>");
    for (let times = 0; times < 6; times += 1) {
      world.turn(day);
      await world.poll();
    }
    expect(world.alarms).toEqual([
      `ingest: the feed ${world.server.url}/feed could not be read: it is a page, not a feed. It has failed 5 times in a row.`,
    ]);
  });

  test("follows a feed that moved for good, and returns to the configured address where the new one fails", async () => {
    const world = await polled();
    const moves = (path: string): Reply =>
      path === "/feed" ? { status: 301, headers: { location: "/feed/new" } } : { body: world.rss("c b a") };
    world.answers(moves);
    await world.poll();
    await world.poll();
    expect(world.requests().slice(-2)).toEqual(["GET /feed/new", "GET /feed/new"]);
    world.answers((path) => (path === "/feed" ? { body: world.rss("d c b a") } : { status: 404 }));
    await world.poll();
    expect(await world.poll()).toEqual(["created /d/"]);
  });

  test("does not follow a temporary redirect the next time", async () => {
    const world = await polled();
    world.answers((path) =>
      path === "/feed" ? { status: 302, headers: { location: "/feed/new" } } : { body: world.rss("c b a") },
    );
    await world.poll();
    await world.poll();
    expect(world.requests().slice(-2)).toEqual(["GET /feed", "GET /feed/new"]);
  });

  test("refuses the feed that Crier itself writes for the site", async () => {
    const world = await aFeedWorld();
    world.answers(world.rss([{ name: "a", guid: "tag:blog.example.com,2026:blog/0123456789" }]));
    await world.poll();
    expect(await names(world)).toBe("");
    expect((await world.state())?.problem).toBe(
      "it is the feed that Crier writes for this site: name the feed that the site itself has",
    );
  });
});

describe("a feed whose address leads to Crier's own after a move", () => {
  const problem = "it is the feed that Crier writes for this site: name the feed that the site itself has";
  test.each(["feed.xml", "atom.xml", "feed.json"])("is not read: %s", async (file) => {
    const world = await aFeedWorld();
    world.answers(world.rss("a b"));
    await world.poll();
    await world.sweep();
    const own = new TextDecoder().decode((await world.objects.read(file))?.bytes);
    world.answers({ body: own });
    await world.poll();
    expect((await world.state())?.problem).toBe(problem);
    expect(await names(world)).toBe("a b");
  });
});

describe("what the feed held at its first poll", () => {
  test("is history, and what comes later is announced", async () => {
    const world = await aFeedWorld();
    world.answers(world.rss([{ name: "a", date: new Date(start).toUTCString() }]));
    await world.poll();
    world.answers(
      world.rss([
        { name: "b", date: new Date(start).toUTCString() },
        { name: "a", date: new Date(start).toUTCString() },
      ]),
    );
    await world.poll();
    expect([(await world.post("a")).history, (await world.post("b")).history]).toEqual([true, false]);
  });

  test("is history too, where it was nothing", async () => {
    const world = await aFeedWorld();
    world.answers(world.rss(""));
    await world.poll();
    world.answers(world.rss("a"));
    await world.poll();
    expect((await world.post("a")).history).toBe(false);
  });

  test("is what the first poll found that did not fail", async () => {
    const world = await aFeedWorld();
    world.answers({ status: 500 });
    await world.poll();
    world.answers(world.rss("a"));
    await world.poll();
    expect((await world.post("a")).history).toBe(true);
  });
});

describe("beside a folder of the same site", () => {
  const document = (server: { readonly url: string }) =>
    `---\ntitle: A\ndate: 2026-02-01\ncanonical: ${server.url}/a/\n---\nThe text of a.\n`;

  test("the same address is the same post, which stays the folder's", async () => {
    const world = await aFeedWorld();
    world.write("a.md", document(world.server));
    await world.ingest("a.md");
    world.answers(world.rss("b a"));
    expect(await world.poll()).toEqual(["created /b/", "unchanged /a/"]);
    expect(await names(world)).toBe("a b");
    expect(await world.post("a")).toMatchObject({ source: "folder", path: "a.md" });
  });

  test("the same address is the same post, which stays the feed's", async () => {
    const world = await polled();
    const { id } = await world.post("a");
    world.write("a.md", document(world.server));
    await world.ingestBeside("a.md");
    expect(await world.post("a")).toMatchObject({ id, source: world.source });
  });

  test("a post of a folder that is no longer configured goes on as the feed's", async () => {
    const world = await aFeedWorld();
    world.write("a.md", document(world.server));
    await world.ingest("a.md");
    const { id } = await world.post("a");
    world.erase("a.md");
    world.answers(world.rss("a"));
    await world.poll();
    expect(await world.post("a")).toMatchObject({ id, source: world.source });
    expect(await names(world)).toBe("a");
  });
});

test("the state of a feed says when it was polled, what it answered, when it is next, and what is wrong", async () => {
  const world = await aFeedWorld();
  const poll = async () => (await world.sources())[1]?.poll;
  expect(await poll()).toMatchObject({ polled: undefined, answer: undefined, next: undefined, entries: 0 });

  const etag = { etag: '"1"' };
  world.answers({ body: world.rss("b a"), headers: etag });
  await world.poll();
  const read = { url: `${world.server.url}/feed`, entries: 2, failures: 0, problem: undefined };
  expect(await poll()).toEqual({ ...read, polled: world.clock(), answer: "entries", next: world.clock() + 5 * minute });
  world.answers({ status: 304, headers: etag });
  await world.poll();
  expect(await poll()).toMatchObject({ ...read, polled: world.clock(), answer: "unchanged" });
  world.answers({ status: 503 });
  await world.poll();
  expect(await poll()).toMatchObject({
    answer: "failed",
    failures: 1,
    problem: expect.stringContaining("503"),
    entries: 2,
  });
});

describe("entries with one page and different fragments", () => {
  const part = (world: FeedWorld, name: string): WrittenEntry => ({
    name,
    link: `${world.server.url}/releases/#v${name}`,
    guid: `urn:release:${name}`,
  });

  test("are posts of their own, also one that comes alone later, and are named by the fragment", async () => {
    const world = await aFeedWorld();
    world.answers(world.rss([part(world, "b"), part(world, "a")]));
    expect(await world.poll()).toEqual(["created /releases/", "created /releases/"]);
    world.answers(world.rss([part(world, "c")]));
    expect(await world.poll()).toEqual(["created /releases/"]);
    expect((await world.posts()).map(({ url, title, address }) => [url, title, address])).toEqual(
      ["a", "b", "c"].map((name) => [
        `${world.server.url}/releases/#v${name}`,
        name.toUpperCase(),
        `releases#v${name}`,
      ]),
    );
    const { url = "" } = (await world.posts())[1] ?? {};
    for (const name of [url, "releases/#vb", "releases#vb"])
      expect(await world.app.status(name)).toMatchObject({ title: "B" });
  });

  test("stay the same posts", async () => {
    const world = await aFeedWorld();
    world.answers(world.rss([part(world, "b"), part(world, "a")]));
    await world.poll();
    world.answers(world.rss([part(world, "b"), { ...part(world, "a"), title: "A2" }]));
    expect(await world.poll()).toEqual(["updated /releases/"]);
    world.answers(world.rss([{ ...part(world, "b"), guid: "urn:new" }, part(world, "a")]));
    await world.poll();
    expect(await world.posts()).toHaveLength(2);
  });
});

test("a fragment that no other entry of the page has is not part of its address", async () => {
  const world = await aFeedWorld();
  const marked = (mark: string) => world.rss([{ name: "a", link: `${world.server.url}/a/#${mark}`, guid: "urn:a" }]);
  world.answers(marked("atom-everything"));
  await world.poll();
  expect(await world.posts()).toMatchObject([{ url: `${world.server.url}/a/`, address: "a" }]);
  world.answers(marked("atom-blog"));
  expect(await world.poll()).toEqual([]);
  expect(await world.app.status(`${world.server.url}/a/#elsewhere`)).toMatchObject({ title: "A" });
});

test("what is behind #/ and #! is always another page", async () => {
  const world = await aFeedWorld();
  world.answers(world.rss([{ name: "a", link: `${world.server.url}/#/posts/a`, guid: "urn:a" }]));
  await world.poll();
  expect(await world.posts()).toMatchObject([{ url: `${world.server.url}/#/posts/a`, address: "#/posts/a" }]);
});
