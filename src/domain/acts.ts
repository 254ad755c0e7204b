import type { Delivery, DeliveryState } from "./delivery.ts";
import { cancelForGood, confirm, hold } from "./delivery-transitions.ts";
import type { Instant } from "./time.ts";

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
