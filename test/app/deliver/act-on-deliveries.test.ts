import { describe, expect, test } from "vitest";
import { deliveryId } from "../../../src/domain/delivery.ts";
import { AmbiguousId, UnknownId } from "../../../src/domain/errors.ts";
import { hour, minute } from "../../../src/domain/time.ts";
import { aDelivery, anAccount, notes } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const two = ["one", "two"].map((name) => anAccount({ name, network: "paper" }));

const idsOf = async (world: World, slug: string): Promise<readonly string[]> =>
  (await world.deliveries(slug)).map(deliveryId);

const statesOf = async (world: World, slug: string): Promise<readonly string[]> =>
  (await world.deliveries(slug)).map(({ state }) => state);

/** A burst of posts, of which the breaker has let one through. */
const aBurst = async (slugs: readonly string[]): Promise<World> => {
  const world = await aWorld({
    accounts: [anAccount({ name: "one", network: "paper", pacing: { interval: 0, dailyCap: 50 } })],
    policies: { burst: 1 },
  });
  for (const slug of slugs) {
    await world.plan(slug, aDocument({ slug }));
    await world.sweep();
    world.turn(minute);
  }
  return world;
};

describe("a delivery that the breaker holds", () => {
  test("says why, and goes out when a person releases it", async () => {
    const world = await aBurst(["a", "b"]);
    const [id = ""] = await idsOf(world, "b");
    expect(await world.deliveries("b")).toMatchObject([
      { state: "held", reason: "more than 1 new posts within an hour" },
    ]);
    expect(await world.app.act("release", id)).toMatchObject({ delivery: { state: "pending", slug: "b" } });
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(2);
  });

  test("does not wait for an approval", async () => {
    const world = await aBurst(["a", "b"]);
    const [id = ""] = await idsOf(world, "b");
    expect(await world.app.act("approve", id)).toEqual({
      problem: expect.stringMatching(new RegExp(`does not wait for an approval .*: use npx crier release ${id}$`)),
    });
    expect(await world.app.actOnAll("approve")).toMatchObject({ rows: [] });
  });

  test("goes out with all that is held", async () => {
    const world = await aBurst(["a", "b", "c"]);
    const { rows, next } = await world.app.actOnAll("release");
    expect(rows.map(({ slug }) => slug).toSorted()).toEqual(["b", "c"]);
    expect(next).toBeUndefined();
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(3);
    expect(await world.app.actOnAll("release")).toEqual({ rows: [], next: undefined });
  });

  test.each([
    ["released after it was stopped", ["hold", "release"], false],
    ["approved while it waits", ["approve"], true],
    ["approved after it was held for that", [], true],
  ] as const)("is none of those that a person has %s", async (_, acts, approve) => {
    const world = await aWorld({
      accounts: [anAccount({ name: "one", network: "paper", approve })],
      policies: { burst: 1 },
    });
    for (const slug of ["a", "b"]) {
      await world.plan(slug, aDocument({ slug }));
      for (const act of acts) await world.app.actOnPost(act, slug);
      await world.sweep();
      if (acts.length === 0) await world.app.actOnPost("approve", slug);
      world.turn(minute);
      await world.sweep();
    }
    expect(world.paper.visible()).toHaveLength(2);
  });

  test("is none whose text a person has edited", async () => {
    const world = await aWorld({ policies: { burst: 1 } });
    for (const slug of ["a", "b"]) {
      await world.plan(slug, aDocument({ slug }));
      if (slug === "b") await world.app.editText(slug, "one", "In other words");
      await world.sweep();
      world.turn(minute);
    }
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(2);
  });

  test("is not a post that a person announces once more", async () => {
    const world = await aBurst(["a", "b"]);
    await world.app.announce("a", { again: true });
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(2);
    expect(await statesOf(world, "b")).toEqual(["held"]);
  });

  test("is not sent when it was dismissed, whatever becomes of its post", async () => {
    const world = await aBurst(["a", "b"]);
    expect(await world.app.actOnPost("dismiss", "b")).toMatchObject({
      deliveries: [{ delivery: { state: "cancelled", reason: "dismissed by hand: it is not sent any more" } }],
    });
    world.turn(hour);
    await world.plan("b", aDocument({ slug: "b", socialShare: "edited" }));
    await world.sweep();
    expect(await world.app.retry((await idsOf(world, "b"))[0] ?? "")).toMatchObject({ problem: /./ });
    expect(world.paper.visible()).toHaveLength(1);
    expect(await statesOf(world, "b")).toEqual(["cancelled"]);
  });
});

describe("a delivery that waits", () => {
  test("is held by hand through every edit, and goes out when it is released", async () => {
    const world = await aWorld({ accounts: two });
    await world.plan("s", aDocument({ slug: "s" }));
    expect(await world.app.actOnPost("hold", "s")).toMatchObject({
      deliveries: [{ delivery: { state: "held" } }, { delivery: { reason: "by hand, until you release it" } }],
    });
    await world.plan("s", aDocument({ slug: "s", socialShare: "edited" }));
    world.turn(hour);
    await world.sweep();
    expect(world.paper.requests).toEqual([]);
    expect(await world.app.actOnPost("release", "s")).toMatchObject({
      deliveries: [{ already: false }, { already: false }],
      problems: [],
    });
    await world.sweep();
    expect(world.paper.visible()).toEqual([expect.stringContaining("edited"), expect.stringContaining("edited")]);
  });

  test("is dismissed with its post, and not with all that is held", async () => {
    const world = await aWorld({ accounts: two });
    await world.plan("s", aDocument({ slug: "s" }));
    const [first = ""] = await idsOf(world, "s");
    await world.app.act("hold", first);
    await world.app.actOnAll("dismiss");
    expect(await statesOf(world, "s")).toEqual(["cancelled", "pending"]);
    expect(await world.app.actOnPost("dismiss", "s")).toMatchObject({
      deliveries: [
        { already: true, delivery: { account: "one" } },
        { already: false, delivery: { account: "two" } },
      ],
    });
    expect(await statesOf(world, "s")).toEqual(["cancelled", "cancelled"]);
  });

  test("is left to a worker that was faster", async () => {
    const world = await aWorld();
    const ref = await world.plan("s", aDocument({ slug: "s" }));
    const w1 = world.worker("deliveries.save");
    const answer = w1.app.actOnAll("hold");
    await w1.stopped;
    await world.app.work(ref);
    w1.go();
    expect(await answer).toMatchObject({ rows: [] });
    expect(await statesOf(world, "s")).toEqual(["posted"]);
  });
});

test("what was posted is not held: the answer says which states can be", async () => {
  const world = await aWorld();
  await world.plan("s", aDocument({ slug: "s" }));
  await world.sweep();
  const [id = ""] = await idsOf(world, "s");
  expect(await world.app.act("hold", id)).toEqual({
    problem: `${id} is posted: hold takes only a delivery that is pending`,
  });
});

describe("a decision", () => {
  test("that is carried out already says so", async () => {
    const world = await aWorld();
    await world.plan("s", aDocument({ slug: "s" }));
    const [id = ""] = await idsOf(world, "s");
    expect(await world.app.act("hold", id)).toMatchObject({ already: false, delivery: { version: 2 } });
    expect(await world.app.act("hold", id)).toMatchObject({ already: true, delivery: { version: 2 } });
  });

  test("about a delivery that has changed since it was seen is not carried out, and shows the delivery as it is", async () => {
    const world = await aWorld();
    await world.plan("s", aDocument({ slug: "s" }));
    const [id = ""] = await idsOf(world, "s");
    await world.app.act("hold", id);
    expect(await world.app.act("release", id, { seen: { version: 1, shown: undefined } })).toMatchObject({
      problem: `${id} has changed since you saw it: it is held now; look at it, and decide again`,
      delivery: { state: "held", version: 2 },
    });
    expect(await world.app.act("release", id, { seen: { version: 2, shown: undefined } })).toMatchObject({
      delivery: { state: "pending" },
    });
  });

  test("about a text that has changed since it was seen is not carried out", async () => {
    const world = await aWorld();
    await world.plan("s", aDocument({ slug: "s" }));
    const [seen] = (await world.app.status("s"))?.deliveries ?? [];
    await world.plan("s", aDocument({ slug: "s", socialShare: "edited" }));
    const decision = { seen: { version: undefined, shown: seen?.shown?.hash } };
    expect(await world.app.act("hold", seen?.id ?? "", decision)).toMatchObject({
      problem: `the text of ${seen?.id} is another one now: read it, and decide again`,
      delivery: { state: "pending", shown: { text: expect.stringContaining("edited") } },
    });
  });

  test("is in the history with who made it", async () => {
    const world = await aWorld();
    await world.plan("s", aDocument({ slug: "s" }));
    const [id = ""] = await idsOf(world, "s");
    await world.app.act("hold", id, { by: "Ada" });
    await world.app.act("release", id);
    expect((await world.app.status("s"))?.deliveries[0]?.history.first).toMatchObject([
      { state: "held", reason: "by hand, until you release it", by: "Ada" },
      { state: "pending", reason: "released by hand", by: undefined },
    ]);
  });
});

const publish = async (world: World): Promise<void> => {
  await world.sweep();
  world.turn(minute);
  await world.sweep();
};

describe("a scheduled post", () => {
  const scheduled = (world: World) => aDocument({ slug: "s", date: new Date(world.clock() + hour).toISOString() });

  const aScheduledPost = async (accounts = two): Promise<World> => {
    const world = await aWorld({ accounts });
    await world.plan("s", scheduled(world));
    return world;
  };

  const publishInTime = async (world: World): Promise<void> => {
    world.turn(hour);
    await publish(world);
  };

  test("is held before its moment, and goes out when it is released", async () => {
    const world = await aScheduledPost();
    expect(await world.app.actOnPost("hold", "s")).toMatchObject({
      deliveries: [{ delivery: { state: "held" } }, { delivery: { state: "held" } }],
    });
    await publishInTime(world);
    expect(world.paper.requests).toEqual([]);
    expect(await world.titles()).toHaveLength(1);
    await world.app.actOnPost("release", "s");
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(2);
  });

  test("stays held through every edit, before its moment and after it", async () => {
    const world = await aScheduledPost();
    const document = scheduled(world);
    await world.app.actOnPost("hold", "s");
    await world.plan("s", document.replace("A title", "Another title"));
    await publishInTime(world);
    await world.plan("s", document.replace("A title", "The last title"));
    await world.sweep();
    expect(world.paper.requests).toEqual([]);
    expect(await statesOf(world, "s")).toEqual(["held", "held"]);
  });

  test("is dismissed before its moment", async () => {
    const world = await aScheduledPost();
    await world.app.actOnPost("dismiss", "s");
    await publishInTime(world);
    expect(world.paper.requests).toEqual([]);
    expect(await statesOf(world, "s")).toEqual(["cancelled", "cancelled"]);
  });

  test("is approved before its moment: it goes out at it, and an edit of its text needs another approval", async () => {
    const asks = [anAccount({ name: "one", network: "paper", approve: true })];
    const world = await aScheduledPost(asks);
    expect(await world.app.actOnPost("approve", "s")).toMatchObject({
      deliveries: [{ already: false, delivery: { state: "pending", shown: { approved: true } } }],
    });
    await world.sweep();
    expect(world.paper.requests).toEqual([]);
    await publishInTime(world);
    expect(world.paper.visible()).toHaveLength(1);

    const other = await aScheduledPost(asks);
    await other.app.actOnPost("approve", "s");
    await other.plan("s", `${scheduled(other)}`.replace("A title", "Another title"));
    await publishInTime(other);
    expect(other.paper.requests).toEqual([]);
    expect(await statesOf(other, "s")).toEqual(["held"]);
  });

  test("that an account does not announce after all is not sent by it", async () => {
    const world = await aScheduledPost();
    await world.app.actOnPost("hold", "s");
    await world.app.actOnPost("release", "s");
    await world.plan("s", aDocument({ slug: "s", date: new Date(world.clock() - 30 * 24 * hour).toISOString() }));
    await world.sweep();
    expect(world.paper.requests).toEqual([]);
    expect(await statesOf(world, "s")).toEqual(["cancelled", "cancelled"]);
  });

  test("is listed with its date and its accounts before its deliveries are planned", async () => {
    const world = await aScheduledPost();
    expect(await world.app.scheduled()).toEqual([{ slug: "s", at: world.clock() + hour, accounts: ["one", "two"] }]);
    await world.app.actOnPost("hold", "s");
    expect(await world.app.scheduled()).toEqual([]);
    const date = new Date(world.clock() + hour).toISOString();
    await world.plan("draft", aDocument({ slug: "draft", date, draft: true }));
    await world.plan("silent", aDocument({ slug: "silent", date, socialShare: false }));
    world.paper.reach.now = "none";
    await world.plan("later", aDocument({ slug: "later", date }));
    expect(await world.app.scheduled()).toEqual([]);
  });

  test("is sent at once where it was decided about and is dated now", async () => {
    const world = await aScheduledPost();
    await world.app.actOnPost("hold", "s");
    await world.app.actOnPost("release", "s");
    await world.plan("s", aDocument({ slug: "s", date: new Date(world.clock()).toISOString() }));
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(2);
  });

  test("is not announced twice where it was silent at its date, and a person announces it again", async () => {
    const world = await aScheduledPost();
    await world.app.actOnPost("hold", "s");
    await world.app.actOnPost("release", "s");
    const date = new Date(world.clock() + hour).toISOString();
    await world.plan("s", aDocument({ slug: "s", date, socialShare: false }));
    await publishInTime(world);
    await world.plan("s", aDocument({ slug: "s", date }));
    await world.app.announce("s", { again: true });
    await publish(world);
    await world.plan("s", aDocument({ slug: "s", date, title: "Edited" }));
    await publish(world);
    world.turn(hour);
    await publish(world);
    expect(world.paper.visible()).toHaveLength(2);
  });

  test("is tried for a week after its date, however early it was decided about", async () => {
    const world = await aWorld({ accounts: two.slice(0, 1) });
    const date = new Date(world.clock() + 10 * 24 * hour).toISOString();
    await world.plan("s", aDocument({ slug: "s", date }));
    await world.app.actOnPost("hold", "s");
    await world.app.actOnPost("release", "s");
    world.turn(10 * 24 * hour);
    world.paper.fates.push(...Array.from({ length: 60 }, () => "limited" as const));
    for (let hours = 0; hours < 48; hours += 1) {
      await publish(world);
      world.turn(hour);
    }
    expect(await statesOf(world, "s")).toEqual(["pending"]);
  });

  test("is planned once, whoever is faster", async () => {
    const world = await aScheduledPost();
    const early = world.worker("deliveries.create");
    const answer = early.app.actOnPost("hold", "s");
    await early.stopped;
    world.turn(hour);
    await world.app.work(await world.postRef("s"));
    early.go();
    expect(await answer).toMatchObject({ problems: [] });
    expect(await statesOf(world, "s")).toEqual(["held", "held"]);
  });
});

describe("a post that was published this moment", () => {
  /** Its document is saved, and no worker has published the post yet. */
  const aNewPost = async (fields: Readonly<Record<string, unknown>> = {}, accounts = two): Promise<World> => {
    const world = await aWorld({ accounts });
    await world.app.put("s", new TextEncoder().encode(aDocument({ slug: "s", ...fields })), { byHand: true });
    expect(await world.deliveries("s")).toEqual([]);
    return world;
  };

  test("is held before its deliveries are planned, and goes out when it is released", async () => {
    const world = await aNewPost();
    expect(await world.app.actOnPost("hold", "s")).toMatchObject({
      deliveries: [{ delivery: { state: "held" } }, { delivery: { state: "held" } }],
      problems: [],
    });
    await publish(world);
    expect(world.paper.requests).toEqual([]);
    expect(await world.titles()).toHaveLength(1);
    await world.app.actOnPost("release", "s");
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(2);
  });

  test("is held where its file was saved in a folder, too", async () => {
    const world = await aWorld({ accounts: two });
    world.write("s.md", aDocument({ slug: "s" }));
    await world.ingest("s.md");
    await world.app.actOnPost("hold", "s");
    await publish(world);
    expect(world.paper.requests).toEqual([]);
    expect(await statesOf(world, "s")).toEqual(["held", "held"]);
  });

  test("is dismissed, and approved, before its deliveries are planned", async () => {
    const dismissed = await aNewPost();
    await dismissed.app.actOnPost("dismiss", "s");
    await publish(dismissed);
    expect(dismissed.paper.requests).toEqual([]);
    expect(await statesOf(dismissed, "s")).toEqual(["cancelled", "cancelled"]);

    const asked = await aNewPost({}, [anAccount({ name: "one", network: "paper", approve: true })]);
    expect(await asked.app.actOnPost("approve", "s")).toMatchObject({ deliveries: [{ already: false }] });
    await publish(asked);
    expect(asked.paper.visible()).toHaveLength(1);
  });

  test.each(["deliveries.create", "after posts.save"])("is held while a worker publishes it (%s)", async (place) => {
    const world = await aNewPost();
    const worker = world.worker(place);
    const publishing = worker.app.work(await world.postRef("s"));
    await worker.stopped;
    expect(await world.app.actOnPost("hold", "s")).toMatchObject({
      deliveries: [{ delivery: { state: "held" } }, { delivery: { state: "held" } }],
    });
    worker.go();
    await publishing;
    await publish(world);
    expect(world.paper.requests).toEqual([]);
    expect(await statesOf(world, "s")).toEqual(["held", "held"]);
  });

  test("is held where it is announced once more, and the first copies stay", async () => {
    const world = await aNewPost();
    await publish(world);
    await world.app.announce("s", { again: true, accounts: ["two"] });
    expect(await world.app.actOnPost("hold", "s")).toMatchObject({
      deliveries: [{ delivery: { account: "two", generation: 2, state: "held" } }],
      problems: [expect.stringContaining("is posted"), expect.stringContaining("is posted")],
    });
    await publish(world);
    expect(world.paper.visible()).toHaveLength(2);
  });

  test.each([
    ["is history", { date: "2020-01-01T00:00:00Z" }],
    ["says socialShare: false", { socialShare: false }],
  ])("has nothing to decide about where no account announces it, because it %s", async (_, fields) => {
    const world = await aWorld({ accounts: two });
    world.write("s.md", aDocument({ slug: "s", ...fields }));
    await world.ingest("s.md");
    expect(await world.app.actOnPost("hold", "s")).toEqual({ deliveries: [], problems: [] });
  });

  test("that the sandbox has shown is held on every account, and goes out once when it is released", async () => {
    const [one, other] = two;
    const world = await aWorld({ accounts: [one ?? anAccount({ name: "one" })] });
    world.paper.reach.now = "sandbox";
    await world.plan("s", aDocument({ slug: "s", date: "2020-01-01T00:00:00Z" }));
    await world.sweep();
    world.paper.reach.now = "real";
    world.configured.accounts = [one, other].flatMap((account) => account ?? []);
    await world.app.announce("s", {});
    expect(await world.app.actOnPost("hold", "s")).toMatchObject({
      deliveries: [{ delivery: { state: "held" } }, { delivery: { state: "held" } }],
    });
    const shown = world.paper.posts.length;
    await publish(world);
    expect(world.paper.posts).toHaveLength(shown);
    await world.app.actOnPost("release", "s");
    await publish(world);
    expect(
      world.paper.posts
        .slice(shown)
        .map(({ account }) => account)
        .toSorted(),
    ).toEqual(["one", "two"]);
  });

  test("is sent once where another person has it announced once more at the same moment", async () => {
    const world = await aNewPost();
    const held = world.worker("deliveries.create");
    const answer = held.app.actOnPost("hold", "s");
    await held.stopped;
    await world.raiseGeneration("s");
    await publish(world);
    held.go();
    await answer;
    await world.app.actOnPost("release", "s");
    await publish(world);
    expect(world.paper.posts.map(({ account }) => account).toSorted()).toEqual(["one", "two"]);
  });
});

test("a post that does not exist has no deliveries to decide about", async () => {
  const world = await aWorld();
  expect(await world.app.actOnPost("release", "never")).toBeUndefined();
});

test("all means the deliveries of one site, page by page", async () => {
  const world = await aWorld({
    accounts: [...two, anAccount({ name: "n", network: "paper", site: "notes" })],
    others: [notes],
  });
  for (let index = 0; index < 60; index += 1)
    await world.store.deliveries.create(aDelivery({ account: "one", post: `p${index}`, due: world.clock() + hour }));
  await world.store.deliveries.create(aDelivery({ account: "n", site: "notes", due: world.clock() + hour }));
  await world.store.deliveries.create(aDelivery({ account: "two", site: "notes", due: world.clock() + hour }));
  const first = await world.app.actOnAll("hold");
  expect(first.rows).toHaveLength(50);
  expect((await world.app.actOnAll("hold", first.next)).rows).toHaveLength(10);
  expect((await world.store.deliveries.inState("n", "pending")).rows).toHaveLength(1);
  expect((await world.store.deliveries.inState("two", "pending")).rows).toHaveLength(1);
});

describe("an id", () => {
  const aShelf = async () => {
    const world = await aWorld({ accounts: two });
    const due = world.clock() + hour;
    for (const [post, account] of [
      ["abc1", "one"],
      ["abc1", "two"],
      ["abd2", "one"],
    ] as const)
      await world.store.deliveries.create(aDelivery({ post, account, network: "paper", due }));
    return world;
  };

  test.each([
    ["abd2.one.0", "abd2.one.0"],
    ["abd", "abd2.one.0"],
    ["abc1.t", "abc1.two.0"],
    ["abc.two", "abc1.two.0"],
  ])("may be shortened: %s is %s", async (short, id) => {
    const world = await aShelf();
    expect(await world.app.retry(short)).toMatchObject({ delivery: { id } });
    expect(await world.app.act("hold", short)).toMatchObject({ delivery: { id } });
  });

  test("that several deliveries begin with is refused with the ids that could be meant", async () => {
    const world = await aShelf();
    const error = await world.app.act("hold", "abc").catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(AmbiguousId);
    expect(error).toMatchObject({
      candidates: ["abc1.one.0", "abc1.two.0"],
      message: expect.stringContaining("abc1.one.0 (a lost post), abc1.two.0 (a lost post)"),
    });
  });

  test("that nothing has is refused with the ids that could be meant, also where there are none", async () => {
    const world = await aShelf();
    const unknown = await world.app.retry("zzz").catch((caught: unknown) => caught);
    expect(unknown).toBeInstanceOf(UnknownId);
    expect(unknown).toMatchObject({
      candidates: ["abc1.one.0", "abd2.one.0", "abc1.two.0"],
    });
    await expect(world.app.resolve("abc", "posted")).rejects.toThrow(
      "There is no delivery abc, and none that is unknown or unfinished or duplicate has an id that begins so. None is unknown or unfinished or duplicate now.",
    );
  });

  test("is looked for among those that the command can change", async () => {
    const world = await aShelf();
    await world.app.act("hold", "abc.two");
    expect(await world.app.act("hold", "abc")).toMatchObject({ delivery: { id: "abc1.one.0" } });
  });
});
