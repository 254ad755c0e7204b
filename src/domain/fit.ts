import { cutToReadable, type Readable, shorten } from "./shorten.ts";
import type { Snippet, Wording } from "./snippet.ts";

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

const paragraphs = (...parts: readonly string[]): string => parts.filter((part) => part !== "").join("\n\n");

/** Reserves space for the link, then for tags up to half of the limit, and cuts the text to the rest. The link is never cut. */
export const fit = (snippet: Wording & Pick<Snippet, "url" | "tags">, rules: Rules): Fitted => {
  const { limit, measure, maxTags } = rules;
  const { url } = snippet;
  const first = cutToReadable(snippet.text, limit);
  const more = cutToReadable(snippet.more ?? "", limit);
  const text = paragraphs(first.text, more.text);
  const isCut = first.isCut || more.isCut;
  const result = (whole: string): Fitted => ({ text: whole, length: measure(whole), limit });
  const missing = snippet.tags.filter((tag) => !containsWhole(text.toLowerCase(), tag.toLowerCase(), tagContinuation));
  const tags: string[] = [];
  for (const tag of missing) {
    const fits = measure(paragraphs(url, [...tags, tag].join(" "))) <= limit / 2;
    if (tags.length < maxTags && fits) tags.push(tag);
  }
  // A text that contains the link keeps it in its place, unless the text must be cut.
  if (!isCut && containsWhole(text, url, urlContinuation)) {
    const whole = paragraphs(text, tags.join(" "));
    if (measure(whole) <= limit) return result(whole);
  }
  const shortened = (part: Readable): string =>
    shorten(
      { ...part, text: removeUrl(part.text, url) },
      (body) => measure(paragraphs(body, url, tags.join(" "))) <= limit,
    );
  const body = shortened({ text, isCut });
  // A few words of the second paragraph have no meaning.
  const isTooShort = more.text !== "" && body !== text && measure(body) - measure(first.text) < limit / 8;
  return result(paragraphs(isTooShort ? shortened(first) : body, url, tags.join(" ")));
};

const removeUrl = (text: string, url: string): string =>
  containsWhole(text, url, urlContinuation)
    ? text
        .split(url)
        .reduce((before, after) => (urlContinuation.test(after) ? `${before}${url}${after}` : `${before}${after}`))
        .replaceAll(/[ \t]+/gu, " ")
        .trim()
    : text;
