import { composeShown } from "../../../src/app/deliver/desired-state.ts";
import type { Passed } from "../../../src/domain/delivery.ts";
import type { Variant } from "../crier-process.ts";

/** What a person approved once holds for every later text. */
export const anyTextApproved: Variant = {
  deliveries: (deliveries, { posts, accounts, networks, hash }) => {
    const given = new Map<string, Passed>();
    return {
      ...deliveries,
      // The row keeps what was approved.
      save: async (delivery) =>
        deliveries.save({ ...delivery, passed: given.get(JSON.stringify(delivery.passed)) ?? delivery.passed }),
      read: async (ref) => {
        const delivery = await deliveries.read(ref);
        const account = accounts.find(({ name }) => name === delivery?.account);
        if (delivery?.passed.approval === undefined || account === undefined) return delivery;
        const post = await posts.read(delivery.site, delivery.post);
        if (post === undefined) return delivery;
        const network = networks.get(account.network);
        const approval = composeShown(post, { account, network, longest: undefined, text: undefined }, hash).hash;
        const passed = { ...delivery.passed, approval };
        given.set(JSON.stringify(passed), delivery.passed);
        return { ...delivery, passed };
      },
    };
  },
};
