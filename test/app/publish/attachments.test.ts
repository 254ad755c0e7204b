import { describe, expect, test } from "vitest";
import { day, hour, minute } from "../../../src/domain/time.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const audio = "https://media.example/one.mp3";
const untyped = "https://media.example/stream?id=1";
const measured = { mediaType: "audio/mp4", length: 12_345 };

const publish = async (world: World, fields: Readonly<Record<string, unknown>>): Promise<void> => {
  world.write("a.md", aDocument({ slug: "a", ...fields }));
  await world.ingest("a.md");
  await world.sweep();
};

const enclosure = async (world: World): Promise<unknown> => {
  const stored = await world.objects.read("feed.json");
  return stored === undefined
    ? undefined
    : JSON.parse(new TextDecoder().decode(stored.bytes)).items[0]?.attachments?.[0];
};

const warnings = async (world: World): Promise<readonly string[] | undefined> =>
  (await world.app.status("a"))?.warnings.map(({ code }) => code);

describe("the attachment of a post", () => {
  test("has the type and the length that its server answers", async () => {
    const world = await aWorld({ accounts: [] });
    world.outside.files.set(audio, measured);
    await publish(world, { audio });
    expect(await enclosure(world)).toEqual({ url: audio, mime_type: "audio/mp4", size_in_bytes: 12_345 });
    expect(await warnings(world)).toEqual([]);
  });

  test("has the type that its document names, and the length that was measured, which a warning names", async () => {
    const world = await aWorld({ accounts: [] });
    world.outside.files.set(audio, measured);
    await publish(world, { enclosure: { url: audio, type: "audio/x-m4a", length: 5 } });
    expect(await enclosure(world)).toEqual({ url: audio, mime_type: "audio/x-m4a", size_in_bytes: 12_345 });
    expect(await warnings(world)).toEqual(["enclosure-length-differs"]);
  });

  test("has the type of its extension where the server says nothing of a recording", async () => {
    const world = await aWorld({ accounts: [] });
    world.outside.files.set(audio, { mediaType: "binary/octet-stream", length: 9 });
    await publish(world, { audio });
    expect(await enclosure(world)).toEqual({ url: audio, mime_type: "audio/mpeg", size_in_bytes: 9 });
  });

  test("keeps its length where the file changes, and is requested once", async () => {
    const world = await aWorld({ accounts: [] });
    world.outside.files.set(audio, measured);
    await publish(world, { audio });
    world.outside.files.set(audio, { ...measured, length: 99 });
    await publish(world, { audio, title: "Another title" });
    expect(world.outside.probed).toEqual([audio]);
    expect(await enclosure(world)).toMatchObject({ size_in_bytes: 12_345 });
  });

  test("is requested beside the picture", async () => {
    const world = await aWorld({ accounts: [] });
    world.outside.files.set(audio, measured);
    await publish(world, { audio, image: "https://images.example/one.webp" });
    expect(world.outside.probed.toSorted()).toEqual(["https://images.example/one.webp", audio]);
  });

  test("that is removed leaves nothing", async () => {
    const world = await aWorld({ accounts: [] });
    await publish(world, { audio });
    world.turn(minute);
    await world.sweep();
    await publish(world, {});
    expect((await world.post("a")).probed).toBeUndefined();
    world.turn(30 * day);
    await world.sweep();
    expect(world.outside.probed).toEqual([audio, audio]);
  });
});

describe("an attachment that cannot be requested", () => {
  test("keeps a new post out of the feeds for one more try, and no longer", async () => {
    const world = await aWorld({ accounts: [] });
    await publish(world, { audio });
    expect(await world.titles()).toEqual([]);
    world.turn(minute);
    await world.sweep();
    expect(await enclosure(world)).toEqual({ url: audio, mime_type: "audio/mpeg" });
    expect(await warnings(world)).toEqual(["enclosure-unreachable"]);
  });

  test("does not keep a post whose document says everything", async () => {
    const world = await aWorld({ accounts: [] });
    await publish(world, { enclosure: { url: audio, length: 5 } });
    expect(await enclosure(world)).toEqual({ url: audio, mime_type: "audio/mpeg", size_in_bytes: 5 });
  });

  test("does not keep the change of a post that is public", async () => {
    const world = await aWorld({ accounts: [] });
    await publish(world, {});
    await publish(world, { audio, title: "Another title" });
    expect(await world.titles()).toEqual(["Another title"]);
  });

  test("is requested again, less and less often, and no more after a week", async () => {
    const world = await aWorld({ accounts: [] });
    await publish(world, { audio });
    const asked: number[] = [];
    for (const pause of [minute, 5 * minute, 30 * minute, 6 * hour, ...Array.from({ length: 20 }, () => day)]) {
      world.turn(pause);
      await world.sweep();
      asked.push(world.outside.probed.length);
    }
    expect(asked.slice(0, 11)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(asked.at(-1)).toBe(12);
  });

  test("is in the feeds as soon as it can be, and once", async () => {
    const world = await aWorld({ accounts: [] });
    await publish(world, { audio: untyped });
    world.turn(minute);
    await world.sweep();
    expect(await world.titles()).toEqual(["A title"]);
    expect(await enclosure(world)).toBeUndefined();
    world.outside.files.set(untyped, measured);
    world.turn(5 * minute);
    await world.sweep();
    expect(await enclosure(world)).toEqual({ url: untyped, mime_type: "audio/mp4", size_in_bytes: 12_345 });
    world.turn(30 * day);
    await world.sweep();
    expect(world.outside.probed).toHaveLength(3);
  });

  test.each([
    ["a page", { mediaType: "text/html", length: 900 }],
    ["an empty file", { mediaType: "audio/mpeg", length: 0 }],
  ])("is also %s where its extension says that it is a recording", async (_, answer) => {
    const world = await aWorld({ accounts: [] });
    world.outside.files.set(audio, answer);
    await publish(world, { audio });
    world.turn(minute);
    await world.sweep();
    expect(world.outside.probed).toHaveLength(2);
    expect(await enclosure(world)).toEqual({ url: audio, mime_type: "audio/mpeg" });
    expect(await warnings(world)).toEqual(["enclosure-unreachable"]);
  });
});

test("a page with a player is no enclosure, does not keep the post, and is not requested again", async () => {
  const world = await aWorld({ accounts: [] });
  const video = "https://films.example/watch?v=1";
  world.outside.files.set(video, { mediaType: "text/html", length: 900 });
  await publish(world, { video });
  world.turn(30 * day);
  await world.sweep();
  expect(world.outside.probed).toEqual([video]);
  expect(await enclosure(world)).toBeUndefined();
  expect(await warnings(world)).toEqual(["enclosure-type-unknown"]);
});

test("a file of an unknown type is no enclosure, and the picture is", async () => {
  const world = await aWorld({ accounts: [] });
  const image = "https://images.example/one.webp";
  world.outside.files.set(untyped, { mediaType: "application/octet-stream", length: 900 });
  await publish(world, { audio: untyped, image });
  expect(await enclosure(world)).toEqual({ url: image, mime_type: "image/webp" });
  expect(await warnings(world)).toEqual(["enclosure-type-unknown"]);
});
