import { expect, test } from "vitest";
import { type Delivery, deliveryStates } from "../../src/domain/delivery.ts";
import { applyAction, deliveryActions } from "../../src/domain/delivery-commands.ts";
import { minute } from "../../src/domain/time.ts";
import { deliveryIn, start } from "../support/builders.ts";

const now = start + minute;

test("a delivery that is held is released: it is due, and no breaker holds it again", () => {
  expect(applyAction("release", deliveryIn.held, now)).toMatchObject({
    state: "pending",
    reason: "released by hand",
    approved: true,
    due: now,
  });
});

test("a delivery that waits is held until a person releases it", () => {
  expect(applyAction("hold", deliveryIn.pending, now)).toMatchObject({
    state: "held",
    hold: "person",
    reason: "by hand, until you release it",
    due: undefined,
  });
});

test.each(["held", "pending", "failed"] as const)("a delivery that is %s is dismissed for good", (state) => {
  expect(applyAction("dismiss", deliveryIn[state], now)).toMatchObject({
    state: "cancelled",
    reopens: false,
    reason: "dismissed by hand: it is not sent any more",
    due: undefined,
  });
});

test("only a delivery that waits for an approval is approved", () => {
  const waiting: Delivery<"held"> = { ...deliveryIn.held, hold: "approval" };
  expect(applyAction("approve", waiting, now)).toMatchObject({
    state: "pending",
    approved: true,
    reason: "approved by hand",
  });
  expect(applyAction("approve", deliveryIn.held, now)).toBeUndefined();
});

test("what may be public is not changed by any of these", () => {
  const taken = deliveryActions.flatMap((act) =>
    deliveryStates
      .filter((state) => applyAction(act, deliveryIn[state], now) !== undefined)
      .map((state) => `${act} ${state}`),
  );
  expect(taken).toEqual(["release held", "hold pending", "dismiss pending", "dismiss held", "dismiss failed"]);
});
