import extractUrlsWithIndices from "twitter-text/dist/extractUrlsWithIndices.js";

export interface Link {
  readonly start: number;
  readonly end: number;
  readonly url: string;
}

/** URLs with a scheme in a text, in UTF-16 units. A closing bracket without an opening one, and the sentence's own mark, are not part of it. */
export const linksIn = (text: string): readonly Link[] =>
  [...text.matchAll(/https?:\/\/[^\s<>"“”]+/giu)].flatMap(({ index, 0: found }) => {
    const url = trimmed(found);
    return URL.canParse(url) ? [{ start: index, end: index + url.length, url }] : [];
  });

const trimmed = (url: string): string => {
  const last = url.slice(-1);
  const unopened = last === ")" && url.split(")").length > url.split("(").length;
  return unopened || /[.,;:!?'’…。、，！？]/u.test(last) ? trimmed(url.slice(0, -1)) : url;
};

/** What twitter-text takes for links, `README.md` among them; Mastodon uses the same rules without the bare domains. */
export const countedLinks = (text: string, bareDomains: boolean): readonly Link[] =>
  extractUrlsWithIndices(text, { extractUrlsWithoutProtocol: bareDomains }).map(({ url, indices: [start, end] }) => ({
    start,
    end,
    url,
  }));

/** The pieces of a text between links. */
export const between = (text: string, links: readonly Link[]): readonly string[] => {
  const starts = [0, ...links.map(({ end }) => end)];
  return starts.map((start, index) => text.slice(start, links[index]?.start ?? text.length));
};
