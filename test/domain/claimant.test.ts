import { expect, test } from "vitest";
import { deliveryClaimant, isOwnClaim, noClaimant } from "../../src/domain/delivery.ts";
import { aDelivery } from "../support/builders.ts";

test("a claim is of a delivery, by the version of its row", () => {
  const delivery = { ...aDelivery({ post: "p", account: "one" }), generation: 2, version: 5 };
  const claim = deliveryClaimant(delivery);
  expect(claim).toEqual({ delivery: "p.one.2", version: 5 });
  expect([4, 5, 6].map((version) => isOwnClaim(claim, { ...claim, version }))).toEqual([false, true, true]);
  expect(isOwnClaim(claim, { ...claim, delivery: "p.one.1" })).toBe(false);
  expect(isOwnClaim(undefined, claim)).toBe(false);
  expect(isOwnClaim(claim, noClaimant)).toBe(false);
});
