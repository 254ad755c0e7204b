import { hashtags } from "./hashtags.ts";
import type { Picture } from "./picture.ts";
import type { Image, PostContent } from "./post.ts";
import { cutToReadable, type Readable, segmentEnds, shorten, words } from "./shorten.ts";
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
  /** The same as it is sent, where it is prepared and the network takes one. */
  readonly picture?: Picture | undefined;
  readonly language: string;
  readonly disclosure: string | undefined;
  /** The time of the first send, not the article's date: networks sort by it. */
  readonly createdAt: Instant;
  /** All of the post: for a network that is sent the whole of it. */
  readonly content: PostContent;
}

export const snippetFor = (
  post: PostContent,
  account: { readonly name: string; readonly network: string },
  createdAt: Instant,
  picture?: Picture,
): Snippet => {
  const { social, url } = post;
  const texts = [social.texts[account.name.toLowerCase()], social.texts[account.network], social.share, social.snippet];
  const own = texts.find((text) => text !== undefined && text.trim() !== "")?.trim();
  return {
    text: own && separateLinks(own, url),
    title: post.title,
    summary: social.useSummary ? separateLinks(social.lead ?? post.summary, url) : "",
    url,
    tags: hashtags(post),
    image: post.image,
    picture,
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
  /** Where link and tags are; below the text if absent. */
  readonly layout?: Layout | undefined;
}

/** The whole of a post from its parts, of which each may be empty. */
type Layout = (text: string, more: string, link: string, tags: string) => string;

const wordContinuation = /^[\p{L}\p{M}\p{N}_]/u;

/** Scripts without spaces know their words, too. */
const startsWithWords = (text: string, start: string): boolean =>
  text.startsWith(start) &&
  (!wordContinuation.test(text.slice(start.length)) || segmentEnds(words, text).includes(start.length));

/** The author's own text, else the title and the summary: readers must learn what the post is about. */
export const withTitle = ({ text, title, summary }: Pick<Snippet, "text" | "title" | "summary">): Wording => {
  if (text !== undefined) return { text };
  return startsWithWords(summary, title) ? { text: summary } : { text: title, more: summary };
};

/** The same for a network that shows the title in a card: the text does not repeat it. */
export const withCard = ({ text, title, summary }: Pick<Snippet, "text" | "title" | "summary">): Wording => ({
  text: text ?? (summary === "" ? title : summary),
});

/** What a card says below its title: nothing that the text says, not where that is shortened, either. */
export const cardDescription = ({ summary }: Pick<Snippet, "summary">, { text, more = "" }: Wording): string => {
  const isSaid = [text, more].some((part) => part !== "" && (part.includes(summary) || summary.includes(part)));
  return isSaid ? "" : summary;
};

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

/** What a template may name. */
export const placeholders = ["title", "summary", "link", "tags", "author"] as const;

const placeholder = /\{(\w+)\}/g;

export const namesIn = (template: string): readonly string[] =>
  [...template.matchAll(placeholder)].map(([, name = ""]) => name);

/** Divides two values, and has no meaning beside one that is empty. */
const isDivider = (text: string): boolean => /^[\s:–—|·,-]+$/.test(text);

/** A line that has nothing but empty values is left out. */
const fillLine = (line: string, values: Readonly<Record<string, string>>): readonly string[] => {
  const fillPart = (part: string | undefined): string => values[part?.slice(1, -1) ?? ""] ?? "";
  // Placeholders are at the odd places.
  const parts = line.split(/(\{\w+\})/);
  const given = parts.filter((_, at) => at % 2 === 1).map(fillPart);
  if (!given.includes("")) return [parts.map((part, at) => (at % 2 === 1 ? fillPart(part) : part)).join("")];
  if (given.every((value) => value === "")) return [];
  const filled = parts.reduce((before, part, at) => {
    if (at % 2 === 1) return before + fillPart(part);
    const isLoose = before === "" || fillPart(parts[at + 1]) === "";
    return isDivider(part) && isLoose ? before : before + part;
  }, "");
  return [filled.trimEnd()];
};

/** Link and tags that it does not name follow below. */
const layoutOf = (template: string, author: string): Layout => {
  const names = namesIn(template);
  return (text, more, link, tags) => {
    const summary = names.includes("title") ? more : more || text;
    const values = { title: text, summary, link, tags, author };
    const body = separatePlaceholder(template)
      .split("\n")
      .flatMap((line) => fillLine(line, values))
      .join("\n")
      .replaceAll(/\n{3,}/g, "\n\n")
      .trim();
    const rest = [names.includes("link") ? "" : link, names.includes("tags") ? "" : tags];
    return [body, ...rest].filter((part) => part !== "").join("\n\n");
  };
};

/** The wording of a post for which the author wrote no text, by the template of an account. */
export const withTemplate = (template: string, snippet: Snippet): Wording => {
  const author = snippet.content.authors.map(({ name }) => name).join(", ");
  const hasTitle = namesIn(template).includes("title");
  const wording = hasTitle ? withTitle(snippet) : { text: snippet.title, more: snippet.summary };
  return { ...wording, layout: layoutOf(template, author) };
};

/** `@handle`, but not the `@` of a mail address, of a path or of a name in a URL. */
const mention = /(?<![\p{L}\p{N}_.@＠/=-])([@＠])(?=[\p{L}\p{N}_])/gu;

/** A text in which nobody is mentioned: every `@` of a handle has a space without width behind it. */
export const withoutMention = (text: string): string => text.replaceAll(mention, "$1\u200B");

/**
 * For a network that notifies whoever a text mentions: `@dependabot` in a title or a summary is not meant for a person
 * there, and gets a space without width. What the author wrote for networks keeps its mentions.
 */
export const withoutMentions = (snippet: Snippet): Snippet => ({
  ...snippet,
  title: withoutMention(snippet.title),
  summary: withoutMention(snippet.summary),
});

/** Scripts whose text follows an address without a space. Korean has spaces, but not before its particles. */
export const unspaced = String.raw`[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Bopo}\p{sc=Hang}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]`;

const fullWidthPunctuation = "[、。！，．：；？（）［］｛｝｟｠｡｢｣､〈-】〔-〟]";

/**
 * Where an address in a text ends although no space follows. RFC 3986 has ASCII alone, and twitter-text ends a path before
 * any of these scripts; but people paste addresses that their browser has decoded, and half of
 * https://ja.wikipedia.org/wiki/日本 is another page. So it ends:
 * - before full-width punctuation;
 * - before a character of these scripts directly behind a letter, a digit or a bracket of ASCII: a decoded name begins
 *   behind `/`, `=`, `#`, `_` or `-`. A name that has both, such as `/C言語`, is cut, as on X;
 * - before hiragana behind the last slash, which are mostly a particle (`https://blog.example.com/a/を…`).
 * Any other text behind a slash is taken for a part of the address, as Bluesky's own app takes all up to a space.
 */
const linkEnd = String.raw`(?:${fullWidthPunctuation}|(?<=[a-z\d)])${unspaced}|(?<=[^/]/)\p{sc=Hira}(?![\p{L}\p{M}\p{N}_-]*/))`;

/** An address with a scheme, with the punctuation behind it. */
export const addressInText = new RegExp(String.raw`https?://(?:(?!${linkEnd})[^\s<>"“”])+`, "giu");

const followsAtOnce = new RegExp(`${fullWidthPunctuation}|${unspaced}`, "uy");

/** What follows an address without a space. */
const isFollowed = (text: string, end: number): boolean => {
  followsAtOnce.lastIndex = end;
  return followsAtOnce.test(text);
};

/**
 * The text with a space behind each address that text follows at once: Mastodon, Discord and Telegram would take that into
 * the link. `own`: an address that is known to end.
 */
const separateLinks = (text: string, own: string): string => {
  const afterOwn = (before: string, after: string): string =>
    `${before}${own}${isFollowed(after, 0) ? " " : ""}${after}`;
  return text
    .split(own)
    .reduce(afterOwn)
    .replaceAll(addressInText, (found, index: number, whole: string) =>
      isFollowed(whole, index + found.length) ? `${found} ` : found,
    );
};

/** The same for a link that is put into a template. */
const separatePlaceholder = (template: string): string =>
  template.replaceAll(/\{link\}/g, (found, index: number) =>
    isFollowed(template, index + found.length) ? `${found} ` : found,
  );
