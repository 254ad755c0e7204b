import { describe, expect, test } from "vitest";
import { day, minute, second } from "../../../src/domain/time.ts";
import { anAccount } from "../../support/builders.ts";
import { aDocument, aWorld } from "../../support/world.ts";

const inCategories = (title: string, ...categories: readonly string[]) => aDocument({ title, slug: "s", categories });

test("15. a stale publisher does not delete a newer membership", async () => {
  const world = await aWorld();
  world.write("a.md", inCategories("v0", "A"));
  await world.ingest("a.md");
  await world.sweep();
  world.write("a.md", inCategories("v1", "B"));
  await world.ingest("a.md");
  const w1 = world.worker("memberships.remove");
  const running = w1.app.work(await world.postRef("s"));
  await w1.stopped;
  world.write("a.md", inCategories("v2", "A"));
  await world.ingest("a.md");
  await world.app.work(await world.postRef("s"));
  w1.go();
  await running;
  await world.sweep();
  expect(await world.titles("categories/a/")).toEqual(["v2"]);
});

test("16. a stale put leaves no deleted post in the feed", async () => {
  const world = await aWorld();
  world.write("a.md", inCategories("v0", "A"));
  await world.ingest("a.md");
  const w1 = world.worker("memberships.put");
  const running = w1.app.work(await world.postRef("s"));
  await w1.stopped;
  world.write("a.md", inCategories("v1", "B"));
  await world.ingest("a.md");
  await world.app.work(await world.postRef("s"));
  w1.go();
  await running;
  await world.sweep();
  expect(await world.titles("categories/a/")).toEqual([]);
  expect(await world.titles("categories/b/")).toEqual(["v1"]);
});

test("17. a crash after the edit still removes the old membership", async () => {
  const world = await aWorld();
  world.write("a.md", inCategories("v0", "A"));
  await world.ingest("a.md");
  await world.sweep();
  world.write("a.md", inCategories("v1", "B"));
  await world.ingest("a.md");
  const w1 = world.worker("memberships.remove");
  void w1.app.work(await world.postRef("s"));
  await w1.stopped;
  world.write("a.md", inCategories("v2", "C"));
  await world.ingest("a.md");
  await world.sweep();
  expect(await world.titles("categories/a/")).toEqual([]);
  expect(await world.titles("categories/b/")).toEqual([]);
  expect(await world.titles("categories/c/")).toEqual(["v2"]);
  for (const feed of ["categories/a", "categories/b"] as const) {
    expect(await Array.fromAsync(world.store.memberships.newest("blog", feed))).toEqual([]);
  }
});

describe("a publication that has stored its accounts and has not planned their deliveries yet", () => {
  const paper = (name: string) => anAccount({ name, network: "paper", pacing: { interval: 0, dailyCap: 50 } });

  const begun = async (offers: "key" | "none") => {
    const world = await aWorld({ accounts: [paper("one"), paper("two")], offers });
    world.write("s.md", aDocument({ slug: "s" }));
    await world.ingest("s.md");
    const worker = world.worker("deliveries.create");
    const running = worker.app.work(await world.postRef("s"));
    await worker.stopped;
    return { world, finish: () => [worker.go(), running] };
  };

  test.each([
    ["key", undefined],
    ["none", undefined],
    ["none", "one"],
    ["none", "two"],
  ] as const)("is not announced again in the meantime: offers %s, account %s", async (offers, account) => {
    const { world, finish } = await begun(offers);
    const refused = {
      result: "refused",
      problem: "s is being announced on one: npx crier status s shows it in a moment",
    };
    expect(
      await world.app.announce("s", { again: true, accounts: account === undefined ? undefined : [account] }),
    ).toEqual(refused);
    await Promise.all(finish());
    world.turn(minute);
    await world.sweep();
    expect(world.paper.posts.map((post) => post.account)).toEqual(["one", "two"]);
    expect(
      await world.app.announce("s", { again: true, accounts: account === undefined ? undefined : [account] }),
    ).toMatchObject({ result: "updated" });
  });

  test("refuses a request to announce it again that was begun before a person announced it", async () => {
    const world = await aWorld({ accounts: [paper("one")], offers: "none" });
    await world.plan("s", aDocument({ slug: "s", date: "2026-01-01T08:00:00Z" }));
    await world.sweep();
    const asked = world.worker("posts.save");
    const again = asked.app.announce("s", { again: true });
    await asked.stopped;
    expect(await world.app.announce("s", {})).toMatchObject({ result: "updated" });
    const worker = world.worker("deliveries.create");
    const running = worker.app.work(await world.postRef("s"));
    await worker.stopped;
    asked.go();
    expect(await again).toMatchObject({ result: "refused" });
    worker.go();
    await running;
    world.turn(minute);
    await world.sweep();
    expect(world.paper.posts).toHaveLength(1);
  });
});

test("18. a stale publish does not plan after a deletion", async () => {
  const world = await aWorld();
  world.write("a.md", aDocument({ slug: "s" }));
  await world.ingest("a.md");
  const w1 = world.worker("deliveries.create");
  const running = w1.app.work(await world.postRef("s"));
  await w1.stopped;
  await world.app.remove("s");
  await world.sweep();
  w1.go();
  await running;
  await world.sweep();
  expect(await world.deliveries("s")).toMatchObject([{ state: "cancelled" }]);
  expect(world.paper.requests).toEqual([]);
});

test("19. a published post that is moved into the future leaves the feeds and returns", async () => {
  const world = await aWorld();
  world.write("a.md", aDocument({ slug: "s" }));
  await world.ingest("a.md");
  await world.sweep();
  world.write("a.md", aDocument({ slug: "s", date: "2026-03-02T08:00:00Z" }));
  await world.ingest("a.md");
  await world.sweep();
  expect(await world.titles()).toEqual([]);
  world.turn(day);
  await world.sweep();
  expect(await world.titles()).toEqual(["A title"]);
  expect(world.paper.posts).toHaveLength(1);
});

test("20. a crash at the first publish does not change the audience", async () => {
  const one = anAccount({ name: "one", network: "paper" });
  const world = await aWorld({ accounts: [one] });
  world.write("a.md", aDocument({ slug: "s" }));
  await world.ingest("a.md");
  const w1 = world.worker("after deliveries.create");
  void w1.app.work(await world.postRef("s"));
  await w1.stopped;
  world.configured.accounts = [one, anAccount({ name: "two", network: "paper" })];
  await world.sweep();
  expect((await world.deliveries("s")).map(({ account }) => account)).toEqual(["one"]);
});

test("21. an unlink and re-add does not cancel a live delivery", async () => {
  const world = await aWorld();
  world.write("a.md", aDocument({ slug: "s" }));
  await world.ingest("a.md");
  world.erase("a.md");
  await world.ingest("a.md");
  world.turn(6 * second);
  const w1 = world.worker("deliveries.ofPost");
  const running = w1.app.work(await world.postRef("s"));
  await w1.stopped;
  world.write("a.md", aDocument({ slug: "s" }));
  await world.ingest("a.md");
  await world.app.work(await world.postRef("s"));
  w1.go();
  await running;
  world.turn(20 * minute);
  await world.sweep();
  expect(await world.deliveries("s")).toMatchObject([{ state: "posted" }]);
  expect(world.paper.posts).toHaveLength(1);
});

test("the category of a scheduled post has no feed before its date, also after an edit and after a person published it", async () => {
  const world = await aWorld();
  const scheduled = (title: string, ...categories: readonly string[]) =>
    aDocument({ title, slug: "s", categories, date: new Date(world.clock() + day).toISOString() });
  world.write("a.md", scheduled("v0", "Secret merger"));
  await world.ingest("a.md");
  await world.sweep();
  for (const title of ["v1", "v2"]) {
    world.write("a.md", scheduled(title, "Secret merger", `Of ${title}`));
    await world.ingest("a.md");
    await world.sweep();
  }
  await world.app.announce("s", { again: false });
  await world.sweep();
  const secret = (await world.store.feeds.all("blog")).filter(({ key }) => key !== "main");
  expect(secret).toEqual([]);
  expect(await world.objects.read("categories/secret-merger/index.html")).toBeUndefined();

  world.turn(day + minute);
  await world.sweep();
  expect(await world.titles("categories/secret-merger/")).toEqual(["v2"]);
  world.write("a.md", scheduled("v3"));
  await world.ingest("a.md");
  await world.sweep();
  expect(await world.titles("categories/secret-merger/")).toEqual([]);
});
