import type { Snippet } from "./snippet.ts";

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
