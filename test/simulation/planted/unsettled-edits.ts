import { second } from "../../../src/domain/time.ts";
import type { Variant } from "../world.ts";

/** An edit or a deletion without an answer is followed by the next one at once, although it may still land. */
export const unsettledEdits: Variant = {
  deliveries: (deliveries, { clock }) => ({
    ...deliveries,
    save: (delivery) => {
      const isChange = delivery.state === "editing" || delivery.state === "deleting";
      if (!isChange || delivery.leaseUntil !== undefined || delivery.wait === undefined)
        return deliveries.save(delivery);
      const soon = clock() + second;
      return deliveries.save({ ...delivery, wait: soon, due: soon });
    },
  }),
};
