import { expect, test } from "vitest";
import {
  type Delivery,
  type History,
  type HistoryEntry,
  isReasonBefore,
  noHistory,
  remember,
} from "../../src/domain/delivery.ts";
import { claim, defer, storeRequest } from "../../src/domain/delivery-transitions.ts";
import { day, minute, second } from "../../src/domain/time.ts";
import { aDelivery, deliveryIn, start } from "../support/builders.ts";

const entries = ({ first, last }: History) => [...first, ...last];

const after = (delivery: Delivery, history: History): Delivery => ({ ...delivery, history });

test("each thing that happens is one entry, with its moment, and a request with its number", () => {
  const planned = remember(aDelivery(), start);
  expect(planned.history).toEqual(noHistory);
  const waiting = remember(
    defer(planned, { until: start + minute, reason: "the page is not there yet" }),
    start + second,
  );
  const request = { request: { text: "a" }, url: "https://blog.example.com/", document: "d0", identity: undefined };
  const sending = remember(
    storeRequest(claim(aDelivery({ history: waiting.history }), start + 2 * minute), request, start + minute),
    start + minute,
  );
  const failed = remember(after(deliveryIn.failed, sending.history), start + minute + second);
  expect(failed.history).toEqual({
    first: [
      { at: start + second, state: "pending", attempt: undefined, reason: "the page is not there yet" },
      { at: start + minute, state: "sending", attempt: 1, reason: undefined },
      { at: start + minute + second, state: "failed", attempt: undefined, reason: "404" },
    ],
    omitted: 0,
    last: [],
  });
});

test("what is repeated is no entry, and neither is a claim before anything is sent", () => {
  const once = remember(deliveryIn.held, start);
  expect(remember(once, start + minute)).toBe(once);
  expect(remember(deliveryIn.sending, start)).toBe(deliveryIn.sending);
});

test.each<[string, Delivery, Partial<HistoryEntry>]>([
  ["the state", { ...deliveryIn.cancelled, reason: "too many posts" }, { state: "cancelled", by: "ada" }],
  ["the reason", { ...deliveryIn.held, reason: "needs your approval" }, { reason: "needs your approval", by: "ada" }],
  ["the person", deliveryIn.held, { reason: "too many posts", by: "ben" }],
])("%s alone is reason enough for an entry", (_, next, entry) => {
  const held = remember(deliveryIn.held, start, "ada");
  expect(entries(held.history)).toMatchObject([{ state: "held", reason: "too many posts", by: "ada" }]);
  expect(remember(held, start + minute, "ada")).toBe(held);
  const after = remember({ ...next, history: held.history }, start + minute, entry.by);
  expect(entries(after.history)[1]).toMatchObject({ at: start + minute, ...entry });
});

test("each request of an edit is an entry", () => {
  const once = remember(deliveryIn.editing, start);
  const twice = remember({ ...once, changeAttempts: 2 }, start + minute);
  expect(entries(twice.history)).toMatchObject([{ attempt: 1 }, { attempt: 2 }]);
});

test("the edits of a copy are counted by themselves", () => {
  expect(entries(remember(deliveryIn.editing, start).history)).toMatchObject([{ state: "editing", attempt: 1 }]);
});

test("the first and the newest entries are kept, with the number of those between them", () => {
  let delivery: Delivery = after(deliveryIn.failed, noHistory);
  for (let index = 0; index < 100; index += 1)
    delivery = remember({ ...deliveryIn.failed, reason: `answer ${index}`, history: delivery.history }, start + index);
  expect(delivery.history.omitted).toBe(80);
  expect(entries(delivery.history).map(({ reason }) => reason)).toEqual([
    ...[0, 1, 2, 3, 4].map((index) => `answer ${index}`),
    ...Array.from({ length: 15 }, (_, index) => `answer ${85 + index}`),
  ]);
  expect(remember(delivery, start + day)).toBe(delivery);
});

test("a history is small whatever the network answers, and one line each", () => {
  let delivery: Delivery = after(deliveryIn.failed, noHistory);
  for (let index = 0; index < 100; index += 1) {
    const reason = `${index}\u0000\n\u202E${"🙈".repeat(10_000)}`;
    delivery = remember({ ...deliveryIn.failed, reason, history: delivery.history }, start + index);
  }
  expect(JSON.stringify(delivery.history).length).toBeLessThan(20_000);
  expect(entries(delivery.history)[0]?.reason).toBe(`0 ${"🙈".repeat(197)}…`);
});

test.each([
  [200, "x".repeat(200)],
  [201, `${"x".repeat(199)}…`],
])("a reason of %d characters has at most two hundred in the history", (length, reason) => {
  const { history } = remember({ ...deliveryIn.failed, reason: "x".repeat(length), history: noHistory }, start);
  expect(entries(history)[0]?.reason).toBe(reason);
});

test("a copy was left for the same reason before, whatever edits were tried since, and nothing else", () => {
  const entry = (state: HistoryEntry["state"], reason?: string): HistoryEntry => ({
    at: start,
    state,
    attempt: undefined,
    reason,
  });
  const kept = entry("posted", "it stays");
  const isBefore = (entriesOfAll: readonly HistoryEntry[], reason = "it stays") =>
    isReasonBefore({ history: { first: entriesOfAll, omitted: 0, last: [] }, reason });
  expect(isBefore([kept])).toBe(true);
  expect(isBefore([kept, entry("editing"), entry("deleting")])).toBe(true);
  expect(isBefore([kept], "it stays for another reason")).toBe(false);
  expect(isBefore([kept, entry("posted")])).toBe(false);
  expect(isBefore([entry("held", "it stays")])).toBe(false);
  expect(isBefore([entry("posted", "before"), kept])).toBe(true);
  expect(isBefore([])).toBe(false);
  expect(isReasonBefore({ history: { first: [entry("posted")], omitted: 2, last: [kept] }, reason: "it stays" })).toBe(
    true,
  );
});
