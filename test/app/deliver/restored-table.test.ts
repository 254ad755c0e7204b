import { expect, test } from "vitest";
import { deliveryId } from "../../../src/domain/delivery.ts";
import { day, hour, minute } from "../../../src/domain/time.ts";
import { accountKey, deliveryKey, stopsKey } from "../../../src/store/keys.ts";
import {
  aRunningWorld,
  backUp,
  sendsThenRestored,
  textsOf,
  twoAccountsRestored,
} from "../../support/restored-world.ts";
import { aDocument, type World, type WorldOptions } from "../../support/world.ts";

test("a restored table sends nothing on a network that cannot be searched before a person has seen what it would send", async () => {
  const { world } = await sendsThenRestored({ mailsOwner: true });
  await world.sweep();
  world.turn(day);
  await world.plan("new", aDocument({ slug: "new", socialShare: "New", date: "2026-03-02T07:00:00Z" }));
  await world.sweep();
  expect(textsOf(world)).toEqual(["Before", "Since"]);
  expect(await world.titles()).toEqual(["A title", "A title", "A title"]);
  expect((await world.deliveries("since"))[0]?.reason).toBe(
    "Crier stopped sending on one at 2026-03-01 08:00 UTC: the data was restored to an earlier state, and does not know what was sent since; to go on: npx crier resume-sending one",
  );
  expect(world.alarms).toEqual([
    "restored: nothing is sent on one: the data was restored to an earlier state, and does not know what was sent since. To see what would be sent: npx crier resume-sending",
  ]);
  expect(world.outside.told.map(({ subject }) => subject)).toEqual([
    "Crier, blog: accounts send nothing, because the data was restored",
  ]);

  expect(await world.app.resume("one")).toMatchObject({
    already: true,
    stops: { accounts: { one: { isRestored: true } } },
    wouldSend: [
      {
        account: "one",
        deliveries: [
          { slug: "since", state: "pending" },
          { slug: "new", state: "pending" },
        ],
        more: false,
      },
    ],
  });
  world.turn(hour);
  await world.sweep();
  expect(textsOf(world)).toEqual(["Before", "Since"]);

  await world.app.actOnPost("dismiss", "since");
  expect(await world.app.resume("one", { isConfirmed: true })).toMatchObject({ already: false, wouldSend: [] });
  await world.sweep();
  expect(textsOf(world)).toEqual(["Before", "Since", "New"]);
});

test("the end of the stop of all accounts lists restored ones, and ends their stops when it is confirmed", async () => {
  const { world } = await sendsThenRestored();
  await world.sweep();
  expect(await world.app.resume()).toMatchObject({ already: true, wouldSend: [{ account: "one" }] });
  expect(await world.app.resume(undefined, { isConfirmed: true })).toMatchObject({
    already: false,
    stops: { accounts: {} },
  });
  await world.sweep();
  expect(textsOf(world)).toEqual(["Before", "Since", "Since"]);
});

test("a table that is restored a second time is stopped again", async () => {
  const { world, restore } = await sendsThenRestored();
  await world.sweep();
  await world.app.resume("one", { isConfirmed: true });
  await restore();
  world.turn(hour);
  await world.sweep();
  expect(textsOf(world)).toEqual(["Before", "Since"]);
});

test("what one account has sent since stops the other accounts, too: a person may have decided since what they send", async () => {
  const world = await twoAccountsRestored("one");
  await world.sweep();
  await world.plan("new", aDocument({ slug: "new", socialShare: "New" }));
  world.turn(hour);
  await world.sweep();
  expect(textsOf(world)).toEqual(["Before", "Before", "Since"]);
  expect(world.alarms).toEqual([expect.stringMatching(/^restored: nothing is sent on one, two: /)]);
  expect(await world.app.resume()).toMatchObject({
    wouldSend: [
      { account: "one", deliveries: [{ slug: "since" }, { slug: "new" }] },
      { account: "two", deliveries: [{ slug: "new" }] },
    ],
  });
  await world.app.actOnPost("dismiss", "since");
  await world.app.resume(undefined, { isConfirmed: true });
  await world.sweep();
  expect(textsOf(world)).toEqual(["Before", "Before", "Since", "New", "New"]);
});

test("accounts that were resumed are not stopped again, whether they had something to send or not", async () => {
  const world = await twoAccountsRestored("both");
  const [, onTwo] = await world.deliveries("since");
  await world.app.act("dismiss", onTwo === undefined ? "" : deliveryId(onTwo));
  await world.sweep();
  await world.app.actOnPost("dismiss", "since");
  await world.app.resume(undefined, { isConfirmed: true });
  await world.plan("new", aDocument({ slug: "new", socialShare: "New" }));
  world.turn(hour);
  await world.sweep();
  expect(textsOf(world)).toEqual(["Before", "Before", "Since", "Since", "New", "New"]);
  expect((await world.store.stops.read()).accounts).toEqual({});
});

test("an account that a person has stopped lists what it would send, too, before it goes on", async () => {
  const world = await twoAccountsRestored("both");
  await world.app.stop("two", "a launch", "ada");
  await world.sweep();
  expect((await world.store.stops.read()).accounts).toMatchObject({
    one: { by: "Crier", isRestored: true },
    two: { by: "ada", why: "a launch", isRestored: true },
  });
  expect(await world.app.resume("two")).toMatchObject({ wouldSend: [{ account: "two" }] });
});

test("an account that the restored table does not know is stopped, too", async () => {
  const world = await aRunningWorld();
  const ref = await world.plan("since", aDocument({ slug: "since" }));
  const restore = await backUp(world, [accountKey("one"), deliveryKey(ref)]);
  await world.sweep();
  await restore();
  await world.sweep();
  expect(world.paper.posts).toHaveLength(1);
});

test("an edit is not sent by a restored table: the copy may have been edited again since", async () => {
  const world = await aRunningWorld();
  const ref = await world.plan("s", aDocument({ slug: "s", socialShare: "A" }));
  await world.sweep();
  const restore = await backUp(world, [accountKey("one"), deliveryKey(ref)]);
  await world.plan("s", aDocument({ slug: "s", socialShare: "B" }));
  await world.sweep();
  await restore();
  const sent = world.paper.requests.length;
  await world.plan("s", aDocument({ slug: "s", socialShare: "C" }));
  world.turn(minute);
  await world.sweep();
  expect(world.paper.requests).toHaveLength(sent);
});

test.each<readonly [string, WorldOptions, (world: World) => Promise<unknown>]>([
  ["nothing happened", {}, async () => {}],
  ["its network can be searched", { offers: "read", canFind: true }, async () => {}],
  [
    "the account's row was damaged",
    {},
    ({ table }) => table.update(accountKey("one"), { set: { sent: 3 } }, { kind: "present" }),
  ],
])("an account goes on where %s", async (_, options, act) => {
  const world = await aRunningWorld(options);
  await world.plan("first", aDocument({ slug: "first" }));
  await world.sweep();
  await act(world);
  await world.plan("next", aDocument({ slug: "next" }));
  world.turn(minute);
  await world.sweep();
  expect(world.paper.posts).toHaveLength(2);
  expect((await world.store.stops.read()).accounts).toEqual({});
});

test("a table that is restored to any moment of a send makes no second one", async () => {
  const world = await aRunningWorld();
  const ref = await world.plan("since", aDocument({ slug: "since", socialShare: "Since" }));
  const moments: Awaited<ReturnType<typeof backUp>>[] = [];
  const { put } = world.table;
  Object.assign(world.table, {
    put: async (...call: Parameters<typeof put>) => {
      moments.push(await backUp(world, [accountKey("one"), deliveryKey(ref), stopsKey]));
      return put(...call);
    },
  });
  await world.sweep();
  Object.assign(world.table, { put });
  expect(textsOf(world)).toEqual(["Since"]);
  expect(moments.length).toBeGreaterThan(5);
  for (const restore of moments) {
    await restore();
    world.turn(hour);
    await world.sweep();
    expect(textsOf(world)).toEqual(["Since"]);
  }
});

test.each([1, 2])(
  "a crash before the row %i of the stopped accounts is saved stops none again that a person has resumed",
  async (saves) => {
    const world = await twoAccountsRestored("both");
    const [since, onTwo] = await world.deliveries("since");
    await world.app.act("dismiss", onTwo === undefined ? "" : deliveryId(onTwo));
    const w1 = world.worker(`accounts.save ${saves}`);
    void w1.app.work({ kind: "delivery", site: "blog", post: since?.post ?? "", account: "one", generation: 1 });
    await w1.stopped;
    world.turn(hour);
    await world.sweep();
    await world.app.actOnPost("dismiss", "since");
    await world.plan("new", aDocument({ slug: "new", socialShare: "New" }));
    await world.app.resume(undefined, { isConfirmed: true });
    world.turn(hour);
    await world.sweep();
    expect(textsOf(world)).toEqual(["Before", "Before", "Since", "Since", "New", "New"]);
  },
);
