import { parseDeliveryId } from "../../../src/domain/delivery.ts";
import type { Variant } from "../crier-process.ts";

/** The account counts a post at the moment when it was planned, not when it is sent. */
export const capsWhenPlanned: Variant = {
  accountStates: (accounts, { deliveries }) => ({
    ...accounts,
    save: async (state) => {
      const sent: Record<string, number> = {};
      for (const [name, at] of Object.entries(state.sent)) {
        const parsed = parseDeliveryId(name.split("@")[0] ?? "");
        const delivery = parsed && (await deliveries.read({ kind: "delivery", site: "blog", ...parsed }));
        sent[name] = delivery?.planned ?? at;
      }
      return accounts.save({ ...state, sent });
    },
  }),
};
