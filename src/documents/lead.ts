import { firstSentences } from "../domain/text.ts";
import { firstPassage, greeting, isWholeSentences, type Part, sentencesIn, wordsIn } from "./passages.ts";

/** Of a paragraph that is longer, the first sentences announce the post. */
const maxLead = 300;

/** A sentence that greets, and says nothing else, has no more words. */
const maxGreeting = 8;

/** Sentences that have a meaning on the page alone: "Read below for more.", "The release notes can be found here." */
const pointers = [
  /\bbelow(?: for [^.!?]{1,99})?[.!?)\s]{0,9}$/i,
  /\bhere[.!?)\s]{0,9}$/i,
  /^(?:continue|keep) reading\b|^read on\b/i,
  /^the following (?:is|are)\b/i,
];

const isPointer = (sentence: string): boolean => pointers.some((pointer) => pointer.test(sentence.trim()));

/** What is left of a paragraph where nobody sees the page: without a greeting, and without what points to the page. */
const readAlone = (text: string, language: string): string => {
  const [first = "", ...rest] = sentencesIn(text, language);
  const isGreeting = rest.length > 0 && greeting.test(first) && wordsIn(first, language) <= maxGreeting;
  const kept = (isGreeting ? rest : [first, ...rest]).filter((sentence) => !isPointer(sentence));
  return kept.join("").trim();
};

/** What announces a post whose author wrote no summary: whole sentences of the first paragraph that is not a greeting or a stub. */
export const leadOf = (parts: readonly Part[], language: string): string | undefined => {
  const text = firstPassage(parts, language) ?? "";
  const isOfOnePart = parts.some((part) => part.text.startsWith(text));
  const lead = readAlone(firstSentences(text, maxLead, language), language);
  return isOfOnePart && isWholeSentences(lead, language) ? lead : undefined;
};
