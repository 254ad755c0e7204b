import { isRecord } from "../domain/json-value.ts";
import type { Fields } from "./emulator.ts";
import type { ShownLink } from "./text-pieces.ts";
import type { TimelinePost } from "./timeline.ts";

/** What the lexicon does not say of a record that it allows: the record's error, or undefined where it has none. */
export const recordError = (record: Fields): string | undefined => {
  const { text, facets, embed } = record;
  const given = Array.isArray(facets) ? facets : [];
  const invalidFacet = given.map((facet) => facetError(facet, String(text))).find((error) => error !== undefined);
  return invalidFacet ?? (embed === undefined ? undefined : embedError(embed));
};

/** Stricter than a real server, which does not check offsets: a facet must cover its link, hashtag or mention, on whole characters. */
const facetError = (facet: unknown, text: string): string | undefined => {
  if (!isRecord(facet) || !isRecord(facet.index) || !Array.isArray(facet.features)) return undefined;
  const { byteStart, byteEnd } = facet.index;
  const covered = sliceBytes(text, byteStart, byteEnd);
  if (covered === undefined) return "Record/facets/index must lie in the text, on whole characters";
  const covers = facet.features.every((feature) => isRecord(feature) && isCovered(feature, covered));
  return covers ? undefined : `Record/facets/features do not belong to "${covered}"`;
};

const sliceBytes = (text: string, start: unknown, end: unknown): string | undefined => {
  const bytes = new TextEncoder().encode(text);
  const areIntegers =
    Number.isInteger(start) && Number.isInteger(end) && typeof start === "number" && typeof end === "number";
  if (!areIntegers || start < 0 || start >= end || end > bytes.byteLength) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes.slice(start, end));
  } catch {
    return undefined;
  }
};

/** A link is shown whole, or as the start of its address without the scheme, or as the end of a long host. */
const isShown = (uri: string, shown: string): boolean => {
  if (!URL.canParse(uri)) return false;
  const address = uri.replace(/^https?:\/\/(?:www\.)?/, "");
  const isEndOfHost = shown.startsWith("…") && new URL(uri).host.endsWith(shown.slice(1));
  return uri === shown || address.startsWith(shown.replace(/…$/, "")) || isEndOfHost;
};

/** What a DID of the sandbox is made of, and what a handle resolves to here. A real server asks the handle's domain. */
export const didOfHandle = (handle: string): string => `did:web:${handle.toLowerCase()}`;

const isCovered = (feature: Fields, covered: string): boolean => {
  const { $type: type, uri, tag, did } = feature;
  if (type === "app.bsky.richtext.facet#mention")
    return /^[@＠]/u.test(covered) && did === didOfHandle(covered.slice(1));
  if (type === "app.bsky.richtext.facet#link") return typeof uri === "string" && isShown(uri, covered);
  return type === "app.bsky.richtext.facet#tag" && typeof tag === "string" && tag !== "" && tag === covered.slice(1);
};

/** The links and mentions of a record that was accepted, in their order. */
export const linksOf = (record: unknown): readonly ShownLink[] => {
  const { text, facets } = isRecord(record) ? record : {};
  if (typeof text !== "string" || !Array.isArray(facets)) return [];
  return facets.flatMap((facet) => {
    const shown = sliceBytes(text, facet?.index?.byteStart, facet?.index?.byteEnd);
    const { uri, did } = facet?.features?.[0] ?? {};
    const url = typeof did === "string" ? `https://bsky.app/profile/${did}` : uri;
    return shown === undefined || typeof url !== "string" ? [] : [{ text: shown, url }];
  });
};

/** The link card of a record; undefined where it has no complete one. */
export const cardOf = (record: unknown): NonNullable<TimelinePost["card"]> | undefined => {
  const embed = isRecord(record) ? record.embed : undefined;
  const external = isRecord(embed) && embed.$type === "app.bsky.embed.external" ? embed.external : undefined;
  if (!isRecord(external)) return undefined;
  const { uri: url, title, description } = external;
  const isComplete = typeof url === "string" && typeof title === "string" && typeof description === "string";
  return isComplete ? { url, title, description } : undefined;
};

const embedError = (embed: unknown): string | undefined => {
  const card = cardOf({ embed });
  if (card === undefined) return "Record/embed must be an external card with uri, title and description";
  return /^https?:/.test(card.url) && URL.canParse(card.url) ? undefined : "Record/embed/external/uri must be a uri";
};
