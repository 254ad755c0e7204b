import { describe, expect, it } from "vitest";
import { hour, minute } from "../../src/domain/time.ts";
import { anAccount } from "../support/builders.ts";
import { aConsole, aSignedInBrowser, formsOf, readPage as read } from "../support/console-browser.ts";
import { aDocument, aWorld, type WorldOptions } from "../support/world.ts";

const paper = (name: string) => anAccount({ name, network: "paper", pacing: { interval: 0, dailyCap: 50 } });
const tea = aDocument({ title: "Tea" });

const aRoom = async (options: WorldOptions = {}) => {
  const world = await aWorld({ accounts: [paper("one"), paper("two")], ...options });
  const { app } = aConsole(world);
  return { world, ada: await aSignedInBrowser(app, "Ada") };
};

describe("a removed post", () => {
  it("needs nobody and goes out nowhere, where it failed or its network is away", async () => {
    const { world, ada } = await aRoom();
    world.paper.fates.push({ kind: "rejected", reason: "a link is missing" });
    world.paper.fates.push({ kind: "unavailable", reason: "503", retryAt: world.clock() + hour });
    await world.plan("tea", tea);
    await world.sweep();
    const before = read((await ada.get("/console")).page);
    expect(before).toMatch(/Tea Failed on (one|two)/);
    await ada.press((await ada.get("/console/remove?post=tea")).page, "Remove this post");
    world.turn(minute);
    await world.sweep();
    const { page } = await ada.get("/console");
    expect(read(page)).toContain("Nothing waits to be sent by itself.");
    for (const path of ["/console", "/console/week"]) expect(read((await ada.get(path)).page)).not.toContain("Tea");
    expect(read((await ada.get("/console/posts")).page)).toMatch(/Tea tea\.md .*07:00 deleted/);
    expect(read((await ada.get("/console/posts/tea")).page)).toContain("Where it goes nowhere one , paper");
    expect(
      formsOf((await ada.get("/console/posts/tea")).page).filter(({ label }) => / on (one|two)/.test(label)),
    ).toEqual([]);
  });

  it("is asked about still, with its buttons, where the equal post that is there may be its copy", async () => {
    const before = await aRoom({ offers: "refuse", accounts: [paper("one")] });
    await before.world.plan("tea", tea);
    await before.world.sweep();
    const { world, ada } = await aRoom({ offers: "refuse", accounts: [paper("one")], namesEqual: true });
    world.paper.write("one", before.world.paper.visible()[0] ?? "");
    await world.plan("tea", tea);
    await world.sweep();
    await ada.press((await ada.get("/console/remove?post=tea")).page, "Remove this post");
    await world.sweep();
    expect(read((await ada.get("/console")).page)).toContain("Tea Failed on one");
    const { page } = await ada.get("/console/posts/tea");
    expect(read(page)).toMatch(/one , paper Failed An equal post/);
    const other = await ada.pressAndSee(page, "It is another one on one");
    expect(read(other.page)).toContain("It is never sent on one.");
    expect(read((await ada.get("/console")).page)).not.toContain("Tea");
  });
});

it("the question before a removal names every copy of an account", async () => {
  const { world, ada } = await aRoom({ accounts: [paper("one")] });
  await world.plan("tea", tea);
  await world.sweep();
  world.paper.fates.push({ kind: "rejected", reason: "it is there already" });
  await world.app.announce("tea", { again: true });
  await world.sweep();
  world.turn(minute);
  await world.sweep();
  expect((await world.deliveries("tea")).map(({ state }) => state)).toEqual(["posted", "failed"]);
  expect(read((await ada.get("/console/remove?post=tea")).page)).toContain(
    "one Its copy is deleted, if the network allows it. one, second time It failed, and is not sent again.",
  );
});
