import * as z from "zod";
import { fit, type Snippet, withTitle } from "../../domain/snippet.ts";
import { minute, second } from "../../domain/time.ts";
import { defineNetwork, isOnThisMachine, serverAddress } from "../define.ts";
import { htmlToMarkdown } from "../html-to-markdown.ts";
import { linkedBy, textSettings, wordingBy } from "../network-text.ts";
import { connectNostr } from "./nostr-api.ts";
import { type DraftEvent, kinds, secretKeyOf } from "./nostr-event.ts";

/** Nostr has no limit for a note: clients fold long ones. */
const limit = 5000;
/** As JSON. Relays take events of 64 KB. */
const maxBody = 48 * 1024;

/** Code points. */
const nostrLength = (text: string): number => [...text].length;

const relay = z
  .string()
  // A nevent has 255 bytes for it.
  .max(200)
  .refine((address) => {
    const url = URL.parse(address);
    return url?.protocol === "wss:" || (url?.protocol === "ws:" && isOnThisMachine(url));
  }, "an address such as wss://relay.example");

/** Notes and articles on Nostr relays, signed by the account's key. */
export const nostr = defineNetwork({
  name: "nostr",
  // An event's id is its hash: the stored draft makes the same event each time, which a relay keeps once.
  offers: "key",
  settle: minute,
  settings: z.strictObject({
    relays: z.array(relay).min(1).max(10).default(["wss://relay.damus.io", "wss://nos.lol", "wss://relay.primal.net"]),
    /** A note with the link, or the whole post. */
    format: z.enum(["note", "article"]).default("note"),
    hashtags: z.int().min(0).max(10).default(3),
    /** The website that shows an event to readers without a client: feeds and receipts name its page. */
    gateway: serverAddress.default("https://njump.me"),
    ...textSettings,
  }),
  credentials: z.object({
    /** `nsec1…`, or 64 hexadecimal digits. */
    secretKey: z.string().refine((text) => secretKeyOf(text) !== undefined),
  }),
  sandboxCredentials: ({ name }) => ({
    secretKey: Buffer.from(`sandbox-${name}`).toString("hex").slice(0, 64).padEnd(64, "0"),
  }),
  server: ({ settings }) => settings.relays.map((address) => new URL(address).host).join(" "),
  length: nostrLength,
  compose: (given, { format, hashtags, ...settings }) => {
    const snippet = linkedBy(given, settings);
    const wording = wordingBy(snippet, settings, withTitle);
    const fitted = fit({ ...snippet, ...wording }, { limit, maxTags: hashtags, measure: nostrLength });
    const isArticle = format === "article";
    const event = isArticle ? articleOf(given, hashtags) : noteOf(given, fitted.text);
    return {
      ...fitted,
      ...(isArticle && { article: nostrLength(event.content) }),
      request: { ...event, created_at: Math.floor(given.createdAt / second) },
    };
  },
  key: (seed, copy) => `${seed}-${copy}`,
  connect: connectNostr,
});

type Undated = Omit<DraftEvent, "created_at">;

const noteOf = (snippet: Snippet, text: string): Undated => ({
  kind: kinds.note,
  content: text,
  tags: [...topics(text.match(/(?<=^|\s)#[\p{L}\p{M}\p{N}_]+/gu) ?? []), ...aboutPost(snippet)],
});

/** NIP-23. Its readers do not read HTML: what Markdown has no sign for is its text. */
const articleOf = (snippet: Snippet, hashtags: number): Undated => {
  const { content, image, title, url } = snippet;
  const body = htmlToMarkdown(content.html.replaceAll(/<\/?(?:sub|sup|kbd|mark)\b[^>]*>/g, ""));
  const isWhole = Buffer.byteLength(JSON.stringify(body)) <= maxBody;
  return {
    kind: kinds.article,
    content: isWhole ? body : `${content.summary}\n\n[${url}](${url})`,
    tags: [
      ["title", title],
      ["summary", content.summary],
      ...(content.published === undefined ? [] : [["published_at", String(Math.floor(content.published / second))]]),
      ...(image === undefined ? [] : [["image", image.url]]),
      ...topics(snippet.tags.slice(0, hashtags)),
      ...aboutPost(snippet),
    ],
  };
};

/** NIP-24: in lower case. */
const topics = (tags: readonly string[]): string[][] =>
  [...new Set(tags.map((tag) => tag.slice(1).toLowerCase()))].map((topic) => ["t", topic]);

/** The page, by which the event is found again; the language (NIP-32), and a warning (NIP-36). */
const aboutPost = ({ url, language, content }: Snippet): string[][] => {
  const { contentWarning, sensitive } = content.social;
  const [, iso639 = undefined] = /^([a-z]{2})(?:-|$)/i.exec(language) ?? [];
  return [
    ["r", url],
    ...(iso639 === undefined
      ? []
      : [
          ["L", "ISO-639-1"],
          ["l", iso639.toLowerCase(), "ISO-639-1"],
        ]),
    ...(contentWarning === undefined ? [] : [["content-warning", contentWarning]]),
    ...(contentWarning === undefined && sensitive ? [["content-warning"]] : []),
  ];
};
