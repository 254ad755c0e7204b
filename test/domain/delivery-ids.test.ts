import { expect, test } from "vitest";
import { deliveryId, isClaimed, parseDeliveryId } from "../../src/domain/delivery.ts";
import { deliveryIn } from "../support/builders.ts";

test("an id names post, account and generation, and is read back", () => {
  const parts = { post: "p0st", account: "my.account", generation: 12 };
  expect(deliveryId(parts)).toBe("p0st.my.account.12");
  expect(parseDeliveryId("p0st.my.account.12")).toEqual(parts);
});

test.each(["", "post", "post.account", "post.account.x", ".account.1", "post..1", "post.account.1x"])(
  "%j is no id of a delivery",
  (id) => {
    expect(parseDeliveryId(id)).toBeUndefined();
  },
);

test("a delivery is claimed as long as it has a lease", () => {
  expect(isClaimed(deliveryIn.sending)).toBe(true);
  expect(isClaimed(deliveryIn.unsettled)).toBe(false);
});
