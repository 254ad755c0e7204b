import type { Outcome } from "./delivery.ts";
import { day, hour, type Instant, minute, second } from "./time.ts";

/**
 * Returns a number from 0 to 1 that differs between attempts and is the same for the same seed, which is hexadecimal.
 */
export const fractionFromSeed = (seed: string, attempts: number): number => {
  const digits = Number.parseInt(seed.slice(attempts % 24, (attempts % 24) + 4), 16);
  return (Number.isNaN(digits) ? 0x8000 : digits) / 0xffff;
};

/** Pauses between attempts, in ms. Each is twice as long as the one before. */
export interface Pauses {
  readonly first: number;
  readonly longest: number;
}

/** Returns the pause after this many failures in a row. */
export const doublingPause = ({ first, longest }: Pauses, failures: number): number =>
  Math.min(first * 2 ** Math.max(0, failures - 1), longest);

/** 30 s, 1 min, 2 min … 1 h: the pauses of rows that could not be advanced. */
export const rowPauses: Pauses = { first: 30 * second, longest: hour };

/**
 * Returns the pauses of rows, each ± 20 % by the seed, so that deliveries that failed together are not tried together
 * again.
 */
export const backoff = (seed: string, attempts: number): number =>
  Math.round(doublingPause(rowPauses, attempts) * (0.8 + 0.4 * fractionFromSeed(seed, attempts)));

/** No server delays the next request by more than this. */
export const longestWait = day;

/**
 * A delivery that waits for a login checks for a new one this often, because nothing wakes it if the pause of its
 * account ends while it begins to wait.
 */
export const checkLoginAfter = 5 * minute;

export type Retryable = Extract<Outcome, { readonly kind: "unauthorised" | "unavailable" | "unanswered" }>;

/** Returns the moment of the next try of a request that was not accepted, or got no answer. */
export const nextTry = (outcome: Retryable, seed: string, attempts: number, now: Instant): Instant => {
  if (outcome.kind === "unauthorised") return now + checkLoginAfter;
  const asked = outcome.kind === "unavailable" ? outcome.retryAt : undefined;
  if (asked === undefined) return now + backoff(seed, attempts);
  // A network that names a moment in the past, or always the next second, must not cause a loop, and one that names a
  // far moment must not stop the delivery.
  return Math.min(Math.max(asked, now + backoff(seed, Math.min(attempts, 4))), now + longestWait);
};

/** The state of a message that is sent to an external server until it accepts the message. */
export interface Attempts {
  /** The number of failed attempts since the message last changed. */
  readonly attempts: number;
  /** The first failure since a message was last accepted or given up, even if the message has changed since. */
  readonly since: Instant | undefined;
  /** The server wants no message before this moment, even if the message changes. */
  readonly wait: Instant | undefined;
  /** The reason why the last message was not accepted. */
  readonly reason: string | undefined;
  readonly due: Instant | undefined;
}

/** The answer of the server. */
export type MessageAnswer =
  | { readonly kind: "taken" }
  /** `retryAfter` is the time until the server wants the next request, in ms. */
  | { readonly kind: "refused"; readonly reason: string; readonly retryAfter: number | undefined };

/** After this time without an accepted message, nothing is sent until the next change. */
export const giveUpMessageAfter = 72 * hour;

/** The state after a message was accepted. */
export const accepted = { attempts: 0, since: undefined, wait: undefined, reason: undefined } as const;

/** Stops sending the message until it changes. */
export const stopSending = <Message extends Attempts>(message: Message, reason: string): Message => ({
  ...message,
  wait: undefined,
  due: undefined,
  reason,
});

/** Returns the message after it was refused. It is tried again, later each time, and given up in the end. Pure. */
export const afterRefusal = <Message extends Attempts>(
  message: Message,
  { reason, retryAfter }: Extract<MessageAnswer, { kind: "refused" }>,
  seed: string,
  now: Instant,
): Message => {
  const [attempts, since] = [message.attempts + 1, message.since ?? now];
  if (now - since >= giveUpMessageAfter) return { ...stopSending(message, reason), attempts, since: undefined };
  const wait = retryAfter === undefined ? undefined : now + Math.min(Math.max(retryAfter, second), longestWait);
  return { ...message, attempts, since, wait, reason, due: wait ?? now + backoff(seed, attempts) };
};

/**
 * Returns the time that a server wants without requests, in ms. `Retry-After` (RFC 9110 §10.2.3) is a number of
 * seconds, or a date, which is compared with the server's own `Date`. Undefined if the header is missing or invalid.
 */
export const retryAfter = (headers: Pick<Headers, "get">): number | undefined => {
  const value = headers.get("retry-after") ?? "";
  const seconds = /^\d+(?:\.\d+)?$/.exec(value)?.[0];
  const wait =
    seconds === undefined ? Date.parse(value) - Date.parse(headers.get("date") ?? "") : Number(seconds) * second;
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
};
