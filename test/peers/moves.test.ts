import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type AMachine, aFolderWith, clear, startIn } from "../support/machine.ts";
import { documentsOf, entriesOf, type OldFeed, oldFeeds, oldXml } from "./old-feeds.ts";
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
  (feed.hasAddresses ? ways.slice(0, 1) : ways).map((way) => [feed.generator, way, feed] as const),
);
const pathOf = ({ generator }: OldFeed, way: Way, reader: string): string =>
  `/${generator}/${ways.indexOf(way)}/${reader}`;

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

const patiently = { timeout: 60_000, interval: 50 };

// Without apt-get the readers cannot be installed, and the reason is printed.
describe.skipIf(!installPrograms())("where a feed of Crier replaces the one that readers know, nothing is new", () => {
  let blogs: Awaited<ReturnType<typeof startBlogs>>;
  let folder: string;
  const machines: AMachine[] = [];
  let readers: readonly Reader[] = [];
  const subscriptions = new Map<string, Subscription>();

  const aMachineFor = async (feed: OldFeed, way: Way): Promise<AMachine> => {
    if (way === "reads documents with its ids")
      return aQuietMachine(documentsOf(feed), { movedIn: { before, ids: "guid" } });
    const url = `${blogs.url}${pathOf(feed, way, "source")}`;
    blogs.put(new URL(url).pathname, oldXml(feed));
    return startIn(await aFolderWith([]), { content: undefined, feed: url });
  };

  beforeAll(async () => {
    blogs = await startBlogs();
    folder = await mkdtemp(join(tmpdir(), "crier-moves-"));
    readers = [feedparser(), await startMiniflux()];
    for (const [, way, feed] of cases) {
      const machine = await aMachineFor(feed, way);
      machines.push(machine);
      await machine.idle();
      await vi.waitFor(async () => expect(await machine.titles()).toHaveLength(entriesOf(feed).length), patiently);
      await machine.idle();
      const own = await (await machine.get(files[feed.format])).text();
      const all = [...readers, newsboat(await mkdtemp(join(folder, "newsboat-")))];
      const move = async (reader: Reader): Promise<void> => {
        const path = pathOf(feed, way, reader.name);
        blogs.put(path, oldXml(feed));
        const subscription = await reader.subscribe(feed.format, blogs.url + path);
        expect(await subscription.readNew()).toHaveLength(entriesOf(feed).length);
        blogs.put(path, own);
        await subscription.poll();
        subscriptions.set(path, subscription);
      };
      await Promise.all(all.map(move));
    }
  }, 600_000);
  afterAll(async () => {
    for (const reader of readers) await reader.stop();
    for (const machine of machines) await clear(machine);
    await blogs?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(
    cases.flatMap(([generator, way, feed]) =>
      ["newsboat", "miniflux", "feedparser"].map((reader) => ({ generator, way, feed, reader })),
    ),
  )("in $reader, which knew the feed of $generator, when Crier $way", async ({ way, feed, reader }) => {
    const subscription = subscriptions.get(pathOf(feed, way, reader));
    expect(await subscription?.readNew()).toEqual([]);
    expect(await subscription?.entries()).toHaveLength(entriesOf(feed).length);
  });
});
