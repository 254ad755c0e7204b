import type { Post, PostContent } from "./post.ts";
import type { Reason } from "./refusal.ts";

/** Scripts without spaces between words: each character counts. */
const word =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]|[\p{L}\p{M}\p{N}]+/gu;

const countWords = (html: string): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const [one] of html.replaceAll(/<[^<>]*>/g, " ").matchAll(word)) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
};

const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);

/** Of fewer words, nothing can be said: two notes of a day may begin alike. */
const fewestWords = 10;

/** The words that two bodies share, as a part of the longer one: 0 to 1. Their order does not matter. */
export const sharedText = (html: string, other: string): number => {
  const [words, otherWords] = [countWords(html), countWords(other)];
  const longer = Math.max(sum(words.values()), sum(otherWords.values()));
  if (longer < fewestWords) return 0;
  return sum([...words].map(([one, count]) => Math.min(count, otherWords.get(one) ?? 0))) / longer;
};

/** From here on two documents of one date are the same text. */
export const alike = 0.9;

/** How much a document is like the one that a post was made of: 2 for the same bytes, and 0 under another date. */
export const likeness = (post: Post, content: PostContent, hash: string): number => {
  if (post.hash === hash) return 2;
  return content.published === post.published ? sharedText(content.html, post.html) : 0;
};

/** The document may be the new place of another one, which is still there. */
export const copyWaits = (original: string): Reason => ({
  code: "copy-waits",
  message: `its text is that of ${original}, which is still there: when that is deleted, this is the same post; else it is published as another one after 10 minutes`,
});

export const isCopyWaiting = ({ code }: Reason): boolean => code === "copy-waits";
