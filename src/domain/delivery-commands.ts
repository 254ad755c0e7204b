import { withdrawnByHand } from "./copy-transitions.ts";
import { type Delivery, type DeliveryState, type EditedText, isClaimed, isForPerson } from "./delivery.ts";
import { cancelForGood, confirm, hold } from "./delivery-transitions.ts";
import { isOvertaken, keepText, textDropped, textEdited, type Wording } from "./edited-text.ts";
import type { Post } from "./post.ts";
import type { Instant } from "./time.ts";

const stuckStates = ["failed", "unknown", "held"] as const satisfies readonly DeliveryState[];

/** True if the delivery needs a person: Crier tries nothing more by itself. */
export const isStuck = (delivery: Delivery): delivery is Delivery<(typeof stuckStates)[number]> =>
  stuckStates.some((state) => state === delivery.state);

/** True if only a part of the delivery is known to be sent, and its post exists. */
export const isUnfinished = ({ unfinished, withdrawn }: Delivery, post: Pick<Post, "gone"> | undefined): boolean =>
  unfinished !== undefined && withdrawn !== true && post !== undefined && post.gone === undefined;

/** True for a copy that could not be deleted, although its post was deleted or a person has withdrawn it. */
export const isLeftBehind = ({ state, stale, withdrawn }: Delivery, post: Pick<Post, "gone"> | undefined): boolean =>
  state === "posted" && stale === true && (withdrawn === true || post === undefined || post.gone !== undefined);

/** A step that a person can take. `words` is the command, without `npx crier`. */
export interface NextStep {
  readonly purpose: string;
  readonly words: string;
}

/** Returns a command as a person types it. Without `--site` it is about the first site of the configuration. */
export const commandLine = (words: string, site: string | undefined): string =>
  `npx crier ${words}${site === undefined ? "" : ` --site ${site}`}`;

/** Returns a command as a person types it, for the site with this id, or for all sites. */
export type SiteCommand = (words: string, site: string | undefined) => string;

export const siteCommands =
  ([first]: readonly { readonly id: string }[]): SiteCommand =>
  (words, site) =>
    commandLine(words, site === first?.id ? undefined : site);

interface Undecided {
  readonly state: string;
  readonly hold?: string | null | undefined;
  /** True if only a part of it is known to be on the network. */
  readonly unfinished?: boolean;
  /** The kind of `Duplicate`, where the network refused it because of one. */
  readonly duplicate?: string | null | undefined;
  /** The account has announced the post once more since. */
  readonly isSuperseded?: boolean | undefined;
}

/** Returns what `nextSteps` needs to know about a delivery. */
export const toUndecided = (delivery: Delivery, unfinished: boolean): Undecided => ({
  state: delivery.state,
  hold: delivery.hold,
  unfinished,
  duplicate: delivery.duplicate?.kind,
});

/** The decision that sends what is held, or edits its copy. */
export const actForHeld = ({ hold }: Pick<Undecided, "hold">): "approve" | "release" =>
  hold === "approval" ? "approve" : "release";

/**
 * Returns the steps for a delivery that needs a decision. `name` is its id, or its post's slug for all deliveries of
 * the post.
 */
export const nextSteps = (
  { state, hold, unfinished, duplicate, isSuperseded }: Undecided,
  name: string,
): readonly NextStep[] => {
  const dismiss: NextStep = { purpose: "to cancel it for good", words: `dismiss ${name}` };
  switch (state) {
    case "held":
      if (hold === "text")
        return [
          { purpose: "to send the edited text", words: `release ${name}` },
          { purpose: "to send the document's", words: `text ${name} --document` },
          dismiss,
        ];
      return [{ purpose: "to send it", words: `${actForHeld({ hold })} ${name}` }, dismiss];
    case "failed":
      return failedSteps(name, dismiss, { duplicate, isSuperseded });
    case "unknown":
      return [
        { purpose: "if it is on the network", words: `resolve ${name} --as posted` },
        { purpose: "if it is not, to send it", words: `resolve ${name} --as retry` },
      ];
    case "posted":
      if (hold === "approval") return [{ purpose: "to edit the copy", words: `approve ${name}` }];
      return unfinished === true
        ? [
            { purpose: "if all of it is on the network now", words: `resolve ${name} --as posted` },
            { purpose: "if not, to send what is missing", words: `resolve ${name} --as retry` },
          ]
        : [];
    default:
      return [];
  }
};

const failedSteps = (
  name: string,
  dismiss: NextStep,
  { duplicate, isSuperseded }: Pick<Undecided, "duplicate" | "isSuperseded">,
): readonly NextStep[] => {
  if (isSuperseded || duplicate === "copy") return [{ ...dismiss, purpose: "to leave it at that" }];
  return duplicate === "equal"
    ? [
        { purpose: "if that post is this one", words: `resolve ${name} --as posted` },
        { purpose: "if it is not, after a change of the document", words: `resolve ${name} --as retry` },
      ]
    : [{ purpose: "to send it again", words: `retry ${name}` }, dismiss];
};

/** The decisions of a person about deliveries that are not public, one at a time or many at once. */
export const deliveryActions = ["release", "hold", "approve", "dismiss"] as const;

export type DeliveryAction = (typeof deliveryActions)[number];

interface Rule {
  /** The states that a delivery may be in. */
  readonly takes: readonly DeliveryState[];
  /** The only state that is changed when the decision is about all deliveries of a site. */
  readonly takesOfAll: DeliveryState;
}

/** Dismissing all held deliveries does not dismiss the pending ones, which are sent without a decision. */
export const actionRules: Readonly<Record<DeliveryAction, Rule>> = {
  release: { takes: ["held"], takesOfAll: "held" },
  hold: { takes: ["pending"], takesOfAll: "pending" },
  approve: { takes: ["held", "pending"], takesOfAll: "held" },
  dismiss: { takes: ["held", "pending", "failed"], takesOfAll: "held" },
};

/** The states of a delivery that was released already, or that nothing holds. */
const released: readonly DeliveryState[] = ["pending", "sending", "unsettled", "posted", "editing"];

/**
 * The reason that stopped a held delivery does not stop it again. An approval is about a text, and not given by these
 * commands, unless the account asks for none any more. What may be on its network although its row does not say so, and
 * an edited text that its document overtook, go only where the decision names the delivery: whoever releases a post or all
 * that is held may mean others, and has not looked.
 */
export const confirmHeld = (
  delivery: Delivery<"held">,
  now: Instant,
  reason: string,
  { asks, isNamed, wording }: Pick<Seen, "asks" | "isNamed" | "wording">,
): Delivery<"pending"> | undefined => {
  switch (delivery.hold) {
    case "approval":
      return asks ? undefined : confirm(delivery, now, reason);
    case "person":
    case "returned":
    case "breaker":
      return confirm(delivery, now, reason);
    case "unreadable":
      return isNamed ? confirm(delivery, now, reason) : undefined;
    // It means the text that the person saw: the edited one, over what the document says now.
    case "text":
      return isNamed ? confirm(keepText(delivery, wording), now, reason) : undefined;
    case "live":
    case "copy":
      return confirm(delivery, now, reason, { [delivery.hold]: true });
  }
};

/** An approval of a text that the person has read decides for that, too, where the document has overtaken it. */
const approve = (
  found: Delivery,
  now: Instant,
  { shown, asks, isNamed, hasRead, wording }: Seen,
): Delivery | undefined => {
  const isChosen = isNamed === true && hasRead === true && isOvertaken(found, wording);
  const delivery = isChosen ? keepText(found, wording) : found;
  // A copy that is there is no failure of an approval that is about the other deliveries of its post.
  if (shown === undefined || !asks)
    return delivery.state === "posted" && delivery.hold !== "approval" ? delivery : undefined;
  const isApproved = delivery.passed.approval === shown;
  if (isApproved && delivery.hold !== "approval" && !isChosen) return delivery;
  const [reason, approval] = ["approved by hand", { approval: shown }];
  const passed = { ...delivery.passed, ...approval, breaker: true };
  // A delivery that waits for something else goes on waiting for it.
  if (delivery.state === "pending") return { ...delivery, passed };
  if (delivery.hold !== "approval" && !(delivery.hold === "text" && isChosen)) return undefined;
  if (delivery.state === "held") return confirm(delivery, now, reason, approval);
  return { ...delivery, passed, hold: undefined, reason, due: now };
};

/** Marks a copy that a person takes back. Undefined if the delivery has none, or a request of it is under way. */
export const withdraw = (delivery: Delivery, now: Instant): Delivery | undefined => {
  if (delivery.state === "deleted" || (delivery.state === "deleting" && delivery.withdrawn)) return delivery;
  if (isClaimed(delivery)) return undefined;
  switch (delivery.state) {
    case "posted":
    case "editing":
    case "deleting":
    case "unsettled":
      return { ...delivery, withdrawn: true, reason: withdrawnByHand, due: now };
    default:
      return undefined;
  }
};

/** The present text of a delivery, whether it needs an approval, and how it was chosen. */
export interface Seen {
  /** The hash of what readers would see, as in `Passed`. Undefined where nothing waits to be shown. */
  readonly shown: string | undefined;
  /** True if the account asks for approvals. */
  readonly asks: boolean;
  /** True if a release names this delivery by its id, and not its post or all that is held. */
  readonly isNamed?: boolean;
  /** True if the decision is about exactly this text, which the person has read. */
  readonly hasRead?: boolean;
  readonly wording?: Wording;
}

/**
 * Returns the changed delivery, the same one if the decision is carried out already, or undefined if its state does
 * not allow it.
 */
export const applyAction = (
  act: DeliveryAction,
  delivery: Delivery,
  now: Instant,
  seen: Seen,
): Delivery | undefined => {
  switch (act) {
    case "release":
      return release(delivery, now, seen);
    case "hold":
      return holdByHand(delivery);
    case "approve":
      return approve(delivery, now, seen);
    case "dismiss":
      return dismiss(delivery);
  }
};

const release = (delivery: Delivery, now: Instant, seen: Seen): Delivery | undefined => {
  const reason = "released by hand";
  if (delivery.state === "held") return confirmHeld(delivery, now, reason, seen);
  if (delivery.state === "posted" && delivery.hold === "approval")
    return seen.asks ? undefined : { ...delivery, hold: undefined, reason, due: now };
  return released.includes(delivery.state) ? delivery : undefined;
};

/** A hold of a person replaces one of Crier's own, so that nothing is sent when the reason of that one is gone. */
const holdByHand = (delivery: Delivery): Delivery | undefined => {
  const reason = "by hand, until you release it";
  if (delivery.state === "pending") return hold(delivery, "person", reason);
  if (delivery.state !== "held") return undefined;
  return isForPerson(delivery.hold) ? delivery : { ...delivery, hold: "person", reason };
};

const dismiss = (delivery: Delivery): Delivery | undefined => {
  switch (delivery.state) {
    case "cancelled":
      return delivery.reopens ? cancelForGood(delivery, dismissed) : delivery;
    case "held":
    case "pending":
    case "failed":
      return cancelForGood(delivery, dismissed);
    default:
      return undefined;
  }
};

const dismissed = "dismissed by hand: it is not sent any more";

/** Nothing of it is sent, and a send that got no answer is not open. */
type Unsent = Delivery<"pending" | "held" | "failed">;

const isUnsent = (delivery: Delivery): delivery is Unsent =>
  delivery.state === "pending" || delivery.state === "held" || delivery.state === "failed";

/**
 * A decision about the text ends the hold that asked for it. Every other hold stays, and every rule but the breaker, which
 * is for what nobody has looked at, still applies.
 * `approval`: the hash of the text, where the decision approves it.
 */
const decided = (delivery: Unsent, now: Instant, done: string, approval = delivery.passed.approval): Delivery => {
  const passed = { ...delivery.passed, breaker: true, approval };
  const isAsked = delivery.state === "held" && delivery.hold === "approval" && approval !== delivery.passed.approval;
  if (delivery.state === "held" && (delivery.hold === "text" || isAsked)) return confirm(delivery, now, done, passed);
  return delivery.state === "pending" ? { ...delivery, passed, reason: done, due: now } : { ...delivery, passed };
};

/** Gives a delivery a text of its own. Undefined where it may be out already, or is not sent any more. */
export const editText = (delivery: Delivery, text: EditedText, now: Instant): Delivery | undefined =>
  isUnsent(delivery) ? decided({ ...delivery, text }, now, textEdited) : undefined;

/**
 * Gives a delivery the text of its document again: what is not sent is sent with that, and a copy is edited. Undefined
 * where a request of it is under way, or it is not sent any more. `approval`: the hash of that text, where it is approved.
 */
export const dropText = (delivery: Delivery, now: Instant, approval?: string): Delivery | undefined => {
  if (delivery.text === undefined) return delivery;
  if (isUnsent(delivery)) return decided({ ...delivery, text: undefined }, now, textDropped, approval);
  if (delivery.state !== "posted" || isClaimed(delivery)) return undefined;
  // Its document may be the same since it was sent: without its hash, the copy is compared with what the document says.
  const sent = { ...delivery.sent, document: undefined };
  return { ...delivery, text: undefined, sent, reason: textDropped, due: now };
};
