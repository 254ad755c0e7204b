import { describe, expect, test } from "vitest";
import { deliveryId, parseDeliveryId } from "../../src/domain/delivery.ts";

describe("a delivery's name", () => {
  test("is read back, whatever the account is called", () => {
    const delivery = { post: "0a1b", account: "me@social.example", generation: 2 };
    expect(deliveryId(delivery)).toBe("0a1b.me@social.example.2");
    expect(parseDeliveryId(deliveryId(delivery))).toEqual(delivery);
  });

  test.each(["", "a.b", "a.b.c", ".b.1"])("%j names none", (id) => {
    expect(parseDeliveryId(id)).toBeUndefined();
  });
});
