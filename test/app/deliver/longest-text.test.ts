import { expect, test } from "vitest";
import { hour } from "../../../src/domain/time.ts";
import { aDocument, aWorld } from "../../support/world.ts";

const words = "Some words of mine. ".repeat(50).trim();
const document = (more = "") => aDocument({ slug: "s", socialShare: words + more });

/** An account on a server that takes long texts, or as many as it says by now. */
const aServer = async () => {
  const longest = { now: 2000 };
  const world = await aWorld({ longest });
  const publish = async (more?: string) => {
    await world.plan("s", document(more));
    await world.sweep();
    world.turn(hour);
    await world.sweep();
  };
  const texts = () => world.paper.posts.map(({ text }) => text);
  const planned = async () => {
    const plan = await world.app.plan(new TextEncoder().encode(document()), "s.md");
    return "snippets" in plan ? plan.snippets.map(({ limit }) => limit) : [];
  };
  return { longest, publish, texts, planned, world };
};

test("a text is as long as the server takes it, from the first post on, and so is an edit", async () => {
  const { publish, texts } = await aServer();
  await publish();
  expect(texts()).toEqual([expect.stringContaining(words)]);
  await publish(" And more.");
  expect(texts()).toEqual([expect.stringContaining(`${words} And more.`)]);
});

test("a plan knows what the server takes once it has said so, and follows it when it says another length", async () => {
  const { longest, publish, planned, world } = await aServer();
  expect(await planned()).toEqual([500]);
  await publish();
  expect(await planned()).toEqual([2000]);
  longest.now = 800;
  await world.plan("t", aDocument({ slug: "t" }));
  await world.sweep();
  expect(await planned()).toEqual([800]);
});

test("what the sandbox says is not what the account's own server takes", async () => {
  const { publish, planned, world } = await aServer();
  world.paper.reach.now = "sandbox";
  await publish();
  expect(await planned()).toEqual([2000]);
  world.paper.reach.now = "real";
  expect(await planned()).toEqual([500]);
});
