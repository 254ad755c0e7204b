import type { Delivery, DeliveryState } from "./delivery.ts";
import type { Post } from "./post.ts";

const stuckStates = ["failed", "unknown", "held"] as const satisfies readonly DeliveryState[];

/** It needs a person: nothing more is tried by itself. */
export const isStuck = (delivery: Delivery): delivery is Delivery<(typeof stuckStates)[number]> =>
  stuckStates.some((state) => state === delivery.state);

/** The copy of a deleted post that cannot be deleted. */
export const isLeftBehind = ({ state, stale }: Delivery, post: Pick<Post, "gone"> | undefined): boolean =>
  state === "posted" && stale === true && (post === undefined || post.gone !== undefined);
