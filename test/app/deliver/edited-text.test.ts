import { describe, expect, test } from "vitest";
import { day, hour, minute } from "../../../src/domain/time.ts";
import { deliveryKey } from "../../../src/store/keys.ts";
import type { Row } from "../../../src/store/table.ts";
import { anAccount } from "../../support/builders.ts";
import { aDocument, aWorld, type World, type WorldOptions } from "../../support/world.ts";

const aText = (text: string, more: Readonly<Record<string, unknown>> = {}) =>
  aDocument({ slug: "s", socialShare: text, ...more });

const only = async (world: World) => (await world.app.status("s"))?.deliveries[0];

const save = async (world: World, document: string): Promise<void> => {
  await world.plan("s", document);
  await world.sweep();
};

const by = (name: string) => ({ by: name });

/** A post that waits, because its account is stopped. */
const aWaitingPost = async (options: WorldOptions = {}): Promise<World> => {
  const world = await aWorld(options);
  await world.app.stop("one");
  await save(world, aText("As in the document"));
  return world;
};

const go = async (world: World): Promise<void> => {
  await world.app.resume("one");
  world.turn(2 * hour);
  await world.sweep();
};

const link = "https://blog.example.com/s/";

describe("a text that is edited for one account", () => {
  test("goes out in the place of the document's, with the link, and says who wrote it", async () => {
    const world = await aWaitingPost({
      accounts: [anAccount({ name: "one", network: "paper" }), anAccount({ name: "two", network: "paper" })],
    });
    expect(await world.app.editText("s", "one", "In other words", by("Editor A"))).toMatchObject({
      already: false,
      delivery: {
        state: "pending",
        text: { value: "In other words", by: "Editor A", at: world.clock(), ifOvertaken: "ask", overtaken: false },
      },
    });
    await go(world);
    expect(world.paper.posts.map(({ account, text }) => [account, text])).toEqual([
      ["two", `As in the document\n\n${link}`],
      ["one", `In other words\n\n${link}`],
    ]);
    expect((await only(world))?.history.first).toContainEqual(
      expect.objectContaining({ state: "pending", reason: "its text was edited by hand", by: "Editor A" }),
    );
  });

  test("is shown before it is edited, as the document gives it, and after", async () => {
    const world = await aWaitingPost();
    expect(await world.app.text("s", "one")).toMatchObject({
      value: "As in the document",
      document: "As in the document",
      length: `As in the document\n\n${link}`.length,
      limit: 500,
      over: 0,
      above: "",
      below: link,
      problem: undefined,
      delivery: { text: undefined },
    });
    await world.app.editText("s", "one", "In other words");
    expect(await world.app.text("s", "one")).toMatchObject({ value: "In other words", document: "As in the document" });
    expect(await world.app.text("never", "one")).toBeUndefined();
    expect(await world.app.text("s", "never")).toEqual({ problem: "there is no account never: name one of one" });
  });

  test("that is too long, empty or not text is not saved", async () => {
    const world = await aWaitingPost();
    const invalid = async (text: string) => {
      const answer = await world.app.editText("s", "one", text);
      expect(answer).toMatchObject({ isInvalid: true });
      return answer !== undefined && "problem" in answer ? answer.problem : undefined;
    };
    const most = 500 - `\n\n${link}`.length;
    expect(await invalid("x".repeat(most + 12))).toBe("the text has 12 characters too many for one");
    expect(await invalid("x ".repeat(4000))).toMatch(/^the text has 7,\d{3} characters too many for one$/);
    expect(await invalid(" \n\u200B")).toBe("the text is empty");
    const broken = "the text has a control character, or half of a character: remove it";
    expect(await invalid("A bell\u0007")).toBe(broken);
    expect(await invalid("Half \uD83D")).toBe(broken);
    expect((await only(world))?.text).toBeUndefined();
    expect(await world.app.editText("s", "one", `${"x".repeat(most)}`)).toMatchObject({ already: false });
    expect(await world.app.editText("s", "one", "Two\r\nlines")).toMatchObject({
      delivery: { text: { value: "Two\nlines" } },
    });
    expect(await world.app.measureText("s", "one", "x".repeat(most + 12))).toMatchObject({ over: 12, length: 512 });
  });

  test("is edited only by somebody who has seen the delivery as it is", async () => {
    const world = await aWaitingPost();
    const { version = 0 } = (await only(world)) ?? {};
    await world.app.editText("s", "one", "First");
    expect(await world.app.editText("s", "one", "Second", { seen: { version, shown: undefined } })).toMatchObject({
      problem: expect.stringContaining("has changed since you saw it"),
      delivery: { text: { value: "First" } },
    });
    expect(await only(world)).toMatchObject({ text: { value: "First" } });
  });

  test("becomes that of the document again", async () => {
    const world = await aWaitingPost();
    await world.app.editText("s", "one", "In other words");
    expect(await world.app.documentText("s", "one", by("Editor B"))).toMatchObject({
      already: false,
      delivery: { text: undefined },
    });
    expect(await world.app.documentText("s", "one")).toMatchObject({ already: true });
    await go(world);
    expect(world.paper.visible()).toEqual([`As in the document\n\n${link}`]);
    expect((await only(world))?.history.first).toContainEqual(
      expect.objectContaining({ reason: "it has the text of its document again, by hand", by: "Editor B" }),
    );
  });

  test("stays through a change of the body, and of a tag", async () => {
    const world = await aWaitingPost();
    await world.app.editText("s", "one", "In other words");
    await save(world, aText("As in the document", { tags: ["new"], title: "Another title" }));
    await go(world);
    expect(world.paper.visible()).toEqual([`In other words\n\n${link}`]);
  });

  test("of a post without a text of its author stays until title or summary change", async () => {
    const world = await aWorld();
    await world.app.stop("one");
    await save(world, aDocument({ slug: "s", title: "One" }, "The first paragraph says much about it."));
    await world.app.editText("s", "one", "In other words");
    await save(world, aDocument({ slug: "s", title: "One" }, "The first paragraph says much about it.\n\nMore."));
    await world.app.resume("one");
    await save(world, aDocument({ slug: "s", title: "Two" }, "The first paragraph says much about it."));
    expect(await only(world)).toMatchObject({ state: "held", hold: "text" });
  });

  test("that names the page is overtaken by another address", async () => {
    const world = await aWaitingPost();
    await world.app.editText("s", "one", `Read ${link} now`);
    await save(world, aText("As in the document", { permalink: "/t/" }));
    await go(world);
    expect(world.paper.requests).toEqual([]);
    expect(await only(world)).toMatchObject({ state: "held", hold: "text" });
  });

  test("is not lost with a new publication's, which begins with that of the document", async () => {
    const world = await aWaitingPost();
    await world.app.editText("s", "one", "In other words");
    await go(world);
    world.turn(day);
    await world.app.announce("s", { again: true });
    world.turn(minute);
    await world.sweep();
    expect(world.paper.visible()).toEqual([`In other words\n\n${link}`, `As in the document\n\n${link}`]);
    expect((await world.deliveries("s")).map(({ text }) => text?.value)).toEqual(["In other words", undefined]);
  });

  test("survives a refused request, and goes out with the next one", async () => {
    const world = await aWorld();
    world.paper.fates.push("limited");
    await save(world, aText("As in the document"));
    await world.app.editText("s", "one", "In other words");
    world.turn(5 * minute);
    await world.sweep();
    expect(world.paper.visible()).toEqual([`In other words\n\n${link}`]);
  });

  test("of a failed delivery is sent when somebody sends it again", async () => {
    const world = await aWorld();
    world.paper.fates.push("refused");
    await save(world, aText("As in the document"));
    const { id = "", reason } = (await only(world)) ?? {};
    expect(await world.app.editText("s", "one", "In other words", by("Editor A"))).toMatchObject({
      delivery: { state: "failed", reason },
    });
    expect((await only(world))?.history.first.at(-1)).toMatchObject({
      state: "failed",
      reason: "its text was edited by hand",
    });
    await world.app.retry(id);
    await world.sweep();
    expect(world.paper.visible()).toEqual([`In other words\n\n${link}`]);
  });

  test("cannot be another one once a request may have been applied", async () => {
    const world = await aWorld({ offers: "none", canFind: false });
    world.paper.fates.push("applied");
    await save(world, aText("As in the document"));
    expect(await only(world)).toMatchObject({ state: "unsettled" });
    for (const [state, words] of [
      ["unsettled", "may be out already"],
      ["unknown", "may be out already"],
    ] as const) {
      expect(await only(world)).toMatchObject({ state });
      expect(await world.app.editText("s", "one", "In other words")).toMatchObject({
        problem: expect.stringContaining(words),
      });
      world.turn(hour);
      await world.sweep();
    }
    await world.app.resolve((await only(world))?.id ?? "", "posted");
    expect(await world.app.editText("s", "one", "In other words")).toMatchObject({
      problem: expect.stringMatching(/is out already: change its document/),
    });
    await world.app.withdraw("s", "one");
    await save(world, aText("As in the document", { draft: true }));
    expect(await world.app.editText("s", "one", "In other words")).toHaveProperty("problem");
  });

  test("is never put into a request that was stored before", async () => {
    const world = await aWorld();
    world.paper.fates.push("lost");
    await save(world, aText("As in the document"));
    expect(await world.app.editText("s", "one", "In other words")).toHaveProperty("problem");
    world.turn(hour);
    await world.sweep();
    expect(world.paper.visible()).toEqual([`As in the document\n\n${link}`]);
  });

  test("that is saved while a worker is about to send goes out, and nothing else", async () => {
    const world = await aWaitingPost();
    await world.app.resume("one");
    world.turn(hour);
    const worker = world.worker("networks.connect");
    const { post = "", account = "", generation = 0 } = (await world.deliveries("s"))[0] ?? {};
    const sent = worker.app.work({ kind: "delivery", site: "blog", post, account, generation });
    await worker.stopped;
    expect(await world.app.editText("s", "one", "In other words")).toMatchObject({ already: false });
    worker.go();
    await sent;
    expect(world.paper.requests).toEqual([]);
    await world.sweep();
    expect(world.paper.visible()).toEqual([`In other words\n\n${link}`]);
  });

  test("is exported in the delivery's row, and an unreadable one is not replaced by the document's", async () => {
    const world = await aWaitingPost();
    await world.app.editText("s", "one", "In other words", by("Editor A"));
    const [delivery] = await world.deliveries("s");
    if (delivery === undefined) throw new Error("there is no delivery");
    const key = deliveryKey(delivery);
    const row: Row | undefined = await world.table.get(key);
    expect(row).toMatchObject({ text: { value: "In other words", by: "Editor A", ifOvertaken: "ask" } });
    await world.table.put({ ...row, ...key, text: { value: 7 } });
    await go(world);
    expect(world.paper.requests).toEqual([]);
    expect(await only(world)).toMatchObject({
      state: "held",
      hold: "unreadable",
      reason: expect.stringContaining("text"),
    });
  });
});

describe("where the document says something else before it is sent", () => {
  const anOvertakenPost = async (ifOvertaken: "ask" | "mine" = "ask", options: WorldOptions = {}): Promise<World> => {
    const world = await aWaitingPost(options);
    await world.app.editText("s", "one", "In other words", { by: "Editor A", ifOvertaken });
    await save(world, aText("New in the document"));
    await go(world);
    return world;
  };

  test("neither of the two goes out by itself", async () => {
    const world = await anOvertakenPost();
    expect(world.paper.requests).toEqual([]);
    expect(await only(world)).toMatchObject({
      state: "held",
      hold: "text",
      reason: "its text was edited, and its document says something else now",
      text: { overtaken: true },
      shown: { text: `In other words\n\n${link}` },
    });
  });

  test("nor in the sandbox", async () => {
    const world = await aWorld();
    world.paper.reach.now = "sandbox";
    await world.app.stop("one");
    await save(world, aText("As in the document"));
    await world.app.editText("s", "one", "In other words");
    await save(world, aText("New in the document"));
    await go(world);
    expect(await only(world)).toMatchObject({ state: "held", hold: "text" });
  });

  test("a release by its id sends the edited text", async () => {
    const world = await anOvertakenPost();
    const { id = "" } = (await only(world)) ?? {};
    expect(await world.app.actOnPost("release", "s")).toMatchObject({
      deliveries: [],
      problems: [expect.stringMatching(/is released by its own id only: .*text .* --document the document's\)$/)],
    });
    expect(await world.app.retry(id)).toMatchObject({ problem: expect.stringContaining("is not retried") });
    expect((await world.app.actOnAll("release")).rows).toEqual([]);
    expect(await world.app.act("release", id, by("Editor B"))).toMatchObject({ delivery: { state: "pending" } });
    await world.sweep();
    expect(world.paper.visible()).toEqual([`In other words\n\n${link}`]);
  });

  test("and the next change of the document holds it again", async () => {
    const world = await anOvertakenPost();
    await world.app.stop("one");
    await world.app.act("release", (await only(world))?.id ?? "");
    await save(world, aText("New once more"));
    await go(world);
    expect(world.paper.requests).toEqual([]);
    expect(await only(world)).toMatchObject({ state: "held", hold: "text" });
  });

  test("somebody sends the document's", async () => {
    const world = await anOvertakenPost();
    expect(await world.app.documentText("s", "one")).toMatchObject({ delivery: { state: "pending" } });
    await world.sweep();
    expect(world.paper.visible()).toEqual([`New in the document\n\n${link}`]);
  });

  test("another edit, of who has read the new text, sends that", async () => {
    const world = await anOvertakenPost();
    expect(await world.app.editText("s", "one", "Both together")).toMatchObject({ delivery: { state: "pending" } });
    await world.sweep();
    expect(world.paper.visible()).toEqual([`Both together\n\n${link}`]);
  });

  test("it goes out when the document says the same again", async () => {
    const world = await anOvertakenPost();
    await save(world, aText("As in the document"));
    expect(world.paper.visible()).toEqual([`In other words\n\n${link}`]);
  });

  test("a person who holds it and releases it has not decided about the text", async () => {
    const world = await anOvertakenPost();
    await world.app.actOnPost("hold", "s");
    await world.app.actOnPost("release", "s");
    await world.sweep();
    expect(world.paper.requests).toEqual([]);
    expect(await only(world)).toMatchObject({ state: "held", hold: "text" });
  });

  test("the edited text goes out where its editor chose that, and the history says so", async () => {
    const world = await anOvertakenPost("mine");
    expect(world.paper.visible()).toEqual([`In other words\n\n${link}`]);
    expect((await only(world))?.history.first.map(({ reason }) => reason)).toContain(
      "its text was edited, and its document says something else now: the edited text goes out, as its editor chose",
    );
  });

  test("between the decision and the send, it is not sent", async () => {
    const world = await aWaitingPost();
    await world.app.editText("s", "one", "In other words");
    await world.app.resume("one");
    world.turn(hour);
    const worker = world.worker("networks.connect");
    const { post = "", account = "", generation = 0 } = (await world.deliveries("s"))[0] ?? {};
    const sent = worker.app.work({ kind: "delivery", site: "blog", post, account, generation });
    await worker.stopped;
    await world.plan("s", aText("New in the document"));
    worker.go();
    await sent;
    await world.sweep();
    expect(world.paper.requests).toEqual([]);
    expect(await only(world)).toMatchObject({ state: "held", hold: "text" });
  });
});

describe("with an approval", () => {
  const approving = anAccount({ name: "one", network: "paper", approve: true, pacing: { interval: 0, dailyCap: 50 } });

  test("an edit after it needs another one: the yes was for another text", async () => {
    const world = await aWaitingPost({ accounts: [approving] });
    await world.app.actOnPost("approve", "s");
    await world.app.editText("s", "one", "In other words");
    await go(world);
    expect(world.paper.requests).toEqual([]);
    expect(await only(world)).toMatchObject({
      state: "held",
      hold: "approval",
      shown: { text: `In other words\n\n${link}`, approved: false },
    });
    await world.app.actOnPost("approve", "s");
    await world.sweep();
    expect(world.paper.visible()).toEqual([`In other words\n\n${link}`]);
  });

  test("an edit that waits for it is held for the other decision as soon as its document says something else", async () => {
    const world = await aWorld({ accounts: [approving] });
    await save(world, aText("As in the document"));
    await world.app.editText("s", "one", "In other words", by("Ada"));
    expect(await only(world)).toMatchObject({ state: "held", hold: "approval" });
    await save(world, aText("As in the document, newer"));
    expect(await only(world)).toMatchObject({ state: "held", hold: "text", text: { overtaken: true } });
    await save(world, aText("As in the document"));
    expect(await only(world)).toMatchObject({ state: "held", hold: "approval" });
    expect(world.paper.visible()).toEqual([]);
  });

  test("an edit of what waits for it sends nothing, and an approval is of the edited text", async () => {
    const world = await aWorld({ accounts: [approving] });
    await save(world, aText("As in the document"));
    const { shown } = (await only(world)) ?? {};
    expect(await world.app.editText("s", "one", "In other words")).toMatchObject({
      delivery: { state: "held", hold: "approval" },
    });
    expect(
      await world.app.act("approve", (await only(world))?.id ?? "", {
        seen: { version: undefined, shown: shown?.hash },
      }),
    ).toHaveProperty("problem");
    await world.app.actOnPost("approve", "s");
    await world.sweep();
    expect(world.paper.visible()).toEqual([`In other words\n\n${link}`]);
  });
});

describe("of a scheduled post", () => {
  const scheduled = (text: string) => aText(text, { date: "2026-03-03T08:00:00Z" });

  test("plans its delivery, and goes out at its date", async () => {
    const world = await aWorld();
    await save(world, scheduled("As in the document"));
    expect(await world.app.text("s", "one")).toMatchObject({
      value: "As in the document",
      delivery: undefined,
      problem: undefined,
    });
    expect(await world.app.editText("s", "one", "In other words")).toMatchObject({ delivery: { state: "pending" } });
    world.turn(minute);
    await world.sweep();
    expect(world.paper.requests).toEqual([]);
    world.turn(3 * day);
    await world.sweep();
    expect(world.paper.visible()).toEqual([`In other words\n\n${link}`]);
  });

  test("is held as soon as its document says something else", async () => {
    const world = await aWorld();
    await save(world, scheduled("As in the document"));
    await world.app.editText("s", "one", "In other words");
    await save(world, scheduled("New in the document"));
    world.turn(minute);
    await world.sweep();
    expect(await only(world)).toMatchObject({ state: "held", hold: "text" });
  });

  test("of an account that does not announce it is refused, and plans nothing", async () => {
    const world = await aWorld();
    await save(world, aText("As in the document", { date: "2026-03-03T08:00:00Z", draft: true }));
    expect(await world.app.editText("s", "one", "In other words")).toHaveProperty("problem");
    expect(await world.deliveries("s")).toEqual([]);
  });
});

describe("after it was sent", () => {
  const aSentPost = async (options: WorldOptions = {}): Promise<World> => {
    const world = await aWaitingPost(options);
    await world.app.editText("s", "one", "In other words");
    await go(world);
    return world;
  };

  test("a change of the body, and of the document's text, does not take it back", async () => {
    const world = await aSentPost();
    await save(world, aDocument({ slug: "s", socialShare: "As in the document" }, "Other words."));
    await save(world, aText("New in the document"));
    expect(world.paper.visible()).toEqual([`In other words\n\n${link}`]);
    expect(await only(world)).toMatchObject({ state: "posted", stale: false, text: { overtaken: true } });
  });

  test("the document's is sent as an edit by a person alone", async () => {
    const world = await aSentPost();
    await save(world, aText("New in the document"));
    expect(await world.app.documentText("s", "one")).toMatchObject({ delivery: { text: undefined } });
    await world.sweep();
    expect(world.paper.visible()).toEqual([`New in the document\n\n${link}`]);
    expect(await only(world)).toMatchObject({ state: "posted", stale: false });
  });

  test("not where the network has no edits", async () => {
    const world = await aSentPost({ keepsTexts: true });
    await save(world, aText("New in the document"));
    expect(await world.app.documentText("s", "one")).toMatchObject({
      problem: expect.stringMatching(/is out, and paper cannot edit it$/),
    });
    expect(await only(world)).toMatchObject({ text: { value: "In other words" } });
  });
});

test("a table that was lost finds the copy with the edited text, and does not edit it", async () => {
  const world = await aWaitingPost({ offers: "read" });
  await world.app.editText("s", "one", "In other words");
  world.paper.write("one", `In other words\n\n${link}`);
  await go(world);
  expect(world.paper.requests).toEqual([]);
  expect(await only(world)).toMatchObject({ state: "posted" });
});
