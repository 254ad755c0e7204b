import { describe, expect, it } from "vitest";
import { minute } from "../../src/domain/time.ts";
import { readPage as read } from "../support/console-browser.ts";
import { aTeam, paper, publish } from "../support/console-team.ts";
import { aDocument } from "../support/world.ts";

describe("the week", () => {
  it("has seven days with what went out and what is planned, and what waits without a time below", async () => {
    const { world, browser } = await aTeam({ site: { timeZone: "Europe/Berlin" } });
    await publish(world, "tea");
    await world.plan("launch", aDocument({ title: "The quiet launch", date: "2026-03-04T23:30:00Z" }));
    world.turn(minute);
    await world.app.stop("one");
    await publish(world, "milk");
    const { page } = await browser.get("/console/week?of=2026-03-01");
    const days = read(page).split(/(?=Mon|Tue|Wed|Thu|Fri|Sat|Sun, today)/);
    expect(days).toHaveLength(8);
    expect(days[0]).toBe("23 Feb to 1 Mar Earlier This week Later ");
    expect(days[7]).toContain("Sun, today 1 Mar 09:00 About tea one and two 09:01 About milk two");
    expect(days[7]).toContain("Waits without a time, and so is in no week: About milk .");
    const next = read((await browser.get("/console/week?of=2026-03-05")).page);
    expect(next).toContain(
      "Thu 5 Mar 00:30 The quiet launch scheduled one and two · one is stopped Fri 6 Mar Nothing.",
    );
    expect((await browser.get("/console/week?of=2026-02-31")).status).toBe(200);
  });
});

describe("the week of many accounts", () => {
  it("names some of the accounts of a post and counts the others", async () => {
    const accounts = ["one", "two", "three", "four", "five", "six"].map((name) => paper(name));
    const { world, browser } = await aTeam({ accounts });
    await publish(world, "tea");
    expect(read((await browser.get("/console/week")).page)).toContain("About tea five, four, one and 3 more");
  });
});

describe("the week of held posts", () => {
  it("lists below the days what waits for a decision, with its reason", async () => {
    const { world, browser } = await aTeam({
      accounts: [paper("one"), paper("two", { approve: true })],
      policies: { burst: 1 },
    });
    await publish(world, "tea");
    world.turn(minute);
    await publish(world, "milk");
    const { page } = await browser.get("/console/week");
    expect(read(page)).toContain("Waits for a decision, and so is at no time");
    expect(read(page)).toContain("2 posts wait for your approval: About tea (two), About milk (two)");
    expect(read(page)).toContain("1 post is held : more than 1 post came within an hour");
  });
});
