import * as z from "zod";
import type { Warning } from "../../domain/findings.ts";
import { cardDescription, replaceUrl, type Snippet, type Wording, withCard, withTitle } from "../../domain/snippet.ts";
import { iso, minute } from "../../domain/time.ts";
import type { Card } from "../../ports/networks.ts";
import { defineNetwork, serverAddress } from "../define.ts";
import { linkedBy, linkInReply, replyWith, threadSettings, wordingBy } from "../network-text.ts";
import { fitThread } from "../thread.ts";
import { connectBluesky } from "./bluesky-api.ts";
import { blobOf, tid } from "./bluesky-record.ts";
import { facetsOf, handlesIn, isDid, isHandle, isLanguageTag, mentionsIn } from "./bluesky-text.ts";

const limit = 300;
/** Each mention costs a request before the first send. */
const mostMentions = 10;
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Counts graphemes, or a tenth of the bytes if that is more: the lexicon allows 300 graphemes and 3,000 bytes. */
export const blueskyLength = (text: string): number =>
  Math.max([...graphemes.segment(text)].length, Math.ceil(Buffer.byteLength(text) / 10));

/** Bluesky over the AT protocol. Its servers do not read the linked page, so the card is made here. */
export const bluesky = defineNetwork({
  name: "bluesky",
  // Crier chooses the record key: the same record put twice is one record.
  offers: "key",
  settle: minute,
  // The limits of a card's thumb (app.bsky.embed.external).
  picture: () => ({ maxBytes: 1_000_000, maxSide: 2000 }),
  settings: z.strictObject({
    /** The account's handle or DID, e.g. `you.bsky.social`. */
    handle: z
      .string()
      .refine((text) => isHandle(text) || isDid(text), "a handle such as you.bsky.social, without @")
      .optional(),
    /** The personal data server. */
    server: serverAddress.default("https://bsky.social"),
    hashtags: z.int().min(0).max(8).default(3),
    ...threadSettings,
  }),
  credentials: z.object({ identifier: z.string().min(1), appPassword: z.string().min(1) }),
  server: ({ settings }) => settings.server,
  length: blueskyLength,
  compose: (given, { hashtags, thread, ...settings }) => {
    const snippet = linkedBy(given, settings);
    const shown = snippet.url === "" ? "" : displayOf(snippet.url);
    const wording = wordingBy(snippet, settings, snippet.url === "" ? withTitle : withCard);
    const text = snippet.url === "" ? wording.text : replaceUrl(wording.text, snippet.url, shown);
    const { replies: parts, ...fitted } = fitThread(
      { ...wording, text, url: shown, tags: snippet.tags },
      { limit, maxTags: hashtags, measure: blueskyLength },
      thread,
    );
    const card = cardOf(snippet, wording);
    const record = recordOf(fitted.text, shown, snippet, card);
    const plain = { ...snippet, url: "" };
    const partRecords = parts.map((part) => recordOf(part.text, "", plain, undefined));
    const link = linkInReply(given, settings);
    const linked = { ...snippet, url: link ?? "" };
    const reply = link && displayOf(link);
    const replyCard = cardOf(linked, wording);
    const replies = [...parts, ...replyWith(reply, blueskyLength)];
    const records = [...partRecords, ...(reply === undefined ? [] : [recordOf(reply, reply, linked, replyCard)])];
    const shownCard = card ?? replyCard;
    const request = { ...record, ...(records.length > 0 && { replies: records }) };
    const handles = handlesIn(request);
    return {
      ...fitted,
      request,
      ...(handles.length > 0 && { warnings: [mentionWarning(handles)] }),
      ...(replies.length > 0 && { replies }),
      ...(shownCard && { card: shownCard }),
    };
  },
  // The key of a record that was deleted is free again.
  key: (seed) => tid(seed),
  connect: connectBluesky,
});

/** The card of the link. A post without a link has none. */
const cardOf = (snippet: Snippet, wording: Wording): Card | undefined =>
  snippet.url === "" ? undefined : { title: snippet.title, description: cardDescription(snippet, wording) };

/** Mentions are read only in the author's own text for networks: a name in a title or summary addresses nobody there. */
const mentionedBy = ({ text = "" }: Snippet): ReadonlySet<string> =>
  new Set([...new Set(mentionsIn(text).map(({ handle }) => handle))].slice(0, mostMentions));

const mentionWarning = (handles: readonly string[]): Warning => ({
  code: "mention-open",
  message: `${handles.map((handle) => `@${handle}`).join(", ")}: a mention where Bluesky knows the handle when the post is sent, otherwise plain text`,
});

const languageTag = (language: string): string => language.replace(/^[a-zA-Z]+/, (first) => first.toLowerCase());

const pictureOf = ({ picture }: Snippet) => (picture === undefined ? {} : { thumb: blobOf(picture) });

/** Makes the record. It is deterministic: a resend must be the same record, byte for byte. */
const recordOf = (text: string, shown: string, snippet: Snippet, card: Card | undefined) => ({
  $type: "app.bsky.feed.post",
  text,
  createdAt: iso(snippet.createdAt),
  langs: [languageTag(snippet.language)].filter(isLanguageTag),
  facets: facetsOf(text, { shown, url: snippet.url, handles: mentionedBy(snippet) }),
  // The self-label of a warning that is not about nudity (com.atproto.label.defs#selfLabels).
  ...(snippet.content.social.sensitive
    ? { labels: { $type: "com.atproto.label.defs#selfLabels", values: [{ val: "graphic-media" }] } }
    : {}),
  ...(card === undefined
    ? {}
    : { embed: { $type: "app.bsky.embed.external", external: { uri: snippet.url, ...card, ...pictureOf(snippet) } } }),
});

const maxPath = 15;
const maxLink = 27;

/**
 * The text that shows a link. Its facet has the whole address, so that the text has more room. The host is never cut at its
 * end.
 */
export const displayOf = (address: string): string => {
  const { host: full, pathname, search } = new URL(address);
  const host = full.replace(/^www\./, "");
  if (host.length > maxLink) return `…${host.slice(1 - maxLink)}`;
  const path = pathname === "/" && search === "" ? "" : pathname + search;
  const room = Math.min(maxPath, maxLink - host.length);
  if (path.length <= room) return host + path;
  // A percent-encoded character is not cut in half.
  return room < 5 ? host : `${host}${path.slice(0, room - 1).replace(/%[\dA-F]?$/i, "")}…`;
};
