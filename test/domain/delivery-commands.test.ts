import { describe, expect, test } from "vitest";
import { type Delivery, deliveryStates } from "../../src/domain/delivery.ts";
import { applyAction, deliveryActions, nextSteps, siteCommands } from "../../src/domain/delivery-commands.ts";
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

describe("a command", () => {
  const command = siteCommands([{ id: "blog" }, { id: "notes" }]);

  test("needs no site for the first one", () => {
    expect(command("feeds", "blog")).toBe("npx crier feeds");
  });

  test("names every other site", () => {
    expect(command("feeds", "notes")).toBe("npx crier feeds --site notes");
  });
});

test("a delivery that needs an approval is approved, not released", () => {
  expect(nextSteps({ state: "held", hold: "approval" }, "a").map(({ words }) => words)).toEqual([
    "approve a",
    "dismiss a",
  ]);
});

test("a delivery of which a part is missing is settled by hand, and one that is complete needs nothing", () => {
  expect(nextSteps({ state: "posted", unfinished: true }, "a").map(({ words }) => words)).toEqual([
    "resolve a --as posted",
    "resolve a --as retry",
  ]);
  expect(nextSteps({ state: "posted", unfinished: false }, "a")).toEqual([]);
});

test("what goes on by itself needs no command", () => {
  expect(nextSteps({ state: "pending" }, "a")).toEqual([]);
});
