import { Feed as FeedWriter } from "feed";
import { generateAtomFeed, generateJsonFeed, generateRssFeed } from "feedsmith";
import Rss from "rss";
import type { Feed } from "../src/domain/feed.ts";
import { feeds, formats, makeFormats } from "../src/feeds/index.ts";
import type { Formats, Rendered } from "../src/ports/feeds.ts";

/** A library that writes feeds. */
export interface Writer {
  readonly name: string;
  readonly formats: readonly ("rss" | "atom" | "json")[];
  readonly write: (feed: Feed) => readonly Pick<Rendered, "file" | "text">[];
  /** The ids of the entries that it reports as left out. */
  readonly leftOut?: (feed: Feed) => readonly string[];
}

const feedLibrary: Writer = {
  name: "feed",
  formats: ["rss", "atom", "json"],
  write: ({ entries, site, title, homeUrl, author, updated }) => {
    const writer = new FeedWriter({
      id: homeUrl,
      title,
      description: site.description,
      link: homeUrl,
      author,
      updated: new Date(updated),
    });
    for (const { id, post } of entries)
      writer.addItem({
        id,
        title: post.title,
        link: post.url,
        date: new Date(post.updated),
        published: new Date(post.published),
        content: post.html,
        description: post.summary,
        category: post.categories.map(({ name }) => ({ name, term: name })),
      });
    return [
      { file: "feed.xml", text: writer.rss2() },
      { file: "atom.xml", text: writer.atom1() },
      { file: "feed.json", text: writer.json1() },
    ];
  },
};

const feedsmith: Writer = {
  name: "feedsmith",
  formats: ["rss", "atom", "json"],
  write: ({ entries, site, title, homeUrl, author, updated }) => [
    {
      file: "feed.xml",
      text: generateRssFeed({
        title,
        description: site.description,
        link: homeUrl,
        lastBuildDate: new Date(updated),
        items: entries.map(({ id, post }) => ({
          title: post.title,
          link: post.url,
          guid: { value: id, isPermaLink: false },
          pubDate: new Date(post.published),
          description: post.summary,
          content: { encoded: post.html },
          categories: post.categories.map(({ name }) => ({ name })),
        })),
      }),
    },
    {
      file: "atom.xml",
      text: generateAtomFeed({
        id: homeUrl,
        title: { value: title },
        updated: new Date(updated),
        authors: [{ name: author.name }],
        entries: entries.map(({ id, post }) => ({
          id,
          title: { value: post.title },
          links: [{ href: post.url }],
          updated: new Date(post.updated),
          published: new Date(post.published),
          summary: { value: post.summary },
          content: { value: post.html, type: "html" },
          categories: post.categories.map(({ name }) => ({ term: name })),
        })),
      }),
    },
    {
      file: "feed.json",
      text: JSON.stringify(
        generateJsonFeed({
          title,
          home_page_url: homeUrl,
          description: site.description,
          items: entries.map(({ id, post }) => ({
            id,
            url: post.url,
            title: post.title,
            content_html: post.html,
            summary: post.summary,
            date_published: new Date(post.published),
            date_modified: new Date(post.updated),
            tags: post.categories.map(({ name }) => name),
          })),
        }),
        null,
        2,
      ),
    },
  ],
};

const rss: Writer = {
  name: "rss (RSS alone)",
  formats: ["rss"],
  write: ({ entries, site, title, homeUrl, baseUrl, updated }) => {
    const writer = new Rss({
      title,
      description: site.description,
      site_url: homeUrl,
      feed_url: `${baseUrl}feed.xml`,
      pubDate: new Date(updated),
    });
    for (const { id, post } of entries)
      writer.item({
        guid: id,
        title: post.title,
        url: post.url,
        date: new Date(post.published),
        description: post.summary,
        categories: post.categories.map(({ name }) => name),
        custom_elements: [{ "content:encoded": { _cdata: post.html } }],
      });
    return [{ file: "feed.xml", text: writer.xml({ indent: true }) }];
  },
};

const renderChecked = ({ render, gate }: Formats, feed: Feed): readonly Rendered[] => {
  const rendered = render(feed);
  const [fault] = gate(rendered, feed);
  if (fault !== undefined) throw new Error(`the gate refuses ${fault.file}: ${fault.problem}`);
  return rendered;
};

const readerFormats = makeFormats(feeds);

/** Crier's three formats for feed readers, checked by the gate, as the first render after a start writes them. */
export const writeFirst = (feed: Feed): readonly Rendered[] => renderChecked(makeFormats(feeds), feed);

const entriesAtFault = (feed: Feed): readonly string[] =>
  readerFormats.gate(readerFormats.render(feed), feed).flatMap(({ entry }) => (entry === undefined ? [] : [entry]));

const crier: Writer = {
  name: "crier",
  formats: ["rss", "atom", "json"],
  write: (feed) => {
    const excluded = entriesAtFault(feed);
    return renderChecked(readerFormats, { ...feed, entries: feed.entries.filter(({ id }) => !excluded.includes(id)) });
  },
  leftOut: entriesAtFault,
};

/** Crier's three formats for feed readers, checked by the gate. */
export const writeFeeds = (feed: Feed): readonly Rendered[] => renderChecked(readerFormats, feed);

/** All formats, with the page for people and the OPML. */
export const writeAll = (feed: Feed): readonly Rendered[] => renderChecked(formats, feed);

export const writers: readonly Writer[] = [feedLibrary, crier, feedsmith, rss];
