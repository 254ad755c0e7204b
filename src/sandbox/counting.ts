/**
 * The networks' lengths once more, by other means than the adapters' own: a mistake has to be made twice to stay hidden.
 */

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

export const graphemeCount = (text: string): number => [...segmenter.segment(text)].length;

export const byteCount = (text: string): number => new TextEncoder().encode(text).byteLength;

const host = String.raw`(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}]{2,}`;
const path = String.raw`(?:[/?#][a-z0-9\u00c0-\u024f\u0400-\u04ff!*'();:=+,.$/%#[\]\-_~&|@?]*[a-z0-9\u00c0-\u024f\u0400-\u04ff=/#_+)-]|/)?`;
const withScheme = new RegExp(String.raw`https?://(${host})(?::\d+)?${path}`, "giu");
const bareDomain =
  /(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:com|net|org|io|dev|app|md|sh|co|ai|me|info|de|uk|eu|tv|blog|page)(?![\w-])/giu;
/** Names that are no public suffix (RFC 2606, RFC 6762): a network sees no link there. */
const reserved = /\.(?:test|localhost|invalid|local|example|internal|lan|home)$/iu;

const replaceLinks = (text: string, by: string): string =>
  text.replaceAll(withScheme, (link: string, name: string) => (reserved.test(name) ? link : by));

/** docs.x.com, "Counting characters". */
export const xLength = (text: string): number => {
  const filler = "l".repeat(23);
  const unlinked = replaceLinks(text.normalize("NFC"), filler).replaceAll(bareDomain, filler);
  // One private sign weighs two, as an emoji of any make does.
  const plain = unlinked.replaceAll(/\p{RGI_Emoji}|[0-9#*]\u20E3/gv, "\u{F0000}");
  const heavy = plain.replaceAll(/[\u0000-\u10FF\u2000-\u200D\u2010-\u201F\u2032-\u2037]/gu, "");
  return [...plain].length + [...heavy].length;
};

/** docs.joinmastodon.org, "Posting to your profile". */
export const mastodonLength = (text: string): number =>
  graphemeCount(replaceLinks(text.normalize("NFC"), "l".repeat(23)).replaceAll(/(@\w+)@(?:[\w-]+\.)+\w+/gu, "$1"));
