import process from "node:process";
import { createContext, Script } from "node:vm";
import { locateDocument, parseDocument } from "../documents/parse-document.ts";
import { parseEntry } from "../documents/parse-entry.ts";
import { errorMessage } from "../domain/errors.ts";
import type { Cost } from "../domain/findings.ts";
import { maxReferences, type Reference, referenceKey } from "../domain/reference.ts";
import type { Site } from "../domain/site.ts";
import { second } from "../domain/time.ts";
import { readFeed } from "../feed-reader/read-feed.ts";
import type { DocumentParsers, FeedParsers, ParseContext, ParsedDocument } from "../ports/content.ts";
import { sendToParent, serveParent } from "../processes/child-process.ts";
import {
  type Answer,
  type FromProcess,
  isToProcess,
  type Request,
  refusedDocument,
  refusedEntry,
  refusedFeed,
  type TimedRequest,
} from "./process-messages.ts";

/** Parses in this process. For AWS, where a function that takes too long is ended by Lambda. */
export const documentsInProcess: DocumentParsers = {
  isContained: false,
  parse: (bytes, path, site, context) =>
    inProcess(
      () => parseWithLinks(bytes, path, site, context),
      (cost) => refusedDocument(bytes, cost),
    ),
  locate: (bytes, path, site, isSectionIndex) =>
    inProcess(
      () => locateDocument(bytes, path, site, isSectionIndex)?.url,
      () => undefined,
    ),
};

/** Parses in this process. For AWS, where a function that takes too long is ended by Lambda. */
export const feedsInProcess: FeedParsers = {
  isContained: false,
  parseEntry: (document, site) =>
    inProcess(
      () => parseEntry(document, site),
      (cost) => refusedEntry(document, cost),
    ),
  readFeed: (bytes) => inProcess(() => readFeed(bytes), refusedFeed),
};

/** Parses the document, entry or feed of a request. */
export const answerRequest = (request: Request, siteOf: (number: number) => Site): Answer => {
  switch (request.kind) {
    case "document": {
      const { bytes, path, site, context } = request;
      return { kind: "document", result: parseWithLinks(bytes, path, siteOf(site), context) };
    }
    case "page": {
      const { bytes, path, site, isSectionIndex } = request;
      return { kind: "page", result: locateDocument(bytes, path, siteOf(site), isSectionIndex)?.url };
    }
    case "entry":
      return { kind: "entry", result: parseEntry(request.document, siteOf(request.site)) };
    case "feed":
      return { kind: "feed", result: readFeed(request.bytes) };
  }
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
export const serveRequests = (answer: (request: Request, siteOf: (number: number) => Site) => Answer): void => {
  const sites = new Map<number, Site>();
  const siteOf = (number: number): Site => {
    const site = sites.get(number);
    if (site === undefined) throw new Error(`no site was sent with the number ${number}`);
    return site;
  };
  const waiting: TimedRequest[] = [];
  let isBusy = false;
  const answerAll = async (): Promise<void> => {
    isBusy = true;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { request, seconds } = next;
      const message = tryAnswer(seconds, () => answer(request, siteOf));
      await send(message);
      // A call that was stopped in the middle may have left invalid state.
      if (message.kind === "slow") process.exit();
    }
    isBusy = false;
  };
  serveParent((message) => {
    if (!isToProcess(message)) return;
    if ("site" in message) sites.set(message.number, message.site);
    else waiting.push(message);
    if (!isBusy) void answerAll();
  });
  void send({ kind: "ready" });
};

/** Parses a document, and returns the references to other documents. */
const parseWithLinks = (
  bytes: Uint8Array,
  path: string,
  site: Site,
  { links, ...context }: ParseContext = {},
): ParsedDocument => {
  const references = new Map<string, Reference>();
  const resolve = (reference: Reference): string | undefined => {
    const key = referenceKey(reference);
    if (references.size < maxReferences) references.set(key, reference);
    return links?.get(key);
  };
  const parsed = parseDocument(bytes, path, site, { ...context, resolve });
  return { parsed, references: [...references.values()] };
};

/**
 * The limit in seconds. A function on AWS has a part of a core: a text that takes two seconds elsewhere takes longer
 * there.
 */
const limit = 5;

/** Calls a parser in this process. A text may use all of its memory, but not all of its time. */
export const inProcess = async <Result>(call: () => Result, refuse: (cost: Cost) => Result): Promise<Result> => {
  try {
    return withinTime(limit * second, call);
  } catch (error) {
    return refuse(
      error instanceof TooSlow ? { kind: "time", seconds: limit } : { kind: "error", message: errorMessage(error) },
    );
  }
};

/** Thrown if the call was ended before it had a result. */
export class TooSlow extends Error {
  override readonly name = "TooSlow";
}

/** The script only calls the function that is passed: all other code runs outside of the context. */
const script = new Script("call()");
const calling = { call: (): void => {} };
const context = createContext(calling);

/** The error belongs to the other context, so `instanceof` does not recognise it. */
const isTimeout = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";

/**
 * Returns the result of a synchronous call, which ends after this many milliseconds: V8 stops it within a loop and
 * within a regular expression. It costs a tenth of a millisecond, for the thread that watches the time.
 */
export const withinTime = <Result>(milliseconds: number, call: () => Result): Result => {
  const ended: { readonly result: Result }[] = [];
  calling.call = () => void ended.push({ result: call() });
  try {
    script.runInContext(context, { timeout: milliseconds });
  } catch (error) {
    if (isTimeout(error)) throw new TooSlow(`it did not end within ${milliseconds} ms`);
    throw error;
  } finally {
    calling.call = () => {};
  }
  const [first] = ended;
  if (first === undefined) throw new TooSlow("it was ended");
  return first.result;
};
