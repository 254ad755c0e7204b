import type { Claimant } from "./lease.ts";
import { cleanLine } from "./text.ts";
import { type Instant, second } from "./time.ts";

/** The lease for one request, or for a search and a request. It is longer than a deliver function may run. */
export const longestLease = 90 * second;

/** Every state of a delivery. The type, the rows and the API derive from this list. */
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
 * The lists of an account's deliveries: one for each state, and `held-edit` for the copies on the network whose edit
 * waits for an approval. Those are few among all that are posted.
 */
export type DeliveryList = DeliveryState | "held-edit";

/** The list that has the delivery. */
export const listOfDelivery = ({ state, hold }: Pick<Delivery, "state" | "hold">): DeliveryList =>
  state === "posted" && hold !== undefined ? "held-edit" : state;

/** The lists of all deliveries in these states. What is held has also the edits that are. */
export const listsInStates = (states: readonly DeliveryState[]): readonly DeliveryList[] => [
  ...states,
  ...(states.includes("held") || states.includes("posted") ? (["held-edit"] as const) : []),
];

/**
 * The reasons to hold a delivery until a person releases it: too many new posts at once, its post's page did not
 * appear, the account requires approval, its document says something else than when its text was edited, a post that may be
 * its copy is already on the network, a person held it, its post is back after its copy was deleted with it or after
 * it failed, or its row cannot be read and does not say whether it was sent. The place of each in this list is stored: a new kind is the last.
 */
export const holdKinds = ["breaker", "live", "approval", "text", "copy", "person", "returned", "unreadable"] as const;

export type HoldKind = (typeof holdKinds)[number];

/** The holds that only a person ends, whatever becomes of the post. */
export const holdsForPerson = ["person", "returned", "unreadable"] as const satisfies readonly HoldKind[];

type HoldForPerson = (typeof holdsForPerson)[number];

export const isForPerson = (hold: HoldKind): hold is HoldForPerson => holdsForPerson.some((kind) => kind === hold);

/** The protection that a network offers against a second copy after a send without an answer. */
export type Offers = "key" | "refuse" | "read" | "none";

/** A post that one request made on the network: the copy, or a part of it. */
export interface Remote {
  /** Null if the network reported a duplicate without its id. */
  readonly id: string | null;
  readonly url: string | null;
  /** True if everybody may see the copy. Feeds and receipts list the URLs of public copies only. */
  readonly public: boolean;
}

/** A remote as its delivery keeps it. */
export interface KeptRemote extends Remote {
  /** True once it was deleted or could not be found any more. */
  readonly gone: boolean;
  /** Set when an edit of the copy could not reach it, because its id is unknown. */
  readonly behind?: true | undefined;
  /** Its URL before an edit moved it. */
  readonly former?: string | undefined;
}

/** How the pause of an account ends. Without terms new credentials end it, which is tried each hour. */
export interface PauseTerms {
  /** The end of a sentence that says to the owner how to end the pause. */
  readonly remedy?: string | undefined;
  /** The network takes nothing before this moment. */
  readonly until?: Instant | undefined;
  /** The command that sets new credentials. */
  readonly command?: string | undefined;
  /** True if a check of the login was refused, and not a request that was made with it. */
  readonly isCheck?: boolean | undefined;
}

/** Says what ends a pause. */
export const pauseRemedy = ({ remedy, command }: PauseTerms): string =>
  remedy ?? `set new credentials${command === undefined ? "" : ` with "${command}"`}`;

/** True if the login is refused: other credentials end the pause. False if the account is locked or may not spend. */
export const isLoginPause = ({ remedy, until }: PauseTerms): boolean => remedy === undefined && until === undefined;

/** The outcome of one request to a network. One function per network maps a response to it; nothing else decides. */
export type Outcome =
  | { readonly kind: "posted"; readonly remote: Remote }
  /**
   * The request is done, and the delivery needs more of them: the next send continues from `progress`. `remote` is the
   * post that this request made, if any. `note` is for the owner.
   */
  | { readonly kind: "progressed"; readonly progress: StoredRequest; readonly remote?: Remote; readonly note?: string }
  /**
   * An edit was accepted, or a deletion was done or had nothing left to delete. `remote`: the copy's id and URL, if the edit
   * changed them.
   */
  | { readonly kind: "done"; readonly remote?: Remote }
  /** The copy to be edited does not exist. */
  | { readonly kind: "missing"; readonly reason: string }
  /** Final: the network will never accept this request. */
  | { readonly kind: "rejected"; readonly reason: string }
  /** The request was certainly not applied: 429, refused connection, DNS. */
  | { readonly kind: "unavailable"; readonly reason: string; readonly retryAt?: Instant }
  /** The network takes nothing from this account, whatever the post: the account pauses, the delivery waits. */
  | ({ readonly kind: "unauthorised"; readonly reason: string } & PauseTerms)
  /** The network already has an equal post. `progress`: as in `progressed`, if that post is not all of the delivery. */
  | {
      readonly kind: "duplicate";
      readonly remote: Remote;
      readonly reason: string;
      readonly progress?: StoredRequest;
    }
  /** No answer, or a 5xx: it may have been applied. */
  | { readonly kind: "unanswered"; readonly reason: string };

/** Undefined unless the outcome pauses the account. */
export const whyPaused = ({ account }: Pick<DeliveryBase, "account">, outcome: Outcome): string | undefined =>
  outcome.kind === "unauthorised" ? `${account} is paused: ${outcome.reason}; ${pauseRemedy(outcome)}` : undefined;

/** A composed request as JSON. It is stored before the first send, and resent byte for byte. */
export type StoredRequest = Readonly<Record<string, unknown>>;

/** The content of a copy, and the document that it was made from. */
export interface CopyContent {
  readonly request: StoredRequest;
  /** The canonical URL in the request. A search for the copy looks for this URL. */
  readonly url: string;
  /** Hash of the bytes of the post's document; undefined if the copy was found on its network. */
  readonly document: string | undefined;
}

/**
 * The content that was sent, and when. It is stored before the first send. After an edit it is the content of the edit.
 */
export interface Sent extends CopyContent {
  /** The account behind the login (`whoAmI`), if the network named it. */
  readonly identity: string | undefined;
  readonly firstSentAt: Instant;
  readonly lastSentAt: Instant;
}

/** The checks before a send that do not stop the delivery again. Each command of a person that sends it sets the part that it is about. */
export interface Passed {
  /** The breaker let it through, or a person decided to send it. */
  readonly breaker: boolean;
  /** The hash of what a person approved, as readers of the account would see it. Another text needs another approval. */
  readonly approval: string | undefined;
  /** A person released it although its post's page did not exist. */
  readonly live: boolean;
  /** A person released it although a post with the same link or text was on the network. */
  readonly copy: boolean;
}

export const nothingPassed: Passed = { breaker: false, approval: undefined, live: false, copy: false };

/** What happens where the document says something else before an edited text is sent: a person is asked, or it goes out. */
export const textDecisions = ["ask", "mine"] as const;

/** A text that a person wrote for one account, in the place of the document's. */
export interface EditedText {
  readonly value: string;
  /** The person, as they named themselves. */
  readonly by?: string | undefined;
  readonly at: Instant;
  /** The hash of the wording that the document gave this account when the text was edited. */
  readonly over: string;
  readonly ifOvertaken: (typeof textDecisions)[number];
}

/** The fields that a delivery has in every state. */
export interface DeliveryBase {
  readonly site: string;
  readonly post: string;
  readonly account: string;
  /** Raised by `--again`, which is the only way to post twice. */
  readonly generation: number;
  readonly network: string;
  /** Grows with every save; a nudge does not raise it. */
  readonly version: number;
  /**
   * Raised by publish, because the post may have changed. A row that was nudged during a step stays due: the step may
   * have read the old post.
   */
  readonly nudges: number;
  /** Sent to the sandbox; never sent again when credentials arrive. */
  readonly sandbox: boolean;
  /** Hash of post, account and generation. The idempotency or record key is derived from it. */
  readonly seed: string;
  readonly planned: Instant;
  /** The person who announced its post by hand, so that it was planned. */
  readonly plannedBy?: string | undefined;
  /** The publication of the post: of the posts that are ready for one account, the oldest goes first. */
  readonly published: Instant;
  /** The number of the copy. It grows each time that a copy was deleted with its post and the post came back. */
  readonly copy: number;
  /** How often in a row it found its account in use or its network down. */
  readonly turnedAway?: number | undefined;
  /** How often the post was sent, or searched for after a send without an answer. */
  readonly attempts: number;
  readonly passed: Passed;
  /** A person took its copy back, and keeps the post: the copy is deleted, and not sent again. */
  readonly withdrawn?: true | undefined;
  readonly text?: EditedText | undefined;
  /**
   * For the owner, although it was sent: a problem of the page, or in the sandbox the reason why it would have waited.
   */
  readonly note: string | undefined;
  readonly due: Instant | undefined;
  readonly history: History;
}

export const openChanges = ["edit", "deletion"] as const;

export type OpenChange = (typeof openChanges)[number];

/** The fields of a row that one worker at a time may claim. */
interface Claimable {
  /** The claim belongs to one worker until this moment. */
  readonly leaseUntil: Instant | undefined;
  /**
   * Nothing is sent before this moment, even when a nudge makes the row due: the network asked for the pause, or a
   * request may still be applied.
   */
  readonly wait: Instant | undefined;
}

/** The progress of a delivery of several requests. It is stored before the next request. */
export interface Progress {
  /** The network's next send continues from this. */
  readonly from: StoredRequest;
  /** How many requests are done. */
  readonly steps: number;
}

/** Set when only a part of a delivery is known to be sent, and Crier does not send the rest by itself. */
export interface Unfinished {
  readonly reason: string;
  /** The last request may have made a post: it is the last remote, without an id. */
  readonly isOpen: boolean;
  /** The delivery continues from here if a person decides so. Undefined if its steps did not end. */
  readonly progress: Progress | undefined;
  /** Set once the owner was told. Nobody is told while the post is deleted, because it may come back. */
  readonly told?: true;
}

/**
 * Set when the network refused a first send because it has an equal post. `equal`: Crier does not know whose that is, and
 * a person may say that it is this delivery's copy. `copy`: it is the copy of another delivery.
 */
export type Duplicate =
  | { readonly kind: "equal"; readonly remote: Remote; readonly sent: Sent }
  | { readonly kind: "copy" };

export const duplicateKinds = ["equal", "copy"] as const satisfies readonly Duplicate["kind"][];

interface OnNetwork {
  readonly sent: Sent;
  /** At least one, in the order in which they were made. */
  readonly remotes: readonly KeptRemote[];
  readonly unfinished: Unfinished | undefined;
  readonly reason: string | undefined;
  /** An earlier change without an answer: it may have edited or deleted the copy. */
  readonly openChange: OpenChange | undefined;
}

interface Change extends OnNetwork, Claimable {
  /** How often the edit or deletion was sent. */
  readonly changeAttempts: number;
}

interface HeldAs {
  readonly hold: HoldForPerson;
  readonly reason: string;
}

/** The fields that a delivery has in some states only. `reason` says why it waits, is stale, failed or is unknown. */
interface StateFields {
  readonly pending: Pick<Claimable, "wait"> & { readonly reason: string | undefined };
  readonly held: { readonly hold: HoldKind; readonly reason: string };
  /** `sent` is absent until the request is stored. */
  readonly sending: { readonly leaseUntil: Instant; readonly sent: Sent | undefined };
  /**
   * It is not known whether all of it was sent. `open`: how many requests of the current step may have been applied; 0
   * if the next step was not begun. `remotes`: the posts of the earlier steps. `refused`: a resend was rejected, but
   * the send before it may have been applied, so that only a search can settle it. `unanswered`: why the last open
   * request is open.
   */
  readonly unsettled: Claimable & {
    readonly sent: Sent;
    readonly open: number;
    readonly progress: Progress | undefined;
    readonly remotes: readonly KeptRemote[];
    readonly refused: string | undefined;
    readonly unanswered?: string | undefined;
    readonly reason: string;
  };
  /**
   * `stale`: the copy differs from the post, or the post was deleted, and the network cannot correct that, or a person
   * has not approved it.
   */
  readonly posted: OnNetwork & {
    readonly stale: boolean;
    /** Set while an edit of the copy needs a person's approval. */
    readonly hold: "approval" | undefined;
  };
  /** `edit`: the new content of the copy. `edited`: how many of its remotes have an answer. */
  readonly editing: Change & { readonly edit: CopyContent; readonly edited: number };
  readonly deleting: Change;
  /**
   * `reason`: why it is not sent again, although its post is back. `reopens`: it is held for a person when its post
   * is back.
   */
  readonly deleted: {
    readonly remotes: readonly KeptRemote[];
    readonly reason: string | undefined;
    readonly reopens: boolean;
  };
  readonly failed: { readonly reason: string; readonly duplicate?: Duplicate | undefined };
  readonly unknown: { readonly sent: Sent; readonly reason: string };
  /**
   * `reopens`: it is sent once the reason for the cancellation no longer holds, or held as before where only a person may
   * send it (`heldAs`).
   */
  readonly cancelled: { readonly reason: string; readonly reopens: boolean; readonly heldAs?: HeldAs | undefined };
}

/** The name of a field that not every state has. */
type StateField = { [S in DeliveryState]: keyof StateFields[S] }[DeliveryState];

type InState<S extends DeliveryState> = DeliveryBase &
  StateFields[S] & { readonly state: S } & {
    readonly [Absent in Exclude<StateField, keyof StateFields[S]>]?: undefined;
  };

/** The delivery of one post by one account in one generation, in one of the given states. */
export type Delivery<S extends DeliveryState = DeliveryState> = { readonly [One in S]: InState<One> }[S];

type ClaimedState = "sending" | "unsettled" | "editing" | "deleting";

/** A delivery that belongs to one worker until its lease is over. */
export type Claimed<S extends ClaimedState = ClaimedState> = Delivery<S> & { readonly leaseUntil: Instant };

/** True if at least one of its requests made a post on the network, even if that was deleted later. */
export const hasCopy = ({ remotes = [] }: Delivery): boolean => remotes.length > 0;

/** True if a part of it is on the network. */
export const isOnNetwork = (delivery: Delivery): boolean => delivery.state !== "deleted" && hasCopy(delivery);

export const isClaimed = (delivery: Delivery): delivery is Claimed => delivery.leaseUntil !== undefined;

/** Returns `<post>.<account>.<generation>`, the id in the API, the command line and messages. */
export const deliveryId = (delivery: Pick<DeliveryBase, "post" | "account" | "generation">): string =>
  `${delivery.post}.${delivery.account}.${delivery.generation}`;

/** True if the account has announced the post once more since. */
export const isLater = (
  one: Pick<DeliveryBase, "account" | "generation">,
  { account, generation }: Pick<DeliveryBase, "account" | "generation">,
): boolean => one.account === account && one.generation > generation;

/** The text whose hash is the seed of a delivery. */
export const seedText = (
  site: string,
  { post, account, generation }: Pick<DeliveryBase, "post" | "account" | "generation">,
): string => `${site}\n${post}\n${account}\n${generation}`;

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
  unanswered: undefined,
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
  heldAs: undefined,
  hold: undefined,
  duplicate: undefined,
  due: undefined,
  turnedAway: undefined,
} as const satisfies Record<StateField | "due" | "turnedAway", undefined>;

/** Moves a delivery to a state, with the fields of that state and none of the one before. */
export const toState = <S extends DeliveryState, Fields>(
  delivery: Delivery,
  state: S,
  fields: Fields,
): DeliveryBase & Fields & { readonly state: S } => ({ ...delivery, ...cleared, ...fields, state });

export const deliveryClaimant = (delivery: Delivery): Claimant => ({
  delivery: deliveryId(delivery),
  version: delivery.version,
});

/** One thing that happened to a delivery. */
export interface HistoryEntry {
  readonly at: Instant;
  /** The state from then on. */
  readonly state: DeliveryState;
  /** Set if a request was made: how often one of its kind was made by then. */
  readonly attempt: number | undefined;
  /** The network's reason, or why the delivery waits, was held, failed …; at most 200 characters. */
  readonly reason: string | undefined;
  /** The person who did it, as they named themselves. */
  readonly by?: string | undefined;
}

/** The oldest and the newest entries, and the number of those between them. It is in the delivery's row. */
export interface History {
  readonly first: readonly HistoryEntry[];
  readonly omitted: number;
  readonly last: readonly HistoryEntry[];
}

export const noHistory: History = { first: [], omitted: 0, last: [] };

const keptFirst = 5;
const keptLast = 15;
const longestReason = 200;

/** Returns undefined for a claim before anything is sent, which no person needs to see. */
const makeEntry = (delivery: Delivery, at: Instant): HistoryEntry | undefined => {
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

/**
 * True if the copy was already left unchanged for the same reason, and since then only edits or deletions were tried.
 */
export const isReasonBefore = ({ history, reason }: Pick<Delivery, "history" | "reason">): boolean => {
  const isChange = ({ state }: HistoryEntry): boolean => state === "editing" || state === "deleting";
  const before = [...history.first, ...history.last].findLast((entry) => !isChange(entry));
  return before?.state === "posted" && before.reason === shortened(reason);
};

/** A delivery begins as pending, which is not an entry. */
const planned = { state: "pending", attempt: undefined, reason: undefined } as const;

const isSame = (a: Omit<HistoryEntry, "at">, b: HistoryEntry): boolean =>
  a.state === b.state && a.attempt === b.attempt && a.reason === b.reason && a.by === b.by;

/**
 * Returns the delivery as it is saved, with a new history entry if something happened since the last one. `done`: what a
 * person did, where the delivery keeps the reason that it had.
 */
export const remember = <D extends Delivery>(delivery: D, now: Instant, by?: string, done?: string): D => {
  const { first, omitted, last } = delivery.history;
  const made = makeEntry(delivery, now);
  const entry = made && { ...made, ...(done !== undefined && { reason: done }), by };
  if (entry === undefined || isSame(last.at(-1) ?? first.at(-1) ?? planned, entry)) return delivery;
  if (first.length < keptFirst) return { ...delivery, history: { first: [...first, entry], omitted, last } };
  const dropped = last.length < keptLast ? 0 : 1;
  return {
    ...delivery,
    history: { first, omitted: omitted + dropped, last: [...last.slice(dropped), entry] },
  };
};
