/** A part of a text: plain text, a link or a hashtag. */
export interface Piece {
  readonly kind: "text" | "link" | "tag";
  readonly text: string;
  readonly url?: string;
}

/** Brackets are part of a link in pairs; punctuation at its end is not. */
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

/** A link that is shown by another text than its address. */
export interface ShownLink {
  readonly text: string;
  readonly url: string;
}

/** `links`: in their order. */
export const piecesOf = (text: string, links: readonly ShownLink[] = []): readonly Piece[] => {
  const [link, ...others] = links;
  if (link === undefined) return piecesIn(text);
  const at = text.indexOf(link.text);
  if (at === -1) return piecesOf(text, others);
  return [
    ...piecesIn(text.slice(0, at)),
    { kind: "link", ...link },
    ...piecesOf(text.slice(at + link.text.length), others),
  ];
};
