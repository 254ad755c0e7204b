/** A text as people see it: plain words, links and hashtags. */
export interface Piece {
  readonly kind: "text" | "link" | "tag";
  readonly text: string;
  readonly url?: string | undefined;
}

/** Brackets belong to a link in pairs; the sentence's own mark never does. */
const marked =
  /https?:\/\/(?:[^\s<>"()]|\([^\s<>"()]*\))*(?:[^\s<>"().,;:!?'’]|\([^\s<>"()]*\))|(?<=^|\s)#[\p{L}\p{M}\p{N}_]+/giu;

export const piecesOf = (text: string): readonly Piece[] => {
  const pieces: Piece[] = [];
  let end = 0;
  for (const { index, 0: found } of text.matchAll(marked)) {
    if (index > end) pieces.push({ kind: "text", text: text.slice(end, index) });
    pieces.push(found.startsWith("#") ? { kind: "tag", text: found } : { kind: "link", text: found, url: found });
    end = index + found.length;
  }
  if (end < text.length) pieces.push({ kind: "text", text: text.slice(end) });
  return pieces;
};
