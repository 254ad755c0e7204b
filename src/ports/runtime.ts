import type { Instant } from "../domain/time.ts";
import type { Ref } from "./store.ts";

/** The current time. */
export type Clock = () => Instant;

/** Aborts after so many milliseconds. */
export type Deadline = (milliseconds: number) => AbortSignal;

/** Resolves after so many milliseconds. The process does not end meanwhile. */
export type Pause = (milliseconds: number) => Promise<void>;

/** Calls `act` once after so many milliseconds; the result cancels the call. It does not keep the process from ending. */
export type SetTimer = (milliseconds: number, act: () => void) => () => void;

/**
 * Everything that differs between two runs on the same input, requests and files excepted. A runtime passes the machine's
 * own (src/runtimes/system-runtime.ts), a test or a simulation passes what it controls.
 */
export interface Runtime {
  readonly clock: Clock;
  /** Unique among all processes. */
  readonly newId: () => string;
  readonly deadline: Deadline;
  readonly setTimer: SetTimer;
  readonly pause: Pause;
}

/** SHA-256 in hex. */
export type Hash = (content: string | Uint8Array) => string;

export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Something needs attention: a metric and an alarm on AWS, a line on the console. */
  alarm(name: string, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface Queue {
  /** `after`: a delay in milliseconds, at most 15 minutes. A worker that is early finds nothing due. */
  send(refs: readonly Ref[], after?: number): Promise<void>;
}
