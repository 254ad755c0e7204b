import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import { type Delivery, remember } from "../../domain/delivery.ts";
import type { Instant } from "../../domain/time.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Deliveries, Posts } from "../../ports/store.ts";
import type { Resolved } from "../site-api.ts";
import { deliveryStatus } from "../status/delivery-status.ts";

export interface ChangePorts {
  readonly deliveries: Deliveries;
  readonly posts: Posts;
  readonly clock: Clock;
}

/** The delivery to save, or why it is left as it is. */
export type Changed = Delivery | string;

/** Changes a delivery as it is now: another worker may have changed it since it was read. */
export const changeDelivery = (
  { site, post, account, generation }: Delivery,
  to: (delivery: Delivery, now: Instant) => Changed | Promise<Changed>,
  ports: ChangePorts,
): Promise<Resolved> =>
  retryOnConflict(`the delivery of ${post} to ${account}`, async () => {
    const delivery = await ports.deliveries.read({ kind: "delivery", site, post, account, generation });
    const changed = delivery && (await to(delivery, ports.clock()));
    if (changed === undefined) return { problem: "it does not exist any more" };
    if (typeof changed === "string") return { problem: changed };
    if (!(await ports.deliveries.save(remember(changed, ports.clock())))) return conflict;
    return { delivery: deliveryStatus(changed, await ports.posts.read(site, post)) };
  });
