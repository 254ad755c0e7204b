import { expect, test } from "vitest";
import { minute } from "../../src/domain/time.ts";
import { bulkUpload, busySite, hangingNetwork, manySites, outage } from "./load/scenarios.ts";

test("a network that hangs takes no function from the others, in an account that may run ten", async () => {
  const { left, refused, oldest } = await hangingNetwork(30, 10);
  expect(left).toBe(0);
  expect(refused).toBe(0);
  expect(oldest).toBeLessThan(5 * minute);
});

test("a bulk upload leaves functions for the API, in an account that may run ten", async () => {
  const { left, refused } = await bulkUpload(300, 10, 2);
  expect(left).toBe(0);
  expect(refused).toBe(0);
});

test("after an outage everything that waited goes out", async () => {
  const { left, done } = await outage(20, 1);
  expect(left).toBe(0);
  expect(done).toContain("25 of 25");
});

test("many posts in an hour, and many sites with a post each, leave nothing behind", async () => {
  const one = await busySite(60, 10);
  expect(one.left).toBe(0);
  const many = await manySites(30);
  expect(many).toMatchObject({ left: 0, done: "30 of 30 posts announced" });
  expect(many.runs).toBeLessThan(60);
});
