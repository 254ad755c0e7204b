import { doublingPause } from "./retry.ts";
import { day, hour, type Instant, minute, second } from "./time.ts";

/** The largest picture that a network accepts. */
export interface PictureCap {
  readonly maxBytes: number;
  /** The length of the longer side, in pixels. */
  readonly maxSide: number;
}

export const pictureTypes = ["image/jpeg", "image/png"] as const;

export type PictureType = (typeof pictureTypes)[number];

/**
 * A picture as it is sent to networks: scaled to a cap, upright and without metadata. Its bytes are stored under their
 * hash.
 */
export interface Picture {
  /** SHA-256 of the bytes, in hex. */
  readonly hash: string;
  readonly mediaType: PictureType;
  /** In bytes. */
  readonly size: number;
  readonly width: number;
  readonly height: number;
}

/** The stored state of the picture at a URL. It is fetched once for all accounts and posts. */
export interface PictureRecord {
  readonly url: string;
  readonly pictures: readonly { readonly cap: PictureCap; readonly picture: Picture }[];
  /** The reason why it could not be prepared, as the end of a sentence about it. */
  readonly problem: string | undefined;
  /** True if another try cannot help: it is not a picture, or too large. */
  readonly isFinal: boolean;
  /** The moment of the first try. */
  readonly since: Instant;
  readonly attempts: number;
  /** It is not fetched before this moment. */
  readonly next: Instant;
}

/** False for the type of a page, such as "not found", at the URL of a picture. */
export const isMedia = (mediaType: string | undefined): boolean =>
  mediaType !== undefined && /^(?:image|audio|video)\/[\w.+-]+$/.test(mediaType);

/** Each byte as one character. */
const asText = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, to));

const startsWith = (bytes: Uint8Array, text: string, from = 0): boolean =>
  asText(bytes, from, from + text.length) === text;

/** Reads the brands of an AVIF file in its first box (AV1 Image File Format §4). */
const isAvif = (bytes: Uint8Array): boolean => startsWith(bytes, "ftyp", 4) && /avi[fs]/.test(asText(bytes, 8, 40));

const formats: readonly (readonly [string, (bytes: Uint8Array) => boolean])[] = [
  ["jpeg", (bytes) => startsWith(bytes, "\xff\xd8\xff")],
  ["png", (bytes) => startsWith(bytes, "\x89PNG\r\n\x1a\n")],
  ["gif", (bytes) => startsWith(bytes, "GIF87a") || startsWith(bytes, "GIF89a")],
  ["webp", (bytes) => startsWith(bytes, "RIFF") && startsWith(bytes, "WEBP", 8)],
  ["avif", isAvif],
];

/**
 * The content decides, because media types of servers are often wrong. Returns undefined for everything that is not
 * decoded.
 */
export const detectFormat = (bytes: Uint8Array): string | undefined => formats.find(([, is]) => is(bytes))?.[0];

/** The folder of all pictures and their records, which is beside the feeds. */
export const pictureFolder = "pictures/";

/** Larger files are not read to the end. */
export const maxSourceBytes = 20_000_000;

/** Posts wait for their picture no longer than this. */
const deadline = 2 * minute;
/** A claimed preparation has this long. It is longer than a fetch and its preparation take. */
const preparing = 45 * second;
/** Earlier failures are ignored after this time: by then another post has the same picture. */
const forgottenAfter = hour;
const finalFor = day;
/** Several tries fit into the time that posts wait. */
const pauses = { first: 10 * second, longest: minute };

export const sameCap = (one: PictureCap, other: PictureCap): boolean =>
  one.maxBytes === other.maxBytes && one.maxSide === other.maxSide;

export const pictureFor = (record: PictureRecord | undefined, cap: PictureCap): Picture | undefined =>
  record?.pictures.find((one) => sameCap(one.cap, cap))?.picture;

/**
 * Claims the preparation if one is due: returns the record that is saved before it. Undefined if the known record still
 * holds.
 */
export const claimPicture = (
  url: string,
  caps: readonly PictureCap[],
  known: PictureRecord | undefined,
  now: Instant,
): PictureRecord | undefined => {
  const next = now + preparing;
  const fresh = { url, pictures: [], problem: undefined, isFinal: false, since: now, attempts: 1, next };
  if (known === undefined) return fresh;
  if (caps.every((cap) => pictureFor(known, cap) !== undefined) || known.next > now) return undefined;
  if (known.isFinal || now - known.since >= forgottenAfter) return { ...fresh, pictures: known.pictures };
  return { ...known, attempts: known.attempts + 1, next };
};

export const markPrepared = (
  record: PictureRecord,
  pictures: PictureRecord["pictures"],
  now: Instant,
): PictureRecord => ({
  ...record,
  pictures,
  problem: undefined,
  next: now,
});

export const markFailed = (
  record: PictureRecord,
  { problem, isFinal }: Pick<PictureRecord, "isFinal"> & { readonly problem: string },
  now: Instant,
): PictureRecord => ({
  ...record,
  problem,
  isFinal,
  next: now + (isFinal ? finalFor : doublingPause(pauses, record.attempts)),
});

/** The state of a picture of a post. No post is kept from being sent by its pictures. */
export type PictureState =
  | { readonly kind: "ready"; readonly picture: Picture }
  | { readonly kind: "wait"; readonly until: Instant; readonly problem: string | undefined }
  | { readonly kind: "without"; readonly problem: string };

/** `record` is undefined if the preparation could not be started. */
export const pictureState = (record: PictureRecord | undefined, cap: PictureCap, now: Instant): PictureState => {
  const picture = pictureFor(record, cap);
  if (picture !== undefined) return { kind: "ready", picture };
  if (record === undefined) return { kind: "without", problem: "it cannot be prepared now" };
  const { problem, isFinal, since, next } = record;
  const end = since + deadline;
  if (isFinal || now >= end) return { kind: "without", problem: problem ?? "it was not ready in time" };
  return { kind: "wait", until: Math.min(Math.max(next, now + second), end), problem };
};
