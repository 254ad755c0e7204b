import type { Delivery, DeliveryState } from "./delivery.ts";
import type { Post } from "./post.ts";

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
