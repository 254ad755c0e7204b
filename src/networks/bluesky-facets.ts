import { linksIn } from "./links-in-text.ts";

interface Facet {
  readonly index: { readonly byteStart: number; readonly byteEnd: number };
  readonly features: readonly (
    | { readonly $type: "app.bsky.richtext.facet#link"; readonly uri: string }
    | { readonly $type: "app.bsky.richtext.facet#tag"; readonly tag: string }
  )[];
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const overlap = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end;

/** Where `url` is in the text. Link detection would include a bracket or leave out a full stop. */
const occurrencesOf = (text: string, url: string): readonly Span[] => {
  const occurrences: Span[] = [];
  for (let at = text.indexOf(url); at >= 0; at = text.indexOf(url, at + url.length)) {
    occurrences.push({ start: at, end: at + url.length });
  }
  return occurrences;
};

/** The links and hashtags of a text. The index counts UTF-8 bytes (app.bsky.richtext.facet#byteSlice); servers do not check it. */
export const facetsOf = (text: string, url: string): readonly Facet[] => {
  const bytes = (end: number) => Buffer.byteLength(text.slice(0, end));
  const index = ({ start, end }: Span) => ({ byteStart: bytes(start), byteEnd: bytes(end) });
  const detected = linksIn(text);
  // A longer link that starts with the post's URL is another page.
  const own = occurrencesOf(text, url).filter(
    ({ start, end }) =>
      !detected.some(
        (link) => link.start === start && link.end > end && /^[\w/?#&=%~-]/.test(link.url.slice(url.length)),
      ),
  );
  const others = detected.filter((link) => !own.some((span) => overlap(span, link)));
  const links = [...own.map((span) => ({ ...span, url })), ...others];
  const tags = [...text.matchAll(/(?<=^|\s)[#＃]((?!\p{N}+(?:\s|$))[\p{L}\p{M}\p{N}_]+)/gu)]
    .map(({ index: start, 0: whole, 1: tag }) => ({ start, end: start + whole.length, tag: tag ?? "" }))
    .filter((tag) => Buffer.byteLength(tag.tag) <= 640 && !links.some((link) => overlap(link, tag)));
  const facets = [
    ...links.map(
      (link): Facet => ({ index: index(link), features: [{ $type: "app.bsky.richtext.facet#link", uri: link.url }] }),
    ),
    ...tags.map(
      (tag): Facet => ({ index: index(tag), features: [{ $type: "app.bsky.richtext.facet#tag", tag: tag.tag }] }),
    ),
  ];
  return facets.toSorted((a, b) => a.index.byteStart - b.index.byteStart);
};
