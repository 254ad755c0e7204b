import type { Variant } from "../crier-process.ts";

/** What an account of articles left out because it was a note stays left out when it gets a title. */
export const leftOutForGood: Variant = {
  deliveries: (deliveries) => ({
    ...deliveries,
    nudge: async (ref, now) => {
      const row = await deliveries.read(ref);
      if (row?.state !== "cancelled" || !row.reason.startsWith("it is a note")) await deliveries.nudge(ref, now);
    },
  }),
};
