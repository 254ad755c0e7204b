import { expect, test } from "vitest";
import { day, hour, minute } from "../../../src/domain/time.ts";
import { anAccount } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const paper = (name: string) => anAccount({ name, network: "paper", pacing: { interval: 0, dailyCap: 50 } });

const states = async (world: World, slug = "s") => (await world.deliveries(slug)).map(({ state }) => state);
const reasons = async (world: World, slug = "s") => (await world.deliveries(slug)).map(({ reason }) => reason);

test("nothing is sent on an account that is stopped; feeds and other accounts go on, and what waited goes out then", async () => {
  const world = await aWorld({ accounts: [paper("one"), paper("two")] });
  expect(await world.app.stop("one", "a wrong link", "Ada")).toMatchObject({ already: false, underWay: [] });
  await world.plan("s", aDocument({ slug: "s" }));
  await world.sweep();
  expect(world.paper.posts.map(({ account }) => account)).toEqual(["two"]);
  expect(await world.titles()).toEqual(["A title"]);
  expect(await reasons(world)).toEqual([
    "Ada stopped sending on one at 08:00 UTC: a wrong link; to go on: npx crier resume-sending one",
    undefined,
  ]);
  world.turn(day);
  await world.sweep();
  expect(world.paper.posts).toHaveLength(1);
  await world.app.resume("one");
  await world.sweep();
  expect(world.paper.posts.map(({ account }) => account)).toEqual(["two", "one"]);
});

test("a stop of all accounts holds for each, also for one that is added later, until all are resumed", async () => {
  const world = await aWorld({ accounts: [paper("one")] });
  await world.app.stop();
  world.configured.accounts = [paper("one"), paper("later")];
  await world.plan("s", aDocument({ slug: "s" }));
  await world.sweep();
  await world.app.resume("later");
  world.turn(hour);
  await world.sweep();
  expect(world.paper.requests).toEqual([]);
  expect(await reasons(world)).toEqual([
    "somebody stopped all sending at 08:00 UTC: a wrong link; to go on: npx crier resume-sending",
    "somebody stopped all sending at 08:00 UTC: a wrong link; to go on: npx crier resume-sending",
  ]);
  await world.app.resume();
  await world.sweep();
  expect(world.paper.posts).toHaveLength(2);
});

test("neither an edit nor a deletion of a copy, nor the repetition of a send is made while it is stopped", async () => {
  const world = await aWorld({ accounts: [paper("one")] });
  await world.plan("s", aDocument({ slug: "s" }));
  await world.plan("lost", aDocument({ slug: "lost" }));
  world.paper.fates.push("lost");
  await world.sweep();
  const sent = world.paper.requests.length;
  await world.app.stop("one");
  await world.plan("s", aDocument({ slug: "s", socialShare: "Edited" }));
  world.turn(hour);
  await world.sweep();
  await world.app.remove("s");
  world.turn(hour);
  await world.sweep();
  expect(world.paper.requests).toHaveLength(sent);
  await world.app.resume("one");
  for (let minutes = 0; minutes < 10; minutes += 1) {
    await world.sweep();
    world.turn(minute);
  }
  expect(await states(world)).toEqual(["deleted"]);
  expect(await states(world, "lost")).toEqual(["posted"]);
});

test("the end of one stop is not the end of another: of the same account, or of all", async () => {
  const world = await aWorld({ accounts: [paper("one"), paper("two")] });
  for (const account of ["one", "two", undefined]) await world.app.stop(account);
  await world.app.resume("one");
  await world.plan("s", aDocument({ slug: "s" }));
  await world.sweep();
  expect(world.paper.requests).toEqual([]);
  await world.app.resume();
  await world.sweep();
  expect(world.paper.posts.map(({ account }) => account)).toEqual(["one"]);
});

test("the repetition of a send that waits for the end of a stop goes on at once", async () => {
  const world = await aWorld({ accounts: [paper("one")] });
  world.paper.fates.push("lost");
  await world.plan("s", aDocument({ slug: "s" }));
  await world.sweep();
  await world.app.stop("one");
  world.turn(hour);
  await world.sweep();
  expect(world.paper.posts).toEqual([]);
  await world.app.resume("one");
  await world.sweep();
  expect(world.paper.visible()).toHaveLength(1);
});

test("an edit and a deletion that wait for the end of a stop go on at once", async () => {
  const world = await aWorld({ accounts: [paper("one")] });
  for (const slug of ["s", "t"]) await world.plan(slug, aDocument({ slug, socialShare: `A ${slug}` }));
  await world.sweep();
  await world.app.stop("one");
  await world.plan("s", aDocument({ slug: "s", socialShare: "B s" }));
  await world.app.withdraw("t", "one");
  await world.sweep();
  expect(
    world.paper
      .visible()
      .map((text) => text.slice(0, 3))
      .toSorted(),
  ).toEqual(["A s", "A t"]);
  await world.app.resume("one");
  await world.sweep();
  expect(world.paper.visible().map((text) => text.slice(0, 3))).toEqual(["B s"]);
});

test("a stop that is there already keeps its reason", async () => {
  const world = await aWorld({ accounts: [paper("one")] });
  await world.app.stop("one", "the first reason", "Ada");
  expect(await world.app.stop("one", "another one", "Bob")).toMatchObject({
    already: true,
    stops: { accounts: { one: { why: "the first reason", by: "Ada" } } },
  });
  expect(await world.app.resume("one")).toMatchObject({ already: false, stops: { accounts: {} } });
  expect(await world.app.resume("one")).toMatchObject({ already: true });
});

test("there is nothing to stop on an account that does not exist", async () => {
  const world = await aWorld({ accounts: [paper("one")] });
  expect(await world.app.stop("never")).toBeUndefined();
  expect(await world.app.resume("never")).toBeUndefined();
});

test("the accounts say who stopped them and why", async () => {
  const world = await aWorld({ accounts: [paper("one")] });
  await world.app.stop("one", "a wrong link", "Ada");
  expect(await world.app.checkAccounts()).toMatchObject([
    {
      name: "one",
      stopped: { why: "a wrong link", by: "Ada" },
      next: { reason: expect.stringContaining("Ada stopped") },
    },
  ]);
});

/** The calls of a worker between its decision to send and its request, and those after it. */
const places = ["stops.read", "accounts.read", "accounts.save", "servers.read", "deliveries.save", "networks.connect"];

test.each(places)(
  "of a stop and a send that has come to %s, the stop says truthfully which of them won",
  async (place) => {
    const world = await aWorld({ accounts: [paper("one")] });
    const ref = await world.plan("s", aDocument({ slug: "s" }));
    const sender = world.worker(place);
    const sent = sender.app.work(ref);
    await sender.stopped;
    const stopped = await world.app.stop("one");
    sender.go();
    await sent;
    await world.sweep();
    const isAnnounced = stopped?.underWay.length === 1;
    expect(world.paper.posts).toHaveLength(isAnnounced ? 1 : 0);
    expect(await states(world)).toEqual([isAnnounced ? "posted" : "pending"]);
  },
);

test("nothing is shown in the sandbox by a worker that has read the stops before", async () => {
  const world = await aWorld({ accounts: [paper("one")] });
  world.paper.reach.now = "sandbox";
  const ref = await world.plan("s", aDocument({ slug: "s" }));
  const sender = world.worker("accounts.save");
  const sent = sender.app.work(ref);
  await sender.stopped;
  await world.app.stop("one");
  sender.go();
  await sent;
  await world.sweep();
  expect(await world.deliveries("s")).toMatchObject([{ sandbox: true, state: "pending" }]);
  expect(world.paper.posts).toEqual([]);
});
