import { addressOfName } from "../../domain/address.ts";
import type { Site } from "../../domain/site.ts";
import type { Aliases, Deliveries, Posts } from "../../ports/store.ts";
import type { DeliveryStatus } from "../site-api.ts";
import { deliveryStatus } from "./delivery-status.ts";

export interface Copy {
  readonly account: string;
  /** Of the copy on the network. */
  readonly id: string;
  /** The link to the post's page in it. */
  readonly link: string;
}

interface Ports {
  readonly aliases: Aliases;
  readonly posts: Posts;
  readonly deliveries: Deliveries;
}

/** The delivery that made a copy. Undefined where the post has another address now. */
export const deliveryOfCopy = async (
  site: Site,
  { account, id: copy, link }: Copy,
  { aliases, posts, deliveries }: Ports,
): Promise<DeliveryStatus | undefined> => {
  const id = await aliases.read(site.id, "address", addressOfName(link, site));
  const post = id === undefined ? undefined : await posts.read(site.id, id);
  if (post === undefined) return undefined;
  const delivery = (await deliveries.ofPost(site.id, post.id)).find(
    (one) => one.account === account && one.remote?.id === copy,
  );
  return delivery && deliveryStatus(delivery, post);
};
