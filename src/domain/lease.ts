import type { Instant } from "./time.ts";

// A lease gives something to one worker until a moment. It is taken by the conditional write of a row, and nobody waits
// for a worker that has ended: after the moment another one may take it. Who holds a lease is known in one of three ways,
// by what a worker can still spoil after its lease has ended:
//
// - Nothing but its own save. Then the version of the row, or the moment itself, is the holder, and a late save fails: a
//   delivery (`leaseUntil`), the renewal of tokens (src/networks/define.ts), the poll of a feed, the request for a page
//   (page-check.ts) and the preparation of a picture (picture.ts).
// - The rows of an account and of a server, which other deliveries save in the meantime. Their holder is a `Claimant`.
// - Files, which the render of a feed writes besides its row. It has an id of its own, and the table compares it in each
//   of several writes (`leaseFree` and `leaseOf` in src/store/table.ts).

export const isHeld = (until: Instant, now: Instant): boolean => now < until;

/** The holder of an account or a server: a delivery, with the version of its row that its worker has read. */
export interface Claimant {
  readonly delivery: string;
  readonly version: number;
}

/** The claimant of a forecast, which sends no request. */
export const noClaimant: Claimant = { delivery: "", version: 0 };

/** The one delivery whose request may be in flight, until this moment at the latest. */
export type Claim = Claimant & { readonly until: Instant };

/** True if another delivery holds the claim. */
export const isTaken = (claim: Claim, { delivery }: Claimant, now: Instant): boolean =>
  claim.delivery !== delivery && isHeld(claim.until, now);

/**
 * True for the claim of this request, or of an earlier one of the same delivery. A later claim belongs to another
 * worker, which sends the next request of the delivery: a worker that is late with the earlier request must not end it.
 */
export const isOwnClaim = (claim: Claimant | undefined, { delivery, version }: Claimant): boolean =>
  claim !== undefined && claim.delivery === delivery && claim.version <= version;

/** Ends the claimant's own claim. */
export const endClaim = <State extends { readonly inFlight: Claimant | undefined }>(
  state: State,
  claimant: Claimant,
): State => (isOwnClaim(state.inFlight, claimant) ? { ...state, inFlight: undefined } : state);
