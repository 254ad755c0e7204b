import { describe, expect, test } from "vitest";
import { deliveryId } from "../../../src/domain/delivery.ts";
import { day, minute } from "../../../src/domain/time.ts";
import { anAccount } from "../../support/builders.ts";
import type { PaperOptions } from "../../support/paper-network.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const account = anAccount({ name: "one", network: "paper", pacing: { interval: 0, dailyCap: 50 } });
const document = aDocument({ slug: "s" });

/** A text that the post has, too, was posted without Crier, and the network refuses a second one. */
const refusedWorld = async (options: PaperOptions = { namesEqual: true }): Promise<World> => {
  const before = await aWorld({ accounts: [account], offers: "refuse" });
  await before.plan("s", document);
  await before.sweep();
  const world = await aWorld({ accounts: [account], offers: "refuse", mailsOwner: true, ...options });
  world.paper.write("one", before.paper.visible()[0] ?? "");
  await world.plan("s", document);
  await world.sweep();
  return world;
};

const only = async (world: World) => {
  const [delivery] = await world.deliveries("s");
  if (delivery === undefined) throw new Error("there is no delivery");
  return { delivery, id: deliveryId(delivery) };
};

const wait = async (world: World, milliseconds: number): Promise<void> => {
  for (let passed = 0; passed < milliseconds; passed += minute) {
    world.turn(minute);
    await world.sweep();
  }
};

describe("a post that the network refuses because an equal one is there", () => {
  test("fails with the address of that one, and the commands to record what it is", async () => {
    const world = await refusedWorld();
    const { delivery, id } = await only(world);
    expect(delivery).toMatchObject({
      state: "failed",
      reason: "an equal post is on paper already (https://paper.example/p1): duplicate content",
    });
    expect(world.alarms).toEqual([
      `duplicate: s on one: an equal post is on paper already (https://paper.example/p1): duplicate content; if that post is this one: npx crier resolve ${id} --as posted; if it is not, after a change of the document: npx crier resolve ${id} --as retry`,
    ]);
  });

  test("is told to the owner as what it is, and not as something to be sent again", async () => {
    const world = await refusedWorld();
    await wait(world, 3 * minute);
    const { id } = await only(world);
    const [told] = world.outside.told;
    expect(told?.subject).toBe("Crier, blog: 1 post refused by one, which has an equal one");
    expect(told?.text).not.toContain("Nothing of it is public");
    expect(told?.text).toContain(
      `  if that post is this one: npx crier resolve ${id} --as posted\n  if it is not, after a change of the document: npx crier resolve ${id} --as retry\n`,
    );
    expect(told?.text).toContain('docs/operations.md, "duplicate"');
  });

  test("is that one when a person says so: it is posted once, edited and deleted with its document", async () => {
    const world = await refusedWorld();
    const { id } = await only(world);
    expect(await world.app.resolve(id, "posted")).toMatchObject({
      delivery: { state: "posted", url: "https://paper.example/p1" },
    });
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(1);
    expect((await world.post("s")).syndication).toEqual(["https://paper.example/p1"]);
    await world.plan("s", aDocument({ slug: "s", socialShare: "Other words" }));
    await world.sweep();
    expect(world.paper.visible()).toEqual([expect.stringContaining("Other words")]);
    world.erase("s.md");
    await world.ingest("s.md");
    world.turn(2 * day);
    await world.sweep();
    expect(world.paper.visible()).toEqual([]);
  });

  test("is that one although the network does not say which", async () => {
    const world = await refusedWorld({ namesEqual: false });
    const { delivery, id } = await only(world);
    expect(delivery.reason).toBe("an equal post is on paper already: duplicate content");
    expect(await world.app.resolve(id, "posted")).toMatchObject({ delivery: { state: "posted", url: undefined } });
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(1);
  });

  test("is sent once with its new text when a person says that it is another post", async () => {
    const world = await refusedWorld();
    const { id } = await only(world);
    await world.plan("s", aDocument({ slug: "s", socialShare: "Other words" }));
    await world.app.resolve(id, "retry");
    await world.sweep();
    expect((await only(world)).delivery.state).toBe("posted");
    expect(world.paper.visible()).toEqual([expect.any(String), expect.stringContaining("Other words")]);
  });

  test("is refused again when its text is still the same", async () => {
    const world = await refusedWorld();
    const { id } = await only(world);
    await world.app.resolve(id, "retry");
    await world.sweep();
    expect((await only(world)).delivery.state).toBe("failed");
    expect(world.paper.visible()).toHaveLength(1);
  });

  test.each([true, false])(
    "can only be dismissed where that is an earlier copy of it (named: %s)",
    async (namesEqual) => {
      const world = await aWorld({ accounts: [account], offers: "refuse", namesEqual });
      await world.plan("s", document);
      await world.sweep();
      await world.raiseGeneration("s");
      await world.sweep();
      const [first, second] = await world.deliveries("s");
      if (first === undefined || second === undefined) throw new Error("there are not two deliveries");
      expect(first.state).toBe("posted");
      expect(second).toMatchObject({
        state: "failed",
        reason: expect.stringMatching(/^another announcement has the same text on paper already/),
      });
      expect(world.alarms.at(-1)).toMatch(
        new RegExp(`; to leave it at that: npx crier dismiss ${deliveryId(second).replaceAll(".", "\\.")}$`),
      );
      expect(await world.app.resolve(deliveryId(second), "posted")).toEqual({
        problem: expect.stringContaining("only an unknown, unfinished or duplicate delivery"),
      });
      await world.app.act("dismiss", deliveryId(second));
      await world.sweep();
      expect(world.paper.visible()).toHaveLength(1);
    },
  );
});
