import { describe, expect, test } from "vitest";
import { day } from "../../src/domain/time.ts";
import { postKey } from "../../src/store/keys.ts";
import type { Change } from "../../src/store/table.ts";
import { aDocument, aWorld, type World } from "../support/world.ts";

const present = { kind: "present" } as const;

const damageRow = async (world: World, slug: string, change: Change) => {
  const { id } = await world.post(slug);
  expect(await world.table.update(postKey("blog", id), change, present)).toBeDefined();
};

/** Two published posts, each sent once. The content of the first is then damaged. */
const aDamagedWorld = async (change: Change) => {
  const world = await aWorld();
  for (const slug of ["first", "second"]) {
    world.write(`${slug}.md`, aDocument({ slug, title: slug }));
    await world.ingest(`${slug}.md`);
    await world.sweep();
    world.turn(day);
  }
  expect(await world.titles()).toEqual(["second", "first"]);
  await damageRow(world, "first", change);
  return world;
};

/** Brotli with two bytes that were flipped. */
const flipped = new Uint8Array([0x8b, 0xff, 0x00, 0x13, 0x37]);

describe.each([
  ["a body that was damaged", { set: { body: flipped } }, "its stored body is damaged"],
  ["a body that is lost", { remove: ["body"] }, "its row holds neither a body nor the key of one"],
  ["a row of another form", { set: { title: 7, social: "no" } }, "its stored row cannot be read: title, social"],
] as const)("%s", (_, change, reason) => {
  test("is named, leaves its own feed entry out, and stops nothing else", async () => {
    const world = await aDamagedWorld(change);
    world.write("third.md", aDocument({ slug: "third", title: "third" }));
    await world.ingest("third.md");
    await world.sweep();
    expect((await world.titles()).toSorted()).toEqual(["second", "third"]);
    expect(world.paper.visible()).toHaveLength(3);
    expect(world.alarms).toContainEqual(
      expect.stringMatching(/^gate: main: .* is left out: \(first\) cannot be read from the data, because its /),
    );

    expect(await world.app.status("first")).toMatchObject({
      reason: `the post cannot be read from the data, because ${reason}: save its document again, or remove the post`,
    });
    expect((await world.app.list()).rows).toHaveLength(3);
  });

  test("is healed when its document is saved again, with the same text, and nothing is sent", async () => {
    const world = await aDamagedWorld(change);
    await world.ingest("first.md");
    await world.sweep();
    expect(await world.titles()).toEqual(["second", "first"]);
    expect(world.paper.requests).toHaveLength(2);
    expect(await world.post("first")).toMatchObject({ damage: undefined, html: expect.stringContaining("Words.") });
  });

  test.each([
    ["a person removes it", (world: World) => world.app.remove("first")],
    [
      "its document is deleted",
      (world: World) => {
        world.erase("first.md");
        return world.ingest("first.md");
      },
    ],
  ])("is withdrawn when %s", async (_, withdraw) => {
    const world = await aDamagedWorld(change);
    await withdraw(world);
    // Feeds and networks follow a deletion after a while, because an editor may be saving the document anew.
    world.turn(day);
    await world.sweep();
    expect(await world.titles()).toEqual(["second"]);
    expect(world.paper.visible()).toHaveLength(1);
  });
});
