import { expect, test } from "vitest";
import { hour } from "../../../src/domain/time.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const says = (title: string, more = {}): string => aDocument({ slug: "s", title, ...more });

type Ref = Awaited<ReturnType<World["plan"]>>;

/** Another release, template or setting composes other requests, and every copy is compared with its post again. */
const upgrade = async (world: World, ref: Ref, addition: string): Promise<void> => {
  world.paper.template.now = addition;
  world.turn(hour);
  await world.store.deliveries.nudge(ref, world.clock());
  await world.sweep();
};

test("another template edits no copy, and leaves none stale", async () => {
  const world = await aWorld();
  const ref = await world.plan("s", says("t0"));
  await world.sweep();
  await upgrade(world, ref, " by another template");
  expect(world.paper.requests).toHaveLength(1);
  expect(await world.deliveries("s")).toMatchObject([{ state: "posted", stale: false, reason: undefined }]);
});

test("a changed post edits its copy, by the template of then; after it the copy is left alone again", async () => {
  const world = await aWorld();
  const ref = await world.plan("s", says("t0"));
  await world.sweep();
  await upgrade(world, ref, " by another template");
  await world.plan("s", says("t1"));
  await world.sweep();
  expect(world.paper.visible()).toEqual([expect.stringMatching(/^t1[\s\S]* by another template$/)]);
  await upgrade(world, ref, " by a third one");
  expect(world.paper.requests).toHaveLength(2);
});

test("a document that changes and composes the same edits nothing", async () => {
  const world = await aWorld();
  await world.plan("s", says("t0"));
  await world.sweep();
  await world.plan("s", says("t0", { layout: "wide" }));
  await world.sweep();
  expect(world.paper.requests).toHaveLength(1);
});

test("a post whose address changes edits its copy, though its document has not changed", async () => {
  const world = await aWorld();
  const ref = await world.plan("s", says("t0"));
  await world.sweep();
  const [delivery] = await world.deliveries("s");
  const post = await world.store.posts.read(delivery?.site ?? "", delivery?.post ?? "");
  if (post === undefined) throw new Error("there is no post");
  await world.store.posts.save({ ...post, url: "https://blog.example.com/elsewhere/" });
  await world.store.deliveries.nudge(ref, world.clock());
  await world.sweep();
  expect(world.paper.requests).toEqual([
    expect.stringContaining("send"),
    expect.stringContaining("https://blog.example.com/elsewhere/"),
  ]);
  expect(await world.deliveries("s")).toMatchObject([{ sent: { url: "https://blog.example.com/elsewhere/" } }]);
});
