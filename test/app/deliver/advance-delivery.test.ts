import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { day, hour, iso, minute, second } from "../../../src/domain/time.ts";
import { anAccount, deliveryIn, start } from "../../support/builders.ts";
import type { Fate } from "../../support/paper-network.ts";
import { runs } from "../../support/runs.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const withText = (text: string, fields: Readonly<Record<string, unknown>> = {}): string =>
  aDocument({ slug: "s", socialShare: text, ...fields });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const paper = (name: string, pacing = { interval: minute, dailyCap: 50 }) =>
  anAccount({ name, network: "paper", pacing });

const planAll = async (world: World, slugs: readonly string[]): Promise<void> => {
  for (const slug of slugs) await world.plan(slug, aDocument({ slug, title: slug }));
};

const states = async (world: World, slug = "s"): Promise<readonly string[]> =>
  (await world.deliveries(slug)).map(({ state }) => state);

const idOf = async (world: World, slug: string): Promise<string> =>
  `${(await world.post(slug)).id}.one.${(await world.post(slug)).generation}`;

describe("an account whose login is refused", () => {
  test("pauses: its deliveries wait, and none fails", async () => {
    const world = await aWorld();
    await planAll(world, ["a", "b"]);
    world.paper.fates.push("unauthorised");
    await world.sweep();
    world.turn(10 * minute);
    await world.sweep();
    expect(world.paper.requests).toHaveLength(1);
    expect([await states(world, "a"), await states(world, "b")]).toEqual([["pending"], ["pending"]]);
    expect(world.alarms).toEqual([expect.stringContaining("one is paused: 401; set new credentials")]);
    expect(await world.app.accounts()).toMatchObject([{ paused: { reason: expect.stringMatching(/^401; set new/) } }]);
  });

  test("sends again within an hour of the login working again", async () => {
    const world = await aWorld();
    await planAll(world, ["a", "b"]);
    world.paper.fates.push("unauthorised");
    await world.sweep();
    world.turn(hour);
    await world.sweep();
    world.turn(hour);
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(2);
    expect((await world.app.accounts())[0]?.paused).toBeUndefined();
  });

  test("sends again within minutes of new credentials, and asks no sooner with the old ones", async () => {
    const world = await aWorld();
    await planAll(world, ["a", "b"]);
    world.paper.fates.push("unauthorised");
    await world.sweep();
    for (let passed = 0; passed < 20; passed += 5) {
      world.turn(5 * minute);
      await world.sweep();
    }
    expect(world.paper.requests).toHaveLength(1);
    world.paper.credentials.now = "second";
    world.turn(5 * minute);
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(1);
    expect((await world.app.accounts())[0]?.paused).toBeUndefined();
    world.turn(5 * minute);
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(2);
  });

  test("pauses at an edit, too, until the repeated edit is accepted", async () => {
    const world = await aWorld();
    await world.plan("s", withText("t0"));
    await world.sweep();
    world.paper.fates.push("unauthorised");
    await world.plan("s", withText("t1"));
    await world.sweep();
    expect((await world.app.accounts())[0]?.paused).toMatchObject({ reason: expect.stringMatching(/^401; set new/) });
    world.turn(hour);
    await world.sweep();
    expect(world.paper.visible()).toEqual([expect.stringContaining("t1")]);
    expect((await world.app.accounts())[0]?.paused).toBeUndefined();
  });

  test.each([
    [["unauthorised"], "pending"],
    [[], "posted"],
  ] as const)(
    "is saved after the answer is recorded: a crash in between does not lose the answer (%j)",
    async (fates, state) => {
      const world = await aWorld({ offers: "none" });
      const ref = await world.plan("s", withText("t0"));
      const account = await world.store.accounts.read("one");
      await world.store.accounts.save({
        ...account,
        paused: { since: world.clock() - 2 * hour, reason: "401", login: "first" },
      });
      world.paper.fates.push(...fates);
      // The saves before it count the delivery, store whose login it is, and count the request. This one is about the pause.
      const w1 = world.worker("accounts.save 4");
      void w1.app.work(ref);
      await w1.stopped;
      expect(await states(world)).toEqual([state]);
    },
  );

  test("keeps what may be public unsettled", async () => {
    const world = await aWorld();
    await world.plan("s", withText("t0"));
    world.paper.fates.push("applied", "unauthorised");
    await world.sweep();
    world.turn(4 * minute);
    await world.sweep();
    expect(await states(world)).toEqual(["unsettled"]);
    world.turn(hour);
    await world.sweep();
    expect(await states(world)).toEqual(["posted"]);
    expect(world.paper.posts).toHaveLength(1);
  });
});

describe("pacing", () => {
  test("keeps a minimum interval between two posts of an account", async () => {
    const world = await aWorld();
    await planAll(world, ["a", "b", "c"]);
    await world.sweep();
    expect(world.paper.posts).toHaveLength(1);
    world.turn(minute - 1);
    await world.sweep();
    expect(world.paper.posts).toHaveLength(1);
    for (let turn = 0; turn < 2; turn += 1) {
      world.turn(minute);
      await world.sweep();
    }
    const [first = 0, second_ = 0, third = 0] = world.paper.posts.map(({ at }) => at);
    expect([second_ - first >= minute, third - second_ >= minute]).toEqual([true, true]);
  });

  test("of one account does not hold another", async () => {
    const world = await aWorld({ accounts: [paper("one"), paper("two")] });
    await planAll(world, ["a"]);
    await world.sweep();
    expect(world.paper.posts.map(({ account }) => account).toSorted()).toEqual(["one", "two"]);
  });

  test("stops at the daily cap and continues a day after the first post", async () => {
    const world = await aWorld({ accounts: [paper("one", { interval: 0, dailyCap: 2 })], policies: { burst: 100 } });
    await planAll(world, ["a", "b", "c"]);
    await world.sweep();
    expect(world.paper.posts).toHaveLength(2);
    const waits = (await Promise.all(["a", "b", "c"].map((slug) => world.deliveries(slug))))
      .flat()
      .find(({ state }) => state === "pending");
    expect(waits?.reason).toBe("waits until 2026-03-02 08:00 UTC: one has reached its limit of 2 posts a day");
    world.turn(day - second);
    await world.sweep();
    expect(world.paper.posts).toHaveLength(2);
    world.turn(second);
    await world.sweep();
    expect(world.paper.posts).toHaveLength(3);
  });
});

describe("the flood breaker", () => {
  const flooded = async () => {
    const world = await aWorld({ accounts: [paper("one", { interval: 0, dailyCap: 50 })], policies: { burst: 2 } });
    await planAll(world, ["a", "b", "c"]);
    await world.sweep();
    const held = [];
    for (const slug of ["a", "b", "c"]) if ((await states(world, slug))[0] === "held") held.push(slug);
    return { world, slug: held[0] ?? "", held };
  };

  test("holds the rest until a person releases it, and feeds are not held", async () => {
    const { world, held } = await flooded();
    expect(world.paper.posts).toHaveLength(2);
    expect(held).toHaveLength(1);
    expect(await world.titles()).toHaveLength(3);
    world.turn(2 * hour);
    await world.sweep();
    expect(world.paper.posts).toHaveLength(2);
  });

  test("lets 20 notes an hour through besides five articles, and says of what else it holds that they are too many", async () => {
    const world = await aWorld({ accounts: [paper("one", { interval: 0, dailyCap: 50 })] });
    const plan = async (slug: string, front: string) => {
      world.write(`${slug}.md`, `---\n${front}slug: ${slug}\ndate: ${iso(start)}\n---\nA text of ${slug}.\n`);
      await world.ingest(`${slug}.md`);
    };
    for (let n = 1; n <= 21; n += 1) await plan(`note-${n}`, "");
    for (let n = 1; n <= 6; n += 1) await plan(`article-${n}`, `title: Article ${n}\n`);
    await world.sweep();
    const { rows } = await world.app.deliveries("held");
    expect(world.paper.posts).toHaveLength(25);
    expect(rows.map(({ hold, reason }) => [hold, reason?.split(";")[0]])).toEqual(
      expect.arrayContaining([
        ["breaker", "more than 20 new notes within an hour"],
        ["breaker", "more than 5 new posts within an hour"],
      ]),
    );
    expect(rows).toHaveLength(2);
    for (const { id } of rows) await world.app.retry(id);
    await world.sweep();
    expect(world.paper.posts).toHaveLength(27);
  });

  test("counts a note that became an article before it was sent as an article", async () => {
    const accounts = [paper("one", { interval: 0, dailyCap: 50 })];
    const world = await aWorld({ accounts, policies: { burst: 1, noteBurst: 1 } });
    const write = async (slug: string, front: string) => {
      world.write(`${slug}.md`, `---\n${front}slug: ${slug}\ndate: ${iso(start)}\n---\nA text of ${slug}.\n`);
      await world.ingest(`${slug}.md`);
    };
    await write("a", "");
    await write("b", "");
    await write("b", "title: An article now\n");
    await world.sweep();
    expect(world.paper.posts).toHaveLength(2);
    await write("c", "title: One more\n");
    await world.sweep();
    expect(await world.deliveries("c")).toMatchObject([
      { state: "held", reason: expect.stringContaining("1 new posts") },
    ]);
  });

  test("says in the delivery that it was the breaker that holds it", async () => {
    const { world, slug } = await flooded();
    expect(await world.deliveries(slug)).toMatchObject([{ state: "held", hold: "breaker" }]);
    expect((await world.app.status(slug))?.deliveries).toMatchObject([{ hold: "breaker" }]);
  });

  test("sends what a person retries", async () => {
    const { world, slug } = await flooded();
    await world.app.retry(await idOf(world, slug));
    await world.sweep();
    expect(world.paper.posts).toHaveLength(3);
  });

  test("keeps holding what is edited, and cancels what is deleted", async () => {
    const { world, slug } = await flooded();
    await world.plan(slug, aDocument({ slug, title: "Edited" }));
    await world.sweep();
    expect(await states(world, slug)).toEqual(["held"]);
    world.erase(`${slug}.md`);
    await world.ingest(`${slug}.md`);
    for (const wait of [0, minute]) {
      world.turn(wait);
      await world.sweep();
    }
    expect(await states(world, slug)).toEqual(["held"]);
    world.turn(9 * minute);
    await world.sweep();
    expect(await states(world, slug)).toEqual(["cancelled"]);
    expect(world.paper.posts).toHaveLength(2);
  });
});

describe("what is not announced", () => {
  test("a first import is a baseline: old documents are in the feeds and nowhere else", async () => {
    const world = await aWorld();
    await world.plan("s", withText("old", { date: "2025-01-01T00:00:00Z" }));
    await world.sweep();
    expect(await world.deliveries("s")).toEqual([]);
    expect(await world.titles()).toHaveLength(1);
    expect((await world.app.status("s"))?.reason).toContain(
      'one: not announced, because it is older than 7 days; announce it with "npx crier publish s"',
    );
  });

  test("an old document that is published by hand is announced all the same", async () => {
    const world = await aWorld();
    await world.app.put("s", bytes(withText("old", { date: "2025-01-01T00:00:00Z" })));
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(1);
  });

  test("a document that says socialShare: false", async () => {
    const world = await aWorld();
    await world.plan("s", aDocument({ slug: "s", socialShare: false }));
    await world.sweep();
    expect(await world.deliveries("s")).toEqual([]);
    expect(world.paper.requests).toEqual([]);
  });

  test("a document that says so before its delivery was sent, until it no longer says so", async () => {
    const world = await aWorld();
    await world.plan("s", withText("t0"));
    await world.plan("s", aDocument({ slug: "s", socialShare: false }));
    await world.sweep();
    expect(await states(world)).toEqual(["cancelled"]);
    await world.plan("s", aDocument({ slug: "s", title: "Still off", socialShare: false }));
    await world.sweep();
    expect(await states(world)).toEqual(["cancelled"]);
    await world.plan("s", withText("t1"));
    await world.sweep();
    expect(world.paper.visible()).toEqual([expect.stringContaining("t1")]);
  });

  test("a post that became a draft before it was sent", async () => {
    const world = await aWorld();
    await world.plan("s", withText("t0"));
    await world.plan("s", withText("t0", { draft: true }));
    await world.sweep();
    expect(await states(world)).toEqual(["cancelled"]);
    expect(world.paper.requests).toEqual([]);
  });

  test("a post that is in the future", async () => {
    const world = await aWorld();
    await world.plan("s", withText("t0"));
    await world.plan("s", withText("t0", { date: "2026-03-02T08:00:00Z" }));
    await world.sweep();
    expect(world.paper.requests).toEqual([]);
    world.turn(day);
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(1);
  });

  test("a post that changed between the decision and the claim", async () => {
    const world = await aWorld();
    const ref = await world.plan("s", withText("t0"));
    const w1 = world.worker("after deliveries.save");
    const running = w1.app.work(ref);
    await w1.stopped;
    await world.app.remove("s");
    w1.go();
    await running;
    await world.sweep();
    expect(world.paper.requests).toEqual([]);
    expect(await states(world)).toEqual(["cancelled"]);
  });
});

describe("a copy on the network", () => {
  test.each([
    [true, "t1", false],
    [false, "t0", true],
  ])("follows an edit where the network can edit (%s)", async (edit, text, stale) => {
    const world = await aWorld({ edit });
    await world.plan("s", withText("t0"));
    await world.sweep();
    await world.plan("s", withText("t1"));
    await world.sweep();
    expect(world.paper.posts).toMatchObject([{ text: expect.stringContaining(text) }]);
    expect(await world.deliveries("s")).toMatchObject([{ state: "posted", stale }]);
  });

  test("is not edited when its snippet stays the same", async () => {
    const world = await aWorld();
    await world.plan("s", withText("t0"));
    await world.sweep();
    await world.plan("s", withText("t0", { title: "Another title" }));
    await world.sweep();
    expect(world.paper.requests).toHaveLength(1);
    expect(await world.deliveries("s")).toMatchObject([{ state: "posted", stale: false }]);
  });

  test("is stale where the network rejects the edit, until another edit is accepted", async () => {
    const world = await aWorld();
    await world.plan("s", withText("t0"));
    await world.sweep();
    world.paper.fates.push("refused");
    await world.plan("s", withText("t1"));
    await world.sweep();
    expect(await world.deliveries("s")).toMatchObject([{ state: "posted", stale: true, reason: "400" }]);
    await world.plan("s", withText("t2"));
    await world.sweep();
    expect(await world.deliveries("s")).toMatchObject([{ state: "posted", stale: false }]);
    expect(world.paper.visible()).toEqual([expect.stringContaining("t2")]);
  });

  test("counts its sends and not its edits, which wait longer after each failure", async () => {
    const world = await aWorld();
    await world.plan("s", withText("t0"));
    await world.sweep();
    await world.plan("s", withText("t1"));
    await world.sweep();
    expect(await world.deliveries("s")).toMatchObject([{ state: "posted", attempts: 1 }]);
    const failures = 6;
    world.paper.fates.push(...Array.from({ length: failures }, () => "lost" as const));
    await world.plan("s", withText("t2"));
    const waits: number[] = [];
    for (let failure = 0; failure < failures; failure += 1) {
      await world.sweep();
      const [{ due = 0, attempts = 0 } = {}] = await world.deliveries("s");
      expect(attempts).toBe(1);
      waits.push(due - world.clock());
      world.turn(due - world.clock());
    }
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits[5]).toBeGreaterThan(2 * (waits[0] ?? 0));
    await world.sweep();
    expect(world.paper.visible()).toEqual([expect.stringContaining("t2")]);
    // A new edit is not made to wait for the failures of the one before.
    world.paper.fates.push("lost");
    await world.plan("s", withText("t3"));
    await world.sweep();
    const [{ due = 0 } = {}] = await world.deliveries("s");
    expect(due - world.clock()).toBe(waits[0]);
  });

  test.each([
    [true, { state: "deleted" }, 0],
    [false, { state: "posted", stale: true }, 1],
  ])("is deleted with its post where the network can delete (%s)", async (remove, delivery, left) => {
    const world = await aWorld({ remove });
    await world.plan("s", withText("t0"));
    await world.sweep();
    await world.app.remove("s");
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(left);
    expect(await world.deliveries("s")).toMatchObject([delivery]);
  });

  test("is deleted ten minutes after its document was removed", async () => {
    const world = await aWorld();
    await world.plan("s", withText("t0"));
    await world.sweep();
    world.erase("s.md");
    await world.ingest("s.md");
    await world.sweep();
    world.turn(10 * minute - 1);
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(1);
    world.turn(1);
    await world.sweep();
    expect(world.paper.visible()).toEqual([]);
  });

  test("stays, with that reason, when its post becomes a draft", async () => {
    const world = await aWorld();
    await world.plan("s", withText("t0"));
    await world.sweep();
    await world.plan("s", withText("t1", { draft: true }));
    await world.sweep();
    expect(world.paper.requests).toHaveLength(1);
    expect(await world.deliveries("s")).toMatchObject([
      {
        state: "posted",
        stale: true,
        reason: "the copy stays, but the post was withdrawn: It is a draft (`draft: true`).",
      },
    ]);
  });

  test("is not changed once its account is removed from the configuration", async () => {
    const world = await aWorld();
    await world.plan("s", withText("t0"));
    await world.sweep();
    world.configured.accounts = [];
    await world.plan("s", withText("t1"));
    await world.sweep();
    expect(world.paper.requests).toHaveLength(1);
    expect(await world.deliveries("s")).toMatchObject([{ state: "posted" }]);
  });

  test("is stale where its account is removed before an edit is done", async () => {
    const world = await aWorld();
    await world.plan("s", withText("t0"));
    await world.sweep();
    world.paper.fates.push("lost");
    await world.plan("s", withText("t1"));
    await world.sweep();
    world.configured.accounts = [];
    world.turn(hour);
    await world.sweep();
    expect(await world.deliveries("s")).toMatchObject([{ state: "posted", stale: true }]);
  });
});

describe("publishing again", () => {
  test("makes exactly one more post", async () => {
    const world = await aWorld();
    await world.app.put("s", bytes(withText("t0")));
    await world.sweep();
    world.turn(minute);
    await world.app.put("s", bytes(withText("t0")), { again: true });
    await world.sweep();
    await world.app.put("s", bytes(withText("t0")));
    world.turn(hour);
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(2);
    expect(new Set(world.paper.posts.map(({ key }) => key)).size).toBe(2);
    expect(await states(world)).toEqual(["posted", "posted"]);
  });
});

describe("an account without credentials", () => {
  test("keeps its deliveries waiting until it is connected", async () => {
    const world = await aWorld();
    await world.plan("s", withText("t0"));
    world.paper.reach.now = "none";
    await world.sweep();
    expect(await world.deliveries("s")).toMatchObject([
      { state: "pending", reason: expect.stringContaining("not connected") },
    ]);
    world.paper.reach.now = "real";
    world.turn(hour);
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(1);
  });

  test("keeps an unanswered send unsettled", async () => {
    const world = await aWorld({ offers: "read" });
    world.paper.fates.push("cut");
    void world.app.work(await world.plan("s", withText("t0")));
    await world.paper.inFlight();
    world.paper.land();
    world.paper.reach.now = "none";
    world.turn(hour);
    await world.sweep();
    expect(await states(world)).toEqual(["unsettled"]);
    world.paper.reach.now = "real";
    world.turn(hour);
    await world.sweep();
    expect(await states(world)).toEqual(["posted"]);
    expect(world.paper.posts).toHaveLength(1);
  });
});

test("a pending delivery of a removed account is cancelled, with that reason", async () => {
  const world = await aWorld();
  await world.plan("s", withText("t0"));
  world.configured.accounts = [];
  await world.sweep();
  expect(await world.deliveries("s")).toMatchObject([
    { state: "cancelled", reason: expect.stringContaining("removed from the configuration") },
  ]);
});

const lost = { post: "lost", account: "one", network: "paper" };

test.each([
  [{ ...deliveryIn.pending, ...lost }, "cancelled"],
  [{ ...deliveryIn.sending, ...lost, leaseUntil: start }, "cancelled"],
  [{ ...deliveryIn.sending, ...lost, leaseUntil: start, sent: deliveryIn.posted.sent }, "unsettled"],
  [{ ...deliveryIn.cancelled, ...lost }, "cancelled"],
  [{ ...deliveryIn.failed, ...lost }, "failed"],
] as const)("of a row whose post is missing and whose lease is over nothing is sent (%#)", async (delivery, after) => {
  const world = await aWorld({ offers: "read" });
  await world.store.deliveries.create(delivery);
  await world.sweep();
  expect(await world.store.deliveries.ofPost("blog", "lost")).toMatchObject([{ state: after }]);
  world.turn(hour);
  await world.sweep();
  expect(world.paper.requests).toEqual([]);
  expect(world.alarms).toEqual([]);
});

describe("a sandbox delivery", () => {
  test("has no pacing, and is settled within seconds", async () => {
    const world = await aWorld();
    world.paper.reach.now = "sandbox";
    await planAll(world, ["a", "b", "c"]);
    world.paper.fates.push("lost");
    await world.sweep();
    world.turn(10 * second);
    await world.sweep();
    expect(world.paper.posts).toHaveLength(3);
  });
});

test.each(["refuse", "read", "key"] as const)(
  "a network that does not answer for three days gets less than 100 requests for a delivery, and the delivery when it is back (%s)",
  async (offers) => {
    const world = await aWorld({ offers });
    world.paper.silent.now = true;
    await world.plan("s", withText("t0"));
    for (let waited = 0; waited < 3 * day; waited += hour / 2) {
      await world.sweep();
      world.turn(hour / 2);
    }
    expect(world.paper.requests.length + world.paper.looks.count).toBeLessThan(100);
    world.paper.silent.now = false;
    world.turn(hour + 20 * minute);
    await world.sweep();
    expect(await states(world)).toEqual(["posted"]);
    expect(world.paper.posts).toHaveLength(1);
  },
);

describe("a network that cannot be read for a while", () => {
  test.each([
    { offers: "read", requests: 1 },
    { offers: "key", remembersFor: hour, requests: 2 },
  ] as const)("$offers: inside its window the key is used without reading", async ({ requests, ...options }) => {
    const world = await aWorld(options);
    world.paper.fates.push("applied");
    await world.plan("s", withText("t0"));
    await world.sweep();
    world.paper.blind.now = true;
    world.turn(4 * minute);
    await world.sweep();
    expect(world.paper.requests).toHaveLength(requests);
    world.paper.blind.now = false;
    world.turn(day);
    await world.sweep();
    expect(world.paper.posts).toHaveLength(1);
    expect(await states(world)).toEqual(["posted"]);
  });

  test("does not make a second post after the window of its key", async () => {
    const world = await aWorld({ offers: "key", remembersFor: hour });
    world.paper.fates.push("applied");
    await world.plan("s", withText("t0"));
    await world.sweep();
    world.turn(day);
    await world.sweep();
    expect(world.paper.posts).toHaveLength(1);
  });

  test("does not send a text again after the network may have forgotten it", async () => {
    const world = await aWorld({ offers: "refuse", remembersFor: hour });
    world.paper.fates.push("applied");
    await world.plan("s", withText("t0"));
    await world.sweep();
    world.turn(day);
    await world.sweep();
    expect(world.paper.requests).toHaveLength(1);
    expect(await world.deliveries("s")).toMatchObject([
      { state: "unknown", reason: expect.stringContaining("check the network") },
    ]);
  });

  test("does not send a deleted post again to find out", async () => {
    const world = await aWorld({ offers: "refuse" });
    world.paper.fates.push("lost");
    await world.plan("s", withText("t0"));
    await world.sweep();
    await world.app.remove("s");
    world.turn(4 * minute);
    await world.sweep();
    expect(world.paper.requests).toHaveLength(1);
    expect(await world.deliveries("s")).toMatchObject([
      {
        state: "unknown",
        reason: expect.stringMatching(/: check the network \(the post was deleted\)$/),
      },
    ]);
  });
});

test.each(["deliveries.save", "deliveries.save 2", "after networks.connect"])(
  "two workers at once send once: the slower one stops at %s",
  async (place) => {
    const world = await aWorld({ offers: "none" });
    const ref = await world.plan("s", withText("t0"));
    const w1 = world.worker(place);
    const running = w1.app.work(ref);
    await w1.stopped;
    world.turn(2 * minute);
    await world.sweep();
    w1.go();
    await running;
    await world.sweep();
    expect(world.paper.posts).toHaveLength(1);
    expect(await states(world)).toEqual(["posted"]);
  },
);

test.each(["deliveries.save", "deliveries.save 2", "after deliveries.ofPost"])(
  "two workers at once settle once: the slower one stops at %s",
  async (place) => {
    const world = await aWorld({ offers: "read" });
    world.paper.fates.push("lost");
    const ref = await world.plan("s", withText("t0"));
    await world.sweep();
    world.turn(4 * minute);
    const w1 = world.worker(place);
    const running = w1.app.work(ref);
    await w1.stopped;
    await world.sweep();
    world.turn(10 * minute);
    await world.sweep();
    w1.go();
    await running;
    await world.sweep();
    expect(world.paper.posts).toHaveLength(1);
    expect(await states(world)).toEqual(["posted"]);
  },
);

test("two workers at once edit once", async () => {
  const world = await aWorld();
  await world.plan("s", withText("t0"));
  await world.sweep();
  const ref = await world.plan("s", withText("t1"));
  const w1 = world.worker("deliveries.save");
  const running = w1.app.work(ref);
  await w1.stopped;
  await world.sweep();
  w1.go();
  await running;
  expect(world.paper.requests).toHaveLength(2);
});

test("whatever the network answers and however the post is edited, there is one copy in the end, with the content of the post", async () => {
  const fate = fc.constantFrom<Fate>("lost", "applied", "limited", "unauthorised");
  const move = fc.oneof(fate, fc.constantFrom("edit", "race", "turn"));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom("key", "read"), fc.array(move, { maxLength: 8 }), async (offers, moves) => {
      const world = await aWorld({ offers });
      const ref = await world.plan("s", withText("t0"));
      let text = "t0";
      for (const [index, one] of moves.entries()) {
        if (one === "edit") {
          text = `t${index + 1}`;
          await world.plan("s", withText(text));
        } else if (one === "turn") {
          world.turn(3 * minute);
          await world.sweep();
        } else if (one === "race") {
          await Promise.all([world.app.work(ref), world.app.work(ref)]);
        } else {
          world.paper.fates.push(one);
          await world.sweep();
        }
      }
      for (let turn = 0; turn < 12; turn += 1) {
        world.turn(hour);
        await world.sweep();
      }
      expect(world.paper.posts).toMatchObject([{ text: expect.stringContaining(text), deleted: false }]);
      expect(await world.deliveries("s")).toMatchObject([{ state: "posted", stale: false, remotes: [{ id: "p1" }] }]);
    }),
    { numRuns: runs(15) },
  );
});

describe("the feeds of a post", () => {
  const copies = async (world: World): Promise<readonly string[] | undefined> => {
    const stored = await world.objects.read("feed.json");
    const feed: { items: { _crier?: { syndication?: string[] } }[] } = JSON.parse(
      new TextDecoder().decode(stored?.bytes),
    );
    return feed.items[0]?._crier?.syndication;
  };

  test("name the URLs of its copies, as long as these exist", async () => {
    const world = await aWorld({ remove: true });
    world.write("a.md", aDocument({ title: "One", slug: "a" }));
    await world.ingest("a.md");
    await world.sweep();
    expect(await copies(world)).toBeUndefined();
    world.turn(5 * second);
    await world.sweep();
    expect(await copies(world)).toEqual(["https://paper.example/p1"]);
    await world.app.remove("a");
    await world.sweep();
    expect((await world.post("a")).syndication).toEqual([]);
  });

  test("name the address to which an edit has moved a copy; so does the receipt, and what follows goes there", async () => {
    const world = await aWorld({ remove: true, moves: true });
    const edit = async (title: string) => {
      world.write("a.md", aDocument({ title, slug: "a" }));
      await world.ingest("a.md");
      for (let round = 0; round < 3; round += 1) {
        world.turn(minute);
        await world.sweep();
      }
    };
    await edit("One");
    expect(await copies(world)).toEqual(["https://paper.example/p1"]);
    await edit("Two");
    expect(await copies(world)).toEqual(["https://paper.example/p1-moved"]);
    const receipt = new TextDecoder().decode((await world.objects.read("syndication/a.json"))?.bytes);
    expect(JSON.parse(receipt).copies).toMatchObject([{ url: "https://paper.example/p1-moved" }]);
    await edit("Three");
    expect(await copies(world)).toEqual(["https://paper.example/p1-moved-moved"]);
    await world.app.remove("a");
    await world.sweep();
    expect(world.paper.requests.at(-1)).toBe("remove p1-moved-moved");
    expect(world.paper.visible()).toEqual([]);
    expect((await world.post("a")).syndication).toEqual([]);
  });

  test("do not name a copy that not everybody may see", async () => {
    const world = await aWorld({ isPublic: false });
    await world.app.work(await world.plan("a", aDocument({ title: "One", slug: "a" })));
    world.turn(5 * second);
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(1);
    expect((await world.post("a")).syndication).toEqual([]);
    expect(await copies(world)).toBeUndefined();
  });

  test("name them even if the worker stops between the network's answer and the save of the post", async () => {
    const world = await aWorld();
    const ref = await world.plan("a", aDocument({ title: "One", slug: "a" }));
    await world.app.work(ref);
    const worker = world.worker("posts.save");
    void worker.app.work(ref);
    await worker.stopped;
    await world.sweep();
    world.turn(5 * second);
    await world.sweep();
    expect(await copies(world)).toEqual(["https://paper.example/p1"]);
  });
});
