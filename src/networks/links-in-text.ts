import extractUrlsWithIndices from "twitter-text/dist/extractUrlsWithIndices.js";

export interface Link {
  readonly start: number;
  readonly end: number;
  readonly url: string;
}

/** URLs with a scheme, at UTF-16 indices. A closing bracket without an opening one, and punctuation after it, are not part of a URL. */
export const linksIn = (text: string): readonly Link[] =>
  [...text.matchAll(/https?:\/\/[^\s<>"“”]+/giu)].flatMap(({ index, 0: found }) => {
    const url = withoutTrailingPunctuation(found);
    return URL.canParse(url) ? [{ start: index, end: index + url.length, url }] : [];
  });

const withoutTrailingPunctuation = (url: string): string => {
  const last = url.slice(-1);
  const unopened = last === ")" && url.split(")").length > url.split("(").length;
  return unopened || /[.,;:!?'’…。、，！？]/u.test(last) ? withoutTrailingPunctuation(url.slice(0, -1)) : url;
};

/** What twitter-text regards as links, such as `README.md`. Mastodon uses the same rules without bare domains. */
export const countedLinks = (text: string, bareDomains: boolean): readonly Link[] =>
  extractUrlsWithIndices(text, { extractUrlsWithoutProtocol: bareDomains }).map(({ url, indices: [start, end] }) => ({
    start,
    end,
    url,
  }));

/** The parts of a text that are not links. */
export const textBetween = (text: string, links: readonly Link[]): readonly string[] => {
  const starts = [0, ...links.map(({ end }) => end)];
  return starts.map((start, index) => text.slice(start, links[index]?.start ?? text.length));
};
