import { type Cost, costOf, tooCostly } from "../domain/findings.ts";
import type { EntryDocument, FeedBytes } from "../domain/polled-feed.ts";
import type { Site } from "../domain/site.ts";
import type { LocatedPage, ParseContext, Parsed, ParsedDocument, ReadFeedResult } from "../ports/content.ts";

/** What the process that parses is asked. `site`: the number of one that it was sent before. */
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
  | { readonly kind: "page"; readonly result: LocatedPage | undefined }
  | { readonly kind: "entry"; readonly result: Parsed }
  | { readonly kind: "feed"; readonly result: ReadFeedResult };

export type ToProcess = { readonly number: number; readonly site: Site } | AskedOfProcess;

/** `seconds`: how long it may take. */
export interface AskedOfProcess {
  readonly request: Request;
  readonly seconds: number;
}

/** One request is answered after another, in their order. */
export type FromProcess =
  | { readonly kind: "ready" }
  | { readonly kind: "answer"; readonly answer: Answer }
  /** The parser threw. */
  | { readonly kind: "error"; readonly message: string }
  /** It took longer than it may, and the process ends. `cpu`: for how many milliseconds it worked; a busy machine may have given it few. */
  | { readonly kind: "slow"; readonly cpu: number };

/** The channel is between two processes of one program: what has the form is what the other one has sent. */
export const isFromProcess = (message: unknown): message is FromProcess =>
  typeof message === "object" && message !== null && "kind" in message;

export const isToProcess = (message: unknown): message is ToProcess =>
  typeof message === "object" && message !== null && ("request" in message || "site" in message);

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
