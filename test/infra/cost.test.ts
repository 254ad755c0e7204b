import { expect, test } from "vitest";
import { atRest } from "../../bench/cost/at-rest.ts";
import { addUse, dollarsOf, sumOf } from "../../bench/cost/prices.ts";
import { deployment, synthesised } from "./synthesised.ts";

const { resources } = synthesised();
const use = (parts = resources, documents = 10) => addUse(atRest(parts, { documents }).map((line) => line.use));

test("each polled queue is five long polls of 20 seconds, and one request a minute for its depth, but that of the bucket", () => {
  // documents, publish, render, ping and two networks
  expect(use().sqsRequest).toBe(6 * 5 * 3 * 43_200 + 5 * 43_200);
});

test("the sweep of each minute and the reading of each hour are in the invocations, and only what is traced in the traces", () => {
  expect(use().invocation).toBe(43_200 + 720 + 2 * 720);
  expect(use().trace).toBe(720);
  expect(use(synthesised({ pollsFeeds: true, deployment }).resources).trace).toBe(720 + 8_640);
});

test("the alarms and the dashboard cost nothing", () => {
  const { alarm, dashboard } = dollarsOf(use(), "first");
  expect([alarm, dashboard]).toEqual([0, 0]);
});

test("a queue without a maximum concurrency has two polls, and a dashboard with more than 50 metrics is none of the free ones", () => {
  const widgets = [{ properties: { metrics: Array.from({ length: 51 }, () => []) } }];
  const changed = resources.map((one) => {
    if (one.type === "AWS::Lambda::EventSourceMapping")
      return { ...one, properties: { ...one.properties, ScalingConfig: undefined } };
    if (one.type === "AWS::CloudWatch::Dashboard")
      return { ...one, properties: { DashboardBody: JSON.stringify({ widgets }) } };
    return one;
  });
  expect(use(changed).sqsRequest).toBe(6 * 2 * 3 * 43_200 + 5 * 43_200);
  expect(dollarsOf(use(changed), "first").dashboard).toBe(3);
});

test("a second stage has what the first left of what is free, and more documents cost more while each hour reads them", () => {
  const dollars = (stage: "first" | "further", documents: number) => sumOf(dollarsOf(use(resources, documents), stage));
  expect(dollars("further", 10)).toBeGreaterThan(dollars("first", 10));
  expect(dollars("first", 10_000)).toBeGreaterThan(dollars("first", 10));
});
