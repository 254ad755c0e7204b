import type { Image, PostContent } from "./post.ts";
import type { Instant } from "./time.ts";

/** What a post offers to one account, before a network's rules are applied. */
export interface Snippet {
  /** `social.<account>` > `social.<network>` > `socialShare` > the document's own snippet; undefined where the author wrote none. */
  readonly text?: string | undefined;
  readonly title: string;
  /** Empty where it is not good enough to announce the post. */
  readonly summary: string;
  /** The post's URL: never cut. */
  readonly url: string;
  /** Candidates for hashtags with their `#`, the best first. */
  readonly tags: readonly string[];
  readonly image?: Image | undefined;
  readonly language: string;
  readonly disclosure?: string | undefined;
  /** The moment of the first send, whatever the article's date: a network sorts by it. */
  readonly createdAt: Instant;
}

/** Exact, specific and niche categories say more to a reader of hashtags than general ones. */
const tagOrder = ["exact", "specific", "niche", "medium", undefined, "general"];

const hashtag = (name: string): string => {
  const words = name
    .normalize("NFKC")
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== "");
  const camel = words
    .map((word) => (words.length > 1 ? word.slice(0, 1).toUpperCase() + word.slice(1) : word))
    .join("");
  return /^\p{N}*$/u.test(camel) ? "" : `#${camel}`;
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
  };
};

/** The part of a post before its link and hashtags. */
export interface Wording {
  readonly text: string;
  /** A second paragraph, used as far as there is room. */
  readonly more?: string | undefined;
}

/** The author's own text, else the title and the summary: a reader must learn what the post is about. */
export const withTitle = ({ text, title, summary }: Pick<Snippet, "text" | "title" | "summary">): Wording => {
  if (text !== undefined) return { text };
  const repeats = summary.startsWith(title) && !longerTag.test(summary.slice(title.length));
  return repeats ? { text: summary } : { text: title, more: summary };
};

/** The same for a network that shows the title in a card of ours: the text does not repeat it. */
export const besideCard = ({ text, title, summary }: Pick<Snippet, "text" | "title" | "summary">): Wording => ({
  text: text ?? (summary === "" ? title : summary),
});

export interface Rules {
  readonly limit: number;
  readonly maxTags: number;
  /** The network's own measure of a whole text. */
  readonly measure: (text: string) => number;
}

export interface Fitted {
  /** Text, then the link, then the hashtags. */
  readonly text: string;
  /** In the network's own measure. */
  readonly length: number;
  readonly limit: number;
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const words = new Intl.Segmenter("en", { granularity: "word" });

const ends = (segmenter: Intl.Segmenter, text: string): readonly number[] =>
  [...segmenter.segment(text)].map(({ index, segment }) => index + segment.length);

/** Half a link leads nowhere: no cut falls inside one. */
const insideLink = (text: string): ((cut: number) => boolean) => {
  const links = [...text.matchAll(/https?:\/\/\S+/giu)].map(
    ({ index, 0: link }) => [index, index + link.length] as const,
  );
  return (cut) => links.some(([start, end]) => start < cut && cut < end);
};

/** What looks lost before an ellipsis; `%` and closing brackets belong to what they follow. */
const dangling = /[\s\p{Pd}\p{Ps}\p{Pi}.,;:!?…&#@/、。，．；：！？]+$/u;

const cutAt = (text: string, end: number): string => {
  const kept = text.slice(0, end).replace(dangling, "");
  // The one short word that begins the next sentence says nothing.
  const sentences = /^.*[.!?](?=\s+\p{L}{1,4}$)/su.exec(kept)?.[0];
  if (sentences !== undefined) return `${sentences} …`;
  return kept === "" ? "" : `${kept}…`;
};

/** The longest start of `text` for which `fits` holds, cut at a word (else within one, never within a grapheme), with an ellipsis. */
const shorten = (text: string, fits: (text: string) => boolean): string => {
  if (fits(text)) return text;
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
  const inside = insideLink(text);
  const safe = ends(graphemes, text).filter((cut) => !inside(cut));
  const boundaries = new Set(safe);
  const atWord = longest(ends(words, text).filter((cut) => boundaries.has(cut)));
  const atGrapheme = longest(safe);
  // One endless word is better cut than dropped.
  return atWord.length * 2 >= atGrapheme.length ? atWord : atGrapheme;
};

/** True where `part` stands in `text` as a whole, not as the start of something longer. */
const holds = (text: string, part: string, more: RegExp): boolean => {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    if (!more.test(text.slice(at + part.length))) return true;
  }
  return false;
};

/** What makes a URL a longer, other one; a full stop or a bracket after it does not. */
const longerUrl = /^[.,;:!?)\]'"]*[\p{L}\p{N}/?#&=%~_+@$*-]/u;
const longerTag = /^[\p{L}\p{M}\p{N}_]/u;

const paragraphs = (...parts: readonly string[]): string => parts.filter((part) => part !== "").join("\n\n");

/** Reserves the link and then as many tags as fit beside a useful text, and cuts the text to the room that is left. The link is never cut. */
export const fit = (snippet: Wording & Pick<Snippet, "url" | "tags">, rules: Rules): Fitted => {
  const { limit, measure, maxTags } = rules;
  const { url } = snippet;
  const first = snippet.text.normalize("NFC").trim();
  const more = snippet.more?.normalize("NFC").trim() ?? "";
  const text = paragraphs(first, more);
  const fitted = (whole: string): Fitted => ({ text: whole, length: measure(whole), limit });
  const wanted = snippet.tags.filter((tag) => !holds(text.toLowerCase(), tag.toLowerCase(), longerTag));
  const tags: string[] = [];
  for (const tag of wanted) {
    const room = measure(paragraphs(url, [...tags, tag].join(" "))) <= limit / 2;
    if (tags.length < maxTags && room) tags.push(tag);
  }
  // A text that names the link itself keeps it where it stands, as long as nothing must be cut.
  if (holds(text, url, longerUrl)) {
    const whole = paragraphs(text, tags.join(" "));
    if (measure(whole) <= limit) return fitted(whole);
  }
  const shortened = (part: string): string =>
    shorten(withoutUrl(part, url), (body) => measure(paragraphs(body, url, tags.join(" "))) <= limit);
  const body = shortened(text);
  // A few words of what follows the first paragraph would say nothing.
  const isThin = more !== "" && body !== text && measure(body) - measure(first) < limit / 8;
  return fitted(paragraphs(isThin ? shortened(first) : body, url, tags.join(" ")));
};

const withoutUrl = (text: string, url: string): string =>
  holds(text, url, longerUrl)
    ? text
        .split(url)
        .reduce((before, after) => (longerUrl.test(after) ? `${before}${url}${after}` : `${before}${after}`))
        .replaceAll(/[ \t]+/gu, " ")
        .trim()
    : text;
