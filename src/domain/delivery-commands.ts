import type { Delivery, DeliveryState } from "./delivery.ts";
import { cancelForGood, confirm, hold } from "./delivery-transitions.ts";
import type { Post } from "./post.ts";
import type { Instant } from "./time.ts";

const stuckStates = ["failed", "unknown", "held"] as const satisfies readonly DeliveryState[];

/** It needs a person: nothing more is tried by itself. */
export const isStuck = (delivery: Delivery): delivery is Delivery<(typeof stuckStates)[number]> =>
  stuckStates.some((state) => state === delivery.state);

/** Not all of it is known to be sent, and its post is there. */
export const isUnfinished = ({ unfinished }: Delivery, post: Pick<Post, "gone"> | undefined): boolean =>
  unfinished !== undefined && post !== undefined && post.gone === undefined;

/** The copy of a deleted post that cannot be deleted. */
export const isLeftBehind = ({ state, stale }: Delivery, post: Pick<Post, "gone"> | undefined): boolean =>
  state === "posted" && stale === true && (post === undefined || post.gone !== undefined);

/** What a person can do, and the command for it: what follows `npx crier`. */
export interface NextStep {
  readonly purpose: string;
  readonly words: string;
}

/** A command as it is typed. Without `--site` it is about the first site of the configuration. */
export const commandLine = (words: string, site: string | undefined): string =>
  `npx crier ${words}${site === undefined ? "" : ` --site ${site}`}`;

/** A command as it is typed, for the site with this id. */
export type CommandOfSite = (words: string, site: string) => string;

export const commandsOf =
  ([first]: readonly { readonly id: string }[]): CommandOfSite =>
  (words, site) =>
    commandLine(words, site === first?.id ? undefined : site);

interface Undecided {
  readonly state: string;
  readonly hold?: string | null | undefined;
  /** Only a part of it is known to be there. */
  readonly unfinished?: boolean;
}

/** What a person can do about a delivery that needs a decision. `name`: its id, or its post's slug where each of the post is meant. */
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

/** What a person decides about deliveries of which nothing is public, one at a time or many at once. */
export const acts = ["release", "hold", "approve", "dismiss"] as const;

export type Act = (typeof acts)[number];

interface Rule {
  /** The states that one delivery may be in. */
  readonly takes: readonly DeliveryState[];
  /** The state of those that are changed where many are meant. */
  readonly takesOfMany: DeliveryState;
}

/** What goes out by itself is not dismissed with the many that are held. */
export const actRules: Readonly<Record<Act, Rule>> = {
  release: { takes: ["held"], takesOfMany: "held" },
  hold: { takes: ["pending"], takesOfMany: "pending" },
  approve: { takes: ["held"], takesOfMany: "held" },
  dismiss: { takes: ["held", "pending", "failed"], takesOfMany: "held" },
};

/** Undefined where the state of the delivery does not allow it. */
export const actOn = (act: Act, delivery: Delivery, now: Instant): Delivery | undefined => {
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
