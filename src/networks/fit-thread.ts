import { cutToReadable } from "../domain/shorten.ts";
import {
  type Fitted,
  fit,
  inParagraphs,
  type Rules,
  removeUrl,
  type Snippet,
  tagsFor,
  type Wording,
} from "../domain/snippet.ts";
import type { Reply } from "../ports/networks.ts";
import { splitText } from "./split-text.ts";

/** X's own editor takes as many. */
const mostPosts = 25;

interface FittedThread extends Fitted {
  readonly replies: readonly Reply[];
}

/** A text that does not fit into one post goes on in replies, where the account has threads. */
export const fitThread = (
  snippet: Wording & Pick<Snippet, "url" | "tags">,
  rules: Rules,
  isThread: boolean,
): FittedThread => {
  const fitted = fit(snippet, rules);
  const thread = isThread && fitted.isCut ? inSeveral(snippet, rules) : undefined;
  return thread ?? { ...fitted, replies: [] };
};

/** Link and hashtags are in the first post. Undefined where the text cannot be divided: then it is cut. */
const inSeveral = (snippet: Wording & Pick<Snippet, "url" | "tags">, rules: Rules): FittedThread | undefined => {
  const { limit, measure } = rules;
  const { url, layout = inParagraphs } = snippet;
  const whole = cutToReadable(layout(snippet.text.trim(), snippet.more?.trim() ?? "", "", ""), limit * mostPosts);
  const text = removeUrl(whole.text, url);
  const tags = tagsFor(text, snippet, rules);
  const first = (part: string) => inParagraphs(part, "", url, tags);
  const fits = (part: string) => measure(part) <= limit;
  const fitsFirst = (part: string) => fits(first(part));
  const split = splitText(text, { fitsFirst, fits, limit, most: mostPosts - 1 });
  if (split === undefined) return undefined;
  const { parts, left } = split;
  const isCut = whole.isCut || (left !== "" && !fits(left));
  const endsHere = (part: string) => fits(`${part}…`);
  const end = isCut ? splitText(left, { fitsFirst: endsHere, fits: endsHere, limit, most: 1 })?.parts[0] : undefined;
  const last = isCut ? end && `${end}…` : left;
  const [start = "", ...more] = [...parts, ...(last ? [last] : [])];
  const replies = more.map((reply) => ({ text: reply, length: measure(reply) }));
  return { text: first(start), length: measure(first(start)), limit, isCut, replies };
};
