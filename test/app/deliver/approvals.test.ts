import { describe, expect, test } from "vitest";
import { hour, minute } from "../../../src/domain/time.ts";
import { anAccount } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const approving = anAccount({ name: "one", network: "paper", approve: true, pacing: { interval: 0, dailyCap: 50 } });

const aText = (text: string) => aDocument({ slug: "s", socialShare: text });

const only = async (world: World) => (await world.app.status("s"))?.deliveries[0];

/** The document is saved, and nothing of it is left to do. */
const save = async (world: World, document: string): Promise<void> => {
  await world.plan("s", document);
  await world.sweep();
};

const aHeldPost = async (text = "Innocent"): Promise<World> => {
  const world = await aWorld({ accounts: [approving] });
  await save(world, aText(text));
  return world;
};

describe("an approval is of a text", () => {
  test("which the status shows, with its hash", async () => {
    const world = await aHeldPost();
    expect(world.paper.requests).toEqual([]);
    expect(await only(world)).toMatchObject({
      state: "held",
      hold: "approval",
      reason: "needs your approval",
      shown: { text: expect.stringContaining("Innocent"), hash: expect.stringMatching(/^.{64}$/), approved: false },
    });
  });

  test("and that text goes out", async () => {
    const world = await aHeldPost();
    expect(await world.app.actOnPost("approve", "s")).toMatchObject({
      deliveries: [{ delivery: { shown: { approved: true } } }],
    });
    await world.sweep();
    expect(world.paper.visible()).toEqual([expect.stringContaining("Innocent")]);
  });

  test("an account that asks for none and has posted it already is no failure", async () => {
    const other = anAccount({ name: "two", network: "paper" });
    const world = await aWorld({ accounts: [approving, other] });
    await save(world, aText("Innocent"));
    for (const already of [false, true]) {
      const { problems = [], deliveries = [] } = (await world.app.actOnPost("approve", "s")) ?? {};
      expect(problems).toEqual([]);
      expect(deliveries.map((one) => [one.delivery.account, one.already])).toEqual([
        ["one", already],
        ["two", true],
      ]);
    }
  });

  test("another one needs another approval", async () => {
    const world = await aHeldPost();
    await world.app.actOnPost("approve", "s");
    await save(world, aText("Not what was approved"));
    expect(world.paper.requests).toEqual([]);
    expect(await only(world)).toMatchObject({
      state: "held",
      reason: "needs your approval: it is not the text that you approved",
      shown: { text: expect.stringContaining("Not what was approved"), approved: false },
    });
    await world.app.actOnPost("approve", "s");
    await world.sweep();
    expect(world.paper.visible()).toEqual([expect.stringContaining("Not what was approved")]);
  });

  test("a change that no reader sees needs none", async () => {
    const world = await aHeldPost();
    await world.app.actOnPost("approve", "s");
    await save(
      world,
      aDocument({ slug: "s", socialShare: "Innocent" }, "Other words, of which the text says nothing."),
    );
    expect(world.paper.visible()).toHaveLength(1);
  });

  test("the same text with another picture needs another approval", async () => {
    const aPicture = (name: string) =>
      aDocument({ slug: "s", socialShare: "Innocent", image: `https://blog.example.com/${name}.png` });
    const world = await aWorld({ accounts: [approving], takesPictures: true });
    await save(world, aPicture("one"));
    await world.app.actOnPost("approve", "s");
    await save(world, aPicture("two"));
    expect(world.paper.requests).toEqual([]);
    expect(await only(world)).toMatchObject({ state: "held", hold: "approval", shown: { approved: false } });
  });

  test("on one account, for one announcement: the same text needs another one on another account, and once more", async () => {
    const world = await aWorld({ accounts: [approving, { ...approving, name: "two" }] });
    await save(world, aText("Innocent"));
    await world.app.act("approve", (await only(world))?.id ?? "");
    await world.sweep();
    expect(world.paper.posts.map(({ account }) => account)).toEqual(["one"]);
    await world.app.actOnPost("approve", "s");
    await world.sweep();
    expect(world.paper.posts.map(({ account }) => account)).toEqual(["one", "two"]);
    world.turn(hour);
    await world.app.announce("s", { again: true });
    await world.sweep();
    expect(world.paper.posts).toHaveLength(2);
    expect((await world.deliveries("s")).filter(({ hold }) => hold === "approval")).toHaveLength(2);
  });

  test("an edit between the decision and the send is not sent", async () => {
    const world = await aHeldPost();
    await world.app.actOnPost("approve", "s");
    const worker = world.worker("networks.connect");
    const { post, account, generation } = (await world.deliveries("s"))[0] ?? { post: "", account: "", generation: 0 };
    const sent = worker.app.work({ kind: "delivery", site: "blog", post, account, generation });
    await worker.stopped;
    await world.plan("s", aText("Not what was approved"));
    worker.go();
    await sent;
    await world.sweep();
    expect(world.paper.requests).toEqual([]);
    expect(await only(world)).toMatchObject({ state: "held", hold: "approval" });
  });

  test.each(["release", "retry"])("a %s gives none", async (act) => {
    const world = await aHeldPost();
    const id = (await only(world))?.id ?? "";
    const answer = act === "release" ? await world.app.act("release", id) : await world.app.retry(id);
    expect(answer).toEqual({ problem: expect.stringContaining("waits for your approval") });
    await world.app.actOnAll("release");
    await world.sweep();
    expect(world.paper.requests).toEqual([]);
  });

  test("nor does a retry of a delivery that waits for its turn", async () => {
    const quiet = { interval: 0, dailyCap: 50, quietHours: { from: 0, to: 24 * 60 - 1 } };
    const world = await aWorld({ accounts: [{ ...approving, pacing: quiet }] });
    await save(world, aText("Innocent"));
    await world.app.actOnPost("approve", "s");
    await world.sweep();
    expect(await only(world)).toMatchObject({ state: "pending" });
    await world.plan("s", aText("Not what was approved"));
    await world.app.retry((await only(world))?.id ?? "");
    world.turn(minute);
    await world.sweep();
    expect(await only(world)).toMatchObject({ state: "held", hold: "approval" });
  });

  test("all that is held is released without those that wait for an approval", async () => {
    const world = await aHeldPost();
    expect(await world.app.actOnAll("release")).toMatchObject({ rows: [] });
    expect(await world.app.actOnAll("approve")).toMatchObject({ rows: [{ slug: "s" }] });
  });
});

describe("an edit of a copy", () => {
  const anEditedCopy = async (): Promise<World> => {
    const world = await aHeldPost();
    await world.app.actOnPost("approve", "s");
    await world.sweep();
    world.turn(hour);
    await save(world, aText("Corrected"));
    return world;
  };

  test("is asked for, too: until then the copy stays as it was", async () => {
    const world = await anEditedCopy();
    expect(world.paper.visible()).toEqual([expect.stringContaining("Innocent")]);
    expect(await only(world)).toMatchObject({
      state: "posted",
      stale: true,
      hold: "approval",
      reason: "its edit needs your approval: it is not the text that you approved",
      shown: { text: expect.stringContaining("Corrected"), approved: false },
    });
  });

  test("is made when it is approved", async () => {
    const world = await anEditedCopy();
    expect(await world.app.actOnPost("approve", "s")).toMatchObject({
      deliveries: [{ delivery: { state: "posted", hold: undefined } }],
    });
    await world.sweep();
    expect(world.paper.visible()).toEqual([expect.stringContaining("Corrected")]);
    expect(await only(world)).toMatchObject({ state: "posted", stale: false, hold: undefined });
  });

  test("is made as it was approved, although the text changes while it is made", async () => {
    const world = await anEditedCopy();
    await world.app.actOnPost("approve", "s");
    const worker = world.worker("networks.connect");
    const { post, account, generation } = (await world.deliveries("s"))[0] ?? { post: "", account: "", generation: 0 };
    const edited = worker.app.work({ kind: "delivery", site: "blog", post, account, generation });
    await worker.stopped;
    await world.plan("s", aText("Not what was approved"));
    worker.go();
    await edited;
    await world.sweep();
    expect(world.paper.visible()).toEqual([expect.stringContaining("Corrected")]);
    expect(await only(world)).toMatchObject({ state: "posted", hold: "approval" });
  });

  test("that is taken back needs no approval", async () => {
    const world = await anEditedCopy();
    await save(world, aText("Innocent"));
    expect(await only(world)).toMatchObject({ state: "posted", stale: false, hold: undefined });
    expect(world.paper.visible()).toEqual([expect.stringContaining("Innocent")]);
  });

  test("is reported to its owner once", async () => {
    const world = await anEditedCopy();
    await save(world, aText("Corrected"));
    expect(world.alarms.filter((line) => line.includes("its edit needs your approval"))).toEqual([
      expect.stringContaining("to edit the copy: npx crier approve s"),
    ]);
  });
});

describe("an edit that waits for an approval", () => {
  /** Two posts were approved and sent, and the texts of both were changed. */
  const edited = async (): Promise<World> => {
    const world = await aWorld({ accounts: [approving, { ...approving, name: "two" }] });
    for (const text of ["before", "after"])
      for (const slug of ["s", "t"]) {
        await world.plan(slug, aDocument({ slug, socialShare: `${slug} ${text}` }));
        await world.sweep();
        if (text === "before") await world.app.actOnPost("approve", slug);
        await world.sweep();
      }
    return world;
  };

  test("is listed as held, and its copy as posted, too", async () => {
    const world = await edited();
    const waiting = Array.from({ length: 4 }, () => ({
      state: "posted",
      hold: "approval",
      reason: expect.any(String),
    }));
    expect((await world.app.deliveries("held")).rows).toMatchObject(waiting);
    expect((await world.app.deliveries("posted")).rows).toMatchObject(waiting);
    expect((await world.app.accounts()).map(({ held }) => held.count)).toEqual([2, 2]);
  });

  test("is approved with all others, and not by what is about held posts", async () => {
    const world = await edited();
    for (const act of ["release", "dismiss", "hold"] as const) expect((await world.app.actOnAll(act)).rows).toEqual([]);
    expect((await world.app.actOnAll("approve")).rows).toHaveLength(4);
    await world.sweep();
    expect(world.paper.visible().toSorted()).toEqual([
      expect.stringContaining("s after"),
      expect.stringContaining("s after"),
      expect.stringContaining("t after"),
      expect.stringContaining("t after"),
    ]);
    expect((await world.app.deliveries("held")).rows).toEqual([]);
    expect((await world.app.actOnAll("approve")).rows).toEqual([]);
  });

  test("is named by a part of its id", async () => {
    const world = await edited();
    const [one] = await world.deliveries("s");
    const name = `${one?.post.slice(0, 8)}.one`;
    expect(await world.app.act("release", name)).toEqual({
      problem: expect.stringContaining("waits for your approval"),
    });
    expect(await world.app.act("approve", name)).toMatchObject({
      delivery: { slug: "s", account: "one", hold: undefined },
    });
  });
});
