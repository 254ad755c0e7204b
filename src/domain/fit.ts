import { cutToReadable, type Readable, shorten } from "./shorten.ts";
import type { Layout, Snippet, Wording } from "./snippet.ts";

export interface Rules {
  readonly limit: number;
  readonly maxTags: number;
  /** The length of a text by the network's own rule. */
  readonly measure: (text: string) => number;
}

export interface Fitted {
  /** Text, then the link, then the hashtags. */
  readonly text: string;
  /** By the network's own rule. */
  readonly length: number;
  readonly limit: number;
  /** Not all of the wording is in it. */
  readonly isCut: boolean;
}

/** True where `text` contains `part`, and not only as the start of something longer. */
const containsWhole = (text: string, part: string, continuation: RegExp): boolean => {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    if (!continuation.test(text.slice(at + part.length))) return true;
  }
  return false;
};

/** What continues a URL into a longer one; a full stop or a bracket does not. */
const urlContinuation = /^[.,;:!?)\]'"]*[\p{L}\p{N}/?#&=%~_+@$*-]/u;
const tagContinuation = /^[\p{L}\p{M}\p{N}_]/u;

export const inParagraphs: Layout = (...parts) => parts.filter((part) => part !== "").join("\n\n");

/** As many of the tags that are not in the text as the network uses, in at most half of the limit with the link. */
export const tagsFor = (
  text: string,
  { tags, url }: Pick<Snippet, "url" | "tags">,
  { limit, maxTags, measure }: Rules,
): string => {
  const kept: string[] = [];
  const isMissing = (tag: string) => !containsWhole(text.toLowerCase(), tag.toLowerCase(), tagContinuation);
  for (const tag of tags.filter(isMissing)) {
    const isShort = measure(inParagraphs(url, "", "", [...kept, tag].join(" "))) <= limit / 2;
    if (kept.length < maxTags && isShort) kept.push(tag);
  }
  return kept.join(" ");
};

/**
 * Reserves space for the link and the tags, and cuts the text to the rest: first its second paragraph, of which a few words
 * have no meaning. The link is never cut. Without a URL the text has no link.
 */
export const fit = (snippet: Wording & Pick<Snippet, "url" | "tags">, rules: Rules): Fitted => {
  const { limit, measure } = rules;
  const { url, layout = inParagraphs } = snippet;
  const first = cutToReadable(snippet.text, limit);
  const more = cutToReadable(snippet.more ?? "", limit);
  const text = inParagraphs(first.text, more.text, "", "");
  const tags = tagsFor(text, snippet, rules);
  const result = (whole: string, isCut: boolean): Fitted => ({ text: whole, length: measure(whole), limit, isCut });
  const isReadable = !first.isCut && !more.isCut;
  // A text that contains the link keeps it in its place, unless the text must be cut.
  if (isReadable && containsUrl(text, url)) {
    const whole = layout(first.text, more.text, "", tags);
    if (measure(whole) <= limit) return result(whole, false);
  }
  const withoutUrl = (part: Readable): Readable => ({ ...part, text: removeUrl(part.text, url) });
  const [start, rest] = [withoutUrl(first), withoutUrl(more)];
  const fits = (whole: string): boolean => measure(whole) <= limit;
  const whole = layout(start.text, rest.text, url, tags);
  if (isReadable && fits(whole)) return result(whole, false);
  const cutRest = start.isCut ? "" : shorten(rest, (part) => fits(layout(start.text, part, url, tags)));
  if (cutRest !== "" && measure(cutRest) >= limit / 8) return result(layout(start.text, cutRest, url, tags), true);
  const cutStart = shorten(start, (part) => fits(layout(part, "", url, tags)));
  // A layout that leaves no room for the text.
  if (cutStart === "" && snippet.layout !== undefined) return fit({ ...snippet, layout: undefined }, rules);
  return result(layout(cutStart, "", url, tags), true);
};

const containsUrl = (text: string, url: string): boolean => url !== "" && containsWhole(text, url, urlContinuation);

/** Puts another text in the place of the URL, wherever it is not the start of a longer one. */
export const replaceUrl = (text: string, url: string, replacement: string): string =>
  text
    .split(url)
    .reduce((before, after) =>
      urlContinuation.test(after) ? `${before}${url}${after}` : `${before}${replacement}${after}`,
    );

export const removeUrl = (text: string, url: string): string =>
  containsUrl(text, url)
    ? replaceUrl(text, url, "")
        .replaceAll(/[ \t]+/gu, " ")
        .trim()
    : text;
