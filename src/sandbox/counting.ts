const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

export const graphemeCount = (text: string): number => [...segmenter.segment(text)].length;

export const byteCount = (text: string): number => new TextEncoder().encode(text).byteLength;

const host = String.raw`(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}]{2,}`;
const path = String.raw`(?:[/?#][a-z0-9\u00c0-\u024f\u0400-\u04ff!*'();:=+,.$/%#[\]\-_~&|@?]*[a-z0-9\u00c0-\u024f\u0400-\u04ff=/#_+)-]|/)?`;
const withScheme = new RegExp(String.raw`https?://(${host})(?::\d+)?${path}`, "giu");
/** A domain without a scheme that counts as a link. */
export const bareDomain =
  /(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:com|net|org|io|dev|app|md|sh|co|ai|me|info|de|uk|eu|tv|blog|page)(?![\w-])/giu;
/** These are not public top-level domains (RFC 2606, RFC 6762): networks do not make links of them. */
const reserved = /\.(?:test|localhost|invalid|local|example|internal|lan|home)$/iu;

export const replaceLinks = (text: string, replacement: string): string =>
  text.replaceAll(withScheme, (link: string, name: string) => (reserved.test(name) ? link : replacement));
