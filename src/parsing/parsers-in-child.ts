import { createHash } from "node:crypto";
import { extname, join } from "node:path";
import type { Cost } from "../domain/findings.ts";
import { second } from "../domain/time.ts";
import type { DocumentParsers, FeedParsers } from "../ports/content.ts";
import type { SetTimer } from "../ports/runtime.ts";
import { startChild } from "../processes/child-process.ts";
import {
  type Answer,
  type DocumentKind,
  documentParsers,
  type FromProcess,
  feedParsers,
  isAnswerTo,
  isFromProcess,
  type Kind,
  type LimitParser,
  type Request,
  secondsFor,
  type TimedRequest,
} from "./parser-table.ts";

export interface Parsers {
  readonly documentParsers: DocumentParsers;
  readonly feedParsers: FeedParsers;
  close(): Promise<void>;
}

/**
 * This many texts are remembered as too costly, so that one that many others refer to is not tried for each of them.
 */
const maxRemembered = 100;

const textKey = (kind: Kind, bytes: Uint8Array): string => kind + createHash("sha256").update(bytes).digest("hex");

/** The process is beside this file, which is JavaScript in a package. */
const parsingProcess = join(import.meta.dirname, `parsing-process${extname(import.meta.filename)}`);

/**
 * Parses in a child process: its heap has a limit, it can be ended in the middle of a text, and this process continues
 * in the meantime (docs/decisions/0025). The process runs `file`.
 */
export const openChildParsers = (setTimer: SetTimer, file = parsingProcess): Parsers => {
  const requests = openRequestQueue({ file, setTimer });
  const limit: LimitParser<Kind> =
    (kind, refuse) =>
    async (...args) => {
      const answer = await requests.send({ kind, args });
      if ("cost" in answer) return refuse(answer.cost, ...args);
      if (!isAnswerTo(kind, answer)) throw new Error(`the process that reads documents answered with ${answer.kind}`);
      return answer.result;
    };
  return {
    documentParsers: documentParsers(true, rememberCosts(limit)),
    feedParsers: feedParsers(true, limit),
    close: requests.close,
  };
};

/** Refuses a text that was too costly before without parsing it. */
const rememberCosts = (limit: LimitParser<DocumentKind>): LimitParser<DocumentKind> => {
  const remembered = new Map<string, Cost>();
  return (kind, refuse) => {
    const parse = limit(kind, (cost, ...args) => {
      const [oldest] = remembered.keys();
      if (oldest !== undefined && remembered.size >= maxRemembered) remembered.delete(oldest);
      remembered.set(textKey(kind, args[0]), cost);
      return refuse(cost, ...args);
    });
    return async (...args) => {
      const cost = remembered.size === 0 ? undefined : remembered.get(textKey(kind, args[0]));
      return cost === undefined ? parse(...args) : refuse(cost, ...args);
    };
  };
};

interface RequestQueue {
  /** Throws if no process can be started, which is unrelated to the text. */
  send(request: Request): Promise<Answer | { readonly cost: Cost }>;
  close(): Promise<void>;
}

interface QueueOptions {
  /** The module that the process runs. */
  readonly file: string;
  readonly setTimer: SetTimer;
}

interface Pending {
  readonly request: Request;
  attempts: number;
  readonly resolve: (answer: Answer | { readonly cost: Cost }) => void;
  readonly reject: (error: Error) => void;
}

/** This many requests are sent ahead, so that the process does not wait for the next one. */
const sentAhead = 8;
/**
 * Seconds for a short text, by attempt. The first attempt may fail because the machine was busy or other texts filled the memory, so the
 * last one has more time.
 */
const timeLimits = [2, 10] as const;
/** If a text used this share of the time limit in CPU, it is too costly itself, however busy the machine was. */
const ownShare = 0.75;
const maxFailedStarts = 2;

const stopping = "Crier is stopping";
const secondsOf = ({ attempts, request }: Pending): number =>
  secondsFor(request.args, timeLimits[attempts] ?? timeLimits[1]);

const tooSlow = (pending: Pending): Cost => ({ kind: "time", seconds: secondsOf(pending) });

/** The queue's decision after a request's text ended or exhausted a process: it is refused, or sent once more. */
const blame = (waiting: Pending[], pending: Pending, cost: Cost, isCertain = false): void => {
  pending.attempts += 1;
  if (isCertain || pending.attempts >= timeLimits.length) pending.resolve({ cost });
  else waiting.unshift(pending);
};

/**
 * Sends requests to one process, which is kept running and replaced when it ends. A request whose text ends it is sent
 * once more, and refused if it ends that process, too. The requests after it are sent to the next process.
 */
const openRequestQueue = (options: QueueOptions): RequestQueue => {
  const waiting: Pending[] = [];
  let failedStarts = 0;
  let isClosed = false;

  const start = (): RunningProcess =>
    runProcess(options, waiting, ({ hasStarted, output }) => {
      running = undefined;
      failedStarts = hasStarted ? 0 : failedStarts + 1;
      if (isClosed || failedStarts >= maxFailedStarts) {
        failedStarts = 0;
        const reason = isClosed ? stopping : `the process that reads documents cannot be started: ${output}`;
        for (const pending of waiting.splice(0)) pending.reject(new Error(reason));
      } else running = start();
    });

  let running: RunningProcess | undefined = start();
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        if (isClosed) return reject(new Error(stopping));
        waiting.push({ request, attempts: 0, resolve, reject });
        running ??= start();
        running.sendNext();
      }),
    close: async () => {
      isClosed = true;
      running?.kill();
      await running?.ended;
    },
  };
};

interface RunningProcess {
  sendNext(): void;
  kill(): void;
  readonly ended: Promise<void>;
}

/** Sends the waiting requests to a new process until it ends. Then its open requests are waiting again, or refused. */
const runProcess = (
  { file, setTimer }: QueueOptions,
  waiting: Pending[],
  onEnd: (end: { readonly hasStarted: boolean; readonly output: string }) => void,
): RunningProcess => {
  const sent: Pending[] = [];
  let state: "starting" | "ready" | "ending" = "starting";
  const watchdog = watchFirst(sent, setTimer, () => child.kill());

  const sendNext = (): void => {
    if (state !== "ready") return;
    const wasIdle = sent.length === 0;
    while (sent.length < sentAhead) {
      const pending = waiting.shift();
      if (pending === undefined) break;
      const timed: TimedRequest = { request: pending.request, seconds: secondsOf(pending) };
      child.send(timed);
      sent.push(pending);
    }
    if (wasIdle) watchdog.restart();
  };

  const settleFirst = (message: Exclude<FromProcess, { readonly kind: "ready" }>): void => {
    const pending = sent.shift();
    watchdog.restart();
    if (message.kind === "answer") pending?.resolve(message.answer);
    if (message.kind === "error") pending?.resolve({ cost: message });
    if (message.kind !== "slow") return;
    state = "ending";
    if (pending === undefined) return;
    blame(waiting, pending, tooSlow(pending), message.cpu >= ownShare * secondsOf(pending) * second);
  };

  const child = startChild({ file, megabytes: memoryLimit, execArgv: ["--max-semi-space-size=4"] }, (message) => {
    if (!isFromProcess(message)) return;
    if (message.kind === "ready") state = "ready";
    else settleFirst(message);
    sendNext();
  });
  const ended = child.ended.then(({ isOutOfMemory, output }) => {
    watchdog.cancel();
    const [first, ...others] = sent;
    waiting.unshift(...others);
    const died: Cost = isOutOfMemory ? { kind: "memory", megabytes: memoryLimit } : { kind: "crash" };
    if (first !== undefined && state === "ending") waiting.unshift(first);
    else if (first !== undefined) blame(waiting, first, watchdog.hasKilled() ? tooSlow(first) : died);
    onEnd({ hasStarted: state !== "starting", output });
  });
  return { sendNext, kill: child.kill, ended };
};

/** Kills the process if its first request takes too long. */
const watchFirst = (sent: readonly Pending[], setTimer: SetTimer, kill: () => void) => {
  let hasKilled = false;
  let cancel = (): void => {};
  const restart = (): void => {
    cancel();
    const [first] = sent;
    if (first === undefined) return;
    // A message that has arrived in the meantime is received before the check.
    const check = () =>
      void setImmediate(() => {
        if (sent[0] !== first) return;
        hasKilled = true;
        kill();
      });
    // The process watches the time itself. After twice the time it is stuck in code that V8 cannot stop.
    cancel = setTimer(2 * secondsOf(first) * second, check);
  };
  return { restart, cancel: () => cancel(), hasKilled: () => hasKilled };
};

/** The limit in MB for the heap of the process that parses. */
const memoryLimit = 256;
