import { describe, expect, onTestFinished, test } from "vitest";
import { hour, minute } from "../../../src/domain/time.ts";
import { connectNetworks } from "../../../src/networks/connect-networks.ts";
import { networks } from "../../../src/networks/index.ts";
import { composeTestedApp } from "../../support/app.ts";
import { aConfiguredAccount } from "../../support/configured-account.ts";
import { startSandbox } from "../../support/sandbox-server.ts";
import { aDocument, aWorld } from "../../support/world.ts";

const withoutHelp = networks.filter(({ offers }) => offers === "none");

test("four networks offer nothing against a second copy", () => {
  expect(withoutHelp.map(({ name }) => name).toSorted()).toEqual(["discord", "slack", "telegram", "webhook"]);
});

test.each(withoutHelp)(
  "a delivery to $name that was answered by a 500 says so as long as it is unknown",
  async (network) => {
    const accounts = [aConfiguredAccount({ name: "ada", network: network.name, settings: {} })];
    const world = await aWorld({ accounts });
    world.paper.reach.now = "sandbox";
    const sandbox = await startSandbox(accounts, world.clock);
    onTestFinished(() => sandbox.close());
    const broken: typeof fetch = async (...request) => {
      const answer = await fetch(...request);
      return request[1]?.method === "POST" ? new Response("upstream is down", { status: 500 }) : answer;
    };
    const connected = connectNetworks({
      secrets: async () => undefined,
      sandbox: sandbox.url,
      fetch: broken,
      clock: world.clock,
      readPicture: async () => undefined,
    });
    const app = composeTestedApp({ ...world.parts(), networks: connected });
    await world.plan("s", aDocument({ slug: "s" }));
    for (let round = 0; round < 60; round += 1) {
      for (const ref of await world.store.due.before(world.clock(), 100)) await app.work(ref);
      world.turn(minute);
    }
    expect(await world.deliveries("s")).toMatchObject([
      {
        state: "unknown",
        reason: expect.stringMatching(
          /answered 500.*; it may have been posted nevertheless, and the network cannot be searched: check the network$/,
        ),
      },
    ]);
  },
);

describe("the answer that left a send open", () => {
  const aWorldWithout = () => aWorld({ offers: "none" });

  test("is said where the post is not wanted any more", async () => {
    const world = await aWorldWithout();
    world.paper.fates.push("applied");
    await world.plan("s", aDocument({ slug: "s" }));
    await world.sweep();
    await world.app.remove("s");
    world.turn(hour);
    await world.sweep();
    expect(await world.deliveries("s")).toMatchObject([
      {
        state: "unknown",
        reason:
          "the connection broke; it may have been posted nevertheless, and is not sent again to find out: check the network (the post was deleted)",
      },
    ]);
  });

  test("is said after waits for other reasons, and where a later send is refused", async () => {
    const world = await aWorld({ offers: "refuse" });
    world.paper.fates.push("lost", "limited", "refused");
    await world.plan("s", aDocument({ slug: "s" }));
    for (let round = 0; round < 60; round += 1) {
      await world.sweep();
      world.turn(minute);
    }
    expect(await world.deliveries("s")).toMatchObject([
      {
        state: "unknown",
        reason: "the connection broke; it may have been posted nevertheless: a later send was rejected (400)",
      },
    ]);
  });

  test("is that of a worker that stopped", async () => {
    const world = await aWorldWithout();
    world.paper.fates.push("cut");
    await world.plan("s", aDocument({ slug: "s" }));
    const working = world.sweep();
    await world.paper.inFlight();
    world.paper.land();
    void working;
    world.turn(10 * minute);
    for (const ref of await world.store.due.before(world.clock(), 10)) await world.app.work(ref);
    world.turn(10 * minute);
    for (const ref of await world.store.due.before(world.clock(), 10)) await world.app.work(ref);
    expect(await world.deliveries("s")).toMatchObject([
      {
        state: "unknown",
        reason: expect.stringMatching(/^the worker stopped before the network's answer was recorded; it may have been/),
      },
    ]);
  });
});
