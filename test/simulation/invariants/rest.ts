import { minute } from "../../../src/domain/time.ts";
import { parseRef } from "../../../src/store/keys.ts";
import type { SimulatedSite } from "../world.ts";

const resting = new Set(["pending", "held", "posted", "deleted", "failed", "unknown", "cancelled"]);

/** Checks that no delivery is overdue and none is on its way (invariant 4). */
export const checkRest = ({ table, scheduler, violate }: SimulatedSite): void => {
  for (const row of table.rows()) {
    const { pk, sk, state, dueAt } = row;
    if (typeof dueAt === "number" && dueAt < scheduler.now - 5 * minute)
      violate(`STUCK: ${pk} ${sk} has been due since ${new Date(dueAt).toISOString()}`);
    if (
      typeof pk === "string" &&
      typeof sk === "string" &&
      parseRef({ pk, sk })?.kind === "delivery" &&
      !resting.has(String(state))
    )
      violate(`STUCK: ${pk} ${sk} is ${state}`);
  }
};
