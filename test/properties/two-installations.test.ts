import { expect, test } from "vitest";
import { minute } from "../../src/domain/time.ts";
import { anAccount } from "../support/builders.ts";
import { aDocument, aWorld, type World } from "../support/world.ts";

const accounts = [anAccount({ name: "one", network: "paper", pacing: { interval: 0, dailyCap: 1000 } })];
const policies = { burst: 1000 };
const racesInPair = 20;

const elsewhere = ({ alarms }: World) => alarms.filter((alarm) => alarm.startsWith("elsewhere:")).length;

/** Both installations publish one document. The second begins its send when that of the first has come so many steps far. */
const raceIn = async (first: World, second: World, steps: number): Promise<void> => {
  const slug = `race-${steps}`;
  const document = aDocument({ slug, title: slug });
  const [one, other] = [await first.plan(slug, document), await second.plan(slug, document)];
  const sent = first.app.work(one);
  for (let step = 0; step < steps; step += 1) await Promise.resolve();
  await Promise.all([sent, second.app.work(other)]);
  for (const world of [first, second]) {
    world.turn(10 * minute);
    await world.sweep();
    expect([steps, (await world.deliveries(slug)).map(({ state }) => state)]).toEqual([steps, ["posted"]]);
  }
  expect([steps, first.paper.visible().filter((text) => text.split("\n")[0] === slug).length]).toEqual([steps, 1]);
};

test("in 200 races of two installations with one login, on a network that keeps a key, each post goes out once, and each is told of the other once at most", async () => {
  let told = 0;
  for (let from = 0; from < 200; from += racesInPair) {
    const first = await aWorld({ accounts, policies });
    const second = await aWorld({ accounts, policies, paper: first.paper });
    for (let steps = from; steps < from + racesInPair; steps += 1) await raceIn(first, second, steps);
    for (const world of [first, second]) expect(elsewhere(world)).toBeLessThanOrEqual(1);
    told += elsewhere(first) + elsewhere(second);
  }
  expect(told).toBeGreaterThan(0);
}, 120_000);
