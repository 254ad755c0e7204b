import * as z from "zod";
import type { Outcome, Remote, StoredRequest } from "../../domain/delivery.ts";
import type { Warning } from "../../domain/findings.ts";
import type { LinkedText } from "../../domain/note-text.ts";
import { maxPictures } from "../../domain/post.ts";
import { cardDescription, replaceUrl, type Snippet, type Wording, withCard, withTitle } from "../../domain/snippet.ts";
import { iso, minute } from "../../domain/time.ts";
import type { Card, Composed, Connection, CopySearch, FoundPost, NoLogin } from "../../ports/networks.ts";
import type { ReadPicture } from "../../ports/pictures.ts";
import { shortAlt } from "../attached-pictures.ts";
import { defineNetwork, type ParsedLogin, serverAddress } from "../define.ts";
import { answerReason, bodyIn, type JsonResponse, notRead, toOutcome, withId } from "../http.ts";
import {
  composeNote,
  linkedBy,
  linkInReply,
  replyWith,
  threadSettings,
  warningLine,
  wordingBy,
} from "../network-text.ts";
import { fitThread, nextPost, otherThread, postAt, postsIn, type ThreadPost, unnamedParent } from "../thread.ts";
import {
  type Dids,
  didsIn,
  handlesIn,
  isBlobMissing,
  isDid,
  isHandle,
  isLanguageTag,
  makeBlob,
  makeFacets,
  mentionsIn,
  resolvedIn,
  tid,
  tidAfter,
  withDids,
  withHandles,
  writeWithPictures,
} from "./bluesky-record.ts";
import { outcomeOfError, readError, type Session, type Xrpc, xrpcAs } from "./bluesky-session.ts";

const limit = 300;
/** The limit of Bluesky's app. The lexicon has none. */
const longestAlt = 2000;
/** Each mention costs a request before the first send. */
const mostMentions = 10;
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Counts graphemes, or a tenth of the bytes if that is more: the lexicon allows 300 graphemes and 3,000 bytes. */
export const blueskyLength = (text: string): number =>
  Math.max([...graphemes.segment(text)].length, Math.ceil(Buffer.byteLength(text) / 10));

const settings = z.strictObject({
  /** The account's handle or DID, e.g. `you.bsky.social`. */
  handle: z
    .string()
    .refine((text) => isHandle(text) || isDid(text), "a handle such as you.bsky.social, without @")
    .optional(),
  /** The personal data server. */
  server: serverAddress.default("https://bsky.social"),
  hashtags: z.int().min(0).max(8).default(3),
  ...threadSettings,
});

/** Bluesky over the AT protocol. Its servers do not read the linked page, so the card is made here. */
export const bluesky = defineNetwork({
  name: "bluesky",
  // Crier chooses the record key: the same record put twice is one record.
  offers: "key",
  searchesFirst: true,
  contentWarning: "text",
  settle: minute,
  // The limits of a card's thumb, and of an image (app.bsky.embed.external, app.bsky.embed.images).
  picture: () => ({ maxBytes: 1_000_000, maxSide: 2000 }),
  settings,
  credentials: z.object({ identifier: z.string().min(1), appPassword: z.string().min(1) }),
  server: ({ settings }) => settings.server,
  length: blueskyLength,
  compose: (post, own) => composeNote(post, {}, (given, note) => composeRecord(given, own, note)),
  // The key of a record that was deleted is free again.
  key: (seed) => tid(seed),
  connect: (login) => connectBluesky(login),
});

const composeRecord = (
  given: Snippet,
  { hashtags, thread, ...own }: z.output<typeof settings>,
  note?: LinkedText,
): Composed => {
  const snippet = linkedBy(given, own);
  const shown = snippet.url === "" ? "" : displayedAddress(snippet.url);
  const rules = { limit, maxTags: hashtags, measure: blueskyLength };
  const warning = warningLine(snippet, rules);
  // The pictures of a gallery are in the place of the card, which would show the title.
  const hasCard = snippet.url !== "" && (snippet.isNote === true || !isShown(snippet));
  const wording = { ...wordingBy(snippet, own, hasCard ? withCard : withTitle), warning };
  const text = snippet.url === "" ? wording.text : replaceUrl(wording.text, snippet.url, shown);
  const { replies: parts, ...fitted } = fitThread({ ...snippet, ...wording, text, url: shown }, rules, thread);
  const images = makeImages(snippet);
  const card = images.length > 0 ? undefined : makeCard(snippet, wording);
  const record = makeRecord(fitted.text, shown, snippet, makeEmbed(snippet, card, images), note?.links);
  const plain = { ...snippet, url: "" };
  const partRecords = parts.map((part) => makeRecord(part.text, "", plain));
  const link = linkInReply(given, own);
  const linked = { ...snippet, url: link ?? "" };
  const reply = link && displayedAddress(link);
  const replyCard = makeCard(linked, wording);
  const replies = [...parts, ...replyWith(reply, blueskyLength)];
  const replyEmbed = makeEmbed(linked, replyCard);
  const records = [...partRecords, ...(reply === undefined ? [] : [makeRecord(reply, reply, linked, replyEmbed)])];
  const shownCard = card ?? replyCard;
  const request = { ...record, ...(records.length > 0 && { replies: records }) };
  const handles = handlesIn(request);
  return {
    ...fitted,
    request,
    ...(handles.length > 0 && { warnings: [mentionWarning(handles)] }),
    ...(replies.length > 0 && { replies }),
    ...(shownCard && { card: shownCard }),
    ...(images.length > 0 && { pictures: images.length }),
  };
};

/** The card of the link. A post without a link has none. */
const makeCard = (snippet: Snippet, wording: Wording): Card | undefined =>
  snippet.url === ""
    ? undefined
    : { title: snippet.title, description: isWarned(snippet) ? "" : cardDescription(snippet, wording) };

/** Mentions are read only in the author's own text for networks: a name in a title or summary addresses nobody there. */
const mentionedBy = ({ text = "" }: Snippet): ReadonlySet<string> =>
  new Set([...new Set(mentionsIn(text).map(({ handle }) => handle))].slice(0, mostMentions));

const mentionWarning = (handles: readonly string[]): Warning => ({
  code: "mention-open",
  message: `${handles.map((handle) => `@${handle}`).join(", ")}: a mention where Bluesky knows the handle when the post is sent, otherwise plain text`,
});

const languageTag = (language: string): string => language.replace(/^[a-zA-Z]+/, (first) => first.toLowerCase());

/** The card below a content warning shows nothing that the warning is about. */
const isWarned = ({ content }: Snippet): boolean => content.social.contentWarning !== undefined;

const makeThumb = (snippet: Snippet) => {
  const [picture] = snippet.pictures;
  return picture === undefined || isWarned(snippet) ? {} : { thumb: makeBlob(picture) };
};

const isShown = (snippet: Snippet): boolean => snippet.isGallery && !isWarned(snippet);

/** The pictures of a gallery are shown themselves, in the place of a card (app.bsky.embed.images). */
const makeImages = (snippet: Snippet) => {
  if (!isShown(snippet)) return [];
  return snippet.pictures.slice(0, maxPictures).map((picture) => ({
    image: makeBlob(picture),
    alt: shortAlt(picture.image.alt ?? "", longestAlt),
    aspectRatio: { width: picture.width, height: picture.height },
  }));
};

/** What is shown below the text: pictures, or the card of the link. */
const makeEmbed = (snippet: Snippet, card: Card | undefined, images: ReturnType<typeof makeImages> = []) => {
  if (images.length > 0) return { $type: "app.bsky.embed.images", images };
  if (card === undefined) return undefined;
  return { $type: "app.bsky.embed.external", external: { uri: snippet.url, ...card, ...makeThumb(snippet) } };
};

/** Makes the record. It is deterministic: a resend must be the same record, byte for byte. */
const makeRecord = (
  text: string,
  shown: string,
  snippet: Snippet,
  embed?: ReturnType<typeof makeEmbed>,
  named?: LinkedText["links"],
) => ({
  $type: "app.bsky.feed.post",
  text,
  createdAt: iso(snippet.createdAt),
  langs: [languageTag(snippet.language)].filter(isLanguageTag),
  facets: makeFacets(text, {
    shown,
    url: snippet.url,
    handles: mentionedBy(snippet),
    isOwnText: snippet.text !== undefined,
    named,
  }),
  // The self-label of a warning that is not about nudity (com.atproto.label.defs#selfLabels).
  ...(snippet.content.social.sensitive
    ? { labels: { $type: "com.atproto.label.defs#selfLabels", values: [{ val: "graphic-media" }] } }
    : {}),
  ...(embed && { embed }),
});

const maxPath = 15;
const maxLink = 27;

/**
 * The text that shows a link. Its facet has the whole address, so that the text has more room. The host is never cut at its
 * end.
 */
export const displayedAddress = (address: string): string => {
  const { host: full, pathname, search } = new URL(address);
  const host = full.replace(/^www\./, "");
  if (host.length > maxLink) return `…${host.slice(1 - maxLink)}`;
  const path = pathname === "/" && search === "" ? "" : pathname + search;
  const room = Math.min(maxPath, maxLink - host.length);
  if (path.length <= room) return host + path;
  // A percent-encoded character is not cut in half.
  return room < 5 ? host : `${host}${path.slice(0, room - 1).replace(/%[\dA-F]?$/i, "")}…`;
};

const collection = "app.bsky.feed.post";
const putResult = z.object({ uri: z.string().startsWith("at://"), cid: z.string().min(1).optional() });
const storedRecord = z.object({
  cid: z.string().min(1),
  value: z.record(z.string(), z.unknown()).default({}),
});

interface Settings {
  readonly server: string;
}
interface Credentials {
  readonly identifier: string;
  readonly appPassword: string;
}

/** The writes of an account. */
const blueskyWrites = (xrpc: Xrpc, readPicture: ReadPicture) => {
  const write = async (
    nsid: string,
    body: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
    outcomeOf: (response: JsonResponse, session: Session) => Outcome,
  ): Promise<Outcome> => {
    const called = await xrpc.call(
      nsid,
      ({ did }) => ({ method: "POST", json: { repo: did, collection, ...body } }),
      signal,
    );
    if (called.kind !== "called") return called;
    return toOutcome(called.result, (response) => outcomeOf(response, called.session));
  };
  /** Writes the record if `swapRecord` is the current one. See writeWithPictures for its pictures. */
  const putRecord = (
    record: StoredRequest,
    under: { readonly rkey: string; readonly swapRecord: string | null },
    signal: AbortSignal,
    outcomeOf: (response: JsonResponse, session: Session) => Outcome,
  ): Promise<Outcome> =>
    writeWithPictures(
      record,
      async (record) => {
        let isMissing = false;
        const put = { ...under, record };
        const outcome = await write("com.atproto.repo.putRecord", put, signal, (response, session) => {
          isMissing = isBlobMissing(response);
          return outcomeOf(response, session);
        });
        return isMissing ? "blob-missing" : outcome;
      },
      { xrpc, readPicture, signal },
    );
  return { write, putRecord };
};

interface Repository extends ReturnType<typeof blueskyWrites> {
  readonly xrpc: Xrpc;
}

const connectBluesky = ({
  settings,
  credentials,
  sandbox,
  fetchJson,
  readPicture,
  getTokens,
  clock,
}: ParsedLogin<Settings, Credentials>): Connection => {
  const xrpc = xrpcAs({ server: sandbox ?? settings.server, credentials, fetchJson, getTokens, clock });
  const repository = { xrpc, ...blueskyWrites(xrpc, readPicture) };
  return {
    whoAmI: xrpc.whoAmI,
    send: async (request, key, signal, progress) => {
      const handles = handlesIn(request);
      const mentions = resolvedIn(progress);
      // Handles are resolved in a separate step, so that each resend is the same record even if a handle moved.
      if (mentions === undefined && handles.length > 0) {
        const resolved = await resolveHandles(handles, xrpc, signal);
        return resolved.kind === "resolved"
          ? { kind: "progressed", progress: { ...progress, mentions: resolved.dids } }
          : resolved;
      }
      const post = nextPost(request, progress, mentions && { mentions });
      return post === undefined ? unnamedParent : sendPost(post, mentions ?? {}, key, repository, signal);
    },
    edit: (remote, request, signal, part = { index: 0, sent: request }) =>
      withId(remote, unknownId, async (uri) => {
        const post = postAt(request, part);
        return post === undefined ? otherThread : editPost(post, remote, recordKeyOf(uri), repository, signal);
      }),
    remove: (remote, signal) =>
      withId(remote, unknownId, (uri) =>
        repository.write("com.atproto.repo.deleteRecord", { rkey: recordKeyOf(uri) }, signal, (response) =>
          response.status < 300 && response.body !== undefined ? { kind: "done" } : outcomeOfError(response, remote),
        ),
      ),
    find: (sought, signal) => findRecord(xrpc, sought, signal),
  };
};

/** `swapRecord: null` means "only if there is no record". Repeating the same record is answered 200 and changes nothing. */
const sendPost = async (
  post: ThreadPost,
  mentions: Dids,
  key: string,
  { xrpc, putRecord }: Repository,
  signal: AbortSignal,
): Promise<Outcome> => {
  const { parent } = post;
  const record = { ...withDids(post.body, mentions), ...(parent === undefined ? {} : replyTo(parent)) };
  const rkey = recordKeyFor(key, post);
  const put = (swapRecord: string | null) => putRecord(record, { rkey, swapRecord }, signal, outcomeOf);
  const outcomeOf = (response: JsonResponse, session: Session): Outcome => {
    const uri = `at://${session.did}/${collection}/${rkey}`;
    const own = remoteOf(uri, session);
    const stored = bodyIn(response, putResult);
    if (stored !== undefined) return post.outcome(own, stored.cid === undefined ? null : { uri, cid: stored.cid });
    const outcome = outcomeOfError(response, post.remote(own));
    return outcome.kind === "duplicate" ? { ...outcome, ...post.after(null) } : outcome;
  };
  const outcome = await put(null);
  if (outcome.kind !== "duplicate" || parent === undefined) return outcome;
  // A lost table had sent this reply from an earlier version of the post: it is replaced.
  const current = await readRecord(xrpc, rkey, signal);
  if ("kind" in current) return current;
  return current.cid === undefined ? outcome : put(current.cid);
};

/** Replaces only the current record: an edit that arrives late, or after a person has deleted the post, changes nothing. */
const editPost = async (
  post: StoredRequest,
  remote: Remote,
  rkey: string,
  { xrpc, putRecord }: Repository,
  signal: AbortSignal,
): Promise<Outcome> => {
  const current = await readRecord(xrpc, rkey, signal);
  if ("kind" in current) return current;
  if (current.cid === undefined) return { kind: "missing", reason: "Bluesky has no such record" };
  const { reply } = current.value;
  // A mention that the record already has keeps its DID.
  const known = didsIn(current.value);
  const unknown = handlesIn(post).filter((handle) => known[handle] === undefined);
  const resolved = await resolveHandles(unknown, xrpc, signal);
  if (resolved.kind !== "resolved") return resolved;
  const record = { ...withDids(post, { ...resolved.dids, ...known }), ...(reply === undefined ? {} : { reply }) };
  return putRecord(record, { rkey, swapRecord: current.cid }, signal, (response) => {
    if (bodyIn(response, putResult) !== undefined) return { kind: "done" };
    const outcome = outcomeOfError(response, remote);
    return outcome.kind === "duplicate" ? { kind: "unavailable", reason: outcome.reason } : outcome;
  });
};

const recordKeyFor = (key: string, { index }: ThreadPost): string => (index === 0 ? key : tidAfter(key, index));

/** The fields of a reply (app.bsky.feed.post#replyRef). */
const replyTo = ({ first, last }: NonNullable<ThreadPost["parent"]>) => ({ reply: { root: first, parent: last } });

const recordKeyOf = (uri: string): string => uri.slice(uri.lastIndexOf("/") + 1);

const remoteOf = (uri: string, { did, handle }: Session): Remote => ({
  id: uri,
  // An account whose handle does not resolve is shown by its DID.
  url: `https://bsky.app/profile/${handle === "handle.invalid" ? did : handle}/post/${recordKeyOf(uri)}`,
  public: true,
});

const unknownId = "The record's address is not known: change the post on Bluesky by hand";

interface StoredRecord {
  /** Undefined if there is no record. */
  readonly cid: string | undefined;
  readonly value: StoredRequest;
  readonly session: Session;
}

/** Reads the account's record under a key, or says why it could not be read. */
const readRecord = async (xrpc: Xrpc, rkey: string, signal: AbortSignal): Promise<StoredRecord | Outcome> => {
  const called = await xrpc.call(
    "com.atproto.repo.getRecord",
    ({ did }) => ({ method: "GET", query: { repo: did, collection, rkey } }),
    signal,
  );
  if (called.kind !== "called") return called;
  const { result, session } = called;
  if (result.kind !== "response") return notRead(result);
  const { status, body } = result.response;
  if (status === 400 && readError(body).error === "RecordNotFound") return { cid: undefined, value: {}, session };
  const record = bodyIn(result.response, storedRecord, status === 200);
  if (record !== undefined) return { ...record, session };
  const outcome = outcomeOfError(result.response, { id: null, url: null, public: true });
  // A read changes nothing, so any other failure means that it can be repeated.
  return outcome.kind === "unauthorised" || outcome.kind === "unavailable"
    ? outcome
    : { kind: "unavailable", reason: answerReason("Bluesky", status, readError(body).message) };
};

/** The record under the delivery's key, which no other client writes. */
const findRecord = async (
  xrpc: Xrpc,
  { request, key, since, progress }: CopySearch,
  signal: AbortSignal,
): Promise<readonly FoundPost[] | undefined> => {
  const mentions = resolvedIn(progress);
  const post = nextPost(request, progress, mentions && { mentions });
  if (post === undefined) return [];
  const rkey = recordKeyFor(key, post);
  const record = await readRecord(xrpc, rkey, signal);
  if ("kind" in record) return undefined;
  const { cid, session } = record;
  const value = withHandles(record.value);
  if (cid === undefined) return [];
  const uri = `at://${session.did}/${collection}/${rkey}`;
  const found = { remote: post.remote(remoteOf(uri, session)), isSame: true, ...post.after({ uri, cid }) };
  const madeAt = Date.parse(String(value.createdAt));
  if (Number.isNaN(madeAt)) return [{ ...found, madeAt: since }];
  if (post.index > 0) return [{ ...found, madeAt }];
  // The records after it are assumed to match: all records of one request share a date.
  const [, ...replies] = postsIn(request).map((reply) => ({ ...reply, createdAt: value.createdAt }));
  return [{ ...found, madeAt, request: replies.length === 0 ? value : { ...value, replies } }];
};

const resolution = z.object({ did: z.string().refine(isDid) });

/** The DID of a handle. Undefined if it has none or the server does not know it. */
const resolveHandle = async (
  handle: string,
  xrpc: Xrpc,
  signal: AbortSignal,
): Promise<string | undefined | NoLogin> => {
  const called = await xrpc.call(
    "com.atproto.identity.resolveHandle",
    () => ({ method: "GET", query: { handle } }),
    signal,
  );
  if (called.kind !== "called") return called;
  const { result } = called;
  if (result.kind !== "response") return result.kind === "unavailable" ? result : undefined;
  const { status, body } = result.response;
  if (status === 200) return resolution.safeParse(body).data?.did;
  const outcome = outcomeOfError(result.response, { id: null, url: null, public: true });
  return outcome.kind === "unavailable" && outcome.retryAt !== undefined ? outcome : undefined;
};

/** The room for DIDs in a delivery's progress, next to the posts of a thread. */
const mostBytesOfDids = 2500;

/**
 * Requests the DIDs from the account's server. A handle that cannot be resolved becomes plain text. The outcome is returned
 * only if the server would not accept the post either: it cannot be reached, or refuses the login or the rate.
 */
const resolveHandles = async (
  handles: readonly string[],
  xrpc: Xrpc,
  signal: AbortSignal,
): Promise<{ readonly kind: "resolved"; readonly dids: Dids } | NoLogin> => {
  const answers = await Promise.all(handles.map((handle) => resolveHandle(handle, xrpc, signal)));
  let dids: Dids = {};
  for (const [index, answer] of answers.entries()) {
    if (typeof answer === "object") return answer;
    const more = { ...dids, ...(answer !== undefined && { [handles[index] ?? ""]: answer }) };
    if (Buffer.byteLength(JSON.stringify(more)) <= mostBytesOfDids) dids = more;
  }
  return { kind: "resolved", dids };
};
