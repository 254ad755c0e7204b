import { type Cost, costText, tooCostly } from "../domain/findings.ts";
import type { DocumentParsers, FeedParsers } from "../ports/content.ts";

type Parsers = Omit<DocumentParsers & FeedParsers, "isContained">;

/** A kind of request to the parsers. It has the name of its parser, whose type declares its arguments and its result. */
export type Kind = DocumentKind | FeedKind;
export type DocumentKind = Exclude<keyof DocumentParsers, "isContained">;
export type FeedKind = Exclude<keyof FeedParsers, "isContained">;

type Arguments = { readonly [K in Kind]: Parameters<Parsers[K]> };
type Results = { readonly [K in Kind]: Awaited<ReturnType<Parsers[K]>> };

/** The functions that parse, as long as a text takes. */
export type ParserFunctions<Kinds extends Kind> = {
  readonly [K in Kinds]: (...args: Arguments[K]) => Results[K];
};

const mebibyte = 1024 * 1024;

/**
 * Returns the time that a request may take where a short document may take these seconds. A document has as much again for
 * each MiB.
 */
export const secondsFor = ([text]: readonly unknown[], seconds: number): number =>
  text instanceof Uint8Array ? seconds * (1 + Math.floor(text.byteLength / mebibyte)) : seconds;

/** Returns the parser of a kind. `refuse` makes the result for a text that is too costly. */
export type LimitParser<Kinds extends Kind> = <K extends Kinds>(
  kind: K,
  refuse: (cost: Cost, ...args: Arguments[K]) => Results[K],
) => (...args: Arguments[K]) => Promise<Results[K]>;

/**
 * The table of the kinds, with the refusal of each. The port (ports/content.ts) has its type, and parsers-in-process.ts
 * its function: the functions take 30 MB and half a second to load, and a process that has another one parse does
 * without them. The messages and both ends of the channel derive from these three lines, and the compiler finds a
 * missing one.
 */
export const documentParsers = (isContained: boolean, limit: LimitParser<DocumentKind>): DocumentParsers => ({
  isContained,
  parse: limit("parse", (cost, bytes) => ({
    parsed: { kind: "refused", reasons: [tooCostly(cost, new TextDecoder().decode(bytes))] },
    references: [],
  })),
  locate: limit("locate", () => undefined),
});

/** The kinds of feeds have their own table: the functions on AWS for documents are bundled without the feed reader. */
export const feedParsers = (isContained: boolean, limit: LimitParser<FeedKind>): FeedParsers => ({
  isContained,
  parseEntry: limit("parseEntry", (cost, { entry: { content } }) => ({
    kind: "refused",
    reasons: [tooCostly(cost, content && ("html" in content ? content.html : content.text))],
  })),
  readFeed: limit("readFeed", (cost) => ({ kind: "no-feed", problem: costText(cost) })),
});

/** A request to the process that parses. */
export interface Request<K extends Kind = Kind> {
  readonly kind: K;
  readonly args: Arguments[K];
}

export interface Answer<K extends Kind = Kind> {
  readonly kind: K;
  readonly result: Results[K];
}

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

export const isTimedRequest = (message: unknown): message is TimedRequest =>
  typeof message === "object" && message !== null && "request" in message;

export const isAnswerTo = <K extends Kind>(kind: K, answer: Answer): answer is Answer<K> => answer.kind === kind;
