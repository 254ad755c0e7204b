import { expect, test } from "vitest";
import { aDelivery, anAccount } from "../../support/builders.ts";
import { aWorld } from "../../support/world.ts";

test("every delivery in a state is listed once, page by page, account by account", async () => {
  const names = ["one", "two", "three"];
  const world = await aWorld({ accounts: names.map((name) => anAccount({ name, network: "paper" })) });
  // A page holds 50 of an account; the second account has none.
  const planned = ["one", "three"].flatMap((account) =>
    Array.from({ length: 60 }, (_, index) => aDelivery({ account, post: `post-${index}` })),
  );
  for (const delivery of planned) await world.store.deliveries.create(delivery);

  const sizes: number[] = [];
  const ids: string[] = [];
  let from: string | undefined;
  do {
    const page = await world.app.deliveries("pending", from);
    sizes.push(page.rows.length);
    ids.push(...page.rows.map(({ id }) => id));
    from = page.next;
  } while (from !== undefined);

  expect(sizes).toEqual([50, 60, 10]);
  expect(new Set(ids).size).toBe(120);
});
