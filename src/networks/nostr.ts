import { schnorr } from "@noble/secp256k1";
import { bech32 } from "@scure/base";
import * as z from "zod";
import type { Outcome, Remote, StoredRequest } from "../domain/delivery.ts";
import { fit, inParagraphs, type Snippet, withTitle } from "../domain/snippet.ts";
import { minute, second } from "../domain/time.ts";
import type { Connection, CopySearch, FoundPost, Identity, NoLogin } from "../ports/networks.ts";
import { mediaTag } from "./attached-pictures.ts";
import { defineNetwork, type ParsedLogin, relayAddress, serverAddress } from "./define.ts";
import { externalLink, htmlToMarkdown } from "./html-to-markdown.ts";
import {
  answerReason,
  bodyIn,
  commonOutcome,
  type FetchJson,
  type JsonResponse,
  notRead,
  readRetryAt,
} from "./http.ts";
import { linkedBy, textSettings, wordingBy } from "./network-text.ts";

/** Crier's own limit. Nostr has none for a note: clients fold long ones. */
const limit = 5000;
/** The largest body as JSON, in bytes. Relays accept events of 64 KB. */
const maxBody = 48 * 1024;

/** Counts code points. */
const nostrLength = (text: string): number => [...text].length;

/** Notes and articles on Nostr relays, signed by the account's key. */
export const nostr = defineNetwork({
  needsTitle: ({ settings: { format } }) => format === "article",
  name: "nostr",
  // An event's id is its hash: the stored draft makes the same event each time, which a relay keeps once.
  offers: "key",
  // Only its articles can be edited, and they are the whole post.
  keepsTexts: true,
  searchesFirst: true,
  contentWarning: "field",
  settle: minute,
  settings: z.strictObject({
    relays: z
      .array(relayAddress)
      .min(1)
      .max(10)
      .default(["wss://relay.damus.io", "wss://nos.lol", "wss://relay.primal.net"]),
    /** `note`: a note with the link. `article`: the whole post. */
    format: z.enum(["note", "article"]).default("note"),
    hashtags: z.int().min(0).max(10).default(3),
    /** The website that shows an event to readers without a client. Feeds and receipts link to its page. */
    gateway: serverAddress.default("https://njump.me"),
    ...textSettings,
  }),
  credentials: z.object({
    /** The secret key, as `nsec1…` or as 64 hexadecimal digits. */
    secretKey: z.string().refine((text) => parseSecretKey(text) !== undefined),
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
    const images = given.isGallery ? given.images : [];
    const event = isArticle ? makeArticle(given, hashtags) : makeNote(given, fitted.text, images);
    return {
      ...fitted,
      ...(images.length > 0 && { pictures: images.length }),
      ...(isArticle && { article: nostrLength(event.content) }),
      request: { ...event, created_at: Math.floor(given.createdAt / second) },
    };
  },
  connect: (login) => connectNostr(login),
});

type Undated = Omit<DraftEvent, "created_at">;

/** Clients show the pictures whose addresses are below the text. */
const makeNote = (snippet: Snippet, text: string, images: Snippet["images"]): Undated => {
  const content = inParagraphs(text, images.map(({ url }) => url).join("\n"), "", "");
  const written = topics(text.match(/(?<=^|\s)#[\p{L}\p{M}\p{N}_]+/gu) ?? []);
  return { kind: kinds.note, content, tags: [...written, ...images.map(mediaTag), ...aboutPost(snippet)] };
};

/** An article (NIP-23). Clients do not render HTML: an element that Markdown lacks becomes its text. */
const makeArticle = (snippet: Snippet, hashtags: number): Undated => {
  const { content, title, url, images } = snippet;
  const body = htmlToMarkdown(content.html.replaceAll(/<\/?(?:sub|sup|kbd|mark)\b[^>]*>/g, ""));
  const isWhole = Buffer.byteLength(JSON.stringify(body)) <= maxBody;
  return {
    kind: kinds.article,
    content: isWhole ? body + externalLink(content) : `${content.summary}\n\n[${url}](${url})`,
    tags: [
      ["title", title],
      ["summary", content.summary],
      ...(content.published === undefined ? [] : [["published_at", String(Math.floor(content.published / second))]]),
      ...images.slice(0, 1).map((image) => ["image", image.url]),
      ...topics(snippet.tags.slice(0, hashtags)),
      ...aboutPost(snippet),
    ],
  };
};

/** Hashtags are in lower case (NIP-24). */
const topics = (tags: readonly string[]): string[][] =>
  [...new Set(tags.map((tag) => tag.slice(1).toLowerCase()))].map((topic) => ["t", topic]);

/** Tags for the page, by which the event is found again, for the language (NIP-32), and for a warning (NIP-36). */
const aboutPost = ({ url, language, content }: Snippet): string[][] => {
  const { contentWarning, sensitive } = content.social;
  const [, iso639 = undefined] = /^([a-z]{2})(?:-|$)/i.exec(language) ?? [];
  return [
    ["r", content.external === undefined ? url : content.url],
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

interface Settings {
  readonly relays: readonly string[];
  readonly format: "note" | "article";
  readonly gateway: string;
}
interface Credentials {
  readonly secretKey: string;
}

type Answer = "accepted" | Refusal;

/** A relay's answer to a query. */
type Held = readonly SignedEvent[] | Refusal;

const eventsIn = (held: readonly Held[]): readonly SignedEvent[] =>
  held.flatMap((answer) => ("kind" in answer ? [] : answer));

const refusalsIn = (held: readonly Held[]): readonly Refusal[] => held.filter((answer) => "kind" in answer);

/** The account's key and relays, with what is done on all of them. */
const nostrAccount = ({ settings, credentials, sandbox, fetchJson, clock }: ParsedLogin<Settings, Credentials>) => {
  const { pubkey, sign } = makeAuthor(credentials.secretKey);
  const relays = (sandbox === undefined ? settings.relays : [sandbox]).map((address) => relayAt(address, fetchJson));
  const [hint] = sandbox === undefined ? settings.relays : [];
  const publish = (event: SignedEvent, signal: AbortSignal): Promise<readonly Answer[]> =>
    Promise.all(relays.map((relay) => relay.publish(event, signal)));
  return {
    pubkey,
    sign,
    relays,
    publish,
    nowInSeconds: (): number => Math.floor(clock() / second),
    remoteOf: (event: SignedEvent): Remote => ({
      id: event.kind === kinds.article ? `${kinds.article}:${pubkey}:${tagValue(event, "d")}` : event.id,
      url: `${settings.gateway}/${shareCode(event, hint === undefined ? [] : [hint])}`,
      public: true,
    }),
    /** The events that each relay has. */
    find: (filters: readonly Filter[], signal: AbortSignal): Promise<readonly Held[]> =>
      Promise.all(relays.map((relay) => relay.find(pubkey, filters, signal))),
    /** Done once every relay that has, or may have, the copy has accepted the event. */
    change: async (event: SignedEvent, held: readonly Held[], signal: AbortSignal): Promise<Outcome> => {
      const answers = await publish(event, signal);
      const missing = answers.filter((_, index) => held[index] === undefined || !isEmpty(held[index]));
      return missing.every((answer) => answer === "accepted") ? { kind: "done" } : decidingRefusal(missing);
    },
  };
};
type NostrAccount = ReturnType<typeof nostrAccount>;

const connectNostr = (login: ParsedLogin<Settings, Credentials>): Connection => {
  const account = nostrAccount(login);
  const { pubkey, sign, relays, publish, nowInSeconds, remoteOf, find, change } = account;
  return {
    whoAmI: (signal) => identify(relays, pubkey, signal),
    // A second request makes the same event: its id is the hash of the stored draft and the public key.
    send: async (request, key, signal) => {
      const draft = draftEvent.safeParse(request).data;
      if (draft === undefined) return { kind: "rejected", reason: "The stored request is not an event of Nostr" };
      const event = await sign(draft.kind === kinds.article ? withIdentifier(draft, key) : draft);
      const answers = await publish(event, signal);
      return answers.includes("accepted") ? { kind: "posted", remote: remoteOf(event) } : decidingRefusal(answers);
    },
    ...(login.settings.format === "article" && {
      edit: (remote, request, signal) => editArticle(remote, request, account, signal),
    }),
    remove: (remote, signal) =>
      withFilter(remote, async (filter, identifier) => {
        const held = await find([filter], signal);
        if (held.every(isEmpty)) return { kind: "done" };
        const event = await sign(
          makeDeletion(remote.id ?? "", identifier !== undefined, eventsIn(held), nowInSeconds()),
        );
        return change(event, held, signal);
      }),
    find: (sought, signal) => findCopies(sought, account, signal),
  };
};

const editArticle = (remote: Remote, request: StoredRequest, account: NostrAccount, signal: AbortSignal) =>
  withFilter(remote, async (filter, identifier) => {
    const draft = draftEvent.safeParse(request).data;
    if (draft?.kind !== kinds.article || identifier === undefined)
      return { kind: "rejected", reason: "A note cannot be edited on Nostr, and does not become an article" };
    const held = await account.find([filter], signal);
    if (held.every(isEmpty)) return { kind: "missing", reason: "No relay has the article any more" };
    const known = eventsIn(held);
    if (known.length === 0) return decidingRefusal(refusalsIn(held));
    const version = { ...withIdentifier(draft, identifier), created_at: after(known, account.nowInSeconds()) };
    return account.change(await account.sign(version), held, signal);
  });

const findCopies = async (sought: CopySearch, { pubkey, remoteOf, find }: NostrAccount, signal: AbortSignal) => {
  const search = await searchFor(sought, pubkey);
  if (search === undefined) return [];
  const { id, filters } = search;
  const held = await find(filters, signal);
  const refusals = refusalsIn(held);
  const own = new Map(
    eventsIn(held)
      .filter((event) => tagValue(event, "r") === sought.url)
      .map((event) => [event.id, event]),
  );
  const found = [...own.values()]
    .toSorted((a, b) => a.created_at - b.created_at)
    .map((event) => toFound(event, remoteOf(event), event.id === id || isEqual(event, sought.request)));
  const isAnswered = sought.isFirst ? refusals.length < held.length : refusals.length === 0;
  if (isAnswered || found.some(({ isSame }) => isSame)) return found;
  return refusals.every(({ kind }) => kind === "unauthorised") ? "unreadable" : undefined;
};

const makeAuthor = (secret: string) => {
  const key = Buffer.from(parseSecretKey(secret) ?? "", "hex");
  const pubkey = Buffer.from(schnorr.getPublicKey(key)).toString("hex");
  const sign = async (draft: DraftEvent): Promise<SignedEvent> => {
    const hash = await eventHash(pubkey, draft);
    const signature = await schnorr.signAsync(hash, key);
    return { ...draft, id: Buffer.from(hash).toString("hex"), pubkey, sig: Buffer.from(signature).toString("hex") };
  };
  return { pubkey, sign };
};

/** The public key is the identity, once one relay has answered. The first answer ends the requests to the others. */
const identify = async (relays: readonly Relay[], pubkey: string, signal: AbortSignal): Promise<Identity | NoLogin> => {
  const refusals: Refusal[] = [];
  const known = new AbortController();
  const untilKnown = AbortSignal.any([signal, known.signal]);
  const answers = relays.map(async (relay) => {
    const answer = await relay.find(pubkey, [{ kinds: [0], limit: 1 }], untilKnown);
    // A relay that requires a login for reading counts as an answer.
    if (!("kind" in answer) || answer.kind === "unauthorised") return;
    refusals.push(answer);
    throw new Error(answer.reason);
  });
  const identity = await Promise.any(answers).then(
    (): Identity => ({ kind: "identity", id: npub(pubkey) }),
    (): NoLogin => ({ ...decidingRefusal(refusals), kind: "unavailable" }),
  );
  known.abort();
  return identity;
};

/** Deletes a note by its id, or an article by its address and the ids of its known versions (NIP-09). */
const makeDeletion = (id: string, isArticle: boolean, known: readonly SignedEvent[], now: number): DraftEvent => {
  const versions = new Set(isArticle ? known.map((version) => version.id) : [id]);
  return {
    kind: kinds.deletion,
    // The deletion of an article applies to its versions up to this moment.
    created_at: Math.max(now, ...known.map(({ created_at }) => created_at)),
    content: "",
    tags: [
      ...[...versions].map((version) => ["e", version]),
      ...(isArticle ? [["a", id]] : []),
      ["k", String(isArticle ? kinds.article : kinds.note)],
    ],
  };
};

/** Names an article among those of its author. A version with the same name replaces it (NIP-01). */
const withIdentifier = (draft: DraftEvent, identifier: string): DraftEvent => ({
  ...draft,
  tags: [["d", identifier], ...draft.tags],
});

/** The time of a new version. It is later than all others: a relay may keep the older of two versions of one second. */
const after = (versions: readonly SignedEvent[], now: number): number =>
  Math.max(now, ...versions.map(({ created_at }) => created_at + 1));

const isEmpty = (answer: Held): boolean => "length" in answer && answer.length === 0;

/** The filter for the event with an id, or for the versions of an article. */
const withFilter = async (
  { id }: Remote,
  act: (filter: Filter, identifier: string | undefined) => Promise<Outcome>,
): Promise<Outcome> => {
  if (id !== null && /^[0-9a-f]{64}$/.test(id)) return act({ ids: [id] }, undefined);
  const [, identifier] = /^30023:[0-9a-f]{64}:(.+)$/.exec(id ?? "") ?? [];
  return identifier === undefined
    ? { kind: "rejected", reason: "The event's id is not known: delete it on Nostr by hand" }
    : act({ kinds: [kinds.article], "#d": [identifier] }, identifier);
};

/** An article has the delivery's key in its address; a note names the post's page. */
const searchFor = async ({ request, key, url, since }: CopySearch, pubkey: string) => {
  const draft = draftEvent.safeParse(request).data;
  if (draft === undefined) return undefined;
  if (draft.kind === kinds.article) return { id: undefined, filters: [{ kinds: [draft.kind], "#d": [key] }] };
  const id = Buffer.from(await eventHash(pubkey, draft)).toString("hex");
  const ofPage = { kinds: [draft.kind], "#r": [url], since: Math.floor(since / second), limit: 20 };
  return { id, filters: [{ ids: [id] }, ofPage] };
};

const toFound = ({ kind, created_at, content, tags }: SignedEvent, remote: Remote, isSame: boolean): FoundPost => ({
  remote,
  madeAt: created_at * second,
  isSame,
  request: { kind, created_at, content, tags: tags.filter(([name]) => name !== "d") },
});

/** An article is under the delivery's own key: it is always this post, perhaps in an earlier version. */
const isEqual = (event: SignedEvent, request: CopySearch["request"]): boolean =>
  event.kind === kinds.article ||
  (event.content === request.content && JSON.stringify(event.tags) === JSON.stringify(request.tags));

/** The precedence of refusals: possibly applied, then repeatable, then correctable by a person. */
const order = ["unanswered", "unavailable", "unauthorised", "rejected"] as const;

const decidingRefusal = (answers: readonly Answer[]): Refusal => {
  const refusals = answers.flatMap((answer) => (answer === "accepted" ? [] : [answer]));
  const kind = order.find((one) => refusals.some((refusal) => refusal.kind === one)) ?? "unavailable";
  const reasons = refusals.map((refusal) => refusal.reason);
  const reason = reasons.join("; ").slice(0, 480);
  const waits = refusals.flatMap((refusal) =>
    refusal.kind === "unavailable" && refusal.retryAt !== undefined ? [refusal.retryAt] : [],
  );
  return kind === "unavailable" && waits.length > 0 ? { kind, reason, retryAt: Math.min(...waits) } : { kind, reason };
};

/** Conditions for events (NIP-01). A relay answers with the events that meet all of them. */
type Filter = Readonly<Record<string, readonly string[] | readonly number[] | number>>;

/** The outcome of a relay that did not accept an event, or did not answer. */
type Refusal = Extract<Outcome, { kind: "rejected" | "unavailable" | "unauthorised" | "unanswered" }>;

export interface Relay {
  /** Sends an event. A relay that has it already accepts it once more: nothing changes. */
  publish(event: SignedEvent, signal: AbortSignal): Promise<"accepted" | Refusal>;
  /** Returns the author's events that meet one of the filters, the newest first. */
  find(pubkey: string, filters: readonly Filter[], signal: AbortSignal): Promise<Held>;
}

const messages = z.array(z.array(z.unknown()).min(1));
const okMessage = z
  .tuple([z.literal("OK"), z.string(), z.boolean(), z.string().default("")])
  .transform(([, id, isTaken, message]) => ({ id, isTaken, message }));
const closedMessage = z
  .tuple([z.literal("CLOSED"), z.string(), z.string()])
  .transform(([, , message]) => ({ message }));

/** An event without its author, stored before it is signed. Its id needs no secret. */
export const draftEvent = z.object({
  kind: z.int(),
  created_at: z.int(),
  tags: z.array(z.array(z.string())),
  content: z.string(),
});

/** A signed event (NIP-01). */
export const signedEvent = draftEvent.extend({ id: z.string(), pubkey: z.string(), sig: z.string() });

const eventMessage = z.tuple([z.literal("EVENT"), z.string(), signedEvent]).transform(([, , event]) => event);

const subscription = "crier";

/**
 * One relay. A message to it is a request, and its messages until the answer is complete are the response. An event is a
 * POST; a query, which changes nothing, is a GET.
 */
const relayAt = (address: string, fetchJson: FetchJson): Relay => {
  const host = `The relay ${new URL(address).host}`;
  const reasonOfRefusal = (message: string): string => `${host} answered: ${message.slice(0, 300)}`;
  const ofHttp = (response: JsonResponse): Refusal => {
    const reason = answerReason(host, response.status, undefined);
    const common = commonOutcome(response, reason, readRetryAt(response));
    if (common?.kind === "unavailable" || common?.kind === "unanswered") return common;
    return { kind: response.status === 401 || response.status === 403 ? "unauthorised" : "rejected", reason };
  };
  const messagesIn = (response: JsonResponse) => bodyIn(response, messages, response.status === 200) ?? [];
  return {
    publish: async (event, signal) => {
      const result = await fetchJson(address, { method: "POST", json: ["EVENT", event], signal });
      if (result.kind !== "response") return result;
      const { response } = result;
      const answers = messagesIn(response).flatMap((message) => okMessage.safeParse(message).data ?? []);
      const answer = answers.find(({ id }) => id === event.id);
      if (answer === undefined) return ofHttp(response);
      const { isTaken, message } = answer;
      // The relay has a newer version of the article: this one is obsolete.
      if (isTaken || /^(?:duplicate|replaced):/.test(message)) return "accepted";
      return toRefusal(message, reasonOfRefusal(message), response.receivedAt);
    },
    find: async (pubkey, filters, signal) => {
      const query = ["REQ", subscription, ...filters.map((filter) => ({ ...filter, authors: [pubkey] }))];
      const result = await fetchJson(withMessage(address, query), { method: "GET", signal });
      if (result.kind !== "response") return notRead(result);
      const { response } = result;
      const received = messagesIn(response);
      const [refusal] = received.flatMap((message) => closedMessage.safeParse(message).data ?? []);
      if (refusal !== undefined)
        return toRefusal(refusal.message, reasonOfRefusal(refusal.message), response.receivedAt);
      if (!received.some(([kind]) => kind === "EOSE")) return ofHttp(response);
      const events = received.flatMap((message) => eventMessage.safeParse(message).data ?? []);
      const own = await Promise.all(events.map(async (event) => ((await isAuthentic(pubkey, event)) ? [event] : [])));
      return own.flat().toSorted((a, b) => b.created_at - a.created_at);
    },
  };
};

const withMessage = (address: string, message: readonly unknown[]): string => {
  const url = new URL(address);
  url.searchParams.set("message", JSON.stringify(message));
  return url.href;
};

/** Checks author and id: a relay could answer with anything. A forged signature could only hide one of our events. */
const isAuthentic = async (pubkey: string, event: SignedEvent): Promise<boolean> =>
  event.pubkey === pubkey && Buffer.from(await eventHash(pubkey, event)).toString("hex") === event.id;

/** Reads the machine-readable prefix of a refusal (NIP-01, NIP-42). Relays name no time to wait. */
const toRefusal = (message: string, reason: string, now: number): Refusal => {
  const [, prefix = ""] = /^([a-z-]+):/.exec(message) ?? [];
  if (prefix === "rate-limited") return { kind: "unavailable", reason, retryAt: now + minute };
  if (["auth-required", "restricted", "blocked"].includes(prefix)) return { kind: "unauthorised", reason };
  return { kind: prefix === "error" ? "unanswered" : "rejected", reason };
};

/** Kinds of events (NIP-10, NIP-23 and NIP-09). */
export const kinds = { note: 1, article: 30_023, deletion: 5 } as const;

type DraftEvent = z.infer<typeof draftEvent>;

export type SignedEvent = z.infer<typeof signedEvent>;

/** The event's id. Two drafts of an author with equal content are one event, even when they are signed twice. */
const eventHash = async (pubkey: string, event: DraftEvent): Promise<Uint8Array> => {
  const content = JSON.stringify([0, pubkey, event.created_at, event.kind, event.tags, event.content]);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(content)));
};

/** The first value of a tag. */
export const tagValue = ({ tags }: Pick<DraftEvent, "tags">, name: string): string | undefined =>
  tags.find(([own]) => own === name)?.[1];

/** An address with relays in it is longer than the 90 characters of BIP-173. */
const longestCode = 1000;

const encode = (prefix: string, bytes: Uint8Array): string => bech32.encode(prefix, bech32.toWords(bytes), longestCode);

/** The order of the curve: a key is a number below it (BIP-340). */
const curveOrder = 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_fffe_baae_dce6_af48_a03b_bfd2_5e8c_d036_4141n;

/** Reads a secret key from 64 hexadecimal digits or `nsec1…` (NIP-19), as 64 digits. Undefined if the text is neither. */
const parseSecretKey = (text: string): string | undefined => {
  const code = bech32.decodeUnsafe(text.toLowerCase());
  const bytes = code?.prefix === "nsec" ? bech32.fromWordsUnsafe(code.words) : undefined;
  const key = bytes === undefined ? text.toLowerCase() : Buffer.from(bytes).toString("hex");
  if (!/^[0-9a-f]{64}$/.test(key)) return undefined;
  const number = BigInt(`0x${key}`);
  return number > 0n && number < curveOrder ? key : undefined;
};

export const npub = (pubkey: string): string => encode("npub", Buffer.from(pubkey, "hex"));

/** Type, length and value of each field (NIP-19, "Shareable identifiers with extra metadata"). */
const codeFields = (...all: readonly (readonly [type: number, value: Uint8Array])[]): Uint8Array =>
  Buffer.concat(all.flatMap(([type, value]) => [Uint8Array.of(type, value.length), value]));

/** The code that readers paste into a client: `nevent1…` for a note, `naddr1…` for an article. `relays` have the event. */
const shareCode = (event: Omit<SignedEvent, "sig">, relays: readonly string[]): string => {
  const isArticle = event.kind === kinds.article;
  const kind = Buffer.alloc(4);
  kind.writeUInt32BE(event.kind);
  return encode(
    isArticle ? "naddr" : "nevent",
    codeFields(
      [0, isArticle ? Buffer.from(tagValue(event, "d") ?? "") : Buffer.from(event.id, "hex")],
      ...relays.map((relay) => [1, Buffer.from(relay)] as const),
      [2, Buffer.from(event.pubkey, "hex")],
      [3, kind],
    ),
  );
};
