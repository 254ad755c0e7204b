import { deliver } from "../../../src/app/deliver/advance-delivery.ts";
import type { Variant } from "../crier-process.ts";

/** A site sees only its own deliveries: a copy that another site made with the same login is taken for its own. */
export const eachSiteAlone: Variant = {
  deliver: (ref, ports) => {
    const { deliveries } = ports;
    return deliver(ref, {
      ...ports,
      deliveries: {
        ...deliveries,
        read: async (other) => (other.site === ref.site ? deliveries.read(other) : undefined),
        inState: async (...query) => {
          const { rows, next } = await deliveries.inState(...query);
          return { rows: rows.filter(({ site }) => site === ref.site), next };
        },
      },
    });
  },
};
