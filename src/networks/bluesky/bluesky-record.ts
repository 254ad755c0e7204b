import * as z from "zod";
import type { Outcome, StoredRequest } from "../../domain/delivery.ts";
import type { Picture } from "../../domain/picture.ts";
import { unspaced } from "../../domain/snippet.ts";
import type { NoLogin } from "../../ports/networks.ts";
import type { ReadPicture } from "../../ports/pictures.ts";
import type { JsonResponse } from "../http.ts";
import { countedLinks, type Link, linksIn } from "../network-text.ts";
import { postsIn } from "../thread.ts";
import { outcomeOfError, readError, type Xrpc } from "./bluesky-session.ts";

/** True if the record was refused because the server does not have its picture. */
export const isBlobMissing = ({ status, body }: JsonResponse): boolean =>
  status === 400 && readError(body).error === "BlobNotFound";

interface UploadPorts {
  readonly xrpc: Xrpc;
  readonly readPicture: ReadPicture;
  readonly signal: AbortSignal;
}

type BlobOf = Pick<Picture, "hash" | "mediaType">;

/** Uploads a picture of a record, and may be repeated. `lost`: it cannot be uploaded; `failed`: not now. */
const uploadBlob = async (
  picture: BlobOf,
  { xrpc, readPicture, signal }: UploadPorts,
): Promise<"uploaded" | "lost" | "failed" | NoLogin> => {
  const bytes = await readPicture(picture);
  if (bytes === undefined) return "lost";
  const request = { method: "POST", body: Buffer.from(bytes), headers: { "content-type": picture.mediaType } };
  const called = await xrpc.call("com.atproto.repo.uploadBlob", () => request, signal);
  if (called.kind !== "called") return called;
  if (called.result.kind !== "response") return "failed";
  const { response } = called.result;
  if (response.status < 300) return "uploaded";
  const outcome = outcomeOfError(response, { id: null, url: null, public: true });
  if (outcome.kind === "unauthorised" || outcome.kind === "unavailable") return outcome;
  return outcome.kind === "unanswered" ? "failed" : "lost";
};

/**
 * Writes a record. If the server does not have one of its pictures, all are uploaded and the record is written again,
 * without those that cannot be uploaded. A record of pictures alone needs one of them.
 */
export const writeWithPictures = async (
  record: StoredRequest,
  write: (record: StoredRequest) => Promise<Outcome | "blob-missing">,
  ports: UploadPorts,
): Promise<Outcome> => {
  const first = await write(record);
  if (first !== "blob-missing") return first;
  const missing: string[] = [];
  let isTemporary = false;
  for (const picture of picturesIn(record)) {
    const uploaded = await uploadBlob(picture, ports);
    if (typeof uploaded === "object") return uploaded;
    if (uploaded !== "uploaded") missing.push(picture.hash);
    isTemporary ||= uploaded === "failed";
  }
  const left = missing.length === 0 ? record : withoutPictures(record, ({ hash }) => missing.includes(hash));
  if (isEmpty(left))
    return {
      kind: isTemporary ? "unavailable" : "rejected",
      reason: "it has no text, and its pictures cannot be sent",
    };
  const second = await write(left);
  if (second !== "blob-missing") return second;
  const bare = withoutPictures(record, () => true);
  const last = isEmpty(bare) ? "blob-missing" : await write(bare);
  return last === "blob-missing" ? { kind: "rejected", reason: "Bluesky does not accept the post's pictures" } : last;
};

/** True for a record that shows nothing. */
const isEmpty = ({ text, embed }: StoredRequest): boolean => text === "" && embed === undefined;

const base32Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

/** Base32 (RFC 4648 §6) in lower case and without padding, as in multibase `b`. */
const base32 = (bytes: Uint8Array): string => {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => base32Alphabet.charAt(Number.parseInt(five.padEnd(5, "0"), 2)))
    .join("");
};

/** The prefix of CID version 1, codec raw, SHA-256 of 32 bytes. */
const cidPrefix = [0x01, 0x55, 0x12, 0x20];

/** The id of a blob, which is the same on every personal data server: it is computed from the bytes. */
export const cidOfBlob = (hash: string): string =>
  `b${base32(Uint8Array.from([...cidPrefix, ...Buffer.from(hash, "hex")]))}`;

const hashOfCid = (cid: string): string => {
  const bits = [...cid.slice(1)].map((letter) => base32Alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  return Buffer.from(bytes.slice(cidPrefix.length)).toString("hex");
};

/** A picture in a record, before or after it is uploaded. */
export const makeBlob = ({ hash, mediaType, size }: Picture) => ({
  $type: "blob",
  ref: { $link: cidOfBlob(hash) },
  mimeType: mediaType,
  size,
});

const Blob = z.looseObject({
  ref: z.object({ $link: z.string().regex(/^bafkrei[a-z2-7]{52}$/) }),
  mimeType: z.enum(["image/jpeg", "image/png"]),
});
const WithThumb = z.looseObject({
  embed: z.looseObject({ external: z.looseObject({ thumb: Blob }) }),
});
const WithImages = z.looseObject({
  embed: z.looseObject({ images: z.array(z.looseObject({ image: Blob })) }),
});

const bytesOf = ({ ref, mimeType }: z.infer<typeof Blob>): BlobOf => ({
  hash: hashOfCid(ref.$link),
  mediaType: mimeType,
});

/** The pictures of a record, which identify their bytes: that of its card, or those that it shows itself. */
export const picturesIn = (record: unknown): readonly BlobOf[] => {
  const thumb = WithThumb.safeParse(record).data?.embed.external.thumb;
  const images = WithImages.safeParse(record).data?.embed.images ?? [];
  return [thumb ?? [], images.map(({ image }) => image)].flat().map(bytesOf);
};

/** The same record without some of its pictures. */
const withoutPictures = (record: StoredRequest, isLeftOut: (picture: BlobOf) => boolean): StoredRequest => {
  const card = WithThumb.safeParse(record).data;
  if (card !== undefined && isLeftOut(bytesOf(card.embed.external.thumb))) {
    const external = Object.entries(card.embed.external).filter(([name]) => name !== "thumb");
    return { ...record, embed: { ...card.embed, external: Object.fromEntries(external) } };
  }
  const { embed } = WithImages.safeParse(record).data ?? {};
  if (embed === undefined) return record;
  const images = embed.images.filter(({ image }) => !isLeftOut(bytesOf(image)));
  if (images.length > 0) return { ...record, embed: { ...embed, images } };
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== "embed"));
};

const sortableAlphabet = "234567abcdefghijklmnopqrstuvwxyz";

const earliest = BigInt(Date.UTC(2023, 0)) * 1000n;

/**
 * A TID (atproto.com/specs/tid): 53 bits of microseconds and 10 bits of a clock identifier, as 13 sortable characters.
 * Both are derived from the seed alone, so that a delivery has the same key after a table was lost or restored. The time is
 * between 2023 and 2025 and has no meaning: Bluesky shows a post by its `createdAt`.
 */
export const tid = (seed: string): string => {
  const bits = BigInt(`0x${seed.slice(0, 14)}`);
  const micros = earliest + ((bits >> 10n) & ((1n << 46n) - 1n));
  return encodedTid((micros << 10n) | (bits & 1023n));
};

/** The key of a reply: the first post's time plus one microsecond for each post before the reply. */
export const tidAfter = (first: string, posts: number): string => {
  const value = [...first].reduce((sum, character) => (sum << 5n) | BigInt(sortableAlphabet.indexOf(character)), 0n);
  return encodedTid(value + (BigInt(posts) << 10n));
};

const encodedTid = (value: bigint): string =>
  Array.from({ length: 13 }, (_, digit) => sortableAlphabet[Number((value >> BigInt(5 * (12 - digit))) & 31n)]).join(
    "",
  );

/** The identity behind a handle, which stays when the handle changes (atproto.com/specs/did). */
export const isDid = (text: string): boolean => text.length <= 2048 && /^did:[a-z]+:[\w.:%-]*[\w.-]$/.test(text);

/** A language tag that a post may have: BCP 47, with its first part in lower case. */
export const isLanguageTag = (text: string): boolean => /^(?:[a-z]{2,3}|[ixX])(?:-[a-zA-Z\d]{1,8})*$/.test(text);

interface ComposedFacet {
  readonly index: { readonly byteStart: number; readonly byteEnd: number };
  readonly features: readonly (
    | { readonly $type: "app.bsky.richtext.facet#link"; readonly uri: string }
    | { readonly $type: "app.bsky.richtext.facet#tag"; readonly tag: string }
    | ReturnType<typeof makeMention>
  )[];
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const overlap = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end;

const isContinued = new RegExp(String.raw`(?!${unspaced})[\p{L}\p{N}@./_-]$`, "u");

/** The spans of the post's link in the text, except those inside another address. */
const findOccurrences = (text: string, shown: string): readonly Span[] => {
  const occurrences: Span[] = [];
  for (let at = text.indexOf(shown); at >= 0 && shown !== ""; at = text.indexOf(shown, at + shown.length)) {
    const end = at + shown.length;
    const isAlone = !isContinued.test(text.slice(0, at)) && !/^[.:]?[\p{L}\p{N}/@_-]/u.test(text.slice(end));
    if (isAlone) occurrences.push({ start: at, end });
  }
  return occurrences;
};

interface DetectedTag extends Span {
  readonly tag: string;
}

/** Matches what `detectFacets` of @atproto/api takes for an address: all up to the next space. */
const addresses = /(?<=^|\s|\()(?:https?:\/\/\S+|(?<domain>[a-z][a-z\d]*(?:\.[a-z\d]+)+)\S*)/gim;

/** True if the last label is a top-level domain. In capitals (`ASP.NET`) it is none. */
const isDomain = (name: string): boolean =>
  /\.[a-z\d]+$/.test(name) && countedLinks(name, true).some(({ url }) => url === name);

const countOf = (sign: string, text: string): number => text.split(sign).length - 1;

/**
 * Removes the punctuation after an address, as `detectFacets` does, and each bracket that was opened before the address.
 * `detectFacets` keeps that bracket if the address has another one.
 */
const withoutPunctuation = (address: string): string => {
  const bare = address.replace(/[.,;:!?]$/, "");
  let end = bare.length;
  for (
    let unopened = countOf(")", bare) - countOf("(", bare);
    unopened > 0 && bare.charAt(end - 1) === ")";
    unopened -= 1
  )
    end -= 1;
  return bare.slice(0, end);
};

/** The links that `detectFacets` finds, those without a scheme (`example.com`) among them. */
const detectLinks = (text: string): readonly Link[] =>
  [...text.matchAll(addresses)].flatMap(({ index: start, 0: found, groups: { domain } = {} }) => {
    if (domain === undefined ? !found.startsWith("http") : !isDomain(domain)) return [];
    const shown = withoutPunctuation(found);
    const url = domain === undefined ? shown : `https://${shown}`;
    // Bluesky would refuse a post with an invalid address.
    return URL.parse(url) === null ? [] : [{ start, end: start + shown.length, url }];
  });

/** Matches the hashtags that `detectFacets` finds, with the punctuation after them. They end at invisible characters. */
const hashtags = /(?<=^|\s)[#＃]((?!\uFE0F)(?:(?!\u20E2)[^\s\u00AD\u2060\u200A-\u200D])+)/gu;

/** The longest hashtag that Bluesky's app shows as one, in UTF-16 units. */
const longestTag = 64;

const detectHashtags = (text: string): readonly DetectedTag[] =>
  [...text.matchAll(hashtags)].flatMap(({ index: start, 1: written = "" }) => {
    const tag = /[^\d\p{P}]/u.test(written) ? written.replace(/(?<!\p{P})\p{P}+$/u, "") : "";
    return tag === "" || tag.length > longestTag ? [] : [{ start, end: start + 1 + tag.length, tag }];
  });

/** Matches the names of shares (`$ABC`) that `detectFacets` finds. */
const cashtags = /(?<=^|\s|\()\$[A-Za-z][A-Za-z\d]{0,4}(?=\s|$|[.,;:!?)"'\u2019])/gu;

const detectCashtags = (text: string): readonly DetectedTag[] =>
  [...text.matchAll(cashtags)].map(({ index: start, 0: name }) => ({
    start,
    end: start + name.length,
    tag: name.toUpperCase(),
  }));

interface FacetContext {
  /** The text that shows the link to `url`. */
  readonly shown: string;
  readonly url: string;
  /** The handles that the author mentions. Any other `@` is text. */
  readonly handles: ReadonlySet<string>;
  /**
   * True if the author wrote the text for networks. In a title or a summary, `README.md` is no link and `$HOME` no share.
   */
  readonly isOwnText: boolean;
  /** Links whose text is not their address. */
  readonly named?: readonly (Span & { readonly url: string })[] | undefined;
}

/**
 * The links, hashtags and mentions of a text. Links and hashtags are those of `detectFacets` of @atproto/api, which
 * Bluesky's app uses. Indices count UTF-8 bytes (app.bsky.richtext.facet#byteSlice).
 */
export const makeFacets = (
  text: string,
  { shown, url, handles, isOwnText, named = [] }: FacetContext,
): readonly ComposedFacet[] => {
  const bytes = (end: number) => Buffer.byteLength(text.slice(0, end));
  const index = ({ start, end }: Span) => ({ byteStart: bytes(start), byteEnd: bytes(end) });
  const detected = isOwnText ? detectLinks(text) : linksIn(text);
  // A longer address that begins with the post's is another one.
  const isOther = (own: Span) => (link: Span) =>
    overlap(own, link) && /[\p{L}\p{N}]/u.test(text.slice(own.end, link.end));
  const own = findOccurrences(text, shown).filter((span) => !detected.some(isOther(span)));
  const others = detected.filter((link) => !own.some((span) => overlap(span, link)));
  const found = [...own.map((span) => ({ ...span, url })), ...others];
  const links = [...named, ...found.filter((link) => !named.some((span) => overlap(span, link)))];
  const isOutside = (span: Span) => !links.some((link) => overlap(link, span));
  const tags = [...detectHashtags(text), ...(isOwnText ? detectCashtags(text) : [])].filter(isOutside);
  const mentions = mentionsIn(text).filter((mention) => handles.has(mention.handle) && isOutside(mention));
  const facets = [
    ...mentions.map((mention): ComposedFacet => ({ index: index(mention), features: [makeMention(mention.handle)] })),
    ...links.map(
      (link): ComposedFacet => ({
        index: index(link),
        features: [{ $type: "app.bsky.richtext.facet#link", uri: link.url }],
      }),
    ),
    ...tags.map(
      (tag): ComposedFacet => ({
        index: index(tag),
        features: [{ $type: "app.bsky.richtext.facet#tag", tag: tag.tag }],
      }),
    ),
  ];
  return facets.toSorted((a, b) => a.index.byteStart - b.index.byteStart);
};

/** A mention `@handle.tld` at UTF-16 indices. */
interface Mention {
  readonly start: number;
  readonly end: number;
  /** The handle in lower case: handles are not case-sensitive. */
  readonly handle: string;
}

/** Matches an `@` that is not part of a mail address, of a path or of a name in a URL. */
const mentionCandidates = /(?<![\p{L}\p{N}_.@＠/=-])[@＠]([a-zA-Z\d]+(?:[.-]+[a-zA-Z\d]+)*)/gu;

/** A continuation makes it another name: `@ada.example@server`, `@ada.exämple`. Scripts without spaces may follow. */
const continuation = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{M}_@＠/]/u;

export const mentionsIn = (text: string): readonly Mention[] =>
  [...text.matchAll(mentionCandidates)].flatMap(({ index: start, 0: whole, 1: handle = "" }) => {
    const end = start + whole.length;
    const isMention = isHandle(handle) && !continuation.test(text.slice(end, end + 2));
    return isMention ? [{ start, end, handle: handle.toLowerCase() }] : [];
  });

/** The type of a mention's facet. It has the handle until the post is sent, and the handle's DID in the record. */
const mentionType = "app.bsky.richtext.facet#mention";

const makeMention = (handle: string) => ({ $type: mentionType, handle }) as const;

const Feature = z.looseObject({ $type: z.string(), handle: z.string().optional(), did: z.string().optional() });
const Facet = z.looseObject({
  index: z.looseObject({ byteStart: z.int(), byteEnd: z.int() }),
  features: z.array(Feature),
});
const WithFacets = z.looseObject({ text: z.string(), facets: z.array(Facet) });

type Facet = z.infer<typeof Facet>;

const facetsIn = (record: StoredRequest): readonly Facet[] => WithFacets.safeParse(record).data?.facets ?? [];

const isMention = ({ $type }: z.infer<typeof Feature>): boolean => $type === mentionType;

/** The handles that the posts of a request mention. */
export const handlesIn = (request: StoredRequest): readonly string[] => {
  const features = postsIn(request)
    .flatMap(facetsIn)
    .flatMap((facet) => facet.features);
  return [...new Set(features.flatMap(({ handle }) => handle ?? []))];
};

/** DIDs by handle. */
export type Dids = Readonly<Record<string, string>>;

/** Changes the mentions of a record, and no other facet. A mention is removed if `change` returns undefined. */
const changeMentions = (
  record: StoredRequest,
  change: (facet: Facet) => z.infer<typeof Feature> | undefined,
): StoredRequest => {
  const facets = facetsIn(record);
  if (!facets.some((facet) => facet.features.some(isMention))) return record;
  const changed = facets.flatMap((facet) => {
    if (!facet.features.some(isMention)) return [facet];
    const feature = change(facet);
    return feature === undefined ? [] : [{ ...facet, features: [feature] }];
  });
  return { ...record, facets: changed };
};

const handleOf = ({ features }: Facet): string => features.find(isMention)?.handle ?? "";

/** The record that is sent. A handle that nobody has stays plain text. */
export const withDids = (record: StoredRequest, dids: Dids): StoredRequest =>
  changeMentions(record, (facet) => {
    const did = dids[handleOf(facet)];
    return did === undefined ? undefined : { $type: mentionType, did };
  });

const coveredHandle = ({ text }: StoredRequest, { index }: Facet): string =>
  Buffer.from(String(text)).subarray(index.byteStart, index.byteEnd).toString().slice(1).toLowerCase();

/** Turns a record that was read back into the composed one: mentions have handles instead of DIDs. */
export const withHandles = (record: StoredRequest): StoredRequest =>
  changeMentions(record, (facet) => makeMention(coveredHandle(record, facet)));

/** The DIDs that a record mentions, by handle. */
export const didsIn = (record: StoredRequest): Dids =>
  Object.fromEntries(
    facetsIn(record).flatMap((facet) => {
      const did = facet.features.find(isMention)?.did;
      return did === undefined ? [] : [[coveredHandle(record, facet), did] as const];
    }),
  );

const Progress = z.looseObject({ mentions: z.record(z.string(), z.string()) });

/** The DIDs that an earlier step has resolved. Undefined if there was no such step yet. */
export const resolvedIn = (progress: StoredRequest | undefined): Dids | undefined =>
  Progress.safeParse(progress).data?.mentions;

/** A handle: a domain name in ASCII whose last part begins with a letter (atproto.com/specs/handle). */
export const isHandle = (text: string): boolean =>
  text.length <= 253 &&
  /^(?:[a-zA-Z\d](?:[a-zA-Z\d-]{0,61}[a-zA-Z\d])?\.)+[a-zA-Z](?:[a-zA-Z\d-]{0,61}[a-zA-Z\d])?$/.test(text);
