import * as z from "zod";
import type { Picture } from "../domain/picture.ts";

const alphabet = "abcdefghijklmnopqrstuvwxyz234567";

/** RFC 4648 §6, in lower case and without padding, as multibase `b` has it. */
const base32 = (bytes: Uint8Array): string => {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? []).map((five) => alphabet.charAt(Number.parseInt(five.padEnd(5, "0"), 2))).join("");
};

/** CID version 1, codec raw, SHA-256 of 32 bytes. */
const prefix = [0x01, 0x55, 0x12, 0x20];

/** The id of a blob on every personal data server: it is made of its bytes alone. */
export const cidOfBlob = (hash: string): string =>
  `b${base32(Uint8Array.from([...prefix, ...Buffer.from(hash, "hex")]))}`;

const hashOfCid = (cid: string): string => {
  const bits = [...cid.slice(1)].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  return Buffer.from(bytes.slice(prefix.length)).toString("hex");
};

/** A picture in a record, before or after it is uploaded. */
export const blobOf = ({ hash, mediaType, size }: Picture) => ({
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

/** The picture of a record's card, by which its bytes are found; undefined where it has none. */
export const thumbOf = (record: unknown): Pick<Picture, "hash" | "mediaType"> | undefined => {
  const thumb = WithThumb.safeParse(record).data?.embed.external.thumb;
  return thumb && { hash: hashOfCid(thumb.ref.$link), mediaType: thumb.mimeType };
};

/** The same record with a card that has no picture. */
export const withoutThumb = (record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const parsed = WithThumb.safeParse(record).data;
  if (parsed === undefined) return record;
  const external = Object.entries(parsed.embed.external).filter(([name]) => name !== "thumb");
  return { ...record, embed: { ...parsed.embed, external: Object.fromEntries(external) } };
};
