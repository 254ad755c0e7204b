import { expect, test } from "vitest";
import { hour } from "../../../src/domain/time.ts";
import { aDocument, aWorld } from "../../support/world.ts";

const long = `https://blog.example.com/${"long-".repeat(100)}/`;
const at = (canonicalUrl: string): string => aDocument({ slug: "s", canonicalUrl });
const reason = `the text has ${long.length} of 500 characters: its link alone is too long, and a link is never cut; give the post a shorter address`;

test("a text that is too long for its network is never sent: the delivery fails before any request", async () => {
  const world = await aWorld();
  await world.plan("s", at(long));
  await world.sweep();
  world.turn(hour);
  await world.sweep();
  expect(world.paper.requests).toEqual([]);
  expect(await world.deliveries("s")).toMatchObject([{ state: "failed", reason, attempts: 0 }]);
  expect(world.alarms).toEqual([expect.stringMatching(/^failed: .*its link alone is too long/)]);
});

test("it does not count for pacing, and is sent once it fits and a person retries", async () => {
  const world = await aWorld();
  await world.plan("s", at(long));
  await world.sweep();
  await world.plan("s", at("https://blog.example.com/short/"));
  const [failed] = await world.deliveries("s");
  await world.app.retry(`${failed?.post}.${failed?.account}.${failed?.generation}`);
  await world.sweep();
  expect(world.paper.requests).toEqual([expect.stringMatching(/^send A title\s+https:\S+\/short\/$/)]);
});

test("a text that becomes too long between the decision and the claim is not sent either", async () => {
  const world = await aWorld();
  const ref = await world.plan("s", at("https://blog.example.com/short/"));
  const worker = world.worker("after deliveries.save");
  const running = worker.app.work(ref);
  await worker.stopped;
  await world.plan("s", at(long));
  worker.go();
  await running;
  await world.sweep();
  expect(world.paper.requests).toEqual([]);
  expect(await world.deliveries("s")).toMatchObject([{ state: "failed", reason }]);
});

test("an edit that is too long leaves the copy as it is, with that reason", async () => {
  const world = await aWorld();
  await world.plan("s", at("https://blog.example.com/short/"));
  await world.sweep();
  await world.plan("s", at(long));
  await world.sweep();
  expect(world.paper.requests).toHaveLength(1);
  expect(await world.deliveries("s")).toMatchObject([{ state: "posted", stale: true, reason }]);
});

test("a plan warns of it, with the account's name", async () => {
  const world = await aWorld();
  const plan = await world.app.plan(new TextEncoder().encode(at(long)), "s.md");
  expect(plan).toMatchObject({
    warnings: [{ code: "too-long", message: `one: ${reason}` }],
    snippets: [{ length: long.length, limit: 500 }],
  });
  expect(await world.app.plan(new TextEncoder().encode(at("https://blog.example.com/")), "s.md")).toMatchObject({
    warnings: [],
  });
});

test("a plan warns of an author's own text that is cut; a summary is made to be cut", async () => {
  const world = await aWorld();
  const words = "Some words of mine. ".repeat(50);
  const planOf = (fields: Parameters<typeof aDocument>[0]) =>
    world.app.plan(new TextEncoder().encode(aDocument({ slug: "s", ...fields })), "s.md");
  expect(await planOf({ socialShare: words })).toMatchObject({
    warnings: [
      { code: "text-cut", message: expect.stringMatching(/^one: your text has more than 500 characters .* cut$/) },
    ],
  });
  expect(await planOf({ description: words })).toMatchObject({ warnings: [] });
});
