import { expect, test } from "vitest";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const image = "https://images.example/one.webp";
const measured = { mediaType: "image/webp", length: 12_345 };

const publish = async (world: World, fields: Readonly<Record<string, unknown>>): Promise<void> => {
  world.write("a.md", aDocument({ slug: "a", ...fields }));
  await world.ingest("a.md");
  await world.app.work(await world.postRef("a"));
};

test("the type and size of a post's image are stored before its feeds are touched", async () => {
  const world = await aWorld({ accounts: [] });
  world.outside.files.set(image, measured);
  world.write("a.md", aDocument({ slug: "a", image }));
  await world.ingest("a.md");
  const worker = world.worker("feeds.touch");
  void worker.app.work(await world.postRef("a"));
  await worker.stopped;
  expect((await world.post("a")).enclosure).toEqual({ url: image, ...measured });
});

test("an image is requested once, even if the post changes", async () => {
  const world = await aWorld({ accounts: [] });
  world.outside.files.set(image, measured);
  await publish(world, { image });
  await publish(world, { image, title: "Another title" });
  expect(world.outside.probed).toEqual([image]);
  expect((await world.post("a")).enclosure).toEqual({ url: image, ...measured });
});

test("an image whose request failed is not requested at every publish", async () => {
  const world = await aWorld({ accounts: [] });
  await publish(world, { image });
  await publish(world, { image, title: "Another title" });
  expect(world.outside.probed).toEqual([image]);
  expect((await world.post("a")).enclosure).toEqual({ url: image });
});

test("a new image is requested, and a removed one removes its type and size", async () => {
  const world = await aWorld({ accounts: [] });
  world.outside.files.set(image, measured);
  await publish(world, { image: "https://images.example/zero.png" });
  await publish(world, { image });
  expect((await world.post("a")).enclosure).toEqual({ url: image, ...measured });
  await publish(world, {});
  expect((await world.post("a")).enclosure).toBeUndefined();
  expect(world.outside.probed).toEqual(["https://images.example/zero.png", image]);
});

test("a post without an image, or one that is not public, causes no request", async () => {
  const world = await aWorld({ accounts: [] });
  await publish(world, {});
  await publish(world, { image, draft: true });
  expect((await world.post("a")).hold).toBeDefined();
  expect(world.outside.probed).toEqual([]);
});

test("a post that changed during the request is left to the worker that publishes the change", async () => {
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
