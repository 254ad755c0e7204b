import { describe, expect, test } from "vitest";
import { type Delivery, deliveryId } from "../../../src/domain/delivery.ts";
import { hour, minute } from "../../../src/domain/time.ts";
import type { Fate, PaperOptions } from "../../support/paper-network.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const edit = (world: World, text: string) => world.plan("s", aDocument({ slug: "s", socialShare: text }));

const only = async (world: World): Promise<Delivery | undefined> => (await world.deliveries("s"))[0];

const networks = [
  { offers: "key" },
  { offers: "key", remembersFor: hour },
  { offers: "refuse" },
  { offers: "read" },
  { offers: "none" },
] as const satisfies readonly PaperOptions[];

/** Its first request is done, and the second one is not sent yet. */
const halfSent = async (options: PaperOptions = {}) => {
  const world = await aWorld({ parts: 2, ...options });
  const ref = await edit(world, "t0");
  await world.app.work(ref);
  expect(await only(world)).toMatchObject({ state: "unsettled", open: 0, remotes: [{ id: "p1" }] });
  return { world, ref };
};

const untilRest = async (world: World): Promise<void> => {
  for (let passed = 0; passed < 8; passed += 1) {
    await world.sweep();
    world.turn(20 * minute);
  }
};

/** The texts, without the link. */
const visible = (world: World): readonly string[] => world.paper.visible().map((text) => text.split("\n")[0] ?? "");

describe("a delivery of two requests", () => {
  test.each(networks)("sends both, each in a step of its own: %j", async (options) => {
    const { world } = await halfSent(options);
    expect(visible(world)).toEqual(["t0"]);
    await world.sweep();
    expect(visible(world)).toEqual(["t0", "reply 1 to t0"]);
    expect(await only(world)).toMatchObject({ state: "posted", stale: false, remotes: [{ id: "p1" }, { id: "p2" }] });
  });

  test.each(networks)("does not wait with its second one for the interval of its account: %j", async (options) => {
    const { world } = await halfSent(options);
    world.turn(1);
    await world.sweep();
    expect(visible(world)).toHaveLength(2);
  });

  const kills = networks.flatMap((options) => [0, 1, 2, 3].map((part) => ({ ...options, part })));
  test.each(kills)(
    "of four parts makes none twice, whose worker is killed at one: %j",
    async ({ part, ...options }) => {
      const world = await aWorld({ parts: 4, ...options });
      const ref = await edit(world, "t0");
      for (let done = 0; done < part; done += 1) await world.app.work(ref);
      // Applied, and its answer never recorded.
      world.paper.fates.push("cut");
      void world.app.work(ref);
      await world.paper.inFlight();
      world.paper.land();
      await untilRest(world);
      const texts = visible(world);
      expect(new Set(texts).size).toBe(texts.length);
      if (options.offers === "none")
        expect(await only(world)).toMatchObject(part === 0 ? { state: "unknown" } : { state: "posted", stale: true });
      else expect(texts).toEqual(["t0", "reply 1 to t0", "reply 2 to t0", "reply 3 to t0"]);
    },
  );

  const fates = ["lost", "applied", "limited", "refused", "unauthorised"] as const satisfies readonly Fate[];
  const cases = networks.flatMap((options) => fates.map((fate) => ({ ...options, fate })));
  test.each(cases)("makes no part twice, whatever becomes of the second one: %j", async ({ fate, ...options }) => {
    const { world } = await halfSent(options);
    world.paper.fates.push(fate);
    await untilRest(world);
    const texts = visible(world);
    expect(texts.filter((text) => text === "t0")).toHaveLength(1);
    expect(texts.filter((text) => text !== "t0").length).toBeLessThanOrEqual(1);
    const after = await only(world);
    expect(after).toMatchObject({ state: "posted", due: undefined });
    // If nobody can find out, the delivery says so.
    const isOpen = options.offers === "none" && (fate === "lost" || fate === "applied");
    if (isOpen || fate === "refused")
      expect(after).toMatchObject({ stale: true, reason: expect.stringMatching(/^only a part of it is known/) });
    else expect(after).toMatchObject({ stale: false, remotes: [{ id: "p1" }, {}] });
    if (!isOpen && fate !== "refused") expect(texts).toHaveLength(2);
  });

  test.each(networks)("whose second one gets no answer in time goes on with it: %j", async (options) => {
    const { world, ref } = await halfSent(options);
    world.paper.hanging.now = true;
    const running = world.app.work(ref);
    await expect.poll(() => world.paper.hanging.open).toBe(1);
    world.paper.hanging.now = false;
    world.paper.hanging.close();
    await running;
    await untilRest(world);
    expect(visible(world).filter((text) => text === "t0")).toHaveLength(1);
    expect(await only(world)).toMatchObject({ state: "posted" });
  });

  test.each(networks)("whose post is deleted in between deletes what is public: %j", async (options) => {
    const { world } = await halfSent(options);
    world.erase("s.md");
    await world.ingest("s.md");
    world.turn(hour);
    await world.app.work(await world.postRef("s"));
    await untilRest(world);
    expect(visible(world)).toEqual([]);
    expect(await only(world)).toMatchObject({ state: "deleted", remotes: [{ id: "p1", gone: true }] });
  });

  test.each(networks.filter(({ offers }) => offers !== "none"))(
    "whose post is deleted while the second one has no answer deletes both: %j",
    async (options) => {
      const { world } = await halfSent({ ...options, canFind: true });
      world.paper.fates.push("applied");
      await world.sweep();
      world.erase("s.md");
      await world.ingest("s.md");
      world.turn(hour);
      await world.app.work(await world.postRef("s"));
      await untilRest(world);
      expect(visible(world)).toEqual([]);
      expect(await only(world)).toMatchObject({ state: "deleted", remotes: [{ id: "p1" }, { id: "p2" }] });
    },
  );

  test("of which nobody can say whether the second is there deletes the first, and says that the rest may stay", async () => {
    const { world } = await halfSent({ offers: "none" });
    world.paper.fates.push("applied");
    await untilRest(world);
    expect((await world.post("s")).syndication).toEqual(["https://paper.example/p1"]);
    world.erase("s.md");
    await world.ingest("s.md");
    world.turn(hour);
    await world.app.work(await world.postRef("s"));
    await untilRest(world);
    expect(visible(world)).toEqual(["reply 1 to t0"]);
    expect(await only(world)).toMatchObject({
      state: "posted",
      stale: true,
      reason: "it cannot be deleted: the network gave no id for it",
    });
    expect((await world.post("s")).syndication).toEqual([]);
    expect(world.alarms.filter((alarm) => alarm.includes("it cannot be deleted"))).toHaveLength(1);
  });

  test("whose first copy a person deleted is not named there, also where its login is another one before the edit ends", async () => {
    const { world } = await halfSent();
    await untilRest(world);
    const [first] = world.paper.posts;
    if (first !== undefined) first.deleted = true;
    const ref = await edit(world, "t1");
    await world.app.work(ref);
    expect(await only(world)).toMatchObject({ state: "editing", remotes: [{ gone: true }, { gone: false }] });
    world.paper.identity.now = "somebody else";
    await untilRest(world);
    expect(await only(world)).toMatchObject({
      state: "posted",
      stale: true,
      reason: expect.stringContaining("another"),
    });
    expect((await world.post("s")).syndication).toEqual(["https://paper.example/p2"]);
  });

  test.each(networks)("whose post is edited in between sends what was stored, then edits both: %j", async (options) => {
    const { world } = await halfSent(options);
    await edit(world, "t1");
    await untilRest(world);
    expect(visible(world)).toEqual(["t1", "reply 1 to t1"]);
    expect(world.paper.requests.map((request) => request.split("\n")[0])).toEqual([
      "send t0",
      "send reply 1 to t0",
      "edit t1",
      "edit reply 1 to t1",
    ]);
    expect(await only(world)).toMatchObject({ state: "posted", stale: false });
  });

  test.each(["lost", "applied", "limited"] as const)(
    "edits and deletes both, whatever the first answer (%s)",
    async (fate) => {
      const { world } = await halfSent();
      await untilRest(world);
      world.paper.fates.push(fate);
      await edit(world, "t1");
      await untilRest(world);
      expect(visible(world)).toEqual(["t1", "reply 1 to t1"]);
      world.paper.fates.push(fate);
      await world.app.remove("s");
      await untilRest(world);
      expect(visible(world)).toEqual([]);
      expect(await only(world)).toMatchObject({ state: "deleted" });
    },
  );

  test("of which the second is refused leaves the first, which is edited and deleted with its post", async () => {
    const { world } = await halfSent();
    world.paper.fates.push("refused");
    await untilRest(world);
    expect(await only(world)).toMatchObject({
      state: "posted",
      stale: true,
      reason: "only a part of it is known to be sent: 400",
    });
    expect(world.alarms).toEqual([expect.stringMatching(/^unfinished: s on one: only a part of it is known/)]);
    await edit(world, "t1");
    await untilRest(world);
    expect(visible(world)).toEqual(["t1"]);
    expect(await only(world)).toMatchObject({
      state: "posted",
      stale: true,
      reason: "only a part of it is known to be sent: 400",
      unfinished: { isOpen: false },
    });
    expect(world.alarms).toHaveLength(1);
    await world.app.remove("s");
    await untilRest(world);
    expect(visible(world)).toEqual([]);
  });
});

test("a delivery that is not sent on because its post is deleted tells its owner when the post is back, once", async () => {
  const { world, ref } = await halfSent();
  const file = world.files.get("s.md") ?? "";
  world.erase("s.md");
  await world.ingest("s.md");
  world.turn(hour);
  await world.app.work(ref);
  expect(await only(world)).toMatchObject({ state: "posted", unfinished: { isOpen: false } });
  expect(world.alarms).toEqual([]);
  world.write("s.md", file);
  await world.ingest("s.md");
  await untilRest(world);
  world.turn(hour);
  await world.app.work(await world.postRef("s"));
  await untilRest(world);
  expect(world.alarms).toEqual([expect.stringMatching(/^unfinished: s on one: only a part of it is known to be sent/)]);
});

describe("a delivery of which a part is missing", () => {
  /** Nobody can tell whether the second part was posted or refused. */
  const unfinished = async (fate: "lost" | "applied" | "refused") => {
    const { world } = await halfSent({ offers: "none" });
    world.paper.fates.push(fate);
    await untilRest(world);
    const delivery = await only(world);
    return { world, id: delivery === undefined ? "" : deliveryId(delivery) };
  };

  test.each(["lost", "refused"] as const)(
    "sends it once more when a person says that it is not there: %s",
    async (fate) => {
      const { world, id } = await unfinished(fate);
      expect(world.alarms.join()).toContain(`npx crier resolve ${id} --as retry`);
      expect(await world.app.resolve(id, "retry")).toMatchObject({
        delivery: { state: "unsettled", reason: "resolved by hand: what is missing is sent" },
      });
      await untilRest(world);
      expect(visible(world)).toEqual(["t0", "reply 1 to t0"]);
      expect(await only(world)).toMatchObject({
        state: "posted",
        stale: false,
        reason: undefined,
        unfinished: undefined,
        remotes: [{ id: "p1" }, { id: expect.stringMatching(/^p/) }],
      });
    },
  );

  test("is complete when a person says that it is there, by a part of its id: nothing is sent", async () => {
    const { world, id } = await unfinished("applied");
    expect(await world.app.resolve(id.slice(0, 8), "posted")).toMatchObject({
      delivery: { state: "posted", stale: false, unfinished: false, reason: "resolved by hand: all of it is there" },
    });
    await untilRest(world);
    expect(visible(world)).toEqual(["t0", "reply 1 to t0"]);
    expect(await only(world)).toMatchObject({ stale: false, remotes: [{ id: "p1" }, { id: null }] });
  });

  test("that was edited meanwhile does not say that the part without an id was edited, too", async () => {
    const { world, id } = await unfinished("applied");
    await edit(world, "t1");
    await untilRest(world);
    expect(visible(world)).toEqual(["t1", "reply 1 to t0"]);
    await world.app.resolve(id, "posted");
    await untilRest(world);
    expect(await only(world)).toMatchObject({
      state: "posted",
      stale: true,
      reason: "it cannot be edited: the network gave no id for it",
    });
  });

  test.each(["lost", "applied", "refused"] as const)(
    "of four of which two were done is edited and deleted like a whole one: %s",
    async (fate) => {
      const world = await aWorld({ parts: 4, offers: "none" });
      const ref = await edit(world, "t0");
      for (const _ of ["t0", "reply 1 to t0"]) await world.app.work(ref);
      world.paper.fates.push(fate);
      await untilRest(world);
      const rest = fate === "applied" ? ["reply 2 to t0"] : [];
      expect(visible(world)).toEqual(["t0", "reply 1 to t0", ...rest]);
      await edit(world, "t1");
      await untilRest(world);
      expect(visible(world)).toEqual(["t1", "reply 1 to t1", ...rest]);
      expect(await only(world)).toMatchObject({
        state: "posted",
        stale: true,
        reason: expect.stringMatching(/^only a part of it is known to be sent/),
      });
      await world.app.remove("s");
      await untilRest(world);
      expect(visible(world)).toEqual(rest);
    },
  );

  test("that was edited meanwhile is sent to its end with the text of the edit", async () => {
    const { world, id } = await unfinished("refused");
    await edit(world, "t1");
    await untilRest(world);
    await world.app.resolve(id, "retry");
    await untilRest(world);
    expect(visible(world)).toEqual(["t1", "reply 1 to t1"]);
    expect(await only(world)).toMatchObject({ state: "posted", stale: false, unfinished: undefined });
  });

  test("that is sent once more and refused again says so again", async () => {
    const { world, id } = await unfinished("refused");
    await world.app.resolve(id, "retry");
    world.paper.fates.push("refused");
    await untilRest(world);
    expect(visible(world)).toEqual(["t0"]);
    expect(await only(world)).toMatchObject({ state: "posted", stale: true, unfinished: { isOpen: false } });
    expect(world.alarms).toHaveLength(2);
  });

  test("waits for the answer to an edit of what is there", async () => {
    const { world, id } = await unfinished("refused");
    const delivery = await only(world);
    if (delivery?.state !== "posted") throw new Error(`it is ${delivery?.state}`);
    await world.store.deliveries.save({ ...delivery, openChange: "edit" });
    expect(await world.app.resolve(id, "retry")).toEqual({
      problem: `the edit of ${id} got no answer: try again when it has settled`,
    });
  });

  test("is not sent by a retry: it must be resolved first", async () => {
    const { world, id } = await unfinished("applied");
    expect(await world.app.retry(id)).toEqual({
      problem: `only a part of ${id} is known to be posted: check the network, then resolve it as posted or retry`,
    });
    await world.app.resolve(id, "posted");
    expect(await world.app.retry(id)).toEqual({
      problem: `${id} is posted: only a held, failed or pending delivery can be retried`,
    });
    expect(await world.app.resolve(id, "posted")).toEqual({
      problem: `${id} is posted: only an unknown, unfinished or duplicate delivery can be resolved`,
    });
  });

  test("is deleted with its post, and not sent on", async () => {
    const { world, id } = await unfinished("refused");
    await world.app.remove("s");
    const problem = `${id} is posted: only an unknown, unfinished or duplicate delivery can be resolved`;
    expect(await world.app.resolve(id, "retry")).toEqual({ problem });
    await untilRest(world);
    expect(visible(world)).toEqual([]);
    expect(await only(world)).toMatchObject({ state: "deleted" });
  });
});

describe("a delivery of two requests that is half sent", () => {
  test("and whose account is removed stays as it is, and says so", async () => {
    const { world } = await halfSent();
    world.configured.accounts = [];
    await untilRest(world);
    expect(await only(world)).toMatchObject({ state: "posted", stale: true, remotes: [{ id: "p1" }] });
    expect(visible(world)).toEqual(["t0"]);
  });

  test("shows where its first part is", async () => {
    const { world } = await halfSent();
    expect((await world.app.status("s"))?.deliveries).toMatchObject([{ url: "https://paper.example/p1" }]);
  });
});
