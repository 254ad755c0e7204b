import type { Delivery } from "../../domain/delivery.ts";
import { canonicalJson } from "../../domain/json-value.ts";
import type { Deliveries } from "../../ports/store.ts";

/**
 * The other publications of the post by the account that sent the same: a network may take one for the other. What follows a
 * post may be equal where the posts are not.
 */
export const equalRequests = async (
  { site, post, account, generation, sent, progress }: Delivery<"sending" | "unsettled">,
  { deliveries }: { readonly deliveries: Pick<Deliveries, "ofPost"> },
): Promise<readonly Delivery[]> =>
  (await deliveries.ofPost(site, post)).filter(
    (other) =>
      other.account === account &&
      other.generation !== generation &&
      other.sent !== undefined &&
      (progress !== undefined || canonicalJson(other.sent.request) === canonicalJson(sent?.request)),
  );
