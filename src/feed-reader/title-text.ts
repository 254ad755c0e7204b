import type { FeedText } from "../domain/polled-feed.ts";
import { resolveReferences } from "./xml-tree.ts";

const reference = /&(?:[a-z]\w*|#\d+|#x[\da-f]+);/i;
const closedTag = /<(\w+)(?:\s[^<>]*)?>[^<>]*<\/\1>|<br\s*\/?>/i;

/**
 * A title of RSS or JSON Feed is plain text by the rules and escaped HTML in many feeds. A reference and a closed tag are
 * HTML; a tag that is not closed is text: "The <b> element".
 */
export const titleText = (text: string | undefined): FeedText | undefined => {
  if (text === undefined) return undefined;
  return reference.test(text) || closedTag.test(text) ? { html: text } : { text };
};

export const plainTitle = (title: FeedText | undefined): string | undefined => {
  if (title === undefined || "text" in title) return title?.text;
  return resolveReferences(title.html.replaceAll(/<[^<>]*>/g, ""));
};
