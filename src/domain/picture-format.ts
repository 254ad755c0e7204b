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
