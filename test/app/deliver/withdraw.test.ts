import { expect, test } from "vitest";
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
