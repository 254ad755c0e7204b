import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { type AMachine, aFolderWith, clear, startIn } from "../support/machine.ts";
import { documentsOf, type OldFeed, oldFeeds } from "./old-feeds.ts";
import { installPrograms } from "./programs.ts";
import { aQuietMachine } from "./quiet-machine.ts";
import { feedparser } from "./readers/feedparser.ts";
import { startMiniflux } from "./readers/miniflux.ts";
import { newsboat } from "./readers/newsboat.ts";
import { files, type Reader, type Subscription } from "./readers/reader.ts";

/** How Crier gets the posts: it polls the feed that is there, or reads documents that have the ids of that feed. */
const ways = ["polls the old feed", "reads documents with its ids"] as const;
type Way = (typeof ways)[number];

/** Where the ids are addresses, documents have them anyway. */
const cases = oldFeeds.flatMap((feed) =>
  (feed.hasAddresses ? ways.slice(0, 1) : ways).map((way) => ({
    generator: feed.generator,
    format: feed.format,
    way,
    feed,
  })),
);
const pathOf = ({ generator, format }: OldFeed, way: Way, reader: string): string =>
  `/${generator}/${format}/${ways.indexOf(way)}/${reader}`;

const jsonFeed = z.object({
  items: z.array(z.object({ id: z.string(), url: z.string(), title: z.string().optional() })),
});

const itemsOf = async (machine: AMachine) => jsonFeed.parse(await (await machine.get("feed.json")).json()).items;

/** A server that has the feeds of blogs, each at an address that stays the same when another feed takes its place. */
const startBlogs = async () => {
  const feeds = new Map<string, string>();
  const server = createServer(({ url = "" }, response) => {
    const feed = [...feeds].find(([path]) => url.startsWith(path))?.[1];
    response.writeHead(feed === undefined ? 404 : 200, { "content-type": "application/xml" }).end(feed);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    put: (path: string, feed: string): void => void feeds.set(path, feed),
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
};

const before = "2027-01-01";

/** In the sandbox the entries of the first poll are announced, too. */
const account = { name: "mastodon", network: "mastodon", server: "https://social.example" };

const patiently = { timeout: 60_000, interval: 50 };

// Without apt-get the readers cannot be installed, and the reason is printed.
describe.skipIf(!installPrograms())("where a feed of Crier replaces the one that readers know, nothing is new", () => {
  let blogs: Awaited<ReturnType<typeof startBlogs>>;
  let folder: string;
  const machines = new Map<string, AMachine>();
  let readers: readonly Reader[] = [];
  const subscriptions = new Map<string, Subscription>();

  const aMachineFor = async (feed: OldFeed, way: Way): Promise<AMachine> => {
    if (way === "reads documents with its ids")
      return aQuietMachine(documentsOf(feed), { movedIn: { before, ids: "guid" } });
    const url = `${blogs.url}${pathOf(feed, way, "source")}`;
    blogs.put(new URL(url).pathname, feed.xml);
    return startIn(await aFolderWith([account]), { content: undefined, feed: url });
  };

  beforeAll(async () => {
    blogs = await startBlogs();
    folder = await mkdtemp(join(tmpdir(), "crier-moves-"));
    readers = [feedparser(), await startMiniflux()];
    for (const { way, feed } of cases) {
      const { format, entries } = feed;
      const machine = await aMachineFor(feed, way);
      machines.set(pathOf(feed, way, ""), machine);
      await machine.idle();
      await vi.waitFor(async () => expect(await itemsOf(machine)).toHaveLength(entries.length), patiently);
      await machine.idle();
      const own = await (await machine.get(files[format])).text();
      const all = [...readers, newsboat(await mkdtemp(join(folder, "newsboat-")))];
      const move = async (reader: Reader): Promise<void> => {
        const path = pathOf(feed, way, reader.name);
        blogs.put(path, feed.xml);
        const subscription = await reader.subscribe(format, blogs.url + path);
        expect(await subscription.readNew()).toHaveLength(entries.length);
        blogs.put(path, own);
        await subscription.poll();
        subscriptions.set(path, subscription);
      };
      await Promise.all(all.map(move));
    }
  }, 600_000);
  afterAll(async () => {
    for (const reader of readers) await reader.stop();
    for (const machine of machines.values()) await clear(machine);
    await blogs?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(cases.flatMap((one) => ["newsboat", "miniflux", "feedparser"].map((reader) => ({ ...one, reader }))))(
    "in $reader, which knew the $format of $generator, when Crier $way",
    async ({ way, feed, reader }) => {
      const subscription = subscriptions.get(pathOf(feed, way, reader));
      expect(await subscription?.readNew()).toEqual([]);
      const shown = (await subscription?.entries()) ?? [];
      expect(shown.map(({ link }) => link).toSorted()).toEqual(feed.entries.map(({ url }) => url).toSorted());
      const bodies = new Map(shown.map(({ link, body }) => [link, body]));
      for (const { url, words } of feed.entries) expect(bodies.get(url)).toContain(words);
    },
  );

  test.each(cases)(
    "and the posts of $generator’s $format are what they were, when Crier $way",
    async ({ way, feed }) => {
      const machine = machines.get(pathOf(feed, way, ""));
      const items = machine && (await itemsOf(machine));
      expect(items?.toReversed()).toEqual(
        feed.entries.map(({ id, url, title }) => ({ id, url, ...(title !== undefined && { title }) })),
      );
    },
  );

  test.each(cases.filter(({ way }) => way === "polls the old feed"))(
    "and each post of $generator’s $format is announced once, and a note as it is",
    async ({ way, feed }) => {
      const machine = machines.get(pathOf(feed, way, ""));
      await vi.waitFor(async () => expect(await machine?.sandbox()).toHaveLength(feed.entries.length), patiently);
      const texts = (await machine?.sandbox())?.map(({ text }) => text);
      for (const { title, note } of feed.entries)
        expect(texts).toContainEqual(note ?? expect.stringContaining(`${title}\n`));
    },
  );
});
