import type { DeliveryList, HoldKind } from "../domain/delivery.ts";
import type { Instant } from "../domain/time.ts";
import type { DeliveryRef } from "./store.ts";

/** The reads that only the console needs. They are of keys: of many rows, a page shows few. The index may be behind the rows. */
export interface ConsoleRows {
  readonly refsInState: RefsInState;
  readonly postsDueLater: PostsDueLater;
}

/** A delivery of a list. `position`: when it is due if it is pending, when it was sent if it is posted, else when it was planned. */
export interface ListedRef extends DeliveryRef {
  readonly position: Instant;
  /** The kind of its hold, where it waits for a person. */
  readonly hold?: HoldKind | undefined;
}

/** The deliveries of a list, in its order, which is that of their positions. */
export interface ListedDeliveries {
  readonly refs: readonly ListedRef[];
  readonly next: string | undefined;
}

/** Returns a page of an account's list. */
export type RefsInState = (account: string, list: DeliveryList, from?: string) => Promise<ListedDeliveries>;

/**
 * Returns the posts of a site that are due after a moment, by their dates: those that are scheduled, and few others, such
 * as one whose deletion waits. The same index has the deliveries that are due later.
 */
export type PostsDueLater = (site: string, after: Instant) => Promise<LaterPosts>;

export interface LaterPosts {
  readonly posts: readonly { readonly post: string; readonly position: Instant }[];
  readonly deliveries: readonly ListedRef[];
  /** All that are due up to this moment are listed. Undefined where all are: a page of the index is long. */
  readonly until: Instant | undefined;
}
