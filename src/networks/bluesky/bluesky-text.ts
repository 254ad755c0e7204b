import * as z from "zod";
import type { StoredRequest } from "../../domain/delivery.ts";
import { unspaced } from "../../domain/snippet.ts";
import { linksIn } from "../network-text.ts";
import { postsIn } from "../thread.ts";

interface ComposedFacet {
  readonly index: { readonly byteStart: number; readonly byteEnd: number };
  readonly features: readonly (
    | { readonly $type: "app.bsky.richtext.facet#link"; readonly uri: string }
    | { readonly $type: "app.bsky.richtext.facet#tag"; readonly tag: string }
    | ReturnType<typeof mentionOf>
  )[];
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const overlap = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end;

const isContinued = new RegExp(String.raw`(?!${unspaced})[\p{L}\p{N}@./_-]$`, "u");

/** The spans of the post's link in the text, except those inside another address. */
const occurrencesOf = (text: string, shown: string): readonly Span[] => {
  const occurrences: Span[] = [];
  for (let at = text.indexOf(shown); at >= 0 && shown !== ""; at = text.indexOf(shown, at + shown.length)) {
    const end = at + shown.length;
    const isAlone = !isContinued.test(text.slice(0, at)) && !/^[.:]?[\p{L}\p{N}/@_-]/u.test(text.slice(end));
    if (isAlone) occurrences.push({ start: at, end });
  }
  return occurrences;
};

interface FacetContext {
  /** The text that shows the link to `url`. */
  readonly shown: string;
  readonly url: string;
  /** The handles that the author mentions. Any other `@` is text. */
  readonly handles: ReadonlySet<string>;
}

/** The links, hashtags and mentions of a text. Indices count UTF-8 bytes (app.bsky.richtext.facet#byteSlice). */
export const facetsOf = (text: string, { shown, url, handles }: FacetContext): readonly ComposedFacet[] => {
  const bytes = (end: number) => Buffer.byteLength(text.slice(0, end));
  const index = ({ start, end }: Span) => ({ byteStart: bytes(start), byteEnd: bytes(end) });
  const detected = linksIn(text);
  const own = occurrencesOf(text, shown).filter((span) => !detected.some((link) => overlap(span, link)));
  const links = [...own.map((span) => ({ ...span, url })), ...detected];
  const tags = [...text.matchAll(/(?<=^|\s)[#＃]((?!\p{N}+(?:\s|$))[\p{L}\p{M}\p{N}_]+)/gu)]
    .map(({ index: start, 0: whole, 1: tag }) => ({ start, end: start + whole.length, tag: tag ?? "" }))
    .filter((tag) => Buffer.byteLength(tag.tag) <= 640 && !links.some((link) => overlap(link, tag)));
  const mentions = mentionsIn(text).filter(
    (mention) => handles.has(mention.handle) && !links.some((link) => overlap(link, mention)),
  );
  const facets = [
    ...mentions.map((mention): ComposedFacet => ({ index: index(mention), features: [mentionOf(mention.handle)] })),
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

const mentionOf = (handle: string) => ({ $type: mentionType, handle }) as const;

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
  changeMentions(record, (facet) => mentionOf(coveredHandle(record, facet)));

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

/** The identity behind a handle, which stays when the handle changes (atproto.com/specs/did). */
export const isDid = (text: string): boolean => text.length <= 2048 && /^did:[a-z]+:[\w.:%-]*[\w.-]$/.test(text);

/** A language tag that a post may have: BCP 47, with its first part in lower case. */
export const isLanguageTag = (text: string): boolean => /^(?:[a-z]{2,3}|[ixX])(?:-[a-zA-Z\d]{1,8})*$/.test(text);
