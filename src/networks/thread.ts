import * as z from "zod";
import type { Outcome, Remote, StoredRequest } from "../domain/delivery.ts";
import {
  cutsWithin,
  cutToReadable,
  endsSentence,
  graphemes,
  longestFitting,
  readable,
  type Span,
  segmentEnds,
  sentences,
  wholeSpans,
  words,
} from "../domain/shorten.ts";
import {
  type Fitted,
  fit,
  inParagraphs,
  layoutOf,
  type Rules,
  removeUrl,
  type Snippet,
  tagsFor,
  type Wording,
} from "../domain/snippet.ts";
import { hasVisibleText } from "../domain/text.ts";
import type { Part, Reply } from "../ports/networks.ts";
import { countedLinks, linksIn } from "./network-text.ts";

/** The number of posts that X's own editor allows in a thread. */
const mostPosts = 25;

/** A note that is longer is better read on its page. */
const mostOfNote = 5;

type Threaded = Wording & Pick<Snippet, "url" | "tags" | "isNote">;

interface FittedThread extends Fitted {
  readonly replies: readonly Reply[];
}

/** Continues a text that does not fit into one post in replies, if the account has threads. */
export const fitThread = (snippet: Threaded, rules: Rules, isThread: boolean): FittedThread => {
  const fitted = fit(snippet, rules);
  const thread = isThread && fitted.isCut ? fitSeveral(snippet, rules) : undefined;
  return thread ?? { ...fitted, replies: [] };
};

/** Link and hashtags are in the first post. Undefined if the text cannot be divided: then it is cut. */
const fitSeveral = (snippet: Threaded, rules: Rules): FittedThread | undefined => {
  const { limit, measure } = rules;
  const { url } = snippet;
  const most = snippet.isNote === true ? mostOfNote : mostPosts;
  const layout = layoutOf(snippet);
  const whole = cutToReadable(layout(snippet.text.trim(), snippet.more?.trim() ?? "", "", ""), limit * most);
  const text = removeUrl(whole.text, url);
  const tags = tagsFor(text, snippet, rules);
  const first = (part: string) => inParagraphs(part, "", url, tags);
  const fits = (part: string) => measure(part) <= limit;
  const fitsFirst = (part: string) => fits(first(part));
  const split = splitText(text, { fitsFirst, fits, limit, most: most - 1 });
  if (split === undefined) return undefined;
  const { parts, left } = split;
  const isCut = whole.isCut || (left !== "" && !fits(left));
  const endsHere = (part: string) => fits(`${part}…`);
  const end = isCut ? splitText(left, { fitsFirst: endsHere, fits: endsHere, limit, most: 1 })?.parts[0] : undefined;
  const last = isCut ? end && `${end}…` : left;
  const [start = "", ...more] = [...parts, ...(last ? [last] : [])];
  const replies = more.map((reply) => ({ text: reply, length: measure(reply) }));
  const length = measure(first(start));
  const unread = isCut ? Math.max(1, measure(left) - measure(last || "")) : 0;
  const wording = layoutOf({ ...snippet, warning: "" })(snippet.text, snippet.more ?? "", "", "");
  return { text: first(start), wording, length, limit, isCut, wanted: isCut ? limit + unread : length, replies };
};

const mentionOrTag = /[@＠][\w.@-]+|[#＃][\p{L}\p{M}\p{N}_]+/gu;

/** Returns the spans that are never divided: addresses, mentions and hashtags. */
const undivided = (text: string): readonly Span[] => [
  ...wholeSpans(text),
  ...linksIn(text),
  ...countedLinks(text, true),
  ...[...text.matchAll(mentionOrTag)].map(({ index, 0: found }) => ({ start: index, end: index + found.length })),
];

/** True after white space. Scripts without it are not cut before punctuation, or after a sign that opens or joins. */
const isBetweenWords = (text: string, cut: number): boolean => {
  if (/\s/.test(text.charAt(cut - 1))) return true;
  return !/[\p{Pd}\p{Ps}\p{Pi}'"&/@#_.]/u.test(text.charAt(cut - 1)) && !/[\p{P}\s]/u.test(text.charAt(cut));
};

const endsParagraph = (text: string, cut: number): boolean => {
  const end = text.slice(Math.max(0, cut - 9), cut);
  return end.slice(end.trimEnd().length).includes("\n");
};

const cutsIn = (text: string) => {
  const isWithin = cutsWithin(undivided(text));
  // The end of the text is not a cut: the text does not fit, or continues after it.
  const isSafe = (cut: number) => cut < text.length && !isWithin(cut);
  const safe = segmentEnds(graphemes, text).filter(isSafe);
  const known = new Set(safe);
  const safeEnds = (segmenter: Intl.Segmenter) => segmentEnds(segmenter, text).filter((cut) => known.has(cut));
  return {
    safe,
    words: safeEnds(words).filter((cut) => isBetweenWords(text, cut)),
    sentences: safeEnds(sentences).filter((cut) => endsSentence(text, cut) || endsParagraph(text, cut)),
  };
};

type Fits = (part: string) => boolean;

/**
 * Returns the start of a text that does not fit as a whole: all sentences that fit, if the next one fits by itself or they
 * are half of the text that would fit; otherwise all words that fit, or the part of a word that fits. Empty if nothing fits.
 */
const longestStart = (text: string, fits: Fits, fitsAlone: Fits): string => {
  const cuts = cutsIn(text);
  const longest = (ends: readonly number[]) => longestFitting(ends, (end) => text.slice(0, end).trimEnd(), fits);
  const atSentence = longest(cuts.sentences);
  const atWord = longest(cuts.words);
  if (atSentence !== "") {
    const end = cuts.sentences.find((cut) => text.slice(0, cut).trimEnd().length > atSentence.length);
    const next = text.slice(atSentence.length, end);
    if (fitsAlone(next.trim()) || atSentence.length * 2 >= atWord.length) return atSentence;
  }
  return atWord === "" ? longest(cuts.safe) : atWord;
};

interface Room {
  /** True if a text fits into the first part, which also has link and hashtags. */
  readonly fitsFirst: Fits;
  readonly fits: Fits;
  /** The largest length of one part. */
  readonly limit: number;
  readonly most: number;
}

/** The parts of a text in their order, and the rest after the last one. Undefined if the text cannot be divided. */
const splitText = (
  text: string,
  { fitsFirst, fits, limit, most }: Room,
): { readonly parts: readonly string[]; readonly left: string } | undefined => {
  const parts: string[] = [];
  let left = text.trim();
  while (hasVisibleText(left) && parts.length < most) {
    const fitsHere = parts.length === 0 ? fitsFirst : fits;
    const near = left.slice(0, readable(limit));
    const part = near.length === left.length && fitsHere(left) ? left : longestStart(near, fitsHere, fits);
    if (part === "") return undefined;
    parts.push(part);
    left = left.slice(part.length).trim();
  }
  return { parts, left: hasVisibleText(left) ? left : "" };
};

/** The fields that a network needs for a reply to a post. */
export type PostRef = Readonly<Record<string, string>>;

const postRef = z.record(z.string(), z.string());

/** `done`: how many posts of the thread exist. `last` is null if the network did not name the last of them. */
const threadProgress = z.object({ done: z.int().min(1), first: postRef, last: postRef.nullable() });

const thread = z.looseObject({ replies: z.array(z.record(z.string(), z.unknown())).default([]) });

/** Undefined if no post of the thread exists yet: a delivery makes progress before its first post, such as an upload. */
const readProgress = (progress: StoredRequest | undefined) =>
  progress?.done === undefined ? undefined : threadProgress.parse(progress);

/** One post of a thread: the first one, or a reply to the one before. */
export interface ThreadPost {
  readonly index: number;
  /** The request of this post alone. */
  readonly body: StoredRequest;
  /** The post that this one replies to. The first has none. */
  readonly parent: { readonly first: PostRef; readonly last: PostRef } | undefined;
  /** Returns the copy that feeds name: the first post of the thread. */
  readonly remote: (made: Remote) => Remote;
  /** The outcome once the network has made the post `own`: the thread continues, or is done. */
  readonly outcome: (made: Remote, own: PostRef | null) => Outcome;
  /** The progress after this post, from which the thread continues. The last post has none. */
  readonly after: (own: PostRef | null) => { readonly progress?: StoredRequest };
}

/** The posts that a request makes, in their order. Its `replies` follow the post; its `pictures` are in none of them. */
export const postsIn = (request: StoredRequest): readonly StoredRequest[] => {
  const { replies, pictures, ...first } = thread.parse(request);
  return [first, ...replies];
};

/**
 * The post that is sent next. Undefined if it would be a reply to a post that the network did not name. `kept`: the fields
 * that each step passes on to the next.
 */
export const nextPost = (
  request: StoredRequest,
  progress?: StoredRequest,
  kept?: StoredRequest,
): ThreadPost | undefined => {
  const posts = postsIn(request);
  const at = readProgress(progress);
  const index = at?.done ?? 0;
  const body = posts[index];
  if (body === undefined || at?.last === null) return undefined;
  const after: ThreadPost["after"] = (own) =>
    index + 1 < posts.length
      ? { progress: { ...kept, done: index + 1, first: at?.first ?? own ?? {}, last: own } }
      : {};
  const remote: ThreadPost["remote"] = (made) => ({ ...made, public: made.public && index === 0 });
  return {
    index,
    body,
    remote,
    parent: at === undefined ? undefined : { first: at.first, last: at.last },
    after,
    outcome: (made, own) => {
      const { progress } = after(own);
      return progress === undefined
        ? { kind: "posted", remote: remote(made) }
        : { kind: "progressed", remote: remote(made), progress };
    },
  };
};

export const unnamedParent: Outcome = {
  kind: "rejected",
  reason: "the network did not return the id of the previous post, so no reply can follow it",
};

/** The request that edits one of the posts. Undefined if it has more posts than the one that was sent, or fewer. */
export const postAt = (request: StoredRequest, { index, sent }: Part): StoredRequest | undefined => {
  const posts = postsIn(request);
  return posts.length === postsIn(sent).length ? posts[index] : undefined;
};

export const otherThread: Outcome = {
  kind: "rejected",
  reason: "the number of posts in its thread has changed: correct it by hand",
};
