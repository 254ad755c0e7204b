import { hashtags } from "./hashtags.ts";
import { separateLinks } from "./link-end.ts";
import type { Picture } from "./picture.ts";
import type { Image, PostContent } from "./post.ts";
import { segmentEnds, words } from "./shorten.ts";
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
export type Layout = (text: string, more: string, link: string, tags: string) => string;

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
