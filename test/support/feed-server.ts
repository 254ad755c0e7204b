import type { Ingested } from "../../src/app/results.ts";
import type { Post } from "../../src/domain/post.ts";
import type { Site } from "../../src/domain/site.ts";
import { hour } from "../../src/domain/time.ts";
import { checkEntryPageWith, pollWith } from "../../src/outside/connect-outside.ts";
import type { FeedParsers } from "../../src/ports/content.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { deployedFeed } from "../../src/sources/feed-source.ts";
import { aClient, aServer } from "../outside/loopback.ts";
import { composeTestedApp } from "./app.ts";
import { asFunctions } from "./function-rights.ts";
import { aWorld } from "./world.ts";

/** An entry as a test writes it: `a` is at `/a/`, with the guid of its address. */
export interface WrittenEntry {
  readonly name: string;
  readonly title?: string;
  readonly link?: string;
  readonly guid?: string;
  /** The date as the feed writes it. */
  readonly date?: string;
  readonly html?: string;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

const inXml = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** The second letter of the alphabet was published on the second of March. */
const dateOf = (name: string): string =>
  new Date(Date.UTC(2026, 1, name.charCodeAt(0) - "a".charCodeAt(0) + 1, 8)).toUTCString();

/** A site with a feed at `/feed`, on the loopback, as it may misbehave; and Crier, which polls it. */
export const aFeedWorld = async (site: Partial<Site> = {}) => {
  /** The keys are paths. A path that is missing here is a page that exists. */
  const pages = new Map<string, number>();
  const feed: { reply: (path: string, headers: Readonly<Record<string, unknown>>) => Reply } = { reply: () => ({}) };
  const server = await aServer(({ url = "", headers }, response) => {
    const {
      status = 200,
      headers: sent = {},
      body = "",
    } = /feed/.test(url) ? feed.reply(url, headers) : { status: pages.get(url) ?? 200 };
    response.writeHead(status, sent).end(body);
  });
  const world = await aWorld({ site: { url: `${server.url}/`, ...site } });
  const client = aClient();
  const url = `${server.url}/feed`;
  const source = { ...deployedFeed.open(url), name: `feed:${url}`, site: "blog" };
  const seen: string[] = [];
  const report = (path: string, { result }: Ingested) => void seen.push(`${result} ${new URL(path).pathname}`);
  const settings: { changed: Partial<Site>; parsers: Partial<FeedParsers> } = { changed: {}, parsers: {} };
  const app = () => {
    const parts = world.parts();
    const sites = parts.config.sites.map((one) => ({ ...one, ...settings.changed }));
    return asFunctions(
      composeTestedApp({
        ...parts,
        config: { ...parts.config, sites },
        feedParsers: { ...parts.feedParsers, ...settings.parsers },
        sources: [parts.source, source],
        poll: pollWith(client, systemRuntime.deadline),
        checkEntryPage: checkEntryPageWith(client, systemRuntime.deadline),
        report,
      }),
    );
  };

  const entry = ({ name, title = name.toUpperCase(), link, guid, date = dateOf(name), html }: WrittenEntry): string =>
    `<item><title>${inXml(title)}</title><link>${inXml(link ?? `${server.url}/${name}/`)}</link><guid>${inXml(guid ?? link ?? `${server.url}/${name}/`)}</guid><pubDate>${date}</pubDate><description>${inXml(html ?? `<p>The text of ${name} is here.</p>`)}</description></item>`;
  /** A feed with these entries: names (`"c b a"`), or as they are written. */
  const rss = (entries: string | readonly WrittenEntry[], more = ""): string => {
    const written =
      typeof entries === "string"
        ? entries
            .split(" ")
            .filter(Boolean)
            .map((name) => ({ name }))
        : entries;
    return `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:at="http://purl.org/atompub/tombstones/1.0"><channel><title>A Blog</title><link>${server.url}/</link>${more}${written.map(entry).join("\n")}</channel></rss>`;
  };

  return {
    ...world,
    server,
    pages,
    source: source.name,
    entry,
    rss,
    /** Sets the answer of `/feed`, and of every path with `feed` in it, from now on. */
    answers: (reply: string | Uint8Array | Reply | typeof feed.reply) => {
      feed.reply =
        typeof reply === "function"
          ? reply
          : () => (typeof reply === "string" || reply instanceof Uint8Array ? { body: reply } : reply);
    },
    configure: (changed: Partial<Site>) => {
      settings.changed = changed;
    },
    /** Sets the parsers that read feeds from now on, instead of Crier's own. */
    parseWith: (parsers: Partial<FeedParsers>) => {
      settings.parsers = parsers;
    },
    /** Ingests a document of the folder, with the feed as a second source. */
    ingestBeside: (path: string) => app().ingest("folder", path),
    /** An hour later. The result: what became of which entry. */
    poll: async (): Promise<readonly string[]> => {
      seen.length = 0;
      world.turn(hour);
      await app().poll();
      return [...seen];
    },
    /** The posts that are not deleted, the oldest first. */
    posts: async (): Promise<readonly Post[]> => {
      const { rows } = await world.store.posts.newest("blog");
      return rows.filter(({ gone }) => gone === undefined).toSorted((a, b) => (a.published < b.published ? -1 : 1));
    },
    sources: () => app().sources(),
    state: async () => (await world.store.sourceStates.read("blog", source.name)).feed,
    requests: () => server.requests.map(({ method, url: path }) => `${method} ${path}`),
  };
};
