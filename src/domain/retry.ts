import type { Outcome } from "./delivery.ts";
import { day, hour, type Instant, minute, second } from "./time.ts";

/** A number from 0 to 1: another one for each attempt, and the same for the same seed, which is hexadecimal. */
export const drawn = (seed: string, attempts: number): number => {
  const digits = Number.parseInt(seed.slice(attempts % 24, (attempts % 24) + 4), 16);
  return (Number.isNaN(digits) ? 0x8000 : digits) / 0xffff;
};

/** 30 s, 1 min, 2 min … 1 h, each ± 20 % by the seed: deliveries that failed together do not come back together. */
export const backoff = (seed: string, attempts: number): number =>
  Math.round(Math.min(30 * second * 2 ** Math.max(0, attempts - 1), hour) * (0.8 + 0.4 * drawn(seed, attempts)));

/** How soon a delivery that waits for a login looks whether there is another one: a pause that ends at the same moment does not leave it waiting (interleaving 44). */
export const checkLoginAfter = 5 * minute;

export type Retryable = Extract<Outcome, { readonly kind: "unauthorised" | "unavailable" | "unanswered" }>;

/** When a request is tried again that was not accepted, or got no answer. */
export const nextTry = (outcome: Retryable, seed: string, attempts: number, now: Instant): Instant => {
  if (outcome.kind === "unauthorised") return now + checkLoginAfter;
  const asked = outcome.kind === "unavailable" ? outcome.retryAt : undefined;
  if (asked === undefined) return now + backoff(seed, attempts);
  // A network that names a moment in the past, or always the next second, is not asked in a loop; nor never, for one far off.
  return Math.min(Math.max(asked, now + backoff(seed, Math.min(attempts, 4))), now + day);
};

/** How it stands with a message that is sent to a server outside until that accepts it. */
export interface Attempts {
  /** Failed since the message last changed. */
  readonly attempts: number;
  /** The first failure since a message was last accepted or given up, however often it has changed. */
  readonly since: Instant | undefined;
  /** The server asked for no message before this moment, even when it changes. */
  readonly wait: Instant | undefined;
  /** Why the last message was not accepted. */
  readonly reason: string | undefined;
  readonly due: Instant | undefined;
}

/** The answer of the server. */
export type MessageAnswer =
  | { readonly kind: "taken" }
  /** `retryAfter`: when it wants to be asked again, in ms from now. */
  | { readonly kind: "refused"; readonly reason: string; readonly retryAfter: number | undefined };

/** A server that has accepted no message for this long is given up until the next change. */
export const giveUpMessageAfter = 72 * hour;
/** One answer delays the next message by this at most. */
const longestWait = day;

/** What an accepted message leaves behind. */
export const accepted = { attempts: 0, since: undefined, wait: undefined, reason: undefined } as const;

/** It is not sent again until it changes. */
export const stopSending = <Message extends Attempts>(message: Message, reason: string): Message => ({
  ...message,
  wait: undefined,
  due: undefined,
  reason,
});

/** The message after it was refused: it is tried again, later each time, and given up in the end. Pure. */
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
 * How long a server wants to be left alone, in ms: its `Retry-After` (RFC 9110 §10.2.3) is a number of seconds, or a date
 * that is compared with the server's own `Date`. Undefined where it says nothing that can be read.
 */
export const retryAfter = (headers: Pick<Headers, "get">): number | undefined => {
  const value = headers.get("retry-after") ?? "";
  const seconds = /^\d+(?:\.\d+)?$/.exec(value)?.[0];
  const wait =
    seconds === undefined ? Date.parse(value) - Date.parse(headers.get("date") ?? "") : Number(seconds) * second;
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
};
