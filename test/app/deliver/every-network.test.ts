import { expect, onTestFinished, test } from "vitest";
import { composeApp } from "../../../src/compose.ts";
import { hour, minute } from "../../../src/domain/time.ts";
import { connectNetworks } from "../../../src/networks/connect-networks.ts";
import { networks } from "../../../src/networks/index.ts";
import { aConfiguredAccount, methodsOf } from "../../support/configured-account.ts";
import { startSandbox } from "../../support/sandbox-server.ts";
import { aDocument, aWorld } from "../../support/world.ts";

/** An account of the sandbox, and a document that it announces, as the whole of Crier does. */
const anAnnouncement = async (network: string) => {
  const accounts = [aConfiguredAccount({ name: "ada", network })];
  const world = await aWorld({ accounts });
  world.paper.reach.now = "sandbox";
  const sandbox = await startSandbox(accounts, world.clock);
  onTestFinished(() => sandbox.close());
  const connected = connectNetworks({
    secrets: async () => undefined,
    sandbox: sandbox.url,
    fetch,
    clock: world.clock,
  });
  const app = composeApp({ ...world.parts(), networks: connected });
  const rest = async () => {
    for (let round = 0; round < 10; round += 1) {
      for (const ref of await world.store.due.before(world.clock(), 100)) await app.work(ref);
      world.turn(minute);
    }
  };
  const publish = async (title: string) => {
    await world.plan("s", aDocument({ slug: "s", title }));
    await app.work(await world.postRef("s"));
    await rest();
  };
  const remove = async () => {
    await app.remove("s");
    world.turn(hour);
    await rest();
  };
  const delivery = async () => (await world.deliveries("s"))[0];
  return { publish, remove, delivery, posts: () => sandbox.posts("ada") };
};

test.each(networks)(
  "a post is announced on $name once, and its edit and its deletion reach the copy or are said of it",
  async (network) => {
    const { publish, remove, delivery, posts } = await anAnnouncement(network.name);
    await publish("First words");
    expect(await delivery()).toMatchObject({ state: "posted", reason: undefined });
    await publish("Other words");
    const edited = await delivery();
    const isEdited = JSON.stringify(posts()).includes("Other words");
    expect(edited).toMatchObject({ state: "posted", stale: !isEdited });
    await remove();
    expect(posts()).toHaveLength(1);
    const isDeleted = posts().every(({ deletedAt }) => deletedAt !== null);
    expect(isDeleted).toBe(methodsOf(network).remove);
    expect(await delivery()).toMatchObject({ state: isDeleted ? "deleted" : "posted" });
  },
);
