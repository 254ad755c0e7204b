import { day, hour, type Instant, second } from "./time.ts";

export type State =
  | "pending" | "held" | "sending" | "unsettled" | "posted" | "editing"
  | "deleting" | "deleted" | "failed" | "unknown" | "cancelled";

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
  readonly state: State;
  /** Raised by publish: the post may have changed. A row whose nudges moved during a step stays due (interleaving 33). */
  readonly nudges: number;
  /** Acted out on loopback; never sent again when credentials arrive. */
  readonly sandbox: boolean;
  /** Hash of post, account and generation: what the idempotency or record key is made of. */
  readonly seed: string;
  readonly planned: Instant;
  /** Until then its claim belongs to one worker. */
  readonly leaseUntil?: Instant | undefined;
  readonly attempts: number;
  readonly firstSentAt?: Instant | undefined;
  readonly lastSentAt?: Instant | undefined;
  /** Stored before the first send, resent byte for byte. */
  readonly request?: StoredRequest | undefined;
  /** The canonical URL in the request: what a look searches for. */
  readonly url?: string | undefined;
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

/** What the transitions must know of a network. */
export interface Offer {
  readonly offers: Offers;
  /** How long after the lease an unanswered request may still land. */
  readonly settle: number;
  readonly keyWindow?: number | undefined;
  readonly look: boolean;
}

/** A network that is out of reach is asked for a week; then the delivery failed, with nothing public. */
export const giveUpAfter = 7 * day;
/** How soon a delivery of a paused account looks again: a release that crosses with a parking is never lost (interleaving 44). */
export const pausedFor = hour;

/** 30 s, 1 min, 2 min … 6 h, each ± 20 % by the seed: deliveries that failed together do not come back together. */
export const backoff = (seed: string, attempts: number): number => {
  const jitter = Number.parseInt(seed.slice(attempts % 24, (attempts % 24) + 4) || "8000", 16) / 0xffff;
  return Math.round(Math.min(30 * second * 2 ** Math.max(0, attempts - 1), 6 * hour) * (0.8 + 0.4 * jitter));
};

const at = (delivery: Delivery, moment: Instant, state: State, reason: string): Delivery => ({
  ...delivery, state, reason, leaseUntil: undefined, wait: moment, due: moment,
});
const rest = (delivery: Delivery, state: State, reason?: string): Delivery => ({
  ...delivery, state, reason, leaseUntil: undefined, wait: undefined, due: undefined,
});
const later = (delivery: Delivery, now: Instant, retryAt?: Instant): Instant =>
  Math.max(retryAt ?? 0, now + (retryAt === undefined ? backoff(delivery.seed, delivery.attempts) : second));

/** The lease of one worker on one act. `state` says what it is about to do. */
export const claimed = (delivery: Delivery, state: State, until: Instant): Delivery => ({
  ...delivery, state, leaseUntil: until, wait: undefined, due: until,
});

/** What is about to be sent, stored before it is. Only a delivery with nothing unanswered takes a new request. */
export const loaded = (delivery: Delivery, request: StoredRequest, url: string, now: Instant): Delivery => ({
  ...delivery, request, url, attempts: delivery.attempts + 1, firstSentAt: delivery.firstSentAt ?? now, lastSentAt: now,
});

/** A claim whose worker never came back. Without a stored request nothing was sent (interleaving 41). */
export const expired = (delivery: Delivery, offer: Offer, now: Instant): Delivery => {
  if (delivery.state === "editing" || delivery.state === "deleting") return { ...delivery, leaseUntil: undefined, due: now };
  if (delivery.request === undefined) return { ...delivery, state: "pending", leaseUntil: undefined, due: now };
  return at(delivery, (delivery.leaseUntil ?? now) + offer.settle, "unsettled", "the worker stopped before the network's answer was recorded");
};

/** How an unsettled delivery is settled now. */
export const settleBy = (delivery: Delivery, offer: Offer, gone: boolean, now: Instant): "look" | "resend" | "unknown" => {
  if (delivery.refused !== undefined || (gone && offer.look)) return offer.look ? "look" : "unknown";
  const inside = offer.keyWindow === undefined || now < (delivery.firstSentAt ?? now) + offer.keyWindow;
  if (offer.offers === "refuse" || (offer.offers === "key" && inside)) return "resend";
  return offer.look ? "look" : "unknown";
};

export const unknown = (delivery: Delivery, reason: string): Delivery => rest(delivery, "unknown", reason);
export const cancelled = (delivery: Delivery, reason: string): Delivery => rest(delivery, "cancelled", reason);
export const held = (delivery: Delivery, reason: string): Delivery => rest(delivery, "held", reason);
export const failed = (delivery: Delivery, reason: string): Delivery => rest(delivery, "failed", reason);
export const settled = (delivery: Delivery, stale: boolean, reason?: string): Delivery => ({ ...rest(delivery, "posted", reason), stale });
export const waiting = (delivery: Delivery, moment: Instant, reason: string): Delivery => ({
  ...delivery, state: delivery.state === "sending" ? "pending" : delivery.state, leaseUntil: undefined, reason, due: moment,
});

/** The copy stands. It stays due, so that the next step compares it with what the post says by then. */
export const posted = (delivery: Delivery, remote: Remote, now: Instant): Delivery => ({
  ...rest(delivery, "posted"), remote, refused: undefined, due: now,
});

/** A look that found nothing: the send was never applied. */
export const absent = (delivery: Delivery, gone: boolean, now: Instant): Delivery => {
  if (delivery.refused !== undefined) return failed(delivery, delivery.refused);
  if (gone) return cancelled(delivery, "the post was deleted before it reached the network");
  return { ...delivery, state: "pending", leaseUntil: undefined, wait: undefined, due: now };
};

const afterSend = (delivery: Delivery, outcome: Outcome, now: Instant, offer: Offer): Delivery => {
  const unsettled = delivery.state === "unsettled";
  switch (outcome.kind) {
    case "posted":
      return posted(delivery, outcome.remote, now);
    case "duplicate":
      return unsettled ? posted(delivery, outcome.remote, now) : failed(delivery, `duplicate: ${outcome.reason}`);
    case "unanswered":
      return at(delivery, (delivery.leaseUntil ?? now) + offer.settle, "unsettled", outcome.reason);
    case "unauthorised":
      return at(unsent(delivery), now + pausedFor, unsettled ? "unsettled" : "pending", outcome.reason);
    case "unavailable": {
      const tired = !unsettled && now - delivery.planned > giveUpAfter;
      if (tired) return failed(delivery, `out of reach for a week: ${outcome.reason}`);
      return at(unsent(delivery), later(delivery, now, outcome.retryAt), unsettled ? "unsettled" : "pending", outcome.reason);
    }
    case "rejected":
      if (!unsettled) return failed(unsent(delivery), outcome.reason);
      if (!offer.look) return unknown(delivery, `no answer to the first send, then a final no: ${outcome.reason}`);
      return { ...at(delivery, now, "unsettled", outcome.reason), refused: outcome.reason };
    case "done":
      return unknown(delivery, "the network answered a send without naming the post");
  }
};

/** A first send that was certainly not applied leaves nothing to settle: the next try composes anew. */
const unsent = (delivery: Delivery): Delivery =>
  delivery.state === "sending" ? { ...delivery, request: undefined, url: undefined, firstSentAt: undefined } : delivery;

const afterChange = (delivery: Delivery, outcome: Outcome, now: Instant): Delivery => {
  switch (outcome.kind) {
    case "done":
    case "posted":
      return delivery.state === "deleting" ? rest(delivery, "deleted") : { ...settled(delivery, false), due: now };
    case "rejected":
    case "duplicate":
      return settled(delivery, true, outcome.reason);
    case "unauthorised":
      return at(delivery, now + pausedFor, delivery.state, outcome.reason);
    case "unavailable":
      return at(delivery, later(delivery, now, outcome.retryAt), delivery.state, outcome.reason);
    case "unanswered":
      return at(delivery, later(delivery, now), delivery.state, outcome.reason);
  }
};

/** The delivery after the network's answer to what its state says it did (delivery.md: States). Pure. */
export const next = (delivery: Delivery, outcome: Outcome, now: Instant, offer: Offer): Delivery =>
  delivery.state === "editing" || delivery.state === "deleting"
    ? afterChange(delivery, outcome, now)
    : afterSend(delivery, outcome, now, offer);

