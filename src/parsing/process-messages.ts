import { type Cost, costText, tooCostly } from "../domain/findings.ts";
import type { EntryDocument, FeedBytes } from "../domain/polled-feed.ts";
import type { Site } from "../domain/site.ts";
import type { ParseContext, Parsed, ParsedDocument, ReadFeedResult } from "../ports/content.ts";

/** A request to the process that parses. `site` is the number of a site that was sent before. */
export type Request =
  | {
      readonly kind: "document";
      readonly bytes: Uint8Array;
      readonly path: string;
      readonly site: number;
      readonly context: ParseContext | undefined;
    }
  | {
      readonly kind: "page";
      readonly bytes: Uint8Array;
      readonly path: string;
      readonly site: number;
      readonly isSectionIndex: boolean;
    }
  | { readonly kind: "entry"; readonly document: EntryDocument; readonly site: number }
  | { readonly kind: "feed"; readonly bytes: FeedBytes };

export type Answer =
  | { readonly kind: "document"; readonly result: ParsedDocument }
  | { readonly kind: "page"; readonly result: string | undefined }
  | { readonly kind: "entry"; readonly result: Parsed }
  | { readonly kind: "feed"; readonly result: ReadFeedResult };

export type ToProcess = { readonly number: number; readonly site: Site } | TimedRequest;

/** `seconds` is the time that the request may take. */
export interface TimedRequest {
  readonly request: Request;
  readonly seconds: number;
}

/** Requests are answered one after another, in their order. */
export type FromProcess =
  | { readonly kind: "ready" }
  | { readonly kind: "answer"; readonly answer: Answer }
  /** The parser threw. */
  | { readonly kind: "error"; readonly message: string }
  /**
   * It took longer than it may, and the process ends. `cpu` is the milliseconds for which it worked, which may be few
   * on a busy machine.
   */
  | { readonly kind: "slow"; readonly cpu: number };

/** The channel connects two processes of the same program, so a message with this shape was sent by the other end. */
export const isFromProcess = (message: unknown): message is FromProcess =>
  typeof message === "object" && message !== null && "kind" in message;

export const isToProcess = (message: unknown): message is ToProcess =>
  typeof message === "object" && message !== null && ("request" in message || "site" in message);

/** Returns the result for a text that is too costly. */
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
  problem: costText(cost),
});
