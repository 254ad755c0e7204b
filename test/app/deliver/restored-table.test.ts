import { expect, test } from "vitest";
import { day, hour, minute } from "../../../src/domain/time.ts";
import { accountKey, deliveryKey, stopsKey } from "../../../src/store/keys.ts";
import { aRunningWorld, backUp, sendsThenRestored, textsOf } from "../../support/restored-world.ts";
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
    "restored: one sends nothing: the data was restored to an earlier state, and does not know what was sent since. To see what it would send: npx crier resume-sending one",
  ]);
  expect(world.outside.told.map(({ subject }) => subject)).toEqual([
    "Crier, blog: one sends nothing, because the data was restored",
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

test("a crash between the stop and the account's row does not stop the account again when a person has resumed it", async () => {
  const { world } = await sendsThenRestored();
  const [since] = await world.deliveries("since");
  const w1 = world.worker("accounts.save 1");
  void w1.app.work({ kind: "delivery", site: "blog", post: since?.post ?? "", account: "one", generation: 1 });
  await w1.stopped;
  world.turn(hour);
  await world.sweep();
  await world.app.actOnPost("dismiss", "since");
  await world.plan("new", aDocument({ slug: "new", socialShare: "New" }));
  await world.app.resume("one", { isConfirmed: true });
  world.turn(hour);
  await world.sweep();
  expect(textsOf(world)).toEqual(["Before", "Since", "New"]);
});
