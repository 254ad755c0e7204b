import { expect, test } from "vitest";
import { BadCursor } from "../../../src/domain/errors.ts";
import { minute } from "../../../src/domain/time.ts";
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

test.each([7, 50, 100])("what goes out is listed once and by time over all accounts, %i at a time", async (limit) => {
  const names = ["one", "two", "three"];
  const world = await aWorld({ accounts: names.map((name) => anAccount({ name, network: "paper" })) });
  const dueOf = (account: string, index: number) =>
    // The second account has a few early ones, and many of the third are due together.
    world.clock() + (account === "three" ? Math.floor(index / 60) * 30 + 20 : index) * minute;
  const planned = [
    ...Array.from({ length: 120 }, (_, index) => ({ account: "one", index })),
    ...Array.from({ length: 3 }, (_, index) => ({ account: "two", index })),
    ...Array.from({ length: 120 }, (_, index) => ({ account: "three", index })),
  ];
  for (const { account, index } of planned)
    await world.store.deliveries.create(
      aDelivery({ account, network: "paper", post: `post-${index}`, due: dueOf(account, index) }),
    );

  const ids: string[] = [];
  const dues: number[] = [];
  let from: string | undefined;
  do {
    const page = await world.app.upcoming(limit, from);
    expect(page.rows.length).toBeLessThanOrEqual(limit);
    ids.push(...page.rows.map(({ id }) => id));
    dues.push(...page.rows.map(({ due }) => due ?? 0));
    from = page.next;
  } while (from !== undefined);

  expect(ids).toHaveLength(planned.length);
  expect(new Set(ids).size).toBe(planned.length);
  expect(dues).toEqual(dues.toSorted((a, b) => a - b));
});

test("a cursor of another list is refused", async () => {
  const world = await aWorld();
  await expect(world.app.upcoming(10, "0:zzz")).rejects.toThrow(BadCursor);
  const ofNoPage = Buffer.from(JSON.stringify({ one: { from: "zzz" } })).toString("base64url");
  await expect(world.app.upcoming(10, ofNoPage)).rejects.toThrow(BadCursor);
});
