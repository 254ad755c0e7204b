import type { Instant } from "../domain/time.ts";
import type { Ref } from "./store.ts";

/** The current time. */
export type Clock = () => Instant;

/** Returns a signal that aborts after the milliseconds. */
export type Deadline = (milliseconds: number) => AbortSignal;

/** Resolves after the milliseconds. It keeps the process from ending until then. */
export type Pause = (milliseconds: number) => Promise<void>;

/** Calls `act` once after the milliseconds; the result cancels the call. It does not keep the process from ending. */
export type SetTimer = (milliseconds: number, act: () => void) => () => void;

/**
 * Everything that differs between two runs on the same input, except requests and files. A runtime passes the functions
 * of the machine (src/runtimes/system-runtime.ts), a test or a simulation passes functions that it controls.
 */
export interface Runtime {
  readonly clock: Clock;
  /** Returns an id that is unique among all processes. */
  readonly newId: () => string;
  readonly deadline: Deadline;
  readonly setTimer: SetTimer;
  readonly pause: Pause;
}

/** Returns the SHA-256 in hex. */
export type Hash = (content: string | Uint8Array) => string;

export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Reports a problem that needs attention: a metric and an alarm on AWS, a line on the console. */
  alarm(name: string, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface Queue {
  /**
   * Sends refs to workers. `after` is a delay in milliseconds, at most 15 minutes. A worker that is early finds nothing
   * due.
   */
  send(refs: readonly Ref[], after?: number): Promise<void>;
}
