import { expect, test } from "vitest";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const image = "https://images.example/one.webp";
const measured = { mediaType: "image/webp", length: 12_345 };

const publish = async (world: World, fields: Readonly<Record<string, unknown>>): Promise<void> => {
  world.write("a.md", aDocument({ slug: "a", ...fields }));
  await world.ingest("a.md");
  await world.app.work(await world.postRef("a"));
};

test("a post's image is measured before its feeds are touched, and stored", async () => {
  const world = await aWorld({ accounts: [] });
  world.outside.files.set(image, measured);
  world.write("a.md", aDocument({ slug: "a", image }));
  await world.ingest("a.md");
  const worker = world.worker("feeds.touch");
  void worker.app.work(await world.postRef("a"));
  await worker.stopped;
  expect((await world.post("a")).enclosure).toEqual({ url: image, ...measured });
});

test("an image is asked for once, though the post changes", async () => {
  const world = await aWorld({ accounts: [] });
  world.outside.files.set(image, measured);
  await publish(world, { image });
  await publish(world, { image, title: "Another title" });
  expect(world.outside.probed).toEqual([image]);
  expect((await world.post("a")).enclosure).toEqual({ url: image, ...measured });
});

test("an image of which nothing could be told is not asked for at every publish", async () => {
  const world = await aWorld({ accounts: [] });
  await publish(world, { image });
  await publish(world, { image, title: "Another title" });
  expect(world.outside.probed).toEqual([image]);
  expect((await world.post("a")).enclosure).toEqual({ url: image });
});

test("another image is measured anew, and none leaves nothing", async () => {
  const world = await aWorld({ accounts: [] });
  world.outside.files.set(image, measured);
  await publish(world, { image: "https://images.example/zero.png" });
  await publish(world, { image });
  expect((await world.post("a")).enclosure).toEqual({ url: image, ...measured });
  await publish(world, {});
  expect((await world.post("a")).enclosure).toBeUndefined();
  expect(world.outside.probed).toEqual(["https://images.example/zero.png", image]);
});

test("a post that has no image, or is not public any more, asks nobody", async () => {
  const world = await aWorld({ accounts: [] });
  await publish(world, {});
  await publish(world, { image, draft: true });
  expect((await world.post("a")).hold).toBeDefined();
  expect(world.outside.probed).toEqual([]);
});

test("a post that changed while its image was measured is left to whoever publishes the change", async () => {
  const world = await aWorld({ accounts: [] });
  world.write("a.md", aDocument({ slug: "a", image }));
  await world.ingest("a.md");
  const worker = world.worker("posts.save");
  const running = worker.app.work(await world.postRef("a"));
  await worker.stopped;
  world.write("a.md", aDocument({ slug: "a", title: "newer", image }));
  await world.ingest("a.md");
  worker.go();
  await running;
  expect((await world.post("a")).enclosure).toBeUndefined();
  await world.sweep();
  expect(await world.titles()).toEqual(["newer"]);
  expect((await world.post("a")).enclosure).toEqual({ url: image });
});
