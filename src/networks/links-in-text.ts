import extractUrlsWithIndices from "twitter-text/dist/extractUrlsWithIndices.js";
import { addressInText } from "../domain/snippet.ts";

export interface Link {
  readonly start: number;
  readonly end: number;
  readonly url: string;
}

/** URLs with a scheme, at UTF-16 indices. A closing bracket without an opening one, and punctuation after it, are not part of a URL. */
export const linksIn = (text: string): readonly Link[] =>
  [...text.matchAll(addressInText)].flatMap(({ index, 0: found }) => {
    const url = withoutTrailingPunctuation(found);
    return URL.canParse(url) ? [{ start: index, end: index + url.length, url }] : [];
  });

const count = (text: string, character: string): number => text.split(character).length - 1;

const withoutTrailingPunctuation = (url: string): string => {
  let unopened = count(url, ")") - count(url, "(");
  let end = url.length;
  for (; end > 0; end -= 1) {
    const last = url.charAt(end - 1);
    const isDropped = last === ")" ? unopened > 0 : /[.,;:!?'’…]/u.test(last);
    if (!isDropped) break;
    if (last === ")") unopened -= 1;
  }
  return url.slice(0, end);
};

/**
 * Between white space, which ends a link, and no longer than the longest one (twitter-text, MAX_URL_LENGTH): the time of
 * twitter-text grows with the square of a run's length.
 */
const runs = /\S{1,4096}/g;

/** What twitter-text regards as links, such as `README.md`. Mastodon uses the same rules without bare domains. */
export const countedLinks = (text: string, bareDomains: boolean): readonly Link[] =>
  [...text.matchAll(runs)].flatMap(({ 0: run, index }) => {
    // Without bare domains there is no link without a scheme.
    if (!run.includes(bareDomains ? "." : "://")) return [];
    return extractUrlsWithIndices(run, { extractUrlsWithoutProtocol: bareDomains }).map(
      ({ url, indices: [start, end] }) => ({ start: index + start, end: index + end, url }),
    );
  });

/** The parts of a text that are not links. */
export const textBetween = (text: string, links: readonly Link[]): readonly string[] => {
  const starts = [0, ...links.map(({ end }) => end)];
  return starts.map((start, index) => text.slice(start, links[index]?.start ?? text.length));
};
