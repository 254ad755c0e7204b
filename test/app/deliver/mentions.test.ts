import { expect, onTestFinished, test } from "vitest";
import { minute } from "../../../src/domain/time.ts";
import { connectNetworks } from "../../../src/networks/connect-networks.ts";
import { composeTestedApp } from "../../support/app.ts";
import { aConfiguredAccount } from "../../support/configured-account.ts";
import { startSandbox } from "../../support/sandbox-server.ts";
import { aDocument, aWorld } from "../../support/world.ts";

const mentioned = (did: string) => [{ $type: "app.bsky.richtext.facet#mention", did }];

/** An account on Bluesky, in the sandbox. */
const anApp = async () => {
  const accounts = [aConfiguredAccount({ name: "ada", network: "bluesky" })];
  const world = await aWorld({ accounts });
  world.paper.reach.now = "sandbox";
  const sandbox = await startSandbox(accounts, world.clock);
  onTestFinished(() => sandbox.close());
  const resolving = { now: true };
  const networks = connectNetworks({
    secrets: async () => undefined,
    sandbox: sandbox.url,
    fetch: async (url, init) =>
      resolving.now || !url.includes("resolveHandle") ? fetch(url, init) : new Response("", { status: 502 }),
    clock: world.clock,
  });
  const app = composeTestedApp({ ...world.parts(), networks });
  const publish = async (fields: object) => {
    await world.plan("s", aDocument({ slug: "s", ...fields }));
    await app.work(await world.postRef("s"));
    for (let round = 0; round < 10; round += 1) {
      for (const ref of await world.store.due.before(world.clock(), 100)) await app.work(ref);
      world.turn(minute);
    }
  };
  return { app, world, sandbox, resolving, publish };
};

test("a post with a mention goes out once, and its edit mentions the same person", async () => {
  const { world, sandbox, resolving, publish } = await anApp();
  await publish({ social: { bluesky: "Thanks, @bob.example" } });
  expect((await world.deliveries("s"))[0]).toMatchObject({ state: "posted", remotes: [{ public: true }] });
  resolving.now = false;
  await publish({ social: { bluesky: "Many thanks, @bob.example" } });
  expect((await world.deliveries("s"))[0]).toMatchObject({ state: "posted", stale: false });
  expect(sandbox.posts("ada")).toMatchObject([
    {
      text: expect.stringContaining("Many thanks, @bob.example"),
      request: { facets: [{ features: mentioned("did:web:bob.example") }, {}] },
    },
  ]);
});

test("plan says for which account a handle is asked for at the send", async () => {
  const { app } = await anApp();
  const document = aDocument({ slug: "s", social: { bluesky: "Thanks, @bob.example" } });
  expect(await app.plan(new TextEncoder().encode(document), "s.md")).toMatchObject({
    warnings: [{ code: "mention-open", message: expect.stringMatching(/^ada: @bob\.example: a mention where /) }],
  });
});
