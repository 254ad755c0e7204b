import type { Account } from "./account.ts";
import { picturesIn } from "./note-text.ts";
import type { Picture } from "./picture.ts";
import { type Image, maxPictures, type PostContent, picturesOf, withAddress } from "./post.ts";
import { cutToReadable, type Readable, segmentEnds, shorten, words } from "./shorten.ts";
import type { Instant } from "./time.ts";

/** The text, link and tags of a post for one account, before a network's rules are applied. */
export interface Snippet {
  /**
   * The text that was edited for this delivery, else the author's text: `social.<account>`, else `social.<network>`, else `socialShare`, else the document's own
   * snippet. Undefined if there is none.
   */
  readonly text: string | undefined;
  /** True if the text is a note: it has no link to its page, unless it is cut. */
  readonly isNote?: boolean | undefined;
  /** True if the link to the page is left out, whatever the account's setting. */
  readonly withoutLink?: boolean | undefined;
  readonly title: string;
  /** Empty if the summary is not good enough to announce the post. */
  readonly summary: string;
  /**
   * The post's URL, or that of the page that a link post is about. It is never cut. Empty if the account sends none in the
   * post.
   */
  readonly url: string;
  /** The page of a link post, which is named below the other link where the text is cut. */
  readonly page?: string | undefined;
  /** Candidates for hashtags with their `#`, the best first. */
  readonly tags: readonly string[];
  /** The pictures of the post that have an address: at most four. */
  readonly images: readonly Image[];
  /** True if the post shows its pictures themselves, in the place of a card. */
  readonly isGallery: boolean;
  /** The pictures of the post that are prepared, as they are sent, if the network accepts any. */
  readonly pictures: readonly PreparedImage[];
  readonly language: string;
  readonly disclosure: string | undefined;
  /** The time of the first send, not the article's date: networks sort by it. */
  readonly createdAt: Instant;
  /** The whole post, for a network that receives all of it. */
  readonly content: PostContent;
}

/** A picture of a post with its bytes, as they are sent. */
export interface PreparedImage extends Picture {
  readonly image: Image;
}

/** The parts of a post that decide which pictures an account gets. */
export type PicturedPost = Partial<Pick<PostContent, "isNote" | "image" | "images" | "html">>;

/** Returns the pictures of the post that the account gets: at most four. */
export const picturesFor = (post: PicturedPost, { images }: Pick<Account, "images">): readonly Image[] => {
  const named = picturesOf(post);
  if (images !== "all" || post.isNote === true) return named;
  const shown = picturesIn(post.html ?? "").filter(({ url }) => named.every((image) => image.url !== url));
  return [...named, ...shown].slice(0, maxPictures);
};

/** True if the post shows its pictures themselves, in the place of a card: a note, or an article with several. */
export const isGallery = (post: PicturedPost, account: Pick<Account, "images">): boolean =>
  post.isNote === true || picturesFor(post, account).length > 1;

export const snippetFor = (
  post: PostContent,
  account: Pick<Account, "name" | "network" | "images">,
  createdAt: Instant,
  pictures: readonly PreparedImage[] = [],
  edited?: string,
): Snippet => {
  const { social } = post;
  const url = post.external ?? post.url;
  const isNote = post.isNote === true;
  const texts = [
    edited,
    social.texts[account.name.toLowerCase()],
    social.texts[account.network],
    social.share,
    social.snippet,
    isNote ? post.summary : undefined,
  ];
  // A note that has only pictures has an empty text.
  const own = texts.find((text) => text !== undefined && text.trim() !== "")?.trim() ?? (isNote ? "" : undefined);
  return {
    text: own && separateLinks(own, url),
    isNote,
    // A note has no title: its link is named by where it leads.
    title: isNote && post.external !== undefined ? new URL(post.external).hostname : post.title,
    summary: social.useSummary ? separateLinks(social.lead ?? post.summary, url) : "",
    url,
    tags: hashtags(post),
    images: withAddress(picturesFor(post, account)),
    isGallery: isGallery(post, account),
    pictures,
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
  /** Arranges link and tags. If it is absent, they are below the text. */
  readonly layout?: Layout | undefined;
  /** A content warning, which is above everything else. It is already as short as it must be: `fit` cuts the text below it. */
  readonly warning?: string;
}

/** Makes the whole text of a post from its parts. Each part may be empty. */
type Layout = (text: string, more: string, link: string, tags: string) => string;

const wordContinuation = /^[\p{L}\p{M}\p{N}_]/u;

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** True if the text contains the part, in any case. */
const contains = (text: string, part: string): boolean => text.toLowerCase().includes(part.toLowerCase());

/** True if the text begins with `start`, in any case, and `start` ends with a word, also in scripts without spaces. */
const startsWithWords = (text: string, start: string): boolean =>
  isSame(text.slice(0, start.length), start) &&
  (!wordContinuation.test(text.slice(start.length)) || segmentEnds(words, text).includes(start.length));

/** Words of at most three letters say little, except numbers and words of scripts without spaces. */
const mainWords = (text: string): readonly string[] =>
  [...words.segment(text.toLowerCase())]
    .filter(({ segment, isWordLike }) => isWordLike === true && (segment.length > 3 || /[\p{Lo}\p{N}]/u.test(segment)))
    .map(({ segment }) => segment);

/**
 * True if a summary says the same as the title once more: at least two thirds of its words are in the title, and it is
 * not much longer, in its words and in all of its letters.
 */
const repeats = (summary: string, title: string): boolean => {
  const said = mainWords(title);
  const all = mainWords(summary);
  const repeated = all.filter((word) => said.includes(word)).length;
  const isShort = all.length <= said.length + 2 && summary.length <= title.length * 2;
  return isShort && all.length > 0 && repeated >= (all.length * 2) / 3;
};

/** Takes the author's text, else the title and the summary, because readers must learn what the post is about. */
export const withTitle = ({ text, title, summary }: Pick<Snippet, "text" | "title" | "summary">): Wording => {
  if (text !== undefined) return { text };
  const isRepetition = repeats(summary, title);
  // A summary that has the whole title may have more than that, such as a question mark: it takes the title's place.
  const hasTitle = startsWithWords(summary, title) || (isRepetition && contains(summary, title));
  if (hasTitle) return { text: isSame(summary.replace(/[.。]$/u, ""), title) ? title : summary };
  return isRepetition ? { text: title } : { text: title, more: summary };
};

/** Takes the wording for a network that shows the title in a card, so that the text does not repeat it. */
export const withCard = ({ text, title, summary }: Pick<Snippet, "text" | "title" | "summary">): Wording => ({
  text: text ?? (summary === "" ? title : summary),
});

/** Returns the description in a card. It is empty if the text, shortened or not, says the same. */
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
  /** The length by the network's own rule. */
  readonly length: number;
  readonly limit: number;
  /** True if a part of the wording was left out. */
  readonly isCut: boolean;
  /** The length that it would have if nothing were left out. */
  readonly wanted: number;
  /** The text that a person edits: without the content warning, the link and the hashtags. */
  readonly wording: string;
}

/**
 * What the document gives an account to say, for the hash that tells whether that has changed since its text was edited.
 * The address of the post is a part of it where the edited text contains that.
 */
export const wordingFor = (
  post: PostContent,
  account: Pick<Account, "name" | "network" | "images">,
  edited: string,
) => {
  const { text, title, summary, url } = snippetFor(post, account, 0);
  const said = text === undefined ? { title, summary } : { text };
  return { ...said, ...(edited.includes(url) && { url }) };
};

/** True if `text` contains `part`, and not only as the start of something longer. */
const containsWhole = (text: string, part: string, continuation: RegExp): boolean => {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    if (!continuation.test(text.slice(at + part.length))) return true;
  }
  return false;
};

/** Matches characters that make a URL longer. A full stop or a bracket does not. */
const urlContinuation = /^[.,;:!?)\]'"]*[\p{L}\p{N}/?#&=%~_+@$*-]/u;
const tagContinuation = /^[\p{L}\p{M}\p{N}_]/u;

export const inParagraphs: Layout = (...parts) => parts.filter((part) => part !== "").join("\n\n");

/** The layout of a wording, below its content warning. */
export const layoutOf =
  ({ warning = "", layout = inParagraphs }: Wording): Layout =>
  (...parts) =>
    inParagraphs(warning, layout(...parts), "", "");

/**
 * Returns as many tags that are not in the text as the network uses. Together with the link they take at most half of
 * the limit.
 */
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
 * Reserves space for the link and the tags, and cuts the text to the rest. The second paragraph is cut first, and left
 * out if only a few words remain. The link is never cut. If the URL is empty, the text has no link.
 */
export const fit = (snippet: Wording & Pick<Snippet, "url" | "tags">, rules: Rules): Fitted => {
  const { limit, measure } = rules;
  const { url } = snippet;
  const layout = layoutOf(snippet);
  const wording = (own: string, rest: string): string => (snippet.layout ?? inParagraphs)(own, rest, "", "");
  const first = cutToReadable(snippet.text, limit);
  const more = cutToReadable(snippet.more ?? "", limit);
  const text = inParagraphs(first.text, more.text, "", "");
  const tags = tagsFor(text, snippet, rules);
  const result = (fitted: string, said: string, isCut: boolean, wanted = measure(fitted)): Fitted => ({
    text: fitted,
    wording: said,
    length: measure(fitted),
    limit,
    isCut,
    wanted,
  });
  const isReadable = !first.isCut && !more.isCut;
  // A text that contains the link keeps it where it is, unless the text must be cut.
  if (isReadable && containsUrl(text, url)) {
    const whole = layout(first.text, more.text, "", tags);
    if (measure(whole) <= limit) return result(whole, wording(first.text, more.text), false);
  }
  const withoutUrl = (part: Readable): Readable => ({ ...part, text: removeUrl(part.text, url) });
  const [start, rest] = [withoutUrl(first), withoutUrl(more)];
  const fits = (whole: string): boolean => measure(whole) <= limit;
  const whole = layout(start.text, rest.text, url, tags);
  if (isReadable && fits(whole)) return result(whole, wording(start.text, rest.text), false);
  const unread = [snippet.text, snippet.more ?? ""].join("").length - (first.text + more.text).length;
  const wanted = measure(whole) + (isReadable ? 0 : unread);
  const cutRest = start.isCut ? "" : shorten(rest, (part) => fits(layout(start.text, part, url, tags)));
  if (cutRest !== "" && measure(cutRest) >= limit / 8)
    return result(layout(start.text, cutRest, url, tags), wording(start.text, cutRest), true, wanted);
  const cutStart = shorten(start, (part) => fits(layout(part, "", url, tags)));
  // The layout leaves no room for the text.
  if (cutStart === "" && snippet.layout !== undefined) return fit({ ...snippet, layout: undefined }, rules);
  return result(layout(cutStart, "", url, tags), wording(cutStart, ""), true, wanted);
};

const containsUrl = (text: string, url: string): boolean => url !== "" && containsWhole(text, url, urlContinuation);

const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

/**
 * True if a request contains the link of the post's page, with or without the parameters that an account adds. A request
 * without it may equal that of another post, or what a person posts by hand.
 */
export const linksToPage = (request: Readonly<Record<string, unknown>>, url: string): boolean => {
  const [address = ""] = url.split("#");
  const tagged = ["?utm_", "&utm_"].map((parameters) => address + parameters);
  // A text may be HTML.
  const texts = textsIn(request).map((text) => text.replaceAll("&amp;", "&"));
  return texts.some((text) => containsUrl(text, url) || tagged.some((link) => text.includes(link)));
};

/** Replaces the URL, except where it is the start of a longer one. */
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

/** The placeholders of a template. */
export const placeholders = ["title", "summary", "link", "tags", "author"] as const;

const placeholder = /\{(\w+)\}/g;

export const templateNames = (template: string): readonly string[] =>
  [...template.matchAll(placeholder)].map(([, name = ""]) => name);

/** True for a separator between two values, which is left out beside an empty one. */
const isDivider = (text: string): boolean => /^[\s:–—|·,-]+$/.test(text);

/** Fills a line of a template. A line that has only empty values is left out. */
const fillLine = (line: string, values: Readonly<Record<string, string>>): readonly string[] => {
  const fillPart = (part: string | undefined): string => values[part?.slice(1, -1) ?? ""] ?? "";
  // The odd elements are the placeholders.
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

/** Makes the layout of a template. Link and tags that the template does not name follow below it. */
const templateLayout = (template: string, author: string): Layout => {
  const names = templateNames(template);
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

/** Makes the wording from an account's template, for a post without a text by the author. */
export const withTemplate = (template: string, snippet: Snippet): Wording => {
  const author = snippet.content.authors.map(({ name }) => name).join(", ");
  const hasTitle = templateNames(template).includes("title");
  const wording = hasTitle ? withTitle(snippet) : { text: snippet.title, more: snippet.summary };
  return { ...wording, layout: templateLayout(template, author) };
};

/**
 * Matches scripts whose text may follow an address without a space. Korean has spaces, but not before its particles.
 */
export const unspaced = String.raw`[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Bopo}\p{sc=Hang}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]`;

const fullWidthPunctuation = "[、。！，．：；？（）［］｛｝｟｠｡｢｣､〈-】〔-〟]";

/**
 * Matches the end of an address that is not followed by a space. RFC 3986 allows ASCII only, and twitter-text ends a
 * path before any of these scripts. But people paste addresses that their browser has decoded, and half of
 * https://ja.wikipedia.org/wiki/日本 is another page. So an address ends:
 * - before full-width punctuation;
 * - before a character of these scripts directly after an ASCII letter, digit or bracket, because a decoded name
 *   begins after `/`, `=`, `#`, `_` or `-`. A name that has both, such as `/C言語`, is cut, as on X;
 * - before hiragana after the last slash, which are usually a particle (`https://blog.example.com/a/を…`).
 * Any other text after a slash belongs to the address. Bluesky's own app takes everything up to a space.
 */
const linkEnd = String.raw`(?:${fullWidthPunctuation}|(?<=[a-z\d)])${unspaced}|(?<=[^/]/)\p{sc=Hira}(?![\p{L}\p{M}\p{N}_-]*/))`;

/** Matches an address with a scheme, including the punctuation after it. */
export const addressInText = new RegExp(String.raw`https?://(?:(?!${linkEnd})[^\s<>"“”])+`, "giu");

const followsAtOnce = new RegExp(`${fullWidthPunctuation}|${unspaced}`, "uy");

/** True if text follows an address without a space. */
const isFollowed = (text: string, end: number): boolean => {
  followsAtOnce.lastIndex = end;
  return followsAtOnce.test(text);
};

/**
 * Inserts a space after each address that is directly followed by text, which Mastodon, Discord and Telegram would take
 * as part of the link. `own` is an address whose end is known.
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

/** Inserts a space after the link's placeholder in a template if text follows it directly. */
const separatePlaceholder = (template: string): string =>
  template.replaceAll(/\{link\}/g, (found, index: number) =>
    isFollowed(template, index + found.length) ? `${found} ` : found,
  );

/** Exact, specific and niche categories make better hashtags than general ones. */
const tagOrder = ["exact", "specific", "niche", "medium", undefined, "general"];

/** Spells out the signs that change the meaning of a name: `C#` is not C. */
const spellOut = (name: string): string =>
  name
    .replaceAll(/(?<!\p{L})\p{L}(?=[#+])/gu, (letter) => letter.toUpperCase())
    .replaceAll(/(?<=\p{L})#/gu, "Sharp")
    .replaceAll(/(?<=[\p{L}\p{N}+])\+/gu, "Plus")
    .replaceAll(/(?<![\p{L}\p{N}])\.(?=\p{L})/gu, "Dot");

/** Matches articles and prepositions that lose their vowel: `l'IA`, `dell'arte`. */
const elision = /(?<!\p{L})(?:[dl]|qu|un|gl|all|dall|dell|nell|sull)['’](?=\p{L})/giu;

/** Matches signs between letters or in a formula. A name without them is another name. */
const unspeakable = /(?<=\p{L})[&*](?:(?=\p{L})|$)|(?<!\p{L})\p{L}\/\p{L}(?!\p{L})|[\p{Sm}--[+\|~]]/v;

const caseless = /\p{Lo}\p{M}*$/u;
const digit = /\p{N}$/u;

/** Returns `_` between words that a capital letter cannot separate, and between numbers. */
const divider = (before: string, after: string): string => {
  const isDivided = (end: RegExp, start: RegExp) => end.test(before) && start.test(after);
  return isDivided(caseless, /^\p{Lo}/u) || isDivided(digit, /^\p{N}/u) ? "_" : "";
};

const capitalised = (word: string): string =>
  word === word.toLowerCase() ? word.slice(0, 1).toUpperCase() + word.slice(1) : word;

/** Returns the hashtag of a name, empty if no hashtag can be made of it. */
const hashtag = (name: string): string => {
  const normal = name.normalize("NFKC").trim();
  if (unspeakable.test(normal)) return "";
  const words = spellOut(normal)
    .replaceAll(elision, "")
    .replaceAll(/(?<=\p{L})['’](?=\p{L})/gu, "")
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== "");
  const joined = words
    .map((word) => (words.length > 1 ? capitalised(word) : word))
    .map((word, at, all) => `${divider(all[at - 1] ?? "", word)}${word}`)
    .join("");
  return /^[\p{N}_]*$/u.test(joined) ? "" : `#${joined}`;
};

/** Writes a tag as the title does: `Llms` becomes `#LLMs` for a post about "LLMs". */
const asInTitle = (tag: string, title: string): string => {
  const words = title.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const isShouted = title === title.toUpperCase();
  const word = words.find((one) => `#${one.toLowerCase()}` === tag.toLowerCase());
  return word === undefined || isShouted || word === word.toLowerCase() ? tag : `#${word}`;
};

/** Returns hashtags with their `#`, the best first. */
export const hashtags = (post: Pick<PostContent, "categories"> & { readonly title?: string }): readonly string[] => {
  const rank = (type: string | undefined) => (tagOrder.indexOf(type) + tagOrder.length) % tagOrder.length;
  const sorted = post.categories.toSorted((a, b) => rank(a.type) - rank(b.type));
  return [
    ...new Map(
      sorted
        .map(({ name }) => hashtag(name))
        .filter((tag) => tag !== "")
        .map((tag) => [tag.toLowerCase(), asInTitle(tag, post.title ?? "")]),
    ).values(),
  ];
};
