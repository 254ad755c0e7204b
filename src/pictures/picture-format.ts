const startsWith = (bytes: Uint8Array, text: string, from = 0): boolean =>
  Buffer.from(bytes.subarray(from, from + text.length)).toString("latin1") === text;

/** The brands of an AVIF file, as its first box names them (AV1 Image File Format §4). */
const isAvif = (bytes: Uint8Array): boolean =>
  startsWith(bytes, "ftyp", 4) && /avi[fs]/.test(Buffer.from(bytes.subarray(8, 40)).toString("latin1"));

const formats: readonly (readonly [string, (bytes: Uint8Array) => boolean])[] = [
  ["jpeg", (bytes) => startsWith(bytes, "\xff\xd8\xff")],
  ["png", (bytes) => startsWith(bytes, "\x89PNG\r\n\x1a\n")],
  ["gif", (bytes) => startsWith(bytes, "GIF87a") || startsWith(bytes, "GIF89a")],
  ["webp", (bytes) => startsWith(bytes, "RIFF") && startsWith(bytes, "WEBP", 8)],
  ["avif", isAvif],
];

/** By the content: servers name types that are not there. Undefined for everything that is not decoded. */
export const formatOf = (bytes: Uint8Array): string | undefined => formats.find(([, is]) => is(bytes))?.[0];

/** What the bytes are instead, for people. */
export const describeOther = (bytes: Uint8Array): string => {
  const start = Buffer.from(bytes.subarray(0, 1000)).toString("latin1").trimStart().toLowerCase();
  if (bytes.length === 0) return "it is empty";
  if (/<svg[\s>]/.test(start)) return "it is an SVG, which networks do not take";
  if (/^(<!doctype html|<html|<head|<body|<!--)/.test(start)) return "it is an HTML page";
  return "it is not a JPEG, PNG, WebP, GIF or AVIF";
};
