import { type Delivery, deliveryId } from "./delivery.ts";

/** Who has an account or a server: a delivery, by the version of its row that its worker has read. */
export interface Claimant {
  readonly delivery: string;
  readonly version: number;
}

/** Of a question without a request. */
export const nobody: Claimant = { delivery: "", version: 0 };

export const claimantOf = (delivery: Delivery): Claimant => ({
  delivery: deliveryId(delivery),
  version: delivery.version,
});

/**
 * The claim of this request, or of an earlier one of the same delivery. A later one is another worker's, which sends the
 * next request of the delivery: who is late with the request before leaves that claim alone.
 */
export const isOwnClaim = (claim: Claimant | undefined, { delivery, version }: Claimant): boolean =>
  claim !== undefined && claim.delivery === delivery && claim.version <= version;
