import { isRecord } from "../domain/records.ts";
import { byteCount, graphemeCount } from "./counting.ts";
import type { Fields } from "./emulator.ts";

/** The lexicon app.bsky.feed.post: what is wrong with a record, undefined when nothing is. */
export const faultOfRecord = (record: unknown): string | undefined => {
  if (!isRecord(record)) return "record must be an object";
  const { text, createdAt, langs, facets, embed } = record;
  if (record.$type !== "app.bsky.feed.post") return "Record/$type must be app.bsky.feed.post";
  if (typeof text !== "string") return "Record/text must be a string";
  if (graphemeCount(text) > 300) return "Record/text must not be longer than 300 graphemes";
  if (byteCount(text) > 3000) return "Record/text must not be longer than 3000 bytes";
  if (typeof createdAt !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(createdAt)) {
    return "Record/createdAt must be an valid atproto datetime";
  }
  if (langs !== undefined && !(Array.isArray(langs) && langs.length <= 3 && langs.every(isLanguage))) {
    return "Record/langs must be at most 3 BCP 47 tags";
  }
  if (facets !== undefined && !Array.isArray(facets)) return "Record/facets must be an array";
  const facetFault = (facets ?? []).map((facet) => faultOfFacet(facet, text)).find((fault) => fault !== undefined);
  return facetFault ?? (embed === undefined ? undefined : faultOfEmbed(embed));
};

const isLanguage = (tag: unknown): boolean =>
  typeof tag === "string" && /^[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*$/.test(tag);

/** Stricter than a real server, which checks no offset: a facet must cover what it names, on whole characters. */
const faultOfFacet = (facet: unknown, text: string): string | undefined => {
  if (!isRecord(facet) || !isRecord(facet.index) || !Array.isArray(facet.features))
    return "Record/facets: a facet has an index and features";
  const { byteStart, byteEnd } = facet.index;
  const covered = slice(text, byteStart, byteEnd);
  if (covered === undefined) return "Record/facets/index must lie in the text, on whole characters";
  const covers = facet.features.every((feature) => isRecord(feature) && isCovered(feature, covered));
  return covers ? undefined : `Record/facets/features do not belong to "${covered}"`;
};

const slice = (text: string, start: unknown, end: unknown): string | undefined => {
  const bytes = new TextEncoder().encode(text);
  const inside =
    Number.isInteger(start) && Number.isInteger(end) && typeof start === "number" && typeof end === "number";
  if (!inside || start < 0 || start >= end || end > bytes.byteLength) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes.slice(start, end));
  } catch {
    return undefined;
  }
};

const isCovered = (feature: Fields, covered: string): boolean => {
  const { $type: type, uri, tag } = feature;
  if (type === "app.bsky.richtext.facet#link") return uri === covered && URL.canParse(covered);
  return (
    type === "app.bsky.richtext.facet#tag" &&
    typeof tag === "string" &&
    tag !== "" &&
    tag === covered.slice(1) &&
    graphemeCount(tag) <= 64
  );
};

export interface External {
  readonly uri: string;
  readonly title: string;
  readonly description: string;
}

export const externalOf = (record: unknown): External | undefined => {
  const embed = isRecord(record) ? record.embed : undefined;
  const external = isRecord(embed) && embed.$type === "app.bsky.embed.external" ? embed.external : undefined;
  if (!isRecord(external)) return undefined;
  const { uri, title, description } = external;
  const whole = typeof uri === "string" && typeof title === "string" && typeof description === "string";
  return whole ? { uri, title, description } : undefined;
};

const faultOfEmbed = (embed: unknown): string | undefined => {
  const external = externalOf({ embed });
  if (external === undefined) return "Record/embed must be an external card with uri, title and description";
  return /^https?:/.test(external.uri) && URL.canParse(external.uri)
    ? undefined
    : "Record/embed/external/uri must be a uri";
};
