import type { DeliveryState } from "./delivery.ts";
import type { Instant } from "./time.ts";

/** What people did, by the kinds of the log. A delivery says by its state and reason what was decided about it. */
export const loggedActs = ["decided", "announced", "removed", "stopped", "resumed", "signed-in"] as const;

/**
 * A line of the log. `title`: of its post, as it was then. `reason` of an announcement: `again`, where it was announced
 * before. The truth about a decision is in the row that it changed, which was saved before.
 */
export interface LoggedAct
  extends Partial<Readonly<Record<"by" | "slug" | "title" | "account" | "reason", string | undefined>>> {
  readonly site: string;
  readonly at: Instant;
  /** Names what was done, such as a delivery with its version. */
  readonly id: string;
  readonly act: (typeof loggedActs)[number];
  readonly state?: DeliveryState | undefined;
}
