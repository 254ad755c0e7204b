import type { Image, PostContent } from "./post.ts";
import type { Instant } from "./time.ts";

/** The text, link and tags of a post for one account, before a network's rules are applied. */
export interface Snippet {
  /** `social.<account>` > `social.<network>` > `socialShare` > the document's own snippet; undefined where the author wrote none. */
  readonly text: string | undefined;
  readonly title: string;
  /** Empty where the summary is not good enough to announce the post. */
  readonly summary: string;
  /** The post's URL: never cut. */
  readonly url: string;
  /** Candidates for hashtags with their `#`, the best first. */
  readonly tags: readonly string[];
  readonly image: Image | undefined;
  readonly language: string;
  readonly disclosure: string | undefined;
  /** The time of the first send, not the article's date: networks sort by it. */
  readonly createdAt: Instant;
  /** All of the post: for a network that is sent the whole of it. */
  readonly content: PostContent;
}

/** Exact, specific and niche categories make better hashtags than general ones. */
const tagOrder = ["exact", "specific", "niche", "medium", undefined, "general"];

const hashtag = (name: string): string => {
  const words = name
    .normalize("NFKC")
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== "");
  const camelCase = words
    .map((word) => (words.length > 1 ? word.slice(0, 1).toUpperCase() + word.slice(1) : word))
    .join("");
  return /^\p{N}*$/u.test(camelCase) ? "" : `#${camelCase}`;
};

export const hashtags = (post: Pick<PostContent, "categories">): readonly string[] => {
  const rank = (type: string | undefined) => (tagOrder.indexOf(type) + tagOrder.length) % tagOrder.length;
  const sorted = post.categories.toSorted((a, b) => rank(a.type) - rank(b.type));
  return [
    ...new Map(
      sorted
        .map(({ name }) => hashtag(name))
        .filter((tag) => tag !== "")
        .map((tag) => [tag.toLowerCase(), tag]),
    ).values(),
  ];
};

export const snippetFor = (
  post: PostContent,
  account: { readonly name: string; readonly network: string },
  createdAt: Instant,
): Snippet => {
  const { social } = post;
  const texts = [social.texts[account.name.toLowerCase()], social.texts[account.network], social.share, social.snippet];
  return {
    text: texts.find((text) => text !== undefined && text.trim() !== "")?.trim(),
    title: post.title,
    summary: social.useSummary ? post.summary : "",
    url: post.url,
    tags: hashtags(post),
    image: post.image,
    language: post.language,
    disclosure: post.disclosure,
    createdAt,
    content: post,
  };
};

/** The part of a post before its link and hashtags. */
export interface Wording {
  readonly text: string;
  /** A second paragraph, cut to the space that is left. */
  readonly more?: string;
}

/** The author's own text, else the title and the summary: readers must learn what the post is about. */
export const withTitle = ({ text, title, summary }: Pick<Snippet, "text" | "title" | "summary">): Wording => {
  if (text !== undefined) return { text };
  const hasTitle = summary.startsWith(title) && !tagContinuation.test(summary.slice(title.length));
  return hasTitle ? { text: summary } : { text: title, more: summary };
};

/** The same for a network that shows the title in a card: the text does not repeat it. */
export const withCard = ({ text, title, summary }: Pick<Snippet, "text" | "title" | "summary">): Wording => ({
  text: text ?? (summary === "" ? title : summary),
});

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

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const words = new Intl.Segmenter("en", { granularity: "word" });

const segmentEnds = (segmenter: Intl.Segmenter, text: string): readonly number[] =>
  [...segmenter.segment(text)].map(({ index, segment }) => index + segment.length);

/** No cut falls inside a link: half a link does not work. */
const cutsLinkIn = (text: string): ((cut: number) => boolean) => {
  const links = [...text.matchAll(/https?:\/\/\S+/giu)].map(
    ({ index, 0: link }) => [index, index + link.length] as const,
  );
  return (cut) => links.some(([start, end]) => start < cut && cut < end);
};

/** Not kept before an ellipsis; `%` and closing brackets are kept. */
const isTrailing = (character: string): boolean => /[\s\p{Pd}\p{Ps}\p{Pi}.,;:!?…&#@/、。，．；：！？]/u.test(character);

const withoutTrailing = (text: string): string => {
  let end = text.length;
  while (end > 0 && isTrailing(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
};

const cutAt = (text: string, end: number): string => {
  const kept = withoutTrailing(text.slice(0, end));
  // One short word of the next sentence has no meaning.
  const [word] = /(?<=[.!?]\s{1,9})\p{L}{1,4}$/u.exec(kept.slice(-20)) ?? [];
  if (word !== undefined) return `${kept.slice(0, -word.length).trimEnd()} …`;
  return kept === "" ? "" : `${kept}…`;
};

/** A text of which this much is read: more cannot fit, even with long links in it. What counts links takes its time. */
const readable = (limit: number): number => 4 * limit + 4000;

interface Readable {
  readonly text: string;
  readonly isCut: boolean;
}

const cutToReadable = (text: string, limit: number): Readable => {
  const trimmed = text.trim();
  const isCut = trimmed.length > readable(limit);
  const kept = isCut ? trimmed.slice(0, readable(limit)).toWellFormed() : trimmed;
  return { text: kept.normalize("NFC"), isCut };
};

/** The longest start of `text` that `fits`, with an ellipsis. It is cut at a word, else within one, never within a grapheme. */
const shorten = ({ text, isCut }: Readable, fits: (text: string) => boolean): string => {
  if (!isCut && fits(text)) return text;
  const longest = (cuts: readonly number[]): string => {
    let low = 0;
    let high = cuts.length;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (fits(cutAt(text, cuts[middle - 1] ?? 0))) low = middle;
      else high = middle - 1;
    }
    return cutAt(text, cuts[low - 1] ?? 0);
  };
  const cutsLink = cutsLinkIn(text);
  const safeCuts = segmentEnds(graphemes, text).filter((cut) => !cutsLink(cut));
  const safe = new Set(safeCuts);
  const atWord = longest(segmentEnds(words, text).filter((cut) => safe.has(cut)));
  const atGrapheme = longest(safeCuts);
  // A very long word is cut, not dropped.
  return atWord.length * 2 >= atGrapheme.length ? atWord : atGrapheme;
};

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
