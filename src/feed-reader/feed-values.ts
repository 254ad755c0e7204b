import type { FeedText, PolledFile } from "../domain/polled-feed.ts";
import { makePerson, type Person } from "../domain/site.ts";
import { day, hour, minute } from "../domain/time.ts";
import { childrenOf, resolveReferences, textIn, urlIn, type XmlElement } from "./xml-tree.ts";

const byteCount = (text: string | undefined): number | undefined =>
  text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;

const mediaTypeOf = (text: string | undefined): string | undefined => {
  const [type] = text?.toLowerCase().split(";") ?? [];
  return type !== undefined && /^[a-z]+\/[\w.+-]+$/.test(type.trim()) ? type.trim() : undefined;
};

export const fileOf = (
  url: string | undefined,
  mediaType: string | undefined,
  length: string | undefined,
  alt?: string,
): readonly PolledFile[] =>
  url === undefined ? [] : [{ url, mediaType: mediaTypeOf(mediaType), length: byteCount(length), alt }];

const isPicture = ({ url, mediaType }: PolledFile): boolean =>
  mediaType === undefined
    ? /\.(?:avif|gif|jpe?g|png|svg|webp)$/i.test(new URL(url).pathname)
    : mediaType.startsWith("image/");

/** Divides the files that an entry has attached into pictures and others. */
export const sortFiles = (
  files: readonly PolledFile[],
): { readonly pictures: readonly PolledFile[]; readonly others: readonly PolledFile[] } => ({
  pictures: files.filter(isPicture),
  others: files.filter((file) => !isPicture(file)),
});

/** Returns the pictures of Media RSS and iTunes: the whole ones before their thumbnails. */
export const mediaPictures = (entry: XmlElement): readonly PolledFile[] => {
  const groups = [entry, ...childrenOf(entry, "media:group")];
  const contents = groups.flatMap((group) => childrenOf(group, "media:content"));
  const full = contents
    .filter(({ attributes }) => attributes.get("medium") === "image" || attributes.get("type")?.startsWith("image/"))
    .flatMap((content) =>
      fileOf(
        urlIn(content.attributes.get("url"), content.base),
        content.attributes.get("type"),
        content.attributes.get("filesize"),
        textIn(content, "media:description"),
      ),
    );
  const thumbnails = [...groups, ...contents]
    .flatMap((group) => childrenOf(group, "media:thumbnail"))
    .flatMap(({ attributes, base }) => fileOf(urlIn(attributes.get("url"), base), undefined, undefined));
  const itunes = childrenOf(entry, "itunes:image").flatMap(({ attributes, base }) =>
    fileOf(urlIn(attributes.get("href"), base), undefined, undefined),
  );
  return [...full, ...thumbnails, ...itunes];
};

const reference = /&(?:[a-z]\w*|#\d+|#x[\da-f]+);/i;
const closedTag = /<(\w+)(?:\s[^<>]*)?>[^<>]*<\/\1>|<br\s*\/?>/i;

/**
 * A title of RSS or JSON Feed is plain text by the specification and escaped HTML in many feeds. A reference and a
 * closed tag are HTML; a tag that is not closed is text: "The <b> element".
 */
export const titleText = (text: string | undefined): FeedText | undefined => {
  if (text === undefined) return undefined;
  return reference.test(text) || closedTag.test(text) ? { html: text } : { text };
};

export const plainTitle = (title: FeedText | undefined): string | undefined => {
  if (title === undefined || "text" in title) return title?.text;
  return resolveReferences(title.html.replaceAll(/<[^<>]*>/g, ""));
};

/** A person with an empty name is left out. */
export const namedPeople = (
  name: string | undefined,
  url: string | undefined,
  email: string | undefined,
): readonly Person[] => (name === undefined || name.trim() === "" ? [] : [makePerson(name.trim(), url, email)]);

const periods = new Map([
  ["hourly", hour],
  ["daily", day],
  ["weekly", 7 * day],
  ["monthly", 30 * day],
  ["yearly", 365 * day],
]);

const positive = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,6}$/.test(text) && Number(text) > 0 ? Number(text) : undefined;

/** Returns ms: RSS `ttl` in minutes, else `sy:updatePeriod`, which `sy:updateFrequency` divides. */
export const readPollInterval = (channel: XmlElement): number | undefined => {
  const ttl = positive(textIn(channel, "ttl"));
  if (ttl !== undefined) return ttl * minute;
  const period = periods.get(textIn(channel, "sy:updateperiod")?.toLowerCase() ?? "");
  return period === undefined ? undefined : period / (positive(textIn(channel, "sy:updatefrequency")) ?? 1);
};
