import { describe, expect, test } from "vitest";
import { type Delivery, deliveryId } from "../../../src/domain/delivery.ts";
import { day, hour, minute } from "../../../src/domain/time.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const document = aDocument({ slug: "s", socialShare: "t0" });

const only = async (world: World): Promise<Delivery | undefined> => {
  const all = await world.deliveries("s");
  expect(all).toHaveLength(1);
  return all[0];
};

const publish = async (world: World): Promise<void> => {
  await world.plan("s", document);
  await world.sweep();
};

describe("a post that returns after its copy was deleted", () => {
  test.each(["key", "refuse", "none"] as const)(
    "is announced by a new copy, once, when a person releases it (%s)",
    async (offers) => {
      const world = await aWorld({ offers });
      await publish(world);
      await world.eraseForGood("s");
      expect(await only(world)).toMatchObject({ state: "deleted" });
      world.turn(minute);
      await publish(world);
      expect(world.paper.visible()).toEqual([]);
      expect(await only(world)).toMatchObject({
        state: "held",
        hold: "returned",
        reason: "it was announced before, and its copy was deleted on 2026-03-01: release it to post it anew",
      });
      await world.app.actOnPost("release", "s");
      await world.sweep();
      expect(world.paper.visible()).toHaveLength(1);
      expect(await only(world)).toMatchObject({ state: "posted", remotes: [{ id: "p2" }] });
      await publish(world);
      expect(world.paper.posts).toHaveLength(2);
    },
  );

  test("waits for that person, however old it is, and is cancelled where it is deleted again", async () => {
    const world = await aWorld();
    await publish(world);
    await world.eraseForGood("s");
    world.turn(30 * day);
    await publish(world);
    expect(await only(world)).toMatchObject({ state: "held", hold: "returned" });
    await world.eraseForGood("s");
    expect(await only(world)).toMatchObject({ state: "cancelled" });
    expect(world.paper.posts).toHaveLength(1);
  });
});

test("a post that is back in feeds only says so beside its deleted copy, and waits for a person when it is to be sent", async () => {
  const world = await aWorld();
  await publish(world);
  await world.eraseForGood("s");
  await world.plan("s", aDocument({ slug: "s", socialShare: false }));
  await world.sweep();
  expect(await only(world)).toMatchObject({ state: "deleted", reason: "the document says socialShare: false" });
  await publish(world);
  expect(await only(world)).toMatchObject({ state: "held", hold: "returned" });
  expect(world.paper.posts).toHaveLength(1);
});

test("a post that was deleted before it was sent is not sent when it is back and old", async () => {
  const world = await aWorld();
  await world.app.stop("one");
  await publish(world);
  await world.eraseForGood("s");
  expect(await only(world)).toMatchObject({ state: "cancelled" });
  await world.app.resume("one");
  world.turn(30 * day);
  await publish(world);
  expect(world.paper.requests).toEqual([]);
  expect(await only(world)).toMatchObject({
    state: "cancelled",
    reason: "the post is back, but it is old: publish it with --again to announce it",
  });
});

test("a post that was left out says that its account was removed, and is sent with a change of it once the account is back", async () => {
  const world = await aWorld();
  await world.app.stop("one");
  await publish(world);
  await world.eraseForGood("s");
  await world.app.resume("one");
  const { accounts } = world.configured;
  world.configured.accounts = [];
  await publish(world);
  expect(await only(world)).toMatchObject({
    state: "cancelled",
    reason: "the account one was removed from the configuration",
  });
  world.configured.accounts = accounts;
  await world.plan("s", aDocument({ slug: "s", socialShare: "t1" }));
  await world.sweep();
  expect(await only(world)).toMatchObject({ state: "posted" });
  expect(world.paper.visible()).toHaveLength(1);
});

describe("a missing file is no decision", () => {
  const aMissingFile = async (): Promise<World> => {
    const world = await aWorld({ policies: { removeCopiesAfter: day } });
    await publish(world);
    world.erase("s.md");
    await world.ingest("s.md");
    world.turn(minute);
    await world.sweep();
    return world;
  };

  test("the feeds follow at once, and the copy stays for a day, which the delivery says", async () => {
    const world = await aMissingFile();
    expect(await world.titles()).toEqual([]);
    world.turn(23 * hour);
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(1);
    expect(await only(world)).toMatchObject({
      state: "posted",
      reason:
        "waits until 2026-03-02 08:00 UTC: its document is missing; then nothing more of it is sent, and its copies are deleted; to do that now: npx crier remove s",
    });
    world.turn(hour);
    await world.sweep();
    expect(world.paper.visible()).toEqual([]);
  });

  test("a file that is back within the day leaves the copy as it was", async () => {
    const world = await aMissingFile();
    world.turn(12 * hour);
    await publish(world);
    world.turn(2 * day);
    await world.sweep();
    expect(world.paper.posts).toMatchObject([{ deleted: false }]);
    expect(await only(world)).toMatchObject({ state: "posted", reason: undefined });
  });

  test("a person deletes the copy at once", async () => {
    const world = await aMissingFile();
    await world.app.remove("s");
    await world.sweep();
    expect(world.paper.visible()).toEqual([]);
  });
});

test("a copy that was deleted with its post is followed by a later publication, and says so", async () => {
  const world = await aWorld();
  await publish(world);
  await world.raiseGeneration("s");
  await world.eraseForGood("s");
  await publish(world);
  world.turn(minute);
  await world.sweep();
  expect(world.paper.visible()).toHaveLength(1);
  const reason = "a later publication of the post is sent instead";
  expect(await world.deliveries("s")).toMatchObject([{ state: "deleted", reason }, { state: "posted" }]);
});

test("a second publication waits until the first copy is deleted, where the network takes a text once", async () => {
  const world = await aWorld({ offers: "refuse" });
  await publish(world);
  await world.raiseGeneration("s");
  // Its deletion got no answer when the post is back.
  world.paper.fates.push("lost");
  await world.eraseForGood("s");
  await publish(world);
  const reason = "an earlier copy of the post is being deleted";
  expect(await world.deliveries("s")).toMatchObject([{ state: "deleting" }, { state: "pending", reason }]);
  expect(world.paper.requests.filter((request) => request.startsWith("send"))).toHaveLength(1);
  world.turn(hour);
  await world.sweep();
  world.turn(minute);
  await world.sweep();
  expect(world.paper.posts).toMatchObject([{ deleted: true }, { deleted: false }]);
});

describe("an account that left the configuration before its deletion was answered", () => {
  const leave = async (world: World, fate: "applied" | "lost") => {
    const { accounts } = world.configured;
    world.paper.fates.push(fate);
    await world.eraseForGood("s");
    world.configured.accounts = [];
    world.turn(hour);
    await world.sweep();
    expect(await only(world)).toMatchObject({ state: "posted", stale: true, reason: expect.stringMatching(/removed/) });
    world.configured.accounts = accounts;
  };

  test.each(["applied", "lost"] as const)(
    "has one copy again when it is back and its post is, whatever became of the deletion (%s)",
    async (fate) => {
      for (const text of ["t0", "t1"]) {
        const world = await aWorld({ offers: "refuse" });
        await publish(world);
        await leave(world, fate);
        await world.plan("s", aDocument({ slug: "s", socialShare: text }));
        await world.sweep();
        world.turn(minute);
        await world.sweep();
        await world.app.actOnPost("release", "s");
        await world.sweep();
        expect(world.paper.visible()).toEqual([expect.stringContaining(text)]);
        expect(await only(world)).toMatchObject({ state: "posted", stale: false, remotes: [{ id: "p2" }] });
      }
    },
  );

  test("has no copy when it is back and its post is not", async () => {
    const world = await aWorld();
    await publish(world);
    await leave(world, "lost");
    await world.plan("s", document);
    world.erase("s.md");
    await world.ingest("s.md");
    world.turn(hour);
    await world.sweep();
    expect(world.paper.visible()).toEqual([]);
    expect(await only(world)).toMatchObject({ state: "deleted" });
  });
});

describe("an edit without an answer, after which the post said what it had said before", () => {
  const edit = (world: World, text: string, fields = {}) =>
    world.plan("s", aDocument({ slug: "s", socialShare: text, ...fields }));

  const editUnanswered = async (world: World) => {
    await publish(world);
    world.paper.fates.push("applied");
    await edit(world, "t1");
    await world.sweep();
    expect(world.paper.visible()).toEqual([expect.stringContaining("t1")]);
  };

  test("is taken back where the account was away meanwhile", async () => {
    const world = await aWorld();
    await editUnanswered(world);
    const { accounts } = world.configured;
    world.configured.accounts = [];
    world.turn(hour);
    await world.sweep();
    world.configured.accounts = accounts;
    await edit(world, "t0");
    await world.sweep();
    expect(world.paper.visible()).toEqual([expect.stringContaining("t0")]);
    expect(await only(world)).toMatchObject({ state: "posted", stale: false });
  });

  test("is taken back where the post was a draft meanwhile", async () => {
    const world = await aWorld();
    await editUnanswered(world);
    await edit(world, "t1", { draft: true });
    world.turn(hour);
    await world.sweep();
    expect(await only(world)).toMatchObject({ state: "posted", stale: true });
    await edit(world, "t0");
    await world.sweep();
    expect(world.paper.visible()).toEqual([expect.stringContaining("t0")]);
    expect(await only(world)).toMatchObject({ state: "posted", stale: false });
  });
});

describe("a copy that a person deleted on the network", () => {
  const deletedByPerson = async () => {
    const world = await aWorld();
    await publish(world);
    for (const post of world.paper.posts) post.deleted = true;
    await world.plan("s", aDocument({ slug: "s", socialShare: "t1" }));
    await world.sweep();
    return world;
  };

  test("is deleted as soon as the network says so, with the reason, and leaves the feeds", async () => {
    const world = await deletedByPerson();
    expect(await only(world)).toMatchObject({
      state: "deleted",
      due: undefined,
      reason: expect.stringMatching(/^its copy does not exist any more.*--again/),
    });
    expect((await world.post("s")).syndication).toEqual([]);
    expect(world.alarms).toEqual([]);
  });

  test("is not sent again, whatever becomes of its post", async () => {
    const world = await deletedByPerson();
    await publish(world);
    await world.eraseForGood("s");
    world.turn(minute);
    await publish(world);
    expect(world.paper.posts).toHaveLength(1);
    expect(await only(world)).toMatchObject({ state: "deleted", reason: expect.stringMatching(/--again/) });
  });

  test("is followed by a new one where a person publishes the post once more", async () => {
    const world = await deletedByPerson();
    await world.app.announce("s", { again: true });
    await world.sweep();
    world.turn(minute);
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(1);
    expect((await world.deliveries("s")).map(({ state }) => state)).toEqual(["deleted", "posted"]);
  });
});

describe("an account that left the configuration", () => {
  test("gets no copy of a post that is back, and the delivery says why", async () => {
    const world = await aWorld();
    await publish(world);
    await world.eraseForGood("s");
    world.configured.accounts = [];
    world.turn(minute);
    await publish(world);
    expect(await only(world)).toMatchObject({ state: "deleted", reason: expect.stringContaining("was removed") });
  });

  test("and comes back does not send what had waited for it", async () => {
    const world = await aWorld();
    const { accounts } = world.configured;
    const ref = await world.plan("s", document);
    world.configured.accounts = [];
    await world.app.work(ref);
    expect(await only(world)).toMatchObject({ state: "cancelled" });
    world.configured.accounts = accounts;
    await world.plan("s", aDocument({ slug: "s", socialShare: "t1" }));
    await world.sweep();
    expect(world.paper.requests).toEqual([]);
    expect(await only(world)).toMatchObject({ state: "cancelled", reason: expect.stringContaining("was removed") });
  });

  test("leaves a stale copy when its post is edited, with the reason", async () => {
    const world = await aWorld();
    await publish(world);
    world.configured.accounts = [];
    await world.plan("s", aDocument({ slug: "s", socialShare: "t1" }));
    await world.sweep();
    expect(await only(world)).toMatchObject({
      state: "posted",
      stale: true,
      reason: expect.stringContaining("its copy is not edited any more"),
    });
    expect(world.alarms).toEqual([]);
  });

  test("leaves a stale copy when its post is deleted, with the reason and an alarm", async () => {
    const world = await aWorld();
    await publish(world);
    world.configured.accounts = [];
    await world.eraseForGood("s");
    world.turn(hour);
    await world.sweep();
    expect(await only(world)).toMatchObject({
      state: "posted",
      stale: true,
      reason: expect.stringContaining("its copy stays"),
    });
    expect(world.alarms).toEqual([expect.stringContaining("its copy stays")]);
    expect((await world.app.status("s"))?.deliveries).toMatchObject([{ stale: true }]);
  });
});

describe("an account whose login is another person's", () => {
  test("does not send what the first one may have posted, and says so", async () => {
    const world = await aWorld({ offers: "read" });
    world.paper.fates.push("applied");
    await publish(world);
    world.paper.identity.now = "bob";
    world.turn(hour);
    await world.sweep();
    expect(world.paper.posts).toHaveLength(1);
    expect(await only(world)).toMatchObject({
      state: "unknown",
      reason: expect.stringContaining("it was sent as ada, and one is bob"),
    });
  });

  test("leaves the first one's copy, stale, when the post is deleted", async () => {
    const world = await aWorld();
    await publish(world);
    world.paper.identity.now = "bob";
    await world.eraseForGood("s");
    expect(world.paper.requests).toHaveLength(1);
    expect(await only(world)).toMatchObject({ state: "posted", stale: true });
    expect(world.alarms).toEqual([expect.stringContaining("another account")]);
  });
});

describe("an account whose network does not say whose login it is", () => {
  test("changes no copy until it does: the login may be another person's", async () => {
    const world = await aWorld();
    await publish(world);
    world.paper.silent.now = true;
    world.paper.identity.now = "bob";
    await world.eraseForGood("s");
    world.paper.silent.now = false;
    world.turn(hour);
    await world.sweep();
    expect(world.paper.requests).toEqual([expect.stringMatching(/^send/), "whoAmI"]);
    expect(await only(world)).toMatchObject({ state: "posted", stale: true });
  });

  test("sends nothing until it does, and says why", async () => {
    const world = await aWorld();
    world.paper.silent.now = true;
    await publish(world);
    expect(world.paper.requests).toEqual(["whoAmI"]);
    expect(await only(world)).toMatchObject({ state: "pending", reason: "503", attempts: 1 });
    world.paper.silent.now = false;
    world.turn(hour);
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(1);
    expect(await only(world)).toMatchObject({ state: "posted", sent: { identity: "ada" } });
  });
});

describe("a delivery of which it is not known whether it was posted", () => {
  const unknownWorld = async (fate: "applied" | "lost") => {
    const world = await aWorld({ offers: "read" });
    const { accounts } = world.configured;
    world.paper.fates.push(fate);
    await publish(world);
    world.configured.accounts = [];
    world.turn(hour);
    await world.sweep();
    expect(await only(world)).toMatchObject({ state: "unknown" });
    return { world, accounts };
  };

  test("is looked for again when its account is back", async () => {
    const { world, accounts } = await unknownWorld("applied");
    world.configured.accounts = accounts;
    await world.app.wakeUnknown();
    await world.sweep();
    expect(await only(world)).toMatchObject({ state: "posted", remotes: [{ id: "p1" }] });
  });

  test("is looked for by one worker at a time, also when it is nudged meanwhile", async () => {
    const { world, accounts } = await unknownWorld("applied");
    world.configured.accounts = accounts;
    const delivery = await only(world);
    if (delivery === undefined) throw new Error("there is no delivery");
    const { version } = delivery;
    const state = await world.store.accounts.read(delivery.account);
    const until = world.clock() + minute;
    const before = world.paper.looks.count;
    await world.store.accounts.save({
      ...state,
      inFlight: { delivery: deliveryId(delivery), version, until, login: undefined },
    });
    await world.app.wakeUnknown();
    await world.sweep();
    expect(world.paper.looks.count).toBe(before);
    expect(await only(world)).toMatchObject({ state: "unknown", version });
    world.turn(2 * minute);
    await world.sweep();
    expect(await only(world)).toMatchObject({ state: "posted" });
  });

  test("stays unknown where it is not found, is not sent, and raises no second alarm", async () => {
    const { world, accounts } = await unknownWorld("lost");
    world.configured.accounts = accounts;
    const before = world.alarms.length;
    await world.app.wakeUnknown();
    await world.sweep();
    expect(await only(world)).toMatchObject({ state: "unknown", due: undefined });
    expect(world.paper.requests).toHaveLength(1);
    expect(world.alarms).toHaveLength(before);
  });
});

test("what is not sent says why, also where that is another reason by then", async () => {
  const world = await aWorld();
  await world.app.stop("one");
  await publish(world);
  await world.plan("s", aDocument({ slug: "s", draft: true }));
  await world.sweep();
  expect(await only(world)).toMatchObject({ state: "cancelled", reason: expect.stringContaining("draft") });
  await world.plan("s", aDocument({ slug: "s", socialShare: false }));
  await world.sweep();
  expect(await only(world)).toMatchObject({ state: "cancelled", reason: "the document says socialShare: false" });
});
