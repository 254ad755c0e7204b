import { expect, test } from "vitest";
import { deliveryId } from "../../../src/domain/delivery.ts";
import { UnknownId } from "../../../src/domain/errors.ts";
import { useCases } from "../../support/app.ts";
import { anAccount, notes } from "../../support/builders.ts";
import { aDocument, aWorld } from "../../support/world.ts";

const pause = { since: Date.UTC(2026, 2, 1, 8), reason: "the token was revoked", login: "first" };

test("the API of one site neither retries another site's delivery nor ends its account's pause", async () => {
  const world = await aWorld({ others: [notes] });
  const { kind: _, ...ref } = await world.plan("a", aDocument({ slug: "a" }));
  await world.store.accounts.save({ ...(await world.store.accounts.read("one")), paused: pause });
  const [first, other] = world.app.sites.map(useCases);
  await expect(other?.retry(deliveryId(ref))).rejects.toThrow(UnknownId);
  expect((await world.store.accounts.read("one")).paused).toEqual(pause);
  expect(await first?.retry(deliveryId(ref))).toMatchObject({ delivery: { account: "one" } });
  expect((await world.store.accounts.read("one")).paused).toBeUndefined();
});

test("an account that is moved to another site sends nothing more of the first site, and deletes its copies", async () => {
  const account = anAccount({ name: "one", network: "paper" });
  const world = await aWorld({ accounts: [account], others: [notes] });
  await world.plan("out", aDocument({ slug: "out" }));
  await world.sweep();
  const waiting = await world.plan("waiting", aDocument({ slug: "waiting" }));
  world.configured.accounts = [{ ...account, site: "notes" }];
  await world.sweep();
  expect(world.paper.posts).toHaveLength(1);
  expect(await world.store.deliveries.read(waiting)).toMatchObject({
    state: "cancelled",
    reason: "the account one announces the site notes now",
  });
  await world.app.remove("out");
  await world.sweep();
  expect((await world.deliveries("out")).map(({ state }) => state)).toEqual(["deleted"]);
});
