/** A part of a text: plain text, a link or a hashtag. */
export interface Piece {
  readonly kind: "text" | "link" | "tag";
  readonly text: string;
  readonly url?: string;
}

/** Matches links and hashtags. Paired brackets are part of a link; punctuation at its end is not. */
const linkOrTag =
  /https?:\/\/(?:[^\s<>"()]|\([^\s<>"()]*\))*(?:[^\s<>"().,;:!?'’]|\([^\s<>"()]*\))|(?<=^|\s)#[\p{L}\p{M}\p{N}_]+/giu;

const piecesIn = (text: string): readonly Piece[] => {
  const pieces: Piece[] = [];
  let end = 0;
  for (const { index, 0: found } of text.matchAll(linkOrTag)) {
    if (index > end) pieces.push({ kind: "text", text: text.slice(end, index) });
    pieces.push(found.startsWith("#") ? { kind: "tag", text: found } : { kind: "link", text: found, url: found });
    end = index + found.length;
  }
  if (end < text.length) pieces.push({ kind: "text", text: text.slice(end) });
  return pieces;
};

/** A link whose text differs from its address. */
export interface ShownLink {
  readonly text: string;
  readonly url: string;
}

/** Divides a text. `links` are in the order of the text. */
export const textPieces = (text: string, links: readonly ShownLink[] = []): readonly Piece[] => {
  const [link, ...others] = links;
  if (link === undefined) return piecesIn(text);
  const at = text.indexOf(link.text);
  if (at === -1) return textPieces(text, others);
  return [
    ...piecesIn(text.slice(0, at)),
    { kind: "link", ...link },
    ...textPieces(text.slice(at + link.text.length), others),
  ];
};

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

export const graphemeCount = (text: string): number => [...segmenter.segment(text)].length;

export const byteCount = (text: string): number => new TextEncoder().encode(text).byteLength;

const linkHost = String.raw`(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}]{2,}`;
const linkPath = String.raw`(?:[/?#][a-z0-9\u00c0-\u024f\u0400-\u04ff!*'();:=+,.$/%#[\]\-_~&|@?]*[a-z0-9\u00c0-\u024f\u0400-\u04ff=/#_+)-]|/)?`;
const withScheme = new RegExp(String.raw`https?://(${linkHost})(?::\d+)?${linkPath}`, "giu");
/** A domain without a scheme that counts as a link. */
export const bareDomain =
  /(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:com|net|org|io|dev|app|md|sh|co|ai|me|info|de|uk|eu|tv|blog|page)(?![\w-])/giu;
/** Matches names that are not public (RFC 2606, RFC 6762): networks do not make links of them. */
const reserved = /\.(?:test|localhost|invalid|local|example|internal|lan|home)$/iu;

export const replaceLinks = (text: string, replacement: string): string =>
  text.replaceAll(withScheme, (link: string, name: string) => (reserved.test(name) ? link : replacement));
