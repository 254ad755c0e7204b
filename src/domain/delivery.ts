import type { Instant } from "./time.ts";

/** Every state of a delivery: the type, the rows and the API derive from this list. */
export const deliveryStates = [
  "pending",
  "held",
  "sending",
  "unsettled",
  "posted",
  "editing",
  "deleting",
  "deleted",
  "failed",
  "unknown",
  "cancelled",
] as const;

export type DeliveryState = (typeof deliveryStates)[number];

/** What a network offers against a second copy after a send that got no answer. */
export type Offers = "key" | "refuse" | "read" | "none";

/** The copy on the network. */
export interface Remote {
  /** Null where the network told a duplicate and named no id. */
  readonly id: string | null;
  readonly url: string | null;
}

/** What became of one request to a network. One function per network maps a reply to these; nothing else decides. */
export type Outcome =
  | { readonly kind: "posted"; readonly remote: Remote }
  /** An edit was taken, or a deletion was done or had nothing left to delete. */
  | { readonly kind: "done" }
  /** Final: the network will never take this request. */
  | { readonly kind: "rejected"; readonly reason: string }
  /** Certainly not applied: 429, refused connection, DNS. */
  | { readonly kind: "unavailable"; readonly reason: string; readonly retryAt?: Instant | undefined }
  /** The login is refused: the account pauses, the delivery waits. */
  | { readonly kind: "unauthorised"; readonly reason: string }
  /** The network already holds an equal post. */
  | { readonly kind: "duplicate"; readonly remote: Remote; readonly reason: string }
  /** No answer, or a 5xx: it may have been applied. */
  | { readonly kind: "unanswered"; readonly reason: string };

/** A composed request as JSON: stored before the first send, resent byte for byte. */
export type StoredRequest = Readonly<Record<string, unknown>>;

/** What was sent, and when. */
export interface Sent {
  /** Stored before the first send. After an edit it is what the copy says. */
  readonly request: StoredRequest;
  /** The canonical URL in the request: what a look searches for. */
  readonly url: string;
  readonly firstSentAt: Instant;
  readonly lastSentAt: Instant;
}

/** One post × one account × one generation. `next` and the moves below are its only state changes, and deliver is their only caller. */
export interface Delivery {
  readonly site: string;
  readonly post: string;
  readonly account: string;
  /** Raised by `--again`: the only way to post twice. */
  readonly generation: number;
  readonly network: string;
  /** Grows with every save; a nudge does not raise it. */
  readonly version: number;
  readonly state: DeliveryState;
  /** Raised by publish: the post may have changed. A row whose nudges moved during a step stays due (interleaving 33). */
  readonly nudges: number;
  /** Acted out on loopback; never sent again when credentials arrive. */
  readonly sandbox: boolean;
  /** Hash of post, account and generation: what the idempotency or record key is made of. */
  readonly seed: string;
  readonly planned: Instant;
  /** Until then its claim belongs to one worker. */
  readonly leaseUntil?: Instant | undefined;
  /** How often the post was sent. */
  readonly attempts: number;
  /** How often the edit or deletion under way was sent; absent when there is none. */
  readonly changeAttempts?: number | undefined;
  /** Stored before the first send: what has it may be public. */
  readonly sent?: Sent | undefined;
  /** The breaker and the caps were asked, once, before the first send (interleaving 48). */
  readonly admitted: boolean;
  /** A person said yes: the breaker does not hold it again. */
  readonly approved: boolean;
  /** A final no after an unanswered send: only looking can settle it (interleaving 38). */
  readonly refused?: string | undefined;
  readonly remote?: Remote | undefined;
  /** The copy is older than the post, or outlived it, and the network offers no way to mend that. */
  readonly stale: boolean;
  /** Why it waits, failed or is not known, in words. */
  readonly reason?: string | undefined;
  /** Nothing is done before this moment, whoever wakes the row (interleaving 36). */
  readonly wait?: Instant | undefined;
  readonly due?: Instant | undefined;
}

/** `<post>.<account>.<generation>`: the delivery's name outside. */
export const deliveryId = (delivery: Pick<Delivery, "post" | "account" | "generation">): string =>
  `${delivery.post}.${delivery.account}.${delivery.generation}`;

export const parseDeliveryId = (id: string): { post: string; account: string; generation: number } | undefined => {
  const [, post, account, generation] = /^([^.]+)\.(.+)\.(\d+)$/.exec(id) ?? [];
  return post === undefined || account === undefined ? undefined : { post, account, generation: Number(generation) };
};
