import { describe, expect, test } from "vitest";
import { day, hour, iso, minute } from "../../../src/domain/time.ts";
import { anAccount, start } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const paper = (name: string) => anAccount({ name, network: "paper", pacing: { interval: 0, dailyCap: 50 } });
const two = [paper("one"), paper("two")];
const document = aDocument({ slug: "s" });
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const bytes = encode(document);

const states = async (world: World) =>
  (await world.deliveries("s")).map(({ account, generation, state }) => `${account} ${generation} ${state}`);

const settle = async (world: World): Promise<void> => {
  for (let minutes = 0; minutes < 3; minutes += 1) {
    await world.sweep();
    world.turn(minute);
  }
};

describe("a file that waits until it is settled and is published by hand", () => {
  const aWaitingFile = async (): Promise<World> => {
    const world = await aWorld({ accounts: two, policies: { settle: hour } });
    world.write("s.md", document);
    await world.ingest("s.md");
    await world.sweep();
    expect(await states(world)).toEqual(["one 1 pending", "two 1 pending"]);
    return world;
  };

  test.each([
    ["by its file", (world: World) => world.app.put("s", bytes, { file: "/home/me/s.md" })],
    ["by its slug", (world: World) => world.app.announce("s", {})],
  ])("goes at once, once: %s", async (_, publish) => {
    const world = await aWaitingFile();
    expect(await publish(world)).toMatchObject({
      result: "unchanged",
      hurried: [{ account: "one" }, { account: "two" }],
    });
    await world.sweep();
    expect(world.paper.posts).toHaveLength(2);
    world.turn(2 * hour);
    await settle(world);
    expect(world.paper.posts).toHaveLength(2);
    expect(await publish(world)).toMatchObject({ result: "unchanged", hurried: [] });
  });

  test("goes at once, also at the moment between its first reading and the planning of its deliveries", async () => {
    const world = await aWorld({ accounts: two, policies: { settle: hour } });
    world.write("s.md", document);
    await world.ingest("s.md");
    expect(await states(world)).toEqual([]);
    await world.app.put("s", bytes, { file: "/home/me/s.md" });
    await world.sweep();
    expect(world.paper.posts).toHaveLength(2);
  });

  test("goes on waiting for what is no matter of its document", async () => {
    const quiet = { interval: 0, dailyCap: 50, quietHours: { from: 0, to: 24 * 60 - 1 } };
    const world = await aWorld({ accounts: [{ ...paper("one"), pacing: quiet }], policies: { settle: hour } });
    await world.plan("s", document);
    const waits = expect.stringContaining("quiet hours");
    expect(await world.app.announce("s", {})).toMatchObject({ hurried: [{ account: "one", waits }] });
    await world.sweep();
    expect(world.paper.posts).toEqual([]);
    expect((await world.deliveries("s"))[0]?.reason).toContain("quiet hours");
  });

  test("says of what is held why, and the command that sends it", async () => {
    const world = await aWaitingFile();
    await world.app.actOnPost("hold", "s");
    expect(await world.app.announce("s", {})).toMatchObject({
      hurried: [
        {
          account: "one",
          waits: expect.stringMatching(/^held: by hand, until you release it; to send it: npx crier release \S+$/),
        },
        { account: "two" },
      ],
    });
    await settle(world);
    expect(world.paper.posts).toEqual([]);
  });

  test("says that a post is scheduled", async () => {
    const world = await aWorld({ accounts: [paper("one")] });
    await world.plan("s", aDocument({ slug: "s", date: iso(world.clock() + hour) }));
    expect(await world.app.announce("s", {})).toMatchObject({ hurried: [] });
    await world.app.actOnPost("hold", "s");
    await world.app.actOnPost("release", "s");
    const waits = expect.stringContaining("scheduled");
    expect(await world.app.announce("s", {})).toMatchObject({ hurried: [{ account: "one", waits }] });
  });

  test("says that its account is paused, until the hour after which one delivery is tried", async () => {
    const world = await aWorld({ accounts: [{ ...paper("one"), pacing: { interval: 0, dailyCap: 50 } }] });
    world.paper.fates.push("unauthorised");
    await world.plan("s", document);
    await world.sweep();
    const waits = expect.stringMatching(/^one is paused: 401; set new credentials/);
    expect(await world.app.announce("s", {})).toMatchObject({ hurried: [{ account: "one", waits }] });
    world.turn(hour);
    expect(await world.app.announce("s", {})).toMatchObject({ hurried: [{ account: "one", waits: undefined }] });
    await settle(world);
    expect(world.paper.posts).toHaveLength(1);
  });

  test("says that its server refused the connection, and when it is tried again; twice pressed, too", async () => {
    const world = await aWorld({ accounts: [paper("one")] });
    world.paper.fates.push({ kind: "unavailable", reason: "ECONNREFUSED" });
    await world.plan("s", document);
    await world.sweep();
    for (let times = 0; times < 2; times += 1) {
      expect(await world.app.put("s", bytes, { file: "/home/me/s.md" })).toMatchObject({
        hurried: [{ account: "one", waits: "ECONNREFUSED; tried again at 08:00:25 UTC" }],
      });
      await world.sweep();
    }
    expect(world.paper.requests).toHaveLength(1);
    world.turn(minute);
    await settle(world);
    expect(world.paper.posts).toHaveLength(1);
  });

  test("says that its page is not live, and has the page asked now, each time", async () => {
    const world = await aWorld({ accounts: [paper("one")], policies: { live: "wait" } });
    await world.plan("s", document);
    await world.sweep();
    const waits = "waits until https://blog.example.com/s/ is live: it answers 404; it is asked again now";
    for (const asked of [2, 3]) {
      expect(await world.app.announce("s", {})).toMatchObject({ hurried: [{ account: "one", waits }] });
      await world.sweep();
      expect(world.outside.read).toHaveLength(asked);
    }
    world.outside.pages.set("https://blog.example.com/s/", {});
    await world.app.announce("s", {});
    await world.sweep();
    expect(world.paper.posts).toHaveLength(1);
  });

  test("says that it needs an approval, and the command that gives it", async () => {
    const world = await aWorld({ accounts: [{ ...paper("one"), approve: true }], policies: { settle: hour } });
    await world.plan("s", document);
    const waits = expect.stringMatching(/^needs your approval; to send it: npx crier approve \S+\.one\.1$/);
    expect(await world.app.announce("s", {})).toMatchObject({ hurried: [{ account: "one", waits }] });
    await world.app.actOnPost("approve", "s");
    expect(await world.app.announce("s", {})).toMatchObject({ hurried: [{ account: "one", waits: undefined }] });
    await world.sweep();
    expect(world.paper.posts).toHaveLength(1);
  });

  test("names the command that connects its account by a click, where there is one", async () => {
    const world = await aWorld({ accounts: [paper("one")], policies: { settle: hour }, connectsByClick: true });
    await world.plan("s", document);
    world.paper.reach.now = "none";
    expect(await world.app.announce("s", {})).toMatchObject({
      hurried: [{ account: "one", waits: "one is not connected: npx crier accounts connect one connects it" }],
    });
  });

  test("says that its account is not connected, or that this stage does not post", async () => {
    const world = await aWorld({ accounts: [paper("one")], policies: { settle: hour } });
    await world.plan("s", document);
    world.paper.reach.now = "none";
    expect(await world.app.announce("s", {})).toMatchObject({
      hurried: [{ account: "one", waits: "one is not connected: npx crier accounts set one connects it" }],
    });
    world.paper.reach.now = "real";
    world.configured.deployment = { stage: "preview", region: "eu-central-1", url: undefined, posts: ["production"] };
    expect(await world.app.announce("s", {})).toMatchObject({
      hurried: [
        { account: "one", waits: expect.stringContaining("the stage preview makes feeds and posts to no network") },
      ],
    });
  });

  test("says that a person has stopped all sending", async () => {
    const stopped = await aWorld({ accounts: [paper("one")], policies: { settle: hour } });
    await stopped.plan("s", document);
    await stopped.app.stop(undefined, "a wrong link", "ada");
    const why = expect.stringContaining("ada stopped all sending");
    expect(await stopped.app.announce("s", {})).toMatchObject({ hurried: [{ account: "one", waits: why }] });
  });

  test("an import leaves it waiting", async () => {
    const world = await aWaitingFile();
    await world.app.put("s", bytes, { file: "/home/me/s.md", byHand: false });
    await world.sweep();
    expect(world.paper.posts).toEqual([]);
  });
});

describe("a post is not announced again", () => {
  test.each([
    [
      "pending",
      "key",
      async (world: World) => {
        await world.plan("s", document);
      },
    ],
    [
      "held",
      "key",
      async (world: World) => {
        await world.plan("s", document);
        await world.app.actOnPost("hold", "s");
      },
    ],
    [
      "unsettled",
      "key",
      async (world: World) => {
        world.paper.fates.push("lost");
        await world.plan("s", document);
        await world.sweep();
      },
    ],
    [
      "unknown",
      "none",
      async (world: World) => {
        world.paper.fates.push("lost");
        await world.plan("s", document);
        await settle(world);
        world.turn(hour);
        await world.sweep();
      },
    ],
  ] as const)("while a copy of it is %s: nothing has changed", async (state, offers, arrange) => {
    const world = await aWorld({ accounts: [paper("one")], offers });
    await arrange(world);
    const problem = expect.stringMatching(
      new RegExp(
        `^it is not announced again while the copy on one is ${state}.*: npx crier status s shows what to do$`,
      ),
    );
    expect(await world.app.announce("s", { again: true })).toEqual({ result: "refused", problem });
    expect(await world.app.put("s", bytes, { again: true, file: "/s.md" })).toMatchObject({
      result: "refused",
      conflict: true,
      reasons: [{ message: problem }],
    });
    expect((await world.post("s")).generation).toBe(1);
  });

  test("on a network that refuses an equal text, while it does", async () => {
    const world = await aWorld({ accounts: [paper("one")], offers: "refuse", remembersFor: day });
    await world.plan("s", document);
    await settle(world);
    expect(await world.app.announce("s", { again: true })).toEqual({
      result: "refused",
      problem:
        "one refuses a post with an equal text: change the text (`socialShare`), or name another account with --account",
    });
    world.turn(day);
    expect(await world.app.announce("s", { again: true })).toMatchObject({ result: "updated" });
  });

  describe("on such a network, where its file is published", () => {
    const published = async (text: string): Promise<World> => {
      const world = await aWorld({ accounts: [paper("one")], offers: "refuse", remembersFor: day, edit: false });
      await world.app.put("s", encode(aDocument({ slug: "s", socialShare: text })));
      await settle(world);
      return world;
    };
    const again = (world: World, text: string) =>
      world.app.put("s", encode(aDocument({ slug: "s", socialShare: text })), { again: true });

    test("with another text, it is", async () => {
      const world = await published("Words");
      expect(await again(world, "Other words")).toMatchObject({ result: "updated" });
      await settle(world);
      expect(world.paper.posts.map(({ text }) => text.split("\n")[0])).toEqual(["Words", "Other words"]);
    });

    test("with the text that it had before, it is not, and its document stays as it is", async () => {
      const world = await published("Words");
      await world.app.put("s", encode(aDocument({ slug: "s", socialShare: "Other words" })));
      await settle(world);
      expect(await again(world, "Words")).toMatchObject({
        result: "refused",
        reasons: [{ message: expect.stringContaining("one refuses a post with an equal text") }],
      });
      expect((await world.post("s")).social.share).toBe("Other words");
    });
  });

  test("where its file is a draft now: nothing has changed", async () => {
    const world = await aWorld({ accounts: two });
    await world.app.put("s", bytes);
    await settle(world);
    expect(await world.app.put("s", encode(aDocument({ slug: "s", draft: true })), { again: true })).toMatchObject({
      result: "refused",
      reasons: [{ message: expect.stringContaining("s is not announced again: it is not public now") }],
    });
    expect(await world.post("s")).toMatchObject({ hold: undefined, generation: 1 });
  });

  test("by an account that is not connected, and by all where none is", async () => {
    const world = await aWorld({ accounts: [paper("one")] });
    world.paper.reach.now = "none";
    await world.plan("s", document);
    await settle(world);
    for (const accounts of [undefined, ["one"]])
      expect(await world.app.announce("s", { again: true, accounts })).toEqual({
        result: "refused",
        problem: "s is not announced, because no account is connected: one; npx crier accounts set one connects one",
      });
    world.turn(5 * day);
    world.paper.reach.now = "real";
    await settle(world);
    expect(await states(world)).toEqual([]);
  });

  test("by an account that there is not", async () => {
    const world = await aWorld({ accounts: two });
    await world.plan("s", document);
    await settle(world);
    expect(await world.app.announce("s", { again: true, accounts: ["one", "three"] })).toEqual({
      result: "refused",
      problem: "there is no account three that announces s: there is one, two",
    });
  });
});

describe("a post that was not announced before is not announced again, by one account or by all", () => {
  const tomorrow = { date: iso(start + day) };

  test.each([
    [
      "is scheduled",
      tomorrow,
      /^s was not announced before \(waits until .*: scheduled\): publish it without --again$/,
    ],
    ["is a draft", { draft: true }, /^s was not announced before \(.*draft.*\): publish it without --again$/i],
    ["is not shared", { socialShare: false }, /^s is not announced: the document says socialShare: false$/],
  ])("where it %s", async (_, fields, problem) => {
    for (const accounts of [undefined, ["one"]]) {
      const world = await aWorld({ accounts: two });
      await world.plan("s", aDocument({ slug: "s", ...fields }));
      const refused = { result: "refused", problem: expect.stringMatching(problem) };
      expect(await world.app.announce("s", { again: true, accounts })).toEqual(refused);
      expect(
        await world.app.put("s", encode(aDocument({ slug: "s", ...fields })), { again: true, accounts }),
      ).toMatchObject({ result: "refused", conflict: true, reasons: [{ message: refused.problem }] });
      expect(await world.post("s")).toMatchObject({ generation: 1, byHand: false });
    }
  });

  test("so that all accounts announce it at its date", async () => {
    const world = await aWorld({ accounts: two });
    await world.plan("s", aDocument({ slug: "s", ...tomorrow }));
    await world.app.announce("s", { again: true, accounts: ["one"] });
    world.turn(day);
    await settle(world);
    expect(world.paper.posts.map(({ account }) => account)).toEqual(["one", "two"]);
  });

  test("where its announcement is being planned", async () => {
    const world = await aWorld({ accounts: two });
    await world.app.put("s", bytes);
    expect(await world.app.announce("s", { again: true })).toEqual({
      result: "refused",
      problem: "s was not announced before: publish it without --again",
    });
    await settle(world);
    await world.app.announce("s", { again: true });
    expect(await world.app.announce("s", { again: true })).toEqual({
      result: "refused",
      problem: "s is being announced again already: npx crier status s shows it in a moment",
    });
  });

  test.each([
    [tomorrow, /^s is not announced again: it is not public now \(waits until .*: scheduled\)$/],
    [{ draft: true }, /^s is not announced again: it is not public now \(.*draft.*\)$/i],
  ])("where it was announced, and is %j now", async (fields, why) => {
    const world = await aWorld({ accounts: two });
    await world.app.put("s", bytes);
    await settle(world);
    await world.app.put("s", encode(aDocument({ slug: "s", ...fields })));
    await world.sweep();
    expect(await world.app.announce("s", { again: true })).toMatchObject({ problem: expect.stringMatching(why) });
    expect(await world.post("s")).toMatchObject({ generation: 1 });
  });

  test("where it is history, the named account announces it, and the other one does not", async () => {
    const world = await aWorld({ accounts: two });
    const old = aDocument({ slug: "s", date: iso(start - 30 * day) });
    await world.plan("s", old);
    expect(await world.app.put("s", encode(old), { again: true, accounts: ["two"] })).toMatchObject({
      result: "updated",
    });
    await settle(world);
    expect(world.paper.posts.map(({ account }) => account)).toEqual(["two"]);
  });

  test("a draft that becomes public is not announced by one account alone", async () => {
    const world = await aWorld({ accounts: two });
    await world.app.put("s", encode(aDocument({ slug: "s", draft: true })));
    expect(await world.app.put("s", bytes, { again: true, accounts: ["one"] })).toMatchObject({ result: "refused" });
    await world.app.put("s", bytes);
    await settle(world);
    expect(world.paper.posts.map(({ account }) => account)).toEqual(["one", "two"]);
  });

  test("a post without a date is published once", async () => {
    const world = await aWorld({ accounts: two });
    const undated = aDocument({ slug: "s", date: undefined });
    await world.plan("s", undated);
    expect(await world.app.put("s", encode(undated), { again: true })).toMatchObject({ result: "updated" });
    await settle(world);
    expect(await states(world)).toEqual(["one 1 posted", "two 1 posted"]);
  });
});

test("one account announces a post again, and the others do not", async () => {
  const world = await aWorld({ accounts: two });
  await world.plan("s", document);
  await settle(world);
  expect(await world.app.announce("s", { again: true, accounts: ["two"] })).toMatchObject({ result: "updated" });
  await settle(world);
  expect(await states(world)).toEqual(["one 1 posted", "two 1 posted", "two 2 posted"]);
});

test("a copy that waits on another account does not stop one that announces it again", async () => {
  const world = await aWorld({ accounts: two });
  await world.app.stop("one");
  await world.plan("s", document);
  await settle(world);
  expect(await world.app.announce("s", { again: true })).toMatchObject({ result: "refused" });
  expect(await world.app.announce("s", { again: true, accounts: ["two"] })).toMatchObject({ result: "updated" });
});
