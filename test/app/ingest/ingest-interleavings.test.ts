import { describe, expect, test } from "vitest";
import { day, minute, second } from "../../../src/domain/time.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const words = "The words by which a document that has moved is known.";

/** The keys that name an address: the slug, if the permalink is only that, or the path that the document gives. */
const addresses = [["slug"], ["permalink"]] as const;

test.each(["after source.read", "posts.save"])(
  "1. an ingest that read its bytes before the row does not save old content over new: %s",
  async (place) => {
    const world = await aWorld();
    world.write("a.md", aDocument({ title: "X", slug: "s" }));
    const w1 = world.worker(place);
    const running = w1.app.ingest("folder", "a.md");
    await w1.stopped;
    world.write("a.md", aDocument({ title: "Y", slug: "s" }));
    await world.ingest("a.md");
    w1.go();
    await running;
    expect((await world.post("s")).title).toBe("Y");
  },
);

test("2. a document whose event never came is found by the listing", async () => {
  const world = await aWorld();
  world.write("a.md", aDocument({ slug: "s" }));
  await world.app.reconcile();
  await world.sweep();
  await world.app.reconcile();
  await world.sweep();
  expect(world.paper.visible()).toHaveLength(1);
});

test("3. a crash between the hash and the post loses no document", async () => {
  const world = await aWorld();
  world.write("a.md", aDocument({ slug: "s" }));
  const w1 = world.worker("posts.save");
  void w1.app.ingest("folder", "a.md");
  await w1.stopped;
  await world.app.reconcile();
  expect((await world.post("s")).title).toBe("A title");
});

test("a slow worker that forgets a deleted document does not forget the one that is back", async () => {
  const world = await aWorld();
  world.write("a.md", aDocument({ slug: "s" }));
  world.write("b.md", aDocument({ slug: "other" }));
  await world.app.reconcile();
  world.erase("a.md");
  await world.ingest("a.md");
  world.turn(minute);
  const w1 = world.worker("documents.remove");
  const running = w1.app.ingest("folder", "a.md");
  await w1.stopped;
  world.write("a.md", aDocument({ slug: "s" }));
  await world.ingest("a.md");
  w1.go();
  await running;
  expect((await world.post("s")).gone).toBeUndefined();
  world.erase("a.md");
  await world.app.reconcile();
  expect((await world.post("s")).gone).toBeDefined();
});

test.each(["documents.replace", "posts.save"])(
  "a document that is deleted while its first post is being saved has no post: %s",
  async (place) => {
    const world = await aWorld();
    world.write("a.md", aDocument({ slug: "s" }));
    world.write("b.md", aDocument({ slug: "other" }));
    const w1 = world.worker(place);
    const running = w1.app.ingest("folder", "a.md");
    await w1.stopped;
    world.erase("a.md");
    await world.ingest("a.md");
    await world.app.reconcile();
    w1.go();
    await running;
    expect((await world.post("s")).gone).toMatchObject({ by: "source" });
  },
);

test("a slow worker that finds a document deleted does not forget what another one has saved meanwhile", async () => {
  const world = await aWorld();
  world.write("a.md", aDocument({ slug: "s" }));
  world.write("b.md", aDocument({ slug: "other" }));
  const w1 = world.worker("source.read");
  const running = w1.app.ingest("folder", "a.md");
  await w1.stopped;
  await world.ingest("a.md");
  world.erase("a.md");
  w1.go();
  await running;
  await world.app.reconcile();
  expect((await world.post("s")).gone).toMatchObject({ by: "source" });
});

test("a document that is deleted while its post, which a person removed, is being brought back is found by the next listing", async () => {
  const world = await aWorld();
  world.write("a.md", aDocument({ slug: "s" }));
  world.write("b.md", aDocument({ slug: "other" }));
  await world.ingest("a.md");
  await world.app.remove("s");
  world.write("a.md", aDocument({ slug: "s", title: "Another title" }));
  const w1 = world.worker("posts.save");
  const running = w1.app.ingest("folder", "a.md");
  await w1.stopped;
  world.erase("a.md");
  await world.ingest("a.md");
  w1.go();
  await running;
  await world.app.reconcile();
  expect((await world.post("s")).gone).toBeDefined();
});

const whatHappensToTheFile = [
  ["is deleted", undefined],
  ["is refused, and deleted later", "---\ntitle: [\n---\n"],
] as const;

describe.each(whatHappensToTheFile)("a document that %s while its post is being saved", (_, refused) => {
  const change = async (world: World, path: string): Promise<void> => {
    if (refused === undefined) world.erase(path);
    else world.write(path, refused);
    await world.ingest(path);
  };

  test.each(["s.md", "moved.md"])("is found by the next listing: %s", async (path) => {
    const world = await aWorld();
    world.write("s.md", aDocument({}, words));
    world.write("b.md", aDocument({ slug: "other" }));
    if (path === "moved.md") {
      await world.ingest("s.md");
      world.erase("s.md");
      world.write(path, aDocument({}, words));
    }
    const w1 = world.worker("posts.save");
    const running = w1.app.ingest("folder", path);
    await w1.stopped;
    await change(world, path);
    w1.go();
    await running;
    world.erase(path);
    await world.app.reconcile();
    expect((await world.post("s")).gone).toMatchObject({ by: "source" });
  });
});

// The change back to Y has no event: the listing finds it.
test.each([
  ["4. a slow worker does not confirm content that was replaced", "after posts.save", "Y"],
  ["a slow worker does not keep an edit that was taken back meanwhile", "posts.save", "X"],
] as const)("%s", async (_, place, title) => {
  const world = await aWorld();
  const [x, y] = [aDocument({ title: "X", slug: "s" }), aDocument({ title: "Y", slug: "s" })];
  world.write("a.md", x);
  await world.ingest("a.md");
  world.write("a.md", y);
  const w1 = world.worker(place);
  const running = w1.app.ingest("folder", "a.md");
  await w1.stopped;
  world.write("a.md", x);
  await world.ingest("a.md");
  const isChangedAgain = title === "Y";
  if (isChangedAgain) world.write("a.md", y);
  w1.go();
  await running;
  if (isChangedAgain) await world.app.reconcile();
  expect((await world.post("s")).title).toBe(title);
});

test.each(addresses)("5. two files with one address become one post and one refusal with a reason: %s", async (key) => {
  const world = await aWorld();
  world.write("a.md", aDocument({ title: "A", [key]: "s" }));
  world.write("b.md", aDocument({ title: "B", [key]: "s" }));
  const w2 = world.worker("posts.save");
  const running = w2.app.ingest("folder", "b.md");
  await w2.stopped;
  await world.ingest("a.md");
  w2.go();
  expect(await running).toMatchObject({
    result: "refused",
    conflict: true,
    reasons: [{ message: expect.stringContaining("a.md") }],
  });
  await world.sweep();
  expect(await world.titles()).toEqual(["A"]);
  expect(world.paper.visible()).toHaveLength(1);
});

test.each(addresses)("6. the refused file is published when the first one is deleted: %s", async (key) => {
  const world = await aWorld();
  world.write("a.md", aDocument({ title: "A", [key]: "s" }));
  world.write("b.md", aDocument({ title: "B", [key]: "s" }));
  await world.app.reconcile();
  await world.sweep();
  world.erase("a.md");
  await world.app.reconcile();
  await world.sweep();
  expect(await world.post("s")).toMatchObject({ path: "b.md", title: "B" });
  expect(world.paper.posts).toHaveLength(1);
});

test.each(addresses)("7. a retired address is not given to another document: %s", async (key) => {
  const world = await aWorld();
  for (const address of ["r", "s", "t"]) {
    world.write("a.md", aDocument({ title: "A", [key]: address }));
    await world.ingest("a.md");
  }
  world.write("b.md", aDocument({ title: "B", [key]: "s" }));
  expect(await world.ingest("b.md")).toMatchObject({ result: "refused", conflict: true });
  expect(await world.post("s")).toMatchObject({ title: "A", slug: "t", path: "a.md" });
});

test.each(addresses)("8. two files with different guids stay two posts when they share an address: %s", async (key) => {
  const world = await aWorld();
  world.write("a.md", aDocument({ title: "A", guid: "g", [key]: "s" }));
  world.write("b.md", aDocument({ title: "B", guid: "k", [key]: "s" }));
  const w2 = world.worker("posts.save");
  void w2.app.ingest("folder", "b.md");
  await w2.stopped;
  await world.ingest("a.md");
  world.write("b.md", aDocument({ title: "B", guid: "k", [key]: "u" }));
  await world.app.reconcile();
  await world.app.reconcile();
  const [a, b] = [await world.post("s"), await world.post("u")];
  expect([a.title, b.title]).toEqual(["A", "B"]);
  expect(a.id).not.toBe(b.id);
});

test("9. a late replay of a deletion of the old path does nothing", async () => {
  const world = await aWorld();
  world.write("a.md", aDocument({ slug: "s" }));
  await world.ingest("a.md");
  world.erase("a.md");
  world.write("b.md", aDocument({ slug: "s" }));
  await world.ingest("b.md");
  await world.ingest("a.md");
  await world.ingest("a.md");
  const post = await world.post("s");
  expect(post.path).toBe("b.md");
  expect(post.gone).toBeUndefined();
});

test.each(["added first", "removed first"])("10. a move in either order of events is one post: %s", async (order) => {
  const world = await aWorld();
  world.write("a.md", aDocument({ slug: "s" }));
  await world.ingest("a.md");
  await world.sweep();
  world.erase("a.md");
  world.write("b.md", aDocument({ slug: "s" }));
  const [mine, other] = order === "added first" ? ["b.md", "a.md"] : ["a.md", "b.md"];
  const w1 = world.worker("posts.save");
  const running = w1.app.ingest("folder", mine ?? "");
  await w1.stopped;
  await world.ingest(other ?? "");
  w1.go();
  await running;
  world.turn(20 * minute);
  await world.sweep();
  const post = await world.post("s");
  expect(post.path).toBe("b.md");
  expect(post.gone).toBeUndefined();
  expect(world.paper.visible()).toHaveLength(1);
  expect(world.paper.posts).toHaveLength(1);
});

test("11. an editor's atomic save deletes nothing", async () => {
  const world = await aWorld();
  world.write("a.md", aDocument({ title: "Before", slug: "s" }));
  await world.ingest("a.md");
  await world.sweep();
  world.erase("a.md");
  await world.ingest("a.md");
  await world.sweep();
  expect(await world.titles()).toEqual(["Before"]);
  world.turn(second);
  world.write("a.md", aDocument({ title: "After", slug: "s" }));
  await world.ingest("a.md");
  await world.sweep();
  world.turn(20 * minute);
  await world.sweep();
  expect(await world.titles()).toEqual(["After"]);
  expect(world.paper.posts).toMatchObject([{ deleted: false }]);
});

test("12. a new document at the path of a deleted one is announced", async () => {
  const world = await aWorld();
  world.write("a.md", aDocument({ title: "Old", slug: "s" }));
  await world.ingest("a.md");
  await world.sweep();
  world.erase("a.md");
  await world.ingest("a.md");
  world.turn(20 * minute);
  await world.sweep();
  world.write("a.md", aDocument({ title: "New", slug: "n" }));
  await world.ingest("a.md");
  await world.sweep();
  expect(await world.titles()).toEqual(["New"]);
  expect(world.paper.posts).toMatchObject([{ deleted: true }, { deleted: false }]);
});

test("13. a post deleted by a person does not come back when its file is touched", async () => {
  const world = await aWorld();
  world.write("a.md", aDocument({ slug: "s" }));
  await world.ingest("a.md");
  await world.sweep();
  await world.app.remove("s");
  await world.sweep();
  await world.app.reconcile();
  await world.sweep();
  expect(await world.titles()).toEqual([]);
  world.write("a.md", aDocument({ title: "Other bytes", slug: "s" }));
  await world.ingest("a.md");
  await world.sweep();
  expect(await world.titles()).toEqual(["Other bytes"]);
});

test("14. an empty or unmounted folder deletes nothing", async () => {
  const world = await aWorld();
  world.write("a.md", aDocument({ title: "A", slug: "a" }));
  world.write("b.md", aDocument({ title: "B", slug: "b", date: "2026-03-01T06:00:00Z" }));
  await world.app.reconcile();
  world.files.clear();
  await world.app.reconcile();
  world.turn(day);
  await world.app.reconcile();
  await world.sweep();
  expect(await world.titles()).toEqual(["A", "B"]);
  expect(world.alarms).toContainEqual(expect.stringContaining("suddenly empty"));
});
