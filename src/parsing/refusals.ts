import { type Cost, costOf, tooCostly } from "../domain/findings.ts";
import type { EntryDocument } from "../domain/polled-feed.ts";
import type { Parsed, ParsedDocument, ReadFeedResult } from "../ports/content.ts";

/** What stands for the result of a text that is too costly. */
export const refusedDocument = (bytes: Uint8Array, cost: Cost): ParsedDocument => ({
  parsed: { kind: "refused", reasons: [tooCostly(cost, new TextDecoder().decode(bytes))] },
  references: [],
});

export const refusedEntry = ({ entry: { content } }: EntryDocument, cost: Cost): Parsed => {
  const text = content === undefined ? "" : "html" in content ? content.html : content.text;
  return { kind: "refused", reasons: [tooCostly(cost, text)] };
};

export const refusedFeed = (cost: Cost): ReadFeedResult => ({
  kind: "no-feed",
  problem: costOf(cost),
});
