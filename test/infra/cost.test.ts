import { expect, test } from "vitest";
import { atRest } from "../../bench/cost/at-rest.ts";
import { former } from "../../bench/cost/former.ts";
import { addUse, dollarsOf, sumOf } from "../../bench/cost/prices.ts";
import { deployment, synthesised } from "./synthesised.ts";

const { resources } = synthesised();
const use = (parts = resources, documents = 10) => addUse(atRest(parts, { documents }).map((line) => line.use));

test("a queue is polled by two connections of 20 seconds, with a maximum concurrency by five", () => {
  expect(use().sqsRequest).toBe((5 + 3 * 2) * 3 * 43_200);
});

test("the sweep of each minute and the reading of each hour are in the invocations, and only what is traced in the traces", () => {
  expect(Math.round(use().invocation ?? 0)).toBe(43_200 + 720 + 43);
  expect(use().trace).toBe(720);
  expect(use(synthesised({ pollsFeeds: true, deployment }).resources).trace).toBe(720 + 8_640);
});

test("the alarms and the dashboard cost nothing", () => {
  const { alarm, dashboard } = dollarsOf(use(), "first");
  expect([alarm, dashboard]).toEqual([0, 0]);
});

test("a dashboard with more than 50 metrics is none of the free ones", () => {
  const widgets = [{ properties: { metrics: Array.from({ length: 51 }, () => []) } }];
  const changed = resources.map((one) =>
    one.type === "AWS::CloudWatch::Dashboard"
      ? { ...one, properties: { DashboardBody: JSON.stringify({ widgets }) } }
      : one,
  );
  expect(dollarsOf(use(changed), "first").dashboard).toBe(3);
});

test("a second stage has what the first left of what is free, and a thousand more documents cost less than a cent", () => {
  const dollars = (stage: "first" | "further", documents: number) => sumOf(dollarsOf(use(resources, documents), stage));
  expect(dollars("further", 10)).toBeGreaterThan(dollars("first", 10));
  expect(dollars("first", 10_010) - dollars("first", 10)).toBeLessThan(10 * 0.01);
});

test("the first stage costs less than 70 cents a month at rest, and a further one less than two dollars", () => {
  const dollars = (stage: "first" | "further", documents: number) => sumOf(dollarsOf(use(resources, documents), stage));
  expect(dollars("first", 10)).toBeLessThanOrEqual(0.7);
  expect(dollars("further", 10)).toBeLessThanOrEqual(2);
});

test("the stack before is counted by the numbers that are kept of it", () => {
  const of = (documents: number, stage: "first" | "further") =>
    sumOf(dollarsOf(addUse(former({ documents }).map((line) => line.use)), stage)).toFixed(2);
  expect([of(1_000, "first"), of(1_000, "further")]).toEqual(["2.03", "3.23"]);
});
