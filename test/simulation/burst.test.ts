import { expect, test } from "vitest";
import { hour, minute } from "../../src/domain/time.ts";
import { start } from "../support/builders.ts";
import { aCalmWorld } from "./calm-world.ts";
import { seededRandom } from "./random.ts";

const posts = 100;

test(`${posts} posts on every account, with 20 % of requests answered 5xx and 10 % reset, are there exactly once`, async () => {
  const random = seededRandom(2);
  const networks = ["mastodon", "bluesky", "x"];
  const world = await aCalmWorld({
    networks,
    pacing: { interval: minute, dailyCap: 1_000 },
    fate: () => {
      if (random.chance(0.2)) return random.pick(["503", "applied-then-500"]);
      return random.chance(0.125) ? random.pick(["reset-before", "applied-then-reset"]) : "answered";
    },
  });
  for (let number = 1; number <= posts; number += 1) world.write(`p${number}`, start - hour - number * minute);
  await world.scheduler.runWhile(() => world.scheduler.now < start + 30 * 24 * hour);
  const expected = networks.flatMap((network) => Array.from({ length: posts }, () => `${network} posted`));
  expect((await world.states()).toSorted()).toEqual(expected.toSorted());
  for (const network of networks) {
    const slugs = world.copies.filter((copy) => copy.network === network).map(({ slug }) => slug);
    expect([network, slugs.length, new Set(slugs).size]).toEqual([network, posts, posts]);
  }
  expect(await world.violations()).toEqual([]);
});
