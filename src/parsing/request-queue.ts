import type { Cost } from "../domain/findings.ts";
import { second } from "../domain/time.ts";
import type { SetTimer } from "../ports/runtime.ts";
import { memoryLimit, openChannel } from "./process-channel.ts";
import type { Answer, FromProcess, Request, ToProcess } from "./process-messages.ts";

export interface RequestQueue {
  /** Throws where no process can be started: it says nothing of the text. */
  ask(request: Request): Promise<Answer | { readonly cost: Cost }>;
  close(): Promise<void>;
}

export interface QueueOptions {
  /** What the process runs. */
  readonly file: string;
  readonly setTimer: SetTimer;
  /** What it is to be sent before its first request. */
  readonly before: () => readonly ToProcess[];
}

interface Pending {
  readonly request: Request;
  attempts: number;
  readonly resolve: (answer: Answer | { readonly cost: Cost }) => void;
  readonly reject: (error: Error) => void;
}

/** Requests that a process has beforehand, so that it does not wait for the next one. */
const sentAhead = 8;
/** In seconds, by attempt. A busy machine, or memory that others filled, may be to blame for the first one: the last one has more time. */
const timeLimits = [2, 10] as const;
/** So much of the time limit in CPU is the text's own, however busy the machine was. */
const ownShare = 0.75;
const maxFailedStarts = 2;

const stopping = "Crier is stopping";
const secondsOf = ({ attempts }: Pending): number => timeLimits[attempts] ?? timeLimits[1];

const tooSlow = (pending: Pending): Cost => ({ kind: "time", seconds: secondsOf(pending) });

/**
 * Sends requests to one process, which is kept running and replaced when it ends. A request whose text ends it is sent
 * once more, and refused then; those behind it are sent to the next process.
 */
export const openRequestQueue = ({ file, setTimer, before }: QueueOptions): RequestQueue => {
  const waiting: Pending[] = [];
  let failedStarts = 0;
  let isClosed = false;

  const blame = (pending: Pending, cost: Cost, isCertain = false): void => {
    pending.attempts += 1;
    if (isCertain || pending.attempts >= timeLimits.length) pending.resolve({ cost });
    else waiting.unshift(pending);
  };

  const start = () => {
    const sent: Pending[] = [];
    let known = 0;
    let state: "starting" | "ready" | "ending" = "starting";
    let stuck = false;
    let cancelWatch = (): void => {};

    const watchFirst = (): void => {
      cancelWatch();
      const [first] = sent;
      if (first === undefined) return;
      // What has arrived meanwhile is received before the check.
      const check = () =>
        void setImmediate(() => {
          if (sent[0] !== first) return;
          stuck = true;
          channel.kill();
        });
      // The process watches the time itself: after the double it is stuck where V8 cannot stop it.
      cancelWatch = setTimer(2 * secondsOf(first) * second, check);
    };

    const sendNext = (): void => {
      if (state !== "ready") return;
      const wasIdle = sent.length === 0;
      while (sent.length < sentAhead) {
        const pending = waiting.shift();
        if (pending === undefined) break;
        const first = before();
        for (const message of first.slice(known)) channel.send(message);
        known = first.length;
        channel.send({ request: pending.request, seconds: secondsOf(pending) });
        sent.push(pending);
      }
      if (wasIdle) watchFirst();
    };

    const receive = (message: FromProcess): void => {
      if (message.kind === "ready") state = "ready";
      else {
        const pending = sent.shift();
        watchFirst();
        if (message.kind === "answer") pending?.resolve(message.answer);
        if (message.kind === "error") pending?.resolve({ cost: message });
        if (message.kind === "slow") {
          state = "ending";
          if (pending !== undefined)
            blame(pending, tooSlow(pending), message.cpu >= ownShare * secondsOf(pending) * second);
        }
      }
      sendNext();
    };

    const channel = openChannel(file, receive);
    const ended = channel.ended.then(({ isOutOfMemory, output }) => {
      cancelWatch();
      running = undefined;
      const [first, ...others] = sent;
      waiting.unshift(...others);
      const died: Cost = isOutOfMemory ? { kind: "memory", megabytes: memoryLimit } : { kind: "crash" };
      if (first !== undefined && state === "ending") waiting.unshift(first);
      else if (first !== undefined) blame(first, stuck ? tooSlow(first) : died);
      failedStarts = state === "starting" ? failedStarts + 1 : 0;
      if (isClosed || failedStarts >= maxFailedStarts) {
        failedStarts = 0;
        const reason = isClosed ? stopping : `the process that reads documents cannot be started: ${output}`;
        for (const pending of waiting.splice(0)) pending.reject(new Error(reason));
      } else running = start();
    });
    return { sendNext, kill: channel.kill, ended };
  };

  let running: ReturnType<typeof start> | undefined = start();
  return {
    ask: (request) =>
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
