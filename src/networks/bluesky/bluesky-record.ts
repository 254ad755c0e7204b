import * as z from "zod";
import type { Outcome, StoredRequest } from "../../domain/delivery.ts";
import type { Picture } from "../../domain/picture.ts";
import type { NoLogin } from "../../ports/networks.ts";
import type { ReadPicture } from "../../ports/pictures.ts";
import type { JsonResponse } from "../http.ts";
import { outcomeOfError, readError, type Xrpc } from "./bluesky-session.ts";

/** True if the record was refused because the server does not have its picture. */
export const isBlobMissing = ({ status, body }: JsonResponse): boolean =>
  status === 400 && readError(body).error === "BlobNotFound";

/** Uploads the picture of a record, and may be repeated. Returns false if the picture cannot be uploaded. */
const uploadThumb = async (
  record: StoredRequest,
  xrpc: Xrpc,
  readPicture: ReadPicture,
  signal: AbortSignal,
): Promise<boolean | NoLogin> => {
  const thumb = readThumb(record);
  const bytes = thumb && (await readPicture(thumb));
  if (thumb === undefined || bytes === undefined) return false;
  const request = { method: "POST", body: Buffer.from(bytes), headers: { "content-type": thumb.mediaType } };
  const called = await xrpc.call("com.atproto.repo.uploadBlob", () => request, signal);
  if (called.kind !== "called") return called;
  if (called.result.kind !== "response") return false;
  const { response } = called.result;
  if (response.status < 300) return true;
  const outcome = outcomeOfError(response, { id: null, url: null, public: true });
  return outcome.kind === "unauthorised" || outcome.kind === "unavailable" ? outcome : false;
};

/**
 * Writes a record. If the server does not have its picture, the picture is uploaded and the record is written again. If it
 * cannot be uploaded, the record is written without it.
 */
export const writeWithThumb = async (
  record: StoredRequest,
  write: (record: StoredRequest) => Promise<Outcome | "blob-missing">,
  {
    xrpc,
    readPicture,
    signal,
  }: { readonly xrpc: Xrpc; readonly readPicture: ReadPicture; readonly signal: AbortSignal },
): Promise<Outcome> => {
  const first = await write(record);
  if (first !== "blob-missing") return first;
  const uploaded = await uploadThumb(record, xrpc, readPicture, signal);
  if (typeof uploaded === "object") return uploaded;
  const second = uploaded ? await write(record) : "blob-missing";
  const last = second === "blob-missing" ? await write(withoutThumb(record)) : second;
  return last === "blob-missing"
    ? { kind: "rejected", reason: "Bluesky does not accept the picture of the card" }
    : last;
};

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

const Thumb = z.object({
  ref: z.object({ $link: z.string().regex(/^bafkrei[a-z2-7]{52}$/) }),
  mimeType: z.enum(["image/jpeg", "image/png"]),
});
const WithThumb = z.looseObject({
  embed: z.looseObject({ external: z.looseObject({ thumb: Thumb }) }),
});

/** The picture of a record's card, which identifies its bytes. Undefined if the card has none. */
export const readThumb = (record: unknown): Pick<Picture, "hash" | "mediaType"> | undefined => {
  const thumb = WithThumb.safeParse(record).data?.embed.external.thumb;
  return thumb && { hash: hashOfCid(thumb.ref.$link), mediaType: thumb.mimeType };
};

/** The same record with a card that has no picture. */
const withoutThumb = (record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const parsed = WithThumb.safeParse(record).data;
  if (parsed === undefined) return record;
  const external = Object.entries(parsed.embed.external).filter(([name]) => name !== "thumb");
  return { ...record, embed: { ...parsed.embed, external: Object.fromEntries(external) } };
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
