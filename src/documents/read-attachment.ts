import { isPrivateHost } from "../domain/address.ts";
import type { Attachment, Episode } from "../domain/attachment.ts";
import type { Findings } from "../domain/findings.ts";
import { isRecord } from "../domain/json-value.ts";
import { mediaUrl } from "../markdown/urls.ts";
import { asFlatList, asLine, type Field, type Fields, isLocation } from "./front-matter.ts";

const mediaType = /^[a-z]+\/[\w.+-]+$/;

const readType = (key: string, value: unknown, found: Findings): string | undefined => {
  if (value === undefined) return undefined;
  const type = asLine(value)?.toLowerCase();
  if (type !== undefined && mediaType.test(type)) return type;
  return found.warn("value-unknown", key, `\`${key}\` is not a media type such as audio/mpeg: it was left out.`);
};

const readLength = (key: string, value: unknown, found: Findings): number | undefined => {
  if (value === undefined) return undefined;
  const bytes = asLine(value) ?? "";
  if (/^\d{1,15}$/.test(bytes) && Number(bytes) > 0) return Number(bytes);
  return found.warn("value-unknown", key, `\`${key}\` is not a number of bytes: it was left out.`);
};

/** Returns the first of these keys that has a value, with that. */
const firstOf = (record: Readonly<Record<string, unknown>>, above: string, ...names: readonly string[]): Field => {
  const name = names.find((one) => asLine(record[one]) !== undefined) ?? names[0] ?? "";
  return { key: `${above}.${name}`, value: record[name] };
};

/** Feeds of the whole world have the address: one in the author's own network leads nowhere. */
const publicUrl = (text: string, base: string): string | undefined => {
  const url = mediaUrl(text, base);
  const host = url === undefined ? undefined : new URL(url).hostname;
  return host === undefined || (host !== new URL(base).hostname && isPrivateHost(host)) ? undefined : url;
};

const readFile = ({ key, value }: Field, fields: Fields, base: string, found: Findings): Attachment | undefined => {
  const [first] = asFlatList(value);
  const record = isRecord(first) ? first : {};
  const text = isRecord(first) ? asLine(firstOf(first, key, "url", "src", "href", "file").value) : asLine(first);
  if (text === undefined || !isLocation(text)) return undefined;
  const url = publicUrl(text, base);
  if (url === undefined)
    return found.warn(
      "enclosure-dropped",
      key,
      `\`${key}\` is not a URL that a reader can load: "${text.slice(0, 60)}" was left out.`,
    );
  const [otherLength] = fields("attachmentLength");
  const length = firstOf(record, key, "length", "size", "bytes");
  const type = firstOf(record, key, "type", "mimeType", "mime_type");
  found.readFrom("attachment", key);
  return {
    url,
    mediaType: readType(type.key, type.value, found),
    length:
      readLength(length.key, length.value, found) ??
      (otherLength && readLength(otherLength.key, otherLength.value, found)),
  };
};

const player = /<(audio|video)\b([^<>]*)>([\s\S]*?)<\/\1\s*>/gi;

const attribute = /\s([a-z-]{1,40})\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))/gi;

const attributeOf = (tag: string, wanted: string): string | undefined => {
  const [, , ...values] = [...tag.matchAll(attribute)].find(([, name]) => name?.toLowerCase() === wanted) ?? [];
  return values.find((value) => value !== undefined)?.replaceAll("&amp;", "&");
};

/** Returns the recording of the only player in a body, as it was written: the sanitiser makes players links. */
export const playerIn = (html: string, base: string): Attachment | undefined => {
  const [only, ...others] = html.replaceAll(/<!--[\s\S]*?(?:-->|$)/g, "").matchAll(player);
  if (only === undefined || others.length > 0) return undefined;
  const [, , own = "", inside = ""] = only;
  const tags = [own, ...(inside.match(/<source\b[^<>]*>/gi) ?? [])];
  const tag = tags.find((one) => attributeOf(one, "src") !== undefined) ?? "";
  const url = publicUrl(attributeOf(tag, "src") ?? "", base);
  const type = attributeOf(tag, "type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  return url === undefined || tag === ""
    ? undefined
    : { url, mediaType: mediaType.test(type) ? type : undefined, length: undefined };
};

/** Returns whole seconds: `3778.482`, `63:04`, `01:03:04` and `PT1H3M4S` (ISO 8601) are read. */
const readSeconds = (text: string): number | undefined => {
  const [, hours = "", minutes = "", seconds = ""] =
    /^PT(?=\d)(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:(\d{1,6})(?:\.\d+)?S)?$/i.exec(text) ??
    /^(?:(?:(\d{1,4}):)?(\d{1,4}):)?(\d{1,7})(?:\.\d+)?$/.exec(text) ??
    [];
  const total = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
  return total > 0 ? total : undefined;
};

const readCount = (text: string): number | undefined =>
  /^\d{1,6}$/.test(text) && Number(text) > 0 ? Number(text) : undefined;

const readExplicit = (text: string): boolean | undefined => {
  if (/^(?:true|yes|explicit)$/i.test(text)) return true;
  return /^(?:false|no|clean)$/i.test(text) ? false : undefined;
};

const readEpisodeType = (text: string): Episode["type"] =>
  (["full", "trailer", "bonus"] as const).find((type) => type === text.toLowerCase());

type EpisodeField = "duration" | "episode" | "season" | "episodeType" | "explicit";

/** Reads what a podcast says of an episode. A value that is not understood is left out, and named. */
export const readEpisode = (fields: Fields, found: Findings): Episode | undefined => {
  const read = <T>(name: EpisodeField, parse: (text: string) => T | undefined, expected: string): T | undefined => {
    // `episode` may be the object that has the others.
    const [field] = fields(name).filter(({ value }) => !isRecord(value));
    if (field === undefined) return undefined;
    const value = parse(typeof field.value === "boolean" ? String(field.value) : (asLine(field.value) ?? ""));
    if (value !== undefined) found.readFrom(name, field.key);
    else found.warn("value-unknown", field.key, `\`${field.key}\` is not ${expected}: it was left out.`);
    return value;
  };
  const episode: Episode = {
    duration: read("duration", readSeconds, "a duration such as 01:03:04"),
    number: read("episode", readCount, "a number"),
    season: read("season", readCount, "a number"),
    type: read("episodeType", readEpisodeType, "full, trailer or bonus"),
    explicit: read("explicit", readExplicit, "true or false"),
  };
  return Object.values(episode).some((value) => value !== undefined) ? episode : undefined;
};

/** The keys of a podcast that are not read yet. They may have other meanings in a document without a recording. */
const podcastKey = /^(?:episodeimage|mediaprefix|transcripts?|chapters|soundbites?|persons?|funding|episode\..+)$/;
const namedForPodcast = /^(?:podcast|itunes)/;

const warnOfUnread = (ignored: readonly Field[], hasFile: boolean, found: Findings): void => {
  for (const { key } of ignored) {
    const name = key.toLowerCase().replaceAll(/[\s_-]/g, "");
    const path = name.replace(/^(?:extra|params)\./, "");
    if (namedForPodcast.test(path) || (hasFile && podcastKey.test(path)))
      found.warn("podcast-key-unread", key, `\`${key}\` is not read: Crier has no feed for podcasts yet.`);
  }
};

/** Returns the file that belongs to a document: the one that the front matter names, else that of the only player. */
export const readAttachment = (
  fields: Fields,
  { ignored, html, base }: { readonly ignored: readonly Field[]; readonly html: string; readonly base: string },
  found: Findings,
): { readonly attachment?: Attachment; readonly episode?: Episode } => {
  const named = fields("attachment").map((field) => readFile(field, fields, base, found));
  const attachment = named.find((one) => one !== undefined) ?? playerIn(html, base);
  warnOfUnread(ignored, attachment !== undefined, found);
  if (attachment === undefined) return {};
  const episode = readEpisode(fields, found);
  return { attachment, ...(episode !== undefined && { episode }) };
};
