import type { Instant } from "../domain/time.ts";
import type { Ref } from "./store.ts";

/** The clock of the wall. */
export type Clock = () => Instant;

/** SHA-256 in hex. */
export type Hash = (content: string | Uint8Array) => string;

export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Somebody should look at this: a metric and an alarm on AWS, a line on the console. */
  alarm(name: string, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface Queue {
  /** `after`: how long they are held back, in milliseconds, at most 15 minutes. A worker that is early finds nothing due. */
  send(refs: readonly Ref[], after?: number): Promise<void>;
  depth(): Promise<number>;
}
