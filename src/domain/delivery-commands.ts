import type { Delivery, DeliveryState } from "./delivery.ts";
import { cancelForGood, confirm, hold } from "./delivery-transitions.ts";
import type { Post } from "./post.ts";
import type { Instant } from "./time.ts";

const stuckStates = ["failed", "unknown", "held"] as const satisfies readonly DeliveryState[];

/** True if the delivery needs a person: Crier tries nothing more by itself. */
export const isStuck = (delivery: Delivery): delivery is Delivery<(typeof stuckStates)[number]> =>
  stuckStates.some((state) => state === delivery.state);

/** True if only a part of the delivery is known to be sent, and its post exists. */
export const isUnfinished = ({ unfinished }: Delivery, post: Pick<Post, "gone"> | undefined): boolean =>
  unfinished !== undefined && post !== undefined && post.gone === undefined;

/** True for the copy of a deleted post that could not be deleted. */
export const isLeftBehind = ({ state, stale }: Delivery, post: Pick<Post, "gone"> | undefined): boolean =>
  state === "posted" && stale === true && (post === undefined || post.gone !== undefined);

/** A step that a person can take. `words` is the command, without `npx crier`. */
export interface NextStep {
  readonly purpose: string;
  readonly words: string;
}

/** Returns a command as a person types it. Without `--site` it is about the first site of the configuration. */
export const commandLine = (words: string, site: string | undefined): string =>
  `npx crier ${words}${site === undefined ? "" : ` --site ${site}`}`;

/** Returns a command as a person types it, for the site with this id. */
export type SiteCommand = (words: string, site: string) => string;

export const siteCommands =
  ([first]: readonly { readonly id: string }[]): SiteCommand =>
  (words, site) =>
    commandLine(words, site === first?.id ? undefined : site);

interface Undecided {
  readonly state: string;
  readonly hold?: string | null | undefined;
  /** True if only a part of it is known to be on the network. */
  readonly unfinished?: boolean;
}

/**
 * Returns the steps for a delivery that needs a decision. `name` is its id, or its post's slug for all deliveries of
 * the post.
 */
export const nextSteps = ({ state, hold, unfinished }: Undecided, name: string): readonly NextStep[] => {
  const dismiss: NextStep = { purpose: "to cancel it for good", words: `dismiss ${name}` };
  switch (state) {
    case "held":
      return [{ purpose: "to send it", words: `${hold === "approval" ? "approve" : "release"} ${name}` }, dismiss];
    case "failed":
      return [{ purpose: "to send it again", words: `retry ${name}` }, dismiss];
    case "unknown":
      return [
        { purpose: "if it is on the network", words: `resolve ${name} --as posted` },
        { purpose: "if it is not, to send it", words: `resolve ${name} --as retry` },
      ];
    case "posted":
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

/** The decisions of a person about deliveries that are not public, one at a time or many at once. */
export const deliveryActions = ["release", "hold", "approve", "dismiss"] as const;

export type DeliveryAction = (typeof deliveryActions)[number];

interface Rule {
  /** The states that one delivery may be in. */
  readonly takes: readonly DeliveryState[];
  /** The only state that is changed when the decision is about many deliveries. */
  readonly takesOfMany: DeliveryState;
}

/** Dismissing all held deliveries does not dismiss the pending ones, which are sent without a decision. */
export const actionRules: Readonly<Record<DeliveryAction, Rule>> = {
  release: { takes: ["held"], takesOfMany: "held" },
  hold: { takes: ["pending"], takesOfMany: "pending" },
  approve: { takes: ["held"], takesOfMany: "held" },
  dismiss: { takes: ["held", "pending", "failed"], takesOfMany: "held" },
};

/** Returns the changed delivery, or undefined if its state does not allow the decision. */
export const applyAction = (act: DeliveryAction, delivery: Delivery, now: Instant): Delivery | undefined => {
  switch (act) {
    case "release":
      return delivery.state === "held" ? confirm(delivery, now, "released by hand") : undefined;
    case "hold":
      return delivery.state === "pending" ? hold(delivery, "person", "by hand, until you release it") : undefined;
    case "approve":
      return delivery.hold === "approval" ? confirm(delivery, now, "approved by hand") : undefined;
    case "dismiss":
      return delivery.state === "held" || delivery.state === "pending" || delivery.state === "failed"
        ? cancelForGood(delivery, "dismissed by hand: it is not sent any more")
        : undefined;
  }
};
