import { expect, it } from "vitest";
import { minute } from "../../src/domain/time.ts";
import { anAccount } from "../support/builders.ts";
import { aConsole, aSignedInBrowser, readPage as read } from "../support/console-browser.ts";
import { aDocument, aWorld } from "../support/world.ts";

/** Lets the other side of a race go on: each step of it is at least one turn of the promises. */
const turns = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n += 1) await undefined;
};

const outcomes = [
  ["Stopped on one\\.", 200, "held", 0],
  ["Too late for one: it was sent at \\d\\d:\\d\\d\\.", 409, "posted", 1],
  ["It is being sent on one at this moment and cannot be stopped\\.", 409, "posted", 1],
] as const;

it("a stop that races 200 times with the send ends stopped or posted, never both, and its page says which", async () => {
  const world = await aWorld({
    accounts: [anAccount({ name: "one", network: "paper", pacing: { interval: 0, dailyCap: 1_000 } })],
    policies: { burst: 1_000 },
  });
  const ada = await aSignedInBrowser(aConsole(world).app);
  const ends = outcomes.map(() => 0);
  for (let n = 0; n < 200; n += 1) {
    // A worker that a stop overtook keeps the account for a while.
    world.turn(2 * minute);
    const slug = `tea-${n}`;
    const ref = await world.plan(slug, aDocument({ title: slug }));
    const { page } = await ada.get(`/console/posts/${slug}`);
    // Every other request is answered some time after it was sent.
    if (n % 2 === 0) {
      world.paper.fates.push("slow");
      void world.paper
        .inFlight()
        .then(() => turns(n))
        .then(world.paper.land);
    }
    // One side begins at once and the other up to 300 turns later, so that they meet at each of their steps.
    const stop = async () => {
      await turns(n < 150 ? 2 * n : 0);
      return ada.pressAndSee(page, "Stop on one");
    };
    const send = async () => {
      await turns(n < 150 ? 0 : 6 * (n - 150));
      await world.app.work(ref);
    };
    const [answer] = await Promise.all([stop(), send()]);
    world.paper.fates.length = 0;
    await world.app.work(ref);
    const [delivery] = await world.deliveries(slug);
    const copies = world.paper.posts.filter(({ text }) => text.split(/\s/)[0] === slug).length;
    const end = outcomes.findIndex(([words]) => new RegExp(words).test(read(answer.page)));
    const [, status, state, count] = outcomes[end] ?? [];
    expect([slug, answer.status, delivery?.state, copies]).toEqual([slug, status, state, count]);
    ends[end] = (ends[end] ?? 0) + 1;
  }
  // Each of the outcomes was reached.
  expect(Math.min(...ends), `${ends}`).toBeGreaterThan(5);
});
