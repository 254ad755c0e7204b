import { unspaced } from "../domain/snippet.ts";
import { mentionOf, mentionsIn } from "./bluesky-mentions.ts";
import { linksIn } from "./links-in-text.ts";

interface Facet {
  readonly index: { readonly byteStart: number; readonly byteEnd: number };
  readonly features: readonly (
    | { readonly $type: "app.bsky.richtext.facet#link"; readonly uri: string }
    | { readonly $type: "app.bsky.richtext.facet#tag"; readonly tag: string }
    | ReturnType<typeof mentionOf>
  )[];
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const overlap = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end;

const isContinued = new RegExp(String.raw`(?!${unspaced})[\p{L}\p{N}@./_-]$`, "u");

/** Where the post's link is in the text, and is not a part of another address. */
const occurrencesOf = (text: string, shown: string): readonly Span[] => {
  const occurrences: Span[] = [];
  for (let at = text.indexOf(shown); at >= 0 && shown !== ""; at = text.indexOf(shown, at + shown.length)) {
    const end = at + shown.length;
    const isAlone = !isContinued.test(text.slice(0, at)) && !/^[.:]?[\p{L}\p{N}/@_-]/u.test(text.slice(end));
    if (isAlone) occurrences.push({ start: at, end });
  }
  return occurrences;
};

interface Meant {
  /** What the text shows of the link to `url`. */
  readonly shown: string;
  readonly url: string;
  /** Whom the author mentions: any other `@` is text. */
  readonly handles: ReadonlySet<string>;
}

/** The links, hashtags and mentions of a text. The index counts UTF-8 bytes (app.bsky.richtext.facet#byteSlice); servers do not check it. */
export const facetsOf = (text: string, { shown, url, handles }: Meant): readonly Facet[] => {
  const bytes = (end: number) => Buffer.byteLength(text.slice(0, end));
  const index = ({ start, end }: Span) => ({ byteStart: bytes(start), byteEnd: bytes(end) });
  const detected = linksIn(text);
  const own = occurrencesOf(text, shown).filter((span) => !detected.some((link) => overlap(span, link)));
  const links = [...own.map((span) => ({ ...span, url })), ...detected];
  const tags = [...text.matchAll(/(?<=^|\s)[#＃]((?!\p{N}+(?:\s|$))[\p{L}\p{M}\p{N}_]+)/gu)]
    .map(({ index: start, 0: whole, 1: tag }) => ({ start, end: start + whole.length, tag: tag ?? "" }))
    .filter((tag) => Buffer.byteLength(tag.tag) <= 640 && !links.some((link) => overlap(link, tag)));
  const mentions = mentionsIn(text).filter(
    (mention) => handles.has(mention.handle) && !links.some((link) => overlap(link, mention)),
  );
  const facets = [
    ...mentions.map((mention): Facet => ({ index: index(mention), features: [mentionOf(mention.handle)] })),
    ...links.map(
      (link): Facet => ({ index: index(link), features: [{ $type: "app.bsky.richtext.facet#link", uri: link.url }] }),
    ),
    ...tags.map(
      (tag): Facet => ({ index: index(tag), features: [{ $type: "app.bsky.richtext.facet#tag", tag: tag.tag }] }),
    ),
  ];
  return facets.toSorted((a, b) => a.index.byteStart - b.index.byteStart);
};
