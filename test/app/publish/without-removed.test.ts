import { expect, test } from "vitest";
import { anAccount } from "../../support/builders.ts";
import { aDocument, aWorld } from "../../support/world.ts";

test("an account that was removed before its delivery was planned is not in the post's audience, which says so", async () => {
  const account = anAccount({ name: "one", network: "paper" });
  const world = await aWorld({ accounts: [account] });
  world.write("a.md", aDocument({ slug: "a" }));
  await world.ingest("a.md");
  const stopping = world.worker("deliveries.create");
  void stopping.app.work(await world.postRef("a"));
  await stopping.stopped;
  world.configured.accounts = [];
  await world.sweep();
  world.configured.accounts = [account];
  await world.sweep();
  expect(await world.deliveries("a")).toEqual([]);
  expect((await world.post("a")).audience).toMatchObject({
    accounts: [],
    note: "one: not announced, because it was removed from the configuration",
  });
});
