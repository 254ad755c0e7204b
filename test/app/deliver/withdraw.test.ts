import { describe, expect, test } from "vitest";
import { hour, minute } from "../../../src/domain/time.ts";
import { anAccount } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const paper = (name: string) => anAccount({ name, network: "paper", pacing: { interval: 0, dailyCap: 50 } });
const document = aDocument({ slug: "s" });

const settle = async (world: World): Promise<void> => {
  for (let minutes = 0; minutes < 10; minutes += 1) {
    await world.sweep();
    world.turn(minute);
  }
};

const states = async (world: World) => (await world.deliveries("s")).map(({ state }) => state);

const aPost = async (options: Parameters<typeof aWorld>[0] = {}): Promise<World> => {
  const world = await aWorld({ accounts: [paper("one"), paper("two")], ...options });
  await world.plan("s", document);
  await settle(world);
  return world;
};

test("one copy is taken back: it is deleted, and the post stays in the feeds and on the other account", async () => {
  const world = await aPost();
  expect(await world.app.withdraw("s", "one")).toMatchObject({
    deliveries: [{ already: false, delivery: { account: "one", reason: "withdrawn by hand: it is not sent again" } }],
    problems: [],
  });
  await settle(world);
  expect(world.paper.posts.map(({ account, deleted }) => [account, deleted])).toEqual([
    ["one", true],
    ["two", false],
  ]);
  expect(await world.titles()).toEqual(["A title"]);
  expect((await world.post("s")).syndication).toEqual(["https://paper.example/p2"]);
  expect(await world.deliveries("s")).toMatchObject([
    { state: "deleted", reason: "withdrawn by hand: it is not sent again", reopens: false },
    { state: "posted" },
  ]);
});

test("it is not sent again, whatever becomes of the post; twice pressed, it says so", async () => {
  const world = await aPost();
  await world.app.withdraw("s", "one");
  await settle(world);
  expect(await world.app.withdraw("s", "one")).toMatchObject({ deliveries: [{ already: true }] });
  await world.plan("s", aDocument({ slug: "s", socialShare: "Edited" }));
  await settle(world);
  world.erase("s.md");
  await world.ingest("s.md");
  world.turn(hour);
  await settle(world);
  await world.plan("s", document);
  await settle(world);
  expect(world.paper.posts.filter(({ account }) => account === "one")).toHaveLength(1);
});

test("all posts of a thread are taken back", async () => {
  const world = await aPost({ accounts: [paper("one")], parts: 3 });
  await world.app.withdraw("s", "one");
  await settle(world);
  expect(world.paper.posts.map(({ deleted }) => deleted)).toEqual([true, true, true]);
});

test("a copy of which nobody knows yet is deleted as soon as it is found", async () => {
  const world = await aWorld({ accounts: [paper("one")], offers: "key", remembersFor: hour });
  world.paper.fates.push("applied");
  await world.plan("s", document);
  await world.sweep();
  expect(await states(world)).toEqual(["unsettled"]);
  await world.app.withdraw("s", "one");
  await settle(world);
  expect(world.paper.posts.map(({ deleted }) => deleted)).toEqual([true]);
  expect(await states(world)).toEqual(["deleted"]);
});

test("a send without an answer is not repeated, and an edit that waits is not made", async () => {
  const world = await aWorld({ accounts: [paper("one")] });
  world.paper.fates.push("lost");
  await world.plan("s", document);
  await world.sweep();
  await world.app.withdraw("s", "one");
  await settle(world);
  expect(world.paper.posts).toEqual([]);
  expect(await states(world)).toEqual(["cancelled"]);

  const other = await aPost({ accounts: [paper("one")] });
  other.paper.fates.push("limited");
  await other.plan("s", aDocument({ slug: "s", socialShare: "Edited" }));
  await other.sweep();
  expect(await states(other)).toEqual(["editing"]);
  await other.app.withdraw("s", "one");
  await settle(other);
  expect(other.paper.posts).toMatchObject([{ deleted: true, text: expect.not.stringContaining("Edited") }]);
});

test("what cannot be taken back is said with the next command, and stays as it is", async () => {
  const world = await aWorld({ accounts: [paper("one")] });
  await world.plan("s", document);
  const { id } = (await world.app.status("s"))?.deliveries[0] ?? { id: "" };
  expect(await world.app.withdraw("s", "one")).toEqual({
    deliveries: [],
    problems: [`${id} is pending, there is no copy: npx crier dismiss ${id} cancels it`],
  });
  expect(await world.app.withdraw("s", "two")).toEqual({ deliveries: [], problems: ["two has no copy of s"] });
  expect(await world.app.withdraw("never", "one")).toBeUndefined();
  expect(await states(world)).toEqual(["pending"]);
});

describe("a copy that cannot be deleted is left as it is, and the reason says what to do", () => {
  const refused = async (world: World, problem: string): Promise<void> => {
    const before = await world.deliveries("s");
    expect(await world.app.withdraw("s", "one")).toEqual({
      deliveries: [],
      problems: [problem.replaceAll("ID", `${before[0]?.post}.one.1`)],
    });
    expect(await world.deliveries("s")).toEqual(before);
  };

  test("where nobody knows its id", async () => {
    const world = await aPost({ accounts: [paper("one")], offers: "none", canFind: false });
    world.paper.fates.push("lost");
    await world.app.announce("s", { again: true });
    await settle(world);
    world.turn(hour);
    await settle(world);
    const id = `${(await world.post("s")).id}.one.2`;
    await world.app.resolve(id, "posted");
    await settle(world);
    expect(await world.app.withdraw("s", "one")).toMatchObject({
      deliveries: [{ delivery: { generation: 1 } }],
      problems: [`the network gave no id for it: delete the copy of ${id} by hand`],
    });
  });

  test("where its account was removed from the configuration", async () => {
    const world = await aPost({ accounts: [paper("one")] });
    world.configured.accounts = [];
    await refused(
      world,
      "the account one was removed from the configuration: delete the copy of ID by hand: https://paper.example/p1",
    );
  });

  test("where its account is on another network now", async () => {
    const world = await aPost({ accounts: [paper("one")] });
    world.configured.accounts = [anAccount({ name: "one", network: "mastodon" })];
    await refused(
      world,
      "the account one is on mastodon now, and not on paper: delete the copy of ID by hand: https://paper.example/p1",
    );
  });

  test("where its network deletes nothing; what was not sent has no copy there either", async () => {
    const world = await aPost({ accounts: [paper("one")], keepsCopies: true });
    await refused(world, "paper cannot delete a copy: delete the copy of ID by hand: https://paper.example/p1");
    const waiting = await aWorld({ accounts: [paper("one")], keepsCopies: true });
    await waiting.plan("s", document);
    await refused(waiting, "ID is pending, there is no copy: npx crier dismiss ID cancels it");
  });
});

test("while its account is stopped, the copy is withdrawn, and the answer says that nothing is deleted yet", async () => {
  const world = await aPost({ accounts: [paper("one")] });
  await world.app.stop("one", "a wrong link", "ada");
  expect(await world.app.withdraw("s", "one")).toMatchObject({
    deliveries: [{ already: false }],
    problems: [
      expect.stringMatching(
        /^nothing is deleted on one now: ada stopped sending on one at .*: a wrong link; to go on: /,
      ),
    ],
  });
  await settle(world);
  expect(world.paper.posts.map(({ deleted }) => deleted)).toEqual([false]);
  await world.app.resume("one");
  await settle(world);
  expect(world.paper.posts.map(({ deleted }) => deleted)).toEqual([true]);
});

test("a second announcement that waits is named, beside the first that was withdrawn before", async () => {
  const world = await aPost({ accounts: [paper("one")] });
  await world.app.withdraw("s", "one");
  await settle(world);
  await world.app.announce("s", { again: true });
  await world.app.stop("one", "a wrong link", "ada");
  await world.sweep();
  const id = `${(await world.post("s")).id}.one.2`;
  expect(await world.app.withdraw("s", "one")).toMatchObject({
    deliveries: [{ already: true, delivery: { generation: 1 } }],
    problems: [`${id} is pending, there is no copy: npx crier dismiss ${id} cancels it`],
  });
});

test("while a request of the copy is under way, it is taken back a minute later", async () => {
  const world = await aWorld({ accounts: [paper("one")] });
  const ref = await world.plan("s", document);
  world.paper.fates.push("slow");
  const sent = world.app.work(ref);
  await world.paper.inFlight();
  expect(await world.app.withdraw("s", "one")).toMatchObject({
    problems: [expect.stringMatching(/^a request of .* is under way: try again in a minute$/)],
  });
  world.paper.land();
  await sent;
  await world.app.withdraw("s", "one");
  await settle(world);
  expect(world.paper.posts.map(({ deleted }) => deleted)).toEqual([true]);
});
