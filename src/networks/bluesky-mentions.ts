import * as z from "zod";
import type { StoredRequest } from "../domain/delivery.ts";
import { isHandle } from "./bluesky-syntax.ts";
import { postsIn } from "./thread.ts";

/** `@handle.tld` at UTF-16 indices. */
interface Mention {
  readonly start: number;
  readonly end: number;
  /** In lower case: handles have none of their own. */
  readonly handle: string;
}

/** Not the `@` of a mail address, of a path or of a name in a URL. */
const candidates = /(?<![\p{L}\p{N}_.@＠/=-])[@＠]([a-zA-Z\d]+(?:[.-]+[a-zA-Z\d]+)*)/gu;

/** What makes another name of it: `@ada.example@server`, `@ada.exämple`. Scripts without spaces may follow a handle. */
const continuation = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{M}_@＠/]/u;

export const mentionsIn = (text: string): readonly Mention[] =>
  [...text.matchAll(candidates)].flatMap(({ index: start, 0: whole, 1: handle = "" }) => {
    const end = start + whole.length;
    const isMention = isHandle(handle) && !continuation.test(text.slice(end, end + 2));
    return isMention ? [{ start, end, handle: handle.toLowerCase() }] : [];
  });

/** What a facet says of a mention: before a post is sent the handle, in the record the DID behind it. */
const mentionType = "app.bsky.richtext.facet#mention";

export const mentionOf = (handle: string) => ({ $type: mentionType, handle }) as const;

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

/** Other facets than mentions stay as they are. `change`: undefined where it is a mention no more. */
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

/** A record as it is sent. A handle that nobody has stays plain text. */
export const withDids = (record: StoredRequest, dids: Dids): StoredRequest =>
  changeMentions(record, (facet) => {
    const did = dids[handleOf(facet)];
    return did === undefined ? undefined : { $type: mentionType, did };
  });

const coveredHandle = ({ text }: StoredRequest, { index }: Facet): string =>
  Buffer.from(String(text)).subarray(index.byteStart, index.byteEnd).toString().slice(1).toLowerCase();

/** A record that was read, as it was composed. */
export const withHandles = (record: StoredRequest): StoredRequest =>
  changeMentions(record, (facet) => mentionOf(coveredHandle(record, facet)));

/** Whom a record that was read mentions. */
export const didsIn = (record: StoredRequest): Dids =>
  Object.fromEntries(
    facetsIn(record).flatMap((facet) => {
      const did = facet.features.find(isMention)?.did;
      return did === undefined ? [] : [[coveredHandle(record, facet), did] as const];
    }),
  );

const Progress = z.looseObject({ mentions: z.record(z.string(), z.string()) });

/** The DIDs that an earlier step has found; undefined where none has asked yet. */
export const resolvedIn = (progress: StoredRequest | undefined): Dids | undefined =>
  Progress.safeParse(progress).data?.mentions;
