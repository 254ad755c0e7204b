import { addressOfName } from "../../domain/address.ts";
import { pageNotes } from "../../domain/send-rules.ts";
import type { Site } from "../../domain/site.ts";
import type { Aliases, Deliveries, PageChecks, Posts } from "../../ports/store.ts";
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
  readonly pageChecks: PageChecks;
}

/** The delivery that made a copy. Undefined where the post has another address now. */
export const deliveryOfCopy = async (
  site: Site,
  { account, id: copy, link }: Copy,
  { aliases, posts, deliveries, pageChecks }: Ports,
): Promise<DeliveryStatus | undefined> => {
  const id = await aliases.read(site.id, "address", addressOfName(link, site));
  const post = id === undefined ? undefined : await posts.read(site.id, id);
  if (post === undefined) return undefined;
  const own = (await deliveries.ofPost(site.id, post.id)).filter((one) => one.account === account);
  const withId = (id: string | null) => own.filter(({ remotes = [] }) => remotes.some((remote) => remote.id === id));
  // A network that names no copy: the last one.
  const delivery = withId(copy)[0] ?? withId(null).at(-1);
  if (delivery === undefined) return undefined;
  const status = deliveryStatus(delivery, post);
  const page = post.audience?.baseline === undefined ? await pageChecks.read(site.id, post.id) : undefined;
  const notes = [
    ...(status.reason === undefined ? [] : [status.reason]),
    ...pageNotes(page?.url === post.url ? page : undefined),
  ];
  return { ...status, reason: notes.length === 0 ? undefined : notes.join("; ") };
};
