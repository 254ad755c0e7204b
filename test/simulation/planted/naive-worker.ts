import { readDesiredState } from "../../../src/app/deliver/desired-state.ts";
import type { Delivery } from "../../../src/domain/delivery.ts";
import { claim, defer, fail, markPosted, storeRequest } from "../../../src/domain/delivery-transitions.ts";
import { minute, second } from "../../../src/domain/time.ts";
import type { Variant } from "../crier-process.ts";

/** Sends, then records: what most tools do. It claims nothing, stores nothing before, and tries again what got no answer. */
export const naiveWorker: Variant = {
  deliver: async (ref, ports) => {
    const { deliveries, networks, accounts, clock, deadline } = ports;
    const delivery = await deliveries.read(ref);
    const now = clock();
    const account = accounts.find(({ name }) => name === ref.account);
    if (delivery?.due === undefined || delivery.due > now) return;
    if (delivery.state !== "pending" || account === undefined) {
      await deliveries.save({ ...delivery, due: undefined });
      return;
    }
    const network = networks.get(account.network);
    const desired = await readDesiredState(delivery, { account, network }, now, ports);
    const connected = await networks.connect(account, false);
    if (desired.kind !== "copy" || "problem" in connected) {
      await deliveries.save(defer(delivery, { until: now + 10 * minute, reason: "later" }));
      return;
    }
    const { request } = desired;
    const key = network.key(`${now.toString(16).padStart(14, "0")}${delivery.seed}`, 1);
    const outcome = await connected.connection.send(request, key, deadline(25 * second));
    const stored = storeRequest(
      claim(delivery, now),
      { request, url: "", document: undefined, identity: undefined },
      now,
    );
    const next = (): Delivery => {
      if (outcome.kind === "posted") return { ...markPosted(stored, outcome.remote, now), due: undefined };
      if (outcome.kind === "rejected") return fail(delivery, outcome.reason);
      return defer(delivery, { until: now + minute, reason: "tried again" });
    };
    await deliveries.save(next());
  },
};
