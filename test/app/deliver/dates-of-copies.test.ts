import { expect, test } from "vitest";
import { hour, iso, minute } from "../../../src/domain/time.ts";
import { start } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const withText = (text: string): string => aDocument({ slug: "s", date: "2026-02-26T07:00:00Z", socialShare: text });

const dates = ({ paper }: World): readonly string[] => paper.posts.map(({ createdAt }) => createdAt);

test("a copy is dated by its first send, not by its article: a network sorts by that date", async () => {
  const world = await aWorld();
  await world.plan("s", withText("t0"));
  world.turn(minute);
  await world.sweep();
  expect(dates(world)).toEqual([iso(start + minute)]);
  expect(await world.deliveries("s")).toMatchObject([{ sent: { firstSentAt: start + minute } }]);
});

test("an edit keeps the date of the copy", async () => {
  const world = await aWorld();
  await world.plan("s", withText("t0"));
  await world.sweep();
  world.turn(hour);
  await world.plan("s", withText("t1"));
  await world.sweep();
  world.turn(hour);
  await world.plan("s", withText("t2"));
  await world.sweep();
  expect(world.paper.visible()).toEqual([expect.stringContaining("t2")]);
  expect(dates(world)).toEqual([iso(start)]);
});

test("time alone changes no copy, even if each reading of the clock is later than the one before", async () => {
  const world = await aWorld();
  let now = start;
  const ticking = () => {
    now += 1;
    return now;
  };
  const ref = await world.plan("s", withText("t0"));
  const worker = world.worker("never", ticking);
  await worker.app.work(ref);
  await world.store.deliveries.nudge(ref, start);
  await worker.app.work(ref);
  expect(world.paper.requests).toHaveLength(1);
  expect(await world.deliveries("s")).toMatchObject([{ state: "posted", stale: false }]);
});

test("a resend after no answer has the date of the first send", async () => {
  const world = await aWorld();
  await world.plan("s", withText("t0"));
  world.paper.fates.push("lost");
  await world.sweep();
  const [first] = await world.deliveries("s");
  world.turn(4 * minute);
  await world.sweep();
  expect(dates(world)).toEqual([iso(start)]);
  expect((await world.deliveries("s"))[0]?.sent?.request).toEqual(first?.sent?.request);
});

test("after a send that was not applied, the copy is dated by the next one", async () => {
  const world = await aWorld();
  await world.plan("s", withText("t0"));
  world.paper.fates.push("limited");
  await world.sweep();
  world.turn(hour);
  await world.sweep();
  expect(dates(world)).toEqual([iso(start + hour)]);
});

test("a second publication is dated by its own send", async () => {
  const world = await aWorld();
  const bytes = new TextEncoder().encode(withText("t0"));
  await world.app.put("s", bytes);
  await world.sweep();
  world.turn(hour);
  await world.app.put("s", bytes, { again: true });
  await world.sweep();
  expect(dates(world)).toEqual([iso(start), iso(start + hour)]);
});
