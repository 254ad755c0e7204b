import { describe, expect, test } from "vitest";
import { type Delivery, deliveryStates } from "../../src/domain/delivery.ts";
import { applyAction, deliveryActions, nextSteps, siteCommands } from "../../src/domain/delivery-commands.ts";
import { minute } from "../../src/domain/time.ts";
import { deliveryIn, start } from "../support/builders.ts";

const now = start + minute;

const seen = { shown: "text", asks: true };
/** Each decision of a person to send a delivery passes the breaker, which is for posts that nobody has looked at. */
const decided = { breaker: true, approval: undefined, live: false, copy: false };

test.each([
  ["breaker", decided],
  ["live", { ...decided, live: true }],
  ["copy", { ...decided, copy: true }],
  ["person", decided],
] as const)(
  "a delivery that is held (%s) is released: it is due, and neither that nor the breaker holds it again",
  (hold, passed) => {
    expect(applyAction("release", { ...deliveryIn.held, hold }, now, seen)).toMatchObject({
      state: "pending",
      reason: "released by hand",
      passed,
      due: now,
    });
  },
);

test("a release gives no approval", () => {
  expect(applyAction("release", { ...deliveryIn.held, hold: "approval" }, now, seen)).toBeUndefined();
});

test("a delivery whose row could not be read is released only where the decision names it", () => {
  const unreadable: Delivery<"held"> = { ...deliveryIn.held, hold: "unreadable" };
  expect(applyAction("release", unreadable, now, seen)).toBeUndefined();
  expect(applyAction("release", unreadable, now, { ...seen, isNamed: true })).toMatchObject({ state: "pending" });
});

test("a delivery that waits is held until a person releases it", () => {
  expect(applyAction("hold", deliveryIn.pending, now, seen)).toMatchObject({
    state: "held",
    hold: "person",
    reason: "by hand, until you release it",
    due: undefined,
  });
});

test.each(["held", "pending", "failed"] as const)("a delivery that is %s is dismissed for good", (state) => {
  expect(applyAction("dismiss", deliveryIn[state], now, seen)).toMatchObject({
    state: "cancelled",
    reopens: false,
    reason: "dismissed by hand: it is not sent any more",
    due: undefined,
  });
});

test("only a delivery that waits for an approval is approved", () => {
  const waiting: Delivery<"held"> = { ...deliveryIn.held, hold: "approval" };
  expect(applyAction("approve", waiting, now, seen)).toMatchObject({
    state: "pending",
    passed: { ...decided, approval: "text" },
    reason: "approved by hand",
  });
  expect(applyAction("approve", deliveryIn.held, now, seen)).toBeUndefined();
  expect(applyAction("approve", waiting, now, { shown: undefined, asks: true })).toBeUndefined();
});

test("the approval of an edit makes its copy due, and leaves it on the network", () => {
  const edited: Delivery<"posted"> = { ...deliveryIn.posted, hold: "approval" };
  expect(applyAction("approve", edited, now, seen)).toMatchObject({
    state: "posted",
    hold: undefined,
    passed: { approval: "text" },
    remotes: edited.remotes,
    due: now,
  });
  expect(nextSteps({ state: "posted", hold: "approval" }, "a")).toEqual([
    { purpose: "to edit the copy", words: "approve a" },
  ]);
});

const heldByHand: Delivery<"held"> = { ...deliveryIn.held, hold: "person" };
const dismissed: Delivery<"cancelled"> = { ...deliveryIn.cancelled, reopens: false };

test.each([
  ["hold", "held by hand", heldByHand],
  ["release", "pending", deliveryIn.pending],
  ["release", "posted", deliveryIn.posted],
  ["dismiss", "dismissed", dismissed],
] as const)("to %s what is %s changes nothing", (act, _, delivery) => {
  expect(applyAction(act, delivery, now, seen)).toBe(delivery);
});

test("an approval before it is asked for is kept, and passes the breaker; one that is given again changes nothing", () => {
  const approved = applyAction("approve", deliveryIn.pending, now, seen);
  expect(approved).toEqual({ ...deliveryIn.pending, passed: { ...decided, approval: "text" } });
  expect(approved && applyAction("approve", approved, now, seen)).toBe(approved);
  expect(applyAction("approve", deliveryIn.pending, now, { shown: "text", asks: false })).toBeUndefined();
});

test("what may be public is not changed by any of these", () => {
  const taken = deliveryActions.flatMap((act) =>
    deliveryStates
      .filter((state) => ![undefined, deliveryIn[state]].includes(applyAction(act, deliveryIn[state], now, seen)))
      .map((state) => `${act} ${state}`),
  );
  expect(taken).toEqual([
    "release held",
    "hold pending",
    "hold held",
    "approve pending",
    "dismiss pending",
    "dismiss held",
    "dismiss failed",
    "dismiss cancelled",
  ]);
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
