import type { Snippet } from "../domain/snippet.ts";
import { linksIn } from "./links-in-text.ts";

/** How much of the beginning of a text is the post's title: networks that have bold letters show it in them. */
export const titleLength = (text: string, { text: own, title }: Pick<Snippet, "text" | "title">): number => {
  const normal = title.normalize("NFC");
  return own === undefined && text.startsWith(`${normal}\n`) ? normal.length : 0;
};

/** A part of a text: a link, or what is between links. */
export interface TextPart {
  readonly text: string;
  readonly isLink: boolean;
  readonly isTitle: boolean;
}

/** The parts of a text that are not empty. A link in the title is a part of it. */
export const partsOf = (text: string, title: number): readonly TextPart[] => {
  const links = linksIn(text).filter(({ start }) => start >= title);
  const cuts = [...new Set([0, title, ...links.flatMap(({ start, end }) => [start, end]), text.length])];
  return cuts.slice(1).map((end, at) => {
    const start = cuts[at] ?? 0;
    return { text: text.slice(start, end), isLink: links.some((link) => link.start === start), isTitle: end <= title };
  });
};
