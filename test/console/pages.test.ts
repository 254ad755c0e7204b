import { describe, expect, it } from "vitest";
import { hour, minute } from "../../src/domain/time.ts";
import { anAccount } from "../support/builders.ts";
import { aConsole, aSignedInBrowser, readPage as read } from "../support/console-browser.ts";
import { aDocument, aWorld, type World, type WorldOptions } from "../support/world.ts";

const paper = (name: string, more: object = {}) => anAccount({ name, network: "paper", ...more });

const aTeam = async (options: WorldOptions = {}) => {
  const world = await aWorld({ accounts: [paper("one"), paper("two")], ...options });
  return { world, browser: await aSignedInBrowser(aConsole(world).app) };
};

const publish = async (world: World, slug: string, fields: Readonly<Record<string, unknown>> = {}) => {
  await world.plan(slug, aDocument({ title: `About ${slug}`, ...fields }));
  await world.sweep();
};

describe("the first page of the console", () => {
  it("says how posts come, where there is none", async () => {
    const { browser } = await aTeam();
    const { page } = await browser.get("/console");
    expect(read(page)).toContain("No posts yet Save a Markdown file");
  });

  it("says that nothing needs anybody only where all of it was looked at", async () => {
    const { world, browser } = await aTeam();
    await publish(world, "tea");
    const text = read((await browser.get("/console")).page);
    expect(text).toContain("Nothing. Every account is logged in, every feed is valid, and nothing is held.");
    expect(text).toContain("Went out All posts 08:00 About tea one , two");
    world.store.feeds.all = () => Promise.reject(new Error("the table does not answer"));
    const less = read((await browser.get("/console")).page);
    expect(less).toContain("The feeds could not be read now.");
    expect(less).not.toContain("every feed is valid");
  });

  it("shows first what goes out within minutes, with a button that stops it on all accounts", async () => {
    const { world, browser } = await aTeam({ policies: { settle: 2 * minute } });
    world.turn(hour);
    await publish(world, "tea");
    world.turn(minute);
    const { page } = await browser.get("/console");
    expect(read(page)).toMatch(
      /^Now Goes out in 60 seconds , to one and two About tea Its document has just changed\. Stop this post/,
    );
    const stopped = await browser.pressAndSee(page, "Stop this post");
    expect([stopped.status, read(stopped.page)]).toEqual([
      200,
      expect.stringContaining("Stopped on one and two. It goes out when you release it. Release"),
    ]);
    expect((await world.deliveries("tea")).map(({ state, hold }) => [state, hold])).toEqual([
      ["held", "person"],
      ["held", "person"],
    ]);
    world.turn(hour);
    await world.sweep();
    expect(world.paper.visible()).toEqual([]);
    const released = await browser.pressAndSee(stopped.page, "Release");
    expect(read(released.page)).toContain(
      "Released on one and two. It goes out as soon as its rules allow. Stop it again",
    );
  });

  it("names what needs a person, the most urgent first, and each thing once", async () => {
    const { world, browser } = await aTeam({
      accounts: [paper("one"), paper("two", { approve: true })],
      policies: { burst: 1 },
    });
    await publish(world, "tea");
    world.turn(minute);
    await publish(world, "milk");
    world.write("bad.md", "---\ntitle: Bad\ndate: 2026-13-02\n---\nWords.\n");
    await world.ingest("bad.md");
    const text = read((await browser.get("/console")).page);
    expect(text).toContain("Needs you 4 things, the most urgent first");
    const order = [
      "About tea Waits for your approval two",
      "About milk Waits for your approval two",
      "1 post is held by the breaker",
      "bad.md Refused",
    ];
    expect(order.map((one) => text.indexOf(one))).toEqual(
      order.map((one) => text.indexOf(one)).toSorted((a, b) => a - b),
    );
    expect(order.filter((one) => !text.includes(one))).toEqual([]);
  });
});
