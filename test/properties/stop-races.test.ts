import { expect, test } from "vitest";
import { minute } from "../../src/domain/time.ts";
import { anAccount } from "../support/builders.ts";
import { aDocument, aWorld } from "../support/world.ts";

const pacing = { interval: 0, dailyCap: 1000 };
const racesInWorld = 20;

/** Stops the account while the send of a new post has come so many steps far. Returns what the stop was against the send. */
const raceIn = async (world: Awaited<ReturnType<typeof aWorld>>, steps: number) => {
  const slug = `race-${steps}`;
  const ref = await world.plan(slug, aDocument({ slug, title: slug }));
  const count = () => world.paper.visible().filter((text) => text.split("\n")[0] === slug).length;
  const sent = world.app.work(ref);
  for (let step = 0; step < steps; step += 1) await Promise.resolve();
  const stopped = await world.app.stop("one");
  const atAnswer = count();
  await sent;
  await world.sweep();
  const isNamed = stopped?.underWay.length === 1;
  expect([steps, count()]).toEqual([steps, isNamed ? 1 : atAnswer]);
  await world.app.resume("one");
  world.turn(10 * minute);
  await world.sweep();
  expect([steps, count()]).toEqual([steps, 1]);
  if (isNamed) return "under way";
  return atAnswer === 1 ? "after the send" : "before the send";
};

test("in 200 races of a stop with a send, nothing is sent after the answer but what it names, and each post goes out once", async () => {
  const outcomes = new Set<string>();
  for (let from = 0; from < 200; from += racesInWorld) {
    const accounts = [anAccount({ name: "one", network: "paper", pacing })];
    const world = await aWorld({ accounts, policies: { burst: 1000 } });
    for (let steps = from; steps < from + racesInWorld; steps += 1) outcomes.add(await raceIn(world, steps));
  }
  expect([...outcomes].toSorted()).toEqual(["after the send", "before the send", "under way"]);
}, 60_000);
