import { describe, expect, test } from "vitest";
import { deliveryId, parseDeliveryId } from "../../src/domain/delivery.ts";

describe("the id of a delivery", () => {
  test("is parsed back, whatever the account is called", () => {
    const delivery = { post: "0a1b", account: "me@social.example", generation: 2 };
    expect(deliveryId(delivery)).toBe("0a1b.me@social.example.2");
    expect(parseDeliveryId(deliveryId(delivery))).toEqual(delivery);
  });

  test.each(["", "a.b", "a.b.c", ".b.1", ".a.b.1"])("%j is not one", (id) => {
    expect(parseDeliveryId(id)).toBeUndefined();
  });
});
