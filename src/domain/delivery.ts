import { cleanLine } from "./text.ts";
import { type Instant, second } from "./time.ts";

/** Of one request, or of a search and a request: longer than a deliver function may run. */
export const longestLease = 90 * second;

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

/**
 * Why a delivery is held until a person releases it: too many new posts at once, its post's page was not there, the
 * account needs an approval, a person held it, or a post with the same link and another text is on the network already.
 */
export const holdKinds = ["breaker", "live", "approval", "person", "copy"] as const;

export type HoldKind = (typeof holdKinds)[number];

/** What a network offers against a second copy after a send that got no answer. */
export type Offers = "key" | "refuse" | "read" | "none";

/** What one request made on the network: the copy, or a part of it. */
export interface Remote {
  /** Null where the network reported a duplicate without its id. */
  readonly id: string | null;
  readonly url: string | null;
  /** A copy that everybody may see: only then do feeds and receipts name its URL. */
  readonly public: boolean;
}

/** A remote as its delivery keeps it. */
export interface KeptRemote extends Remote {
  /** It was deleted, or is not there any more. */
  readonly gone: boolean;
  /** An edit of the copy did not reach it, because nobody knows its id. */
  readonly behind?: true | undefined;
}

/** What became of one request to a network. One function per network maps a reply to these; nothing else decides. */
export type Outcome =
  | { readonly kind: "posted"; readonly remote: Remote }
  /**
   * Done, but it needs more requests: the next send goes on from `progress`. `remote`: what this one made, if anything.
   * `note`: what its owner should know of it.
   */
  | { readonly kind: "progressed"; readonly progress: StoredRequest; readonly remote?: Remote; readonly note?: string }
  /** An edit was accepted, or a deletion was done or had nothing left to delete. */
  | { readonly kind: "done" }
  /** The copy that was to be edited is not there. */
  | { readonly kind: "missing"; readonly reason: string }
  /** Final: the network will never accept this request. */
  | { readonly kind: "rejected"; readonly reason: string }
  /** Certainly not applied: 429, refused connection, DNS. */
  | { readonly kind: "unavailable"; readonly reason: string; readonly retryAt?: Instant }
  /** The login is refused: the account pauses, the delivery waits. */
  | { readonly kind: "unauthorised"; readonly reason: string }
  /** The network already holds an equal post. `progress`: as in `progressed`, where that post is not all. */
  | {
      readonly kind: "duplicate";
      readonly remote: Remote;
      readonly reason: string;
      readonly progress?: StoredRequest;
    }
  /** No answer, or a 5xx: it may have been applied. */
  | { readonly kind: "unanswered"; readonly reason: string };

/** A composed request as JSON: stored before the first send, resent byte for byte. */
export type StoredRequest = Readonly<Record<string, unknown>>;

/** What a copy says, and what that was made of. */
export interface CopyContent {
  readonly request: StoredRequest;
  /** The canonical URL in the request: what a look searches for. */
  readonly url: string;
  /** Hash of the bytes of the post's document; undefined where the copy was found on its network. */
  readonly document: string | undefined;
}

/** What was sent, and when: stored before the first send. After an edit, the content is that of the edit. */
export interface Sent extends CopyContent {
  /** The account behind the login (`whoAmI`), where the network said it. */
  readonly identity: string | undefined;
  readonly firstSentAt: Instant;
  readonly lastSentAt: Instant;
}

/** What a delivery has in every state. */
export interface DeliveryBase {
  readonly site: string;
  readonly post: string;
  readonly account: string;
  /** Raised by `--again`: the only way to post twice. */
  readonly generation: number;
  readonly network: string;
  /** Grows with every save; a nudge does not raise it. */
  readonly version: number;
  /** Raised by publish: the post may have changed. A row whose nudges moved during a step stays due (interleaving 33). */
  readonly nudges: number;
  /** Sent to the sandbox; never sent again when credentials arrive. */
  readonly sandbox: boolean;
  /** Hash of post, account and generation: the idempotency or record key is derived from it. */
  readonly seed: string;
  readonly planned: Instant;
  /** Which copy it is of: one more each time that a copy was deleted with its post and the post came back. */
  readonly copy: number;
  /** How often in a row it found its account taken or its network down. */
  readonly turnedAway?: number | undefined;
  /** How often the post was sent, or was looked for after a send without an answer. */
  readonly attempts: number;
  /** The breaker and the caps were checked, once, before the first send (interleaving 48). */
  readonly admitted: boolean;
  /** Confirmed by hand: the breaker does not hold it again, and it needs no approval. */
  readonly approved: boolean;
  /** Released by hand though its post's page was not there. */
  readonly skipsLive: boolean;
  /** Released by hand though a post with the same link was on the network. */
  readonly skipsLook: boolean;
  /** What its owner should know, though it was sent: what is wrong with the page, or in the sandbox why it would have waited. */
  readonly note: string | undefined;
  readonly due: Instant | undefined;
  readonly history: History;
}

export const openChanges = ["edit", "deletion"] as const;

export type OpenChange = (typeof openChanges)[number];

/** What one worker may claim at a time. */
interface Claimable {
  /** Until then the claim belongs to one worker. */
  readonly leaseUntil: Instant | undefined;
  /** Nothing is done before this moment, even when a nudge makes the row due (interleaving 36). */
  readonly wait: Instant | undefined;
}

/** How far a delivery of several requests is. Stored before its next request. */
export interface Progress {
  /** What the network's next send goes on from. */
  readonly from: StoredRequest;
  /** How many requests are done. */
  readonly steps: number;
}

/** Not all of a delivery is known to be sent, and no more of it is sent by itself. */
export interface Unfinished {
  readonly reason: string;
  /** The part that was sent last may be there: it is the last remote, without an id. */
  readonly isOpen: boolean;
  /** Where a person has it go on. Undefined where it has no end. */
  readonly progress: Progress | undefined;
  /** Its owner was told. While its post is deleted there is nothing to tell: it may come back. */
  readonly told?: true;
}

interface OnNetwork {
  readonly sent: Sent;
  /** In the order in which they were made; at least one. */
  readonly remotes: readonly KeptRemote[];
  readonly unfinished: Unfinished | undefined;
  readonly reason: string | undefined;
  /** An earlier request that got no answer: the copy may have been edited, or be deleted, by it. */
  readonly openChange: OpenChange | undefined;
}

interface Change extends OnNetwork, Claimable {
  /** How often the edit or deletion was sent. */
  readonly changeAttempts: number;
}

/** What a delivery has in one state and not in all. `reason`: why it waits, is stale, failed or is unknown. */
interface FieldsOf {
  readonly pending: Pick<Claimable, "wait"> & { readonly reason: string | undefined };
  readonly held: { readonly hold: HoldKind; readonly reason: string };
  /** `sent` is absent until the request is stored. */
  readonly sending: { readonly leaseUntil: Instant; readonly sent: Sent | undefined };
  /**
   * Not all of it is known to be sent. `open`: how many requests of the step that it is at may have been applied; with
   * none, the next step was not begun. `remotes`: what the steps before made. `refused`: a resend was rejected, and only a
   * look can settle it (interleaving 38).
   */
  readonly unsettled: Claimable & {
    readonly sent: Sent;
    readonly open: number;
    readonly progress: Progress | undefined;
    readonly remotes: readonly KeptRemote[];
    readonly refused: string | undefined;
    readonly reason: string;
  };
  /** `stale`: the copy differs from the post, or outlived it, and the network cannot correct that. */
  readonly posted: OnNetwork & { readonly stale: boolean };
  /** `edit`: what the copy is edited to. `edited`: how many of its remotes were asked. */
  readonly editing: Change & { readonly edit: CopyContent; readonly edited: number };
  readonly deleting: Change;
  /** `reason`: why it is not sent again, although its post is back. `reopens`: it is sent again when its post is back. */
  readonly deleted: {
    readonly remotes: readonly KeptRemote[];
    readonly reason: string | undefined;
    readonly reopens: boolean;
  };
  readonly failed: { readonly reason: string };
  readonly unknown: { readonly sent: Sent; readonly reason: string };
  /** `reopens`: it is sent once what cancelled it is over. */
  readonly cancelled: { readonly reason: string; readonly reopens: boolean };
}

/** The name of a field that not every state has. */
type StateField = { [S in DeliveryState]: keyof FieldsOf[S] }[DeliveryState];

type InState<S extends DeliveryState> = DeliveryBase &
  FieldsOf[S] & { readonly state: S } & { readonly [Absent in Exclude<StateField, keyof FieldsOf[S]>]?: undefined };

/** One post × one account × one generation, in one of the given states. */
export type Delivery<S extends DeliveryState = DeliveryState> = { readonly [One in S]: InState<One> }[S];

type ClaimedState = "sending" | "unsettled" | "editing" | "deleting";

/** A delivery that belongs to one worker until its lease is over. */
export type Claimed<S extends ClaimedState = ClaimedState> = Delivery<S> & { readonly leaseUntil: Instant };

/** Something that it sent is on the network, or was. */
export const hasCopy = ({ remotes = [] }: Delivery): boolean => remotes.length > 0;

export const isClaimed = (delivery: Delivery): delivery is Claimed => delivery.leaseUntil !== undefined;

/** `<post>.<account>.<generation>`: the id in the API, the command line and messages. */
export const deliveryId = (delivery: Pick<DeliveryBase, "post" | "account" | "generation">): string =>
  `${delivery.post}.${delivery.account}.${delivery.generation}`;

export const parseDeliveryId = (id: string): { post: string; account: string; generation: number } | undefined => {
  const parsed = /^([^.]+)\.(.+)\.(\d+)$/.exec(id);
  if (parsed === null) return undefined;
  const [, post = "", account = "", generation] = parsed;
  return { post, account, generation: Number(generation) };
};

const cleared = {
  leaseUntil: undefined,
  wait: undefined,
  reason: undefined,
  sent: undefined,
  refused: undefined,
  remotes: undefined,
  unfinished: undefined,
  open: undefined,
  progress: undefined,
  stale: undefined,
  changeAttempts: undefined,
  edit: undefined,
  edited: undefined,
  openChange: undefined,
  reopens: undefined,
  hold: undefined,
  due: undefined,
  turnedAway: undefined,
} as const satisfies Record<StateField | "due" | "turnedAway", undefined>;

/** Moves a delivery to a state, with the fields of that state and none of the one before. */
export const toState = <S extends DeliveryState, Fields>(
  delivery: Delivery,
  state: S,
  fields: Fields,
): DeliveryBase & Fields & { readonly state: S } => ({ ...delivery, ...cleared, ...fields, state });

/** Who has an account or a server: a delivery, by the version of its row that its worker has read. */
export interface Claimant {
  readonly delivery: string;
  readonly version: number;
}

/** Of a question without a request. */
export const nobody: Claimant = { delivery: "", version: 0 };

export const claimantOf = (delivery: Delivery): Claimant => ({
  delivery: deliveryId(delivery),
  version: delivery.version,
});

/**
 * The claim of this request, or of an earlier one of the same delivery. A later one is another worker's, which sends the
 * next request of the delivery: who is late with the request before leaves that claim alone.
 */
export const isOwnClaim = (claim: Claimant | undefined, { delivery, version }: Claimant): boolean =>
  claim !== undefined && claim.delivery === delivery && claim.version <= version;

/** One thing that happened to a delivery. */
export interface HistoryEntry {
  readonly at: Instant;
  /** The state from then on. */
  readonly state: DeliveryState;
  /** Set where a request was made: the how manieth of its kind. */
  readonly attempt: number | undefined;
  /** What came back, or why it waits, was held, failed …; at most 200 characters. */
  readonly reason: string | undefined;
}

/** The oldest and the newest entries; of those between them only the number is kept. It is in the delivery's row. */
export interface History {
  readonly first: readonly HistoryEntry[];
  readonly omitted: number;
  readonly last: readonly HistoryEntry[];
}

export const noHistory: History = { first: [], omitted: 0, last: [] };

const keptFirst = 5;
const keptLast = 15;
const longestReason = 200;

/** Undefined where nothing happened that a person asks for: a claim before anything is sent. */
const entryOf = (delivery: Delivery, at: Instant): HistoryEntry | undefined => {
  const { state, attempts, leaseUntil, sent, changeAttempts } = delivery;
  if (leaseUntil === undefined) return { at, state, attempt: undefined, reason: shortened(delivery.reason) };
  return sent === undefined ? undefined : { at, state, attempt: changeAttempts ?? attempts, reason: undefined };
};

const shortened = (reason: string | undefined): string | undefined => {
  const line = reason === undefined ? "" : cleanLine(reason);
  const characters = [...line];
  if (line === "") return undefined;
  return characters.length > longestReason ? `${characters.slice(0, longestReason - 1).join("")}…` : line;
};

/** True where its copy was left as it is for the same reason before, and was only edited or deleted since: nothing more of it was sent. */
export const isReasonBefore = ({ history, reason }: Pick<Delivery, "history" | "reason">): boolean => {
  const isChange = ({ state }: HistoryEntry): boolean => state === "editing" || state === "deleting";
  const before = [...history.first, ...history.last].findLast((entry) => !isChange(entry));
  return before?.state === "posted" && before.reason === shortened(reason);
};

/** A delivery begins as one that waits: that is no entry. */
const planned = { state: "pending", attempt: undefined, reason: undefined } as const;

const isSame = (a: Omit<HistoryEntry, "at">, b: HistoryEntry): boolean =>
  a.state === b.state && a.attempt === b.attempt && a.reason === b.reason;

/** The delivery as it is saved: its history has an entry more where something happened since its last one. */
export const remember = <D extends Delivery>(delivery: D, now: Instant): D => {
  const { first, omitted, last } = delivery.history;
  const entry = entryOf(delivery, now);
  if (entry === undefined || isSame(last.at(-1) ?? first.at(-1) ?? planned, entry)) return delivery;
  if (first.length < keptFirst) return { ...delivery, history: { first: [...first, entry], omitted, last } };
  const dropped = last.length < keptLast ? 0 : 1;
  return {
    ...delivery,
    history: { first, omitted: omitted + dropped, last: [...last.slice(dropped), entry] },
  };
};
