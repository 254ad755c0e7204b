import process from "node:process";
import { createContext, Script } from "node:vm";
import { locateDocument, parseDocument } from "../documents/parse-document.ts";
import { parseEntry } from "../documents/parse-entry.ts";
import { errorMessage } from "../domain/errors.ts";
import type { Cost } from "../domain/findings.ts";
import { maxReferences, type Reference, referenceKey } from "../domain/reference.ts";
import { second } from "../domain/time.ts";
import { readFeed } from "../feed-reader/read-feed.ts";
import type { DocumentParsers, FeedParsers } from "../ports/content.ts";
import { sendToParent, serveParent } from "../processes/child-process.ts";
import {
  type Answer,
  type DocumentKind,
  documentParsers,
  type FeedKind,
  type FromProcess,
  feedParsers,
  isTimedRequest,
  type Kind,
  type ParserFunctions,
  type Request,
  secondsFor,
  type TimedRequest,
} from "./parser-table.ts";

/**
 * Seconds for a short text. A function on AWS has a part of a core: a text that takes two seconds elsewhere takes longer
 * there.
 */
const shortLimit = 5;
/** Seconds for a long one: a request has an answer before its function is ended (infra/limits.ts). */
const longestLimit = 20;

/** Limits a parser of this process. A text may use all of its memory, but not all of its time. */
export const inProcess =
  <Args extends readonly unknown[], Result>(
    parse: (...args: Args) => Result,
    refuse: (cost: Cost, ...args: Args) => Result,
  ) =>
  async (...args: Args): Promise<Result> => {
    const limit = Math.min(secondsFor(args, shortLimit), longestLimit);
    try {
      return withinTime(limit * second, () => parse(...args));
    } catch (error) {
      const cost: Cost =
        error instanceof TooSlow ? { kind: "time", seconds: limit } : { kind: "error", message: errorMessage(error) };
      return refuse(cost, ...args);
    }
  };

const documentFunctions: ParserFunctions<DocumentKind> = {
  /** Parses a document, and returns the references to other documents. */
  parse: (bytes, path, site, context) => {
    const references = new Map<string, Reference>();
    const resolve = (reference: Reference): string | undefined => {
      const key = referenceKey(reference);
      if (references.size < maxReferences) references.set(key, reference);
      return context?.links?.get(key);
    };
    const parsed = parseDocument(bytes, path, site, { ...context, resolve });
    return { parsed, references: [...references.values()] };
  },
  locate: (...args) => locateDocument(...args)?.url,
};

const feedFunctions: ParserFunctions<FeedKind> = { parseEntry, readFeed };

// Without the annotations, the bundles of the functions that read no feeds would contain the feed reader.

/** Parses in this process. For AWS, where a function that takes too long is ended by Lambda. */
export const documentsInProcess: DocumentParsers = /* @__PURE__ */ documentParsers(false, (kind, refuse) =>
  inProcess(documentFunctions[kind], refuse),
);

/** Parses in this process. For AWS, where a function that takes too long is ended by Lambda. */
export const feedsInProcess: FeedParsers = /* @__PURE__ */ feedParsers(false, (kind, refuse) =>
  inProcess(feedFunctions[kind], refuse),
);

/** Parses the document, entry or feed of a request. */
export const answerRequest = <K extends Kind>({ kind, args }: Request<K>): Answer<K> => {
  const functions: ParserFunctions<Kind> = { ...documentFunctions, ...feedFunctions };
  return { kind, result: functions[kind](...args) };
};

const send = (message: FromProcess): Promise<void> => sendToParent(message);

const tryAnswer = (seconds: number, answer: () => Answer): FromProcess => {
  const before = process.cpuUsage();
  try {
    return { kind: "answer", answer: withinTime(seconds * second, answer) };
  } catch (error) {
    if (!(error instanceof TooSlow)) return { kind: "error", message: errorMessage(error) };
    const { user, system } = process.cpuUsage(before);
    return { kind: "slow", cpu: (user + system) / 1000 };
  }
};

/** Makes this process parse for its parent (parsing-process.ts), one request after another, until the parent ends. */
export const serveRequests = (answer: (request: Request) => Answer): void => {
  const waiting: TimedRequest[] = [];
  let isBusy = false;
  const answerAll = async (): Promise<void> => {
    isBusy = true;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { request, seconds } = next;
      const message = tryAnswer(seconds, () => answer(request));
      await send(message);
      // A call that was stopped in the middle may have left invalid state.
      if (message.kind === "slow") process.exit();
    }
    isBusy = false;
  };
  serveParent((message) => {
    if (!isTimedRequest(message)) return;
    waiting.push(message);
    if (!isBusy) void answerAll();
  });
  void send({ kind: "ready" });
};

/** Thrown if the call was ended before it had a result. */
export class TooSlow extends Error {
  override readonly name = "TooSlow";
}

/** The script only calls the function that is passed: all other code runs outside of the context. */
const script = new Script("call()");
const calling: { call?: (() => void) | undefined } = {};
const context = createContext(calling);

/** The error belongs to the other context, so `instanceof` does not recognise it. */
const isTimeout = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";

/**
 * Returns the result of a synchronous call, which ends after this many milliseconds: V8 stops it within a loop and
 * within a regular expression. It costs a tenth of a millisecond, for the thread that watches the time.
 */
export const withinTime = <Result>(milliseconds: number, call: () => Result): Result => {
  const results: Result[] = [];
  calling.call = () => void results.push(call());
  try {
    script.runInContext(context, { timeout: milliseconds });
  } catch (error) {
    if (!isTimeout(error)) throw error;
  } finally {
    calling.call = undefined;
  }
  // The call has ended, and its result may be undefined.
  for (const result of results) return result;
  throw new TooSlow(`it did not end within ${milliseconds} ms`);
};
