import { parseDocument } from "../../src/documents/parse-document.ts";
import { parseEntry } from "../../src/documents/parse-entry.ts";
import { entryId } from "../../src/domain/feed.ts";
import type { PostContent } from "../../src/domain/post.ts";
import { snippetFor } from "../../src/domain/snippet.ts";
import { readFeed } from "../../src/feed-reader/read-feed.ts";
import { formats } from "../../src/feeds/index.ts";
import { networks } from "../../src/networks/index.ts";
import type { Parsed } from "../../src/ports/content.ts";
import { atomEntry, jsonFeed, rssItem } from "../feed-reader/reading.ts";
import { aFeed, aPost, aSite } from "../feeds/builders.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";

const site = aSite();
const accounts = networks.map(({ name }) => aConfiguredAccount({ name, network: name }));

/** The snippets for each network. */
const announce = (content: PostContent): void => {
  for (const [at, network] of networks.entries()) {
    const account = accounts[at];
    if (account !== undefined) network.compose(snippetFor(content, account, 0), account);
  }
};

/** The entry in each format. */
const show = (content: PostContent): void => {
  const published = content.published ?? 0;
  const post = aPost({ ...content, published, updated: content.updated ?? published });
  const feed = aFeed({ entries: [{ id: entryId(site, post), post, updated: post.updated }] });
  formats.gate(formats.render(feed), feed);
};

type Follow = (content: PostContent) => void;

const follow = (parsed: Parsed, next: Follow): void => {
  if (parsed.kind === "post") next(parsed.content);
  if (parsed.kind === "refused" && parsed.reasons.some(({ code }) => code === "body-unreadable"))
    throw new Error(parsed.reasons.map(({ message }) => message).join(" "));
};

const document = (text: string, next: Follow, path = "a.md"): void =>
  follow(parseDocument(new TextEncoder().encode(text), path, site), next);

const withFields = (fields: Readonly<Record<string, unknown>>): string =>
  `---json\n${JSON.stringify({ title: "A", date: "2026-01-02", ...fields })}\n---\nx`;

const feed = (text: string, next: Follow): void => {
  const read = readFeed({
    url: "https://a.example/feed.xml",
    contentType: undefined,
    body: new TextEncoder().encode(text),
  });
  for (const entry of read.kind === "feed" ? read.feed.entries.slice(0, 20) : [])
    follow(parseEntry({ entry, known: undefined, seen: 0 }, site), next);
};

const head = "title: A\ndate: 2026-01-02";

/** At most 64 KiB of front matter are read, and each of its texts may have half of that length in one document. */
const texts =
  "summary image imageAlt imageCredit author categories slug canonical permalink language readingTime updated guid".split(
    " ",
  );

const part = (text: string, share: number): string => text.slice(0, Math.floor(text.length * share)).toWellFormed();

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/**
 * Each path takes a text of any length. `publish` handles the result of reading, and `send` the result that is mainly
 * for the networks.
 */
const pathsTo = (publish: Follow, send: Follow): Readonly<Record<string, (text: string) => void>> => ({
  "the body of a document": (text) => document(`---\n${head}\n---\n${text}`, publish),
  "the body of an MDX document": (text) => document(`---\n${head}\n---\n${text}`, publish, "a.mdx"),
  // It ends with a letter: a text that is cut after a colon would be a key at one length, and a refused date at another.
  "the front matter of a document": (text) => document(`---\n${head}\n${part(text, 0.7)}x\n---\nx`, publish),
  "a text for the networks": (text) => document(withFields({ socialShare: part(text, 0.35) }), send),
  "title, summary and categories for the networks": (text) => {
    const share = part(text, 0.15);
    document(withFields({ title: share, summary: share, categories: [share], image: "/a.png", imageAlt: share }), send);
  },
  "the fields of a document": (text) => {
    for (const name of texts) document(withFields({ image: "/a.png", [name]: part(text, 0.35) }), publish);
  },
  "a document without front matter": (text) => document(text, publish),
  "the texts of an entry of RSS": (text) =>
    feed(
      rssItem(
        `<link>https://a.example/b/</link><title>${escaped(part(text, 0.2))}</title><author>${escaped(part(text, 0.2))}</author>
<description>${escaped(part(text, 0.3))}</description><content:encoded><![CDATA[<p>b</p>${text.replaceAll("]]>", "")}]]></content:encoded>`,
      ),
      publish,
    ),
  "the markup of a feed": (text) => {
    feed(rssItem(`<link>https://a.example/b/</link><description>${text}</description>`), publish);
    feed(
      atomEntry(`<link href="https://a.example/b/"/><title>A</title><content type="xhtml">${text}</content>`),
      publish,
    );
  },
  "an entry of JSON Feed": (text) =>
    feed(
      jsonFeed({
        id: "1",
        url: "https://a.example/b/",
        // It is a post at every length: one without a visible title or text is refused, which takes little time.
        title: `A ${part(text, 0.3)}`,
        summary: part(text, 0.3),
        content_html: text,
        date_published: part(text, 0.1),
        tags: [part(text, 0.1)],
        authors: [{ name: part(text, 0.1) }],
      }),
      publish,
    ),
  "bytes that are no feed": (text) => feed(text, publish),
});

const publishWhole: Follow = (content) => {
  announce(content);
  show(content);
};

/** The paths from bytes to the texts that are sent and shown. */
export const wholePaths = pathsTo(publishWhole, publishWhole);

/**
 * The same readers. A result that is not mainly for the networks is only shown. Texts for the networks are cut before.
 */
export const firstPaths = pathsTo(show, announce);
