import { backoff } from "./backoff.ts";
import { day, hour, type Instant, second } from "./time.ts";

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
