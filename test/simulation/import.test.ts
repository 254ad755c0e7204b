import { expect, test } from "vitest";
import { day, minute } from "../../src/domain/time.ts";
import { start } from "../support/builders.ts";
import { aCalmWorld } from "./calm-world.ts";

/** `DOCUMENTS=10000` imports a large archive. */
const documents = Number(process.env.DOCUMENTS ?? 300);

test(`an import of ${documents} documents posts nothing; the next new one is posted`, async () => {
  const networks = ["mastodon", "bluesky", "x", "webhook"];
  const world = await aCalmWorld({ networks, pacing: { interval: minute, dailyCap: 50 }, isListed: false });
  const { scheduler, copies } = world;
  // Half of them are new enough to be announced, were they not there before.
  for (let number = 1; number <= documents; number += 1)
    world.files.set(
      `p${number}.md`,
      `---\n{"title":"Title ${number}","slug":"p${number}","date":"${new Date(start - ((number % 14) + 1) * day).toISOString()}"}\n---\nWords.\n`,
    );
  world.runOnce("reconcile", ({ app }) => app.reconcile());
  await scheduler.runUntil(start + day);
  expect(copies).toEqual([]);
  expect((await world.truth.posts.newest("blog")).rows[0]?.audience?.accounts).toEqual([]);
  world.write("p99999", scheduler.now - minute);
  await scheduler.runUntil(start + 2 * day);
  expect(copies.map(({ slug, network }) => `${slug} ${network}`).toSorted()).toEqual(
    networks.map((network) => `p99999 ${network}`).toSorted(),
  );
  expect(await world.violations()).toEqual([]);
});
