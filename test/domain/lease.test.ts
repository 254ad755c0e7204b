import { expect, test } from "vitest";
import { deliveryClaimant } from "../../src/domain/delivery.ts";
import { endClaim, isHeld, isOwnClaim, isTaken, noClaimant } from "../../src/domain/lease.ts";
import { aDelivery, start } from "../support/builders.ts";

test("a claim is of a delivery, by the version of its row", () => {
  const delivery = { ...aDelivery({ post: "p", account: "one" }), generation: 2, version: 5 };
  const claim = deliveryClaimant(delivery);
  expect(claim).toEqual({ delivery: "p.one.2", version: 5 });
  expect([4, 5, 6].map((version) => isOwnClaim(claim, { ...claim, version }))).toEqual([false, true, true]);
  expect(isOwnClaim(claim, { ...claim, delivery: "p.one.1" })).toBe(false);
  expect(isOwnClaim(undefined, claim)).toBe(false);
  expect(isOwnClaim(claim, noClaimant)).toBe(false);
});

test("a lease is held until its moment, and not at it", () => {
  expect([start - 1, start, start + 1].map((now) => isHeld(start, now))).toEqual([true, false, false]);
});

test("a claim is taken while another delivery holds it", () => {
  const claim = { delivery: "p.one.1", version: 3, until: start };
  const other = { delivery: "p.one.2", version: 9 };
  expect(isTaken(claim, other, start - 1)).toBe(true);
  expect(isTaken(claim, other, start)).toBe(false);
  expect(isTaken(claim, { ...other, delivery: claim.delivery }, start - 1)).toBe(false);
});

test("a claim is ended by its own delivery only, and the rest of the row is kept", () => {
  const claim = { delivery: "p.one.1", version: 3, until: start };
  const state = { name: "one", inFlight: claim };
  expect(endClaim(state, claim)).toEqual({ name: "one", inFlight: undefined });
  expect(endClaim(state, { ...claim, version: 2 })).toBe(state);
  expect(endClaim({ ...state, inFlight: undefined }, claim)).toEqual({ name: "one", inFlight: undefined });
});
