import { describe, expect, it } from "vitest";
import { deliveryId } from "../../src/domain/delivery.ts";
import { hour, minute } from "../../src/domain/time.ts";
import { readPage as read } from "../support/console-browser.ts";
import { aTeam, paper, publish } from "../support/console-team.ts";
import { aDocument } from "../support/world.ts";

describe("a scheduled post", () => {
  it("says what is in the way of each account before its date", async () => {
    const { world, browser } = await aTeam();
    await world.plan("tea", aDocument({ title: "Tea", date: "2026-03-06T11:00:00Z" }));
    await browser.press((await browser.get("/console/stop?account=one")).page, "Stop sending on one");
    const text = async () => read((await browser.get("/console/posts/tea")).page);
    expect(await text()).toContain("At its date it goes to two. One is stopped.");
    await browser.press((await browser.get("/console/stop")).page, "Stop all sending");
    expect(await text()).toContain("one and two All sending is stopped.");
  });

  it("names its accounts before its date, and keeps its date where an approval is needed", async () => {
    const { world, browser } = await aTeam({ accounts: [paper("one"), paper("two", { approve: true })] });
    await world.plan("tea", aDocument({ title: "Tea", date: "2026-03-06T11:00:00Z" }));
    const { page } = await browser.get("/console/posts/tea");
    expect(read(page)).toContain(
      "Where it goes one and two At its date it goes to one. Two needs your approval first.",
    );
    const shown = await browser.pressAndSee(page, "Read its texts");
    expect(read(shown.page)).toMatch(
      /one , paper Goes out Fri 6 Mar, 11:00 .* two , paper Goes out Fri 6 Mar, 11:00 if you approve it/,
    );
    expect(read((await browser.get("/console")).page)).toMatch(
      /Fri 6 Mar, 11:00 Tea one and two · scheduled · two needs your approval first/,
    );
    await world.plan("quiet", aDocument({ title: "Quiet", date: "2026-03-06T11:00:00Z", socialShare: false }));
    expect(read((await browser.get("/console/posts/quiet")).page)).toContain(
      "Where it goes no account No account announces it.",
    );
  });
});

describe("the page of a post", () => {
  it("lists the feeds that it is in, with what their gate says", async () => {
    const { world, browser } = await aTeam();
    await publish(world, "tea", { categories: ["Leaves"] });
    const { page } = await browser.get("/console/posts/tea");
    expect(read(page)).toMatch(/In the feeds .* valid .*Leaves valid/);
    await world.app.remove("tea", {});
    expect(read((await browser.get("/console/posts/tea")).page)).not.toContain("In the feeds");
  });
});

describe("who decided what", () => {
  it("is among the links of every page", async () => {
    const { browser } = await aTeam();
    expect((await browser.get("/console")).page).toContain('<a href="/console/log">Log</a>');
    expect((await browser.get("/console/log")).page).toContain('<a href="/console/log" aria-current="page">Log</a>');
  });

  it("is listed with the newest first: decisions, stops, removals and sign-ins", async () => {
    const { world, browser } = await aTeam({ policies: { settle: 10 * minute } });
    world.turn(minute);
    await world.plan("tea", aDocument({ title: "Tea" }));
    await world.sweep();
    await browser.press((await browser.get("/console/posts/tea")).page, "Stop on one");
    world.turn(minute);
    await world.app.act("release", (await world.deliveries("tea")).map((one) => deliveryId(one))[0] ?? "", {
      by: "Bob",
    });
    world.turn(minute);
    await world.app.stop("two", "a wrong link", "Ada");
    world.turn(minute);
    await world.app.resume("two", { by: "Ada" });
    world.turn(minute);
    await world.app.remove("tea", { by: "Bob" });
    const text = read((await browser.get("/console/log")).page);
    expect(text).toMatch(
      /08:05 Tea Bob removed it\. 08:04 Ada let two send again\. 08:03 Ada stopped sending on two: a wrong link 08:02 Tea Bob released it\. · one 08:01 Tea Editor A stopped it, until somebody releases it\. · one 08:00 Editor A signed in\.$/,
    );
    expect(text).not.toContain("127.0.0.1");
    expect((await browser.get("/console/log?from=nonsense")).status).toBe(404);
  });

  it("says in one line what one press decided about several accounts", async () => {
    const { world, browser } = await aTeam({ policies: { settle: 10 * minute } });
    await world.plan("tea", aDocument({ title: "Tea" }));
    await world.sweep();
    await browser.press((await browser.get("/console")).page, "Stop “Tea” on one and two");
    const text = read((await browser.get("/console/log")).page);
    expect(text).toContain("Tea Editor A stopped it, until somebody releases it. · one and two");
  });

  it("says that a post went out again, and on which account", async () => {
    const { world, browser } = await aTeam();
    await publish(world, "tea");
    await world.app.announce("tea", { again: true, accounts: ["two"], by: "Bob" });
    expect(read((await browser.get("/console/log")).page)).toContain("About tea Bob had it posted again. · two");
  });

  it("lacks a line that could not be written, and the decision stays", async () => {
    const { world, browser } = await aTeam({ policies: { settle: 10 * minute } });
    await world.plan("tea", aDocument({ title: "Tea" }));
    await world.sweep();
    world.store.actLog.add = () => Promise.reject(new Error("the table does not answer"));
    const answer = await browser.pressAndSee((await browser.get("/console/posts/tea")).page, "Stop on one");
    expect(read(answer.page)).toContain("Stopped on one.");
    expect(read(answer.page)).toContain("Editor A stopped it");
    expect(read((await browser.get("/console/log")).page)).not.toContain("tea");
  });

  it("is told in pages", async () => {
    const { world, browser } = await aTeam();
    for (let n = 0; n < 60; n += 1)
      await world.store.actLog.add({
        site: "blog",
        at: world.clock() + n,
        id: `${n}`,
        act: "announced",
        slug: `p${n}`,
      });
    const { page } = await browser.get("/console/log");
    const next = /href="([^"]*)" rel="next"/.exec(page)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const slugs = [page, (await browser.get(next)).page].flatMap((one) => one.match(/posts\/p\d+/g) ?? []);
    expect([slugs.length, new Set(slugs).size]).toEqual([60, 60]);
  });
});

describe("a post", () => {
  it("promises no time on an account that is stopped or needs an approval first, and says which it is", async () => {
    const { world, browser } = await aTeam({
      accounts: [paper("one"), paper("two", { approve: true }), paper("three")],
    });
    await world.plan("tea", aDocument({ title: "Tea", date: "2026-03-01T12:00:00Z" }));
    await world.app.stop("three");
    await browser.pressAndSee((await browser.get("/console/posts/tea")).page, "Read its texts");
    const text = read((await browser.get("/console/posts/tea")).page);
    expect(text).toMatch(/one , paper Goes out 12:00/);
    expect(text).toMatch(/two , paper Goes out 12:00 if you approve it .*The account two needs your approval first\./);
    expect(text).toMatch(/three , paper Waits .*The account three is stopped\./);
    expect(text.match(/Goes out \d\d:\d\d (?!if)/g)).toHaveLength(1);
  });

  it("promises no time on an account that is paused, after an approval either", async () => {
    const { world, browser } = await aTeam({ accounts: [paper("one", { approve: true })] });
    world.paper.fates.push("unauthorised");
    for (const slug of ["tea", "milk"]) {
      await publish(world, slug);
      const { page } = await browser.get(`/console/posts/${slug}`);
      const approved = await browser.pressAndSee(page, "Approve on one");
      if (slug === "milk") {
        expect(read(approved.page)).toContain("Approved on one. It waits: one is paused.");
        expect(read(approved.page)).toMatch(/one , paper Waits .*The account one is paused\./);
        expect(read(approved.page)).not.toMatch(/Goes out (now|\d)/);
      }
      await world.sweep();
    }
  });

  it("says what happened on each account in sentences, and what was not kept", async () => {
    const { world, browser } = await aTeam({ accounts: [paper("one")], policies: { settle: 2 * minute } });
    world.turn(hour);
    await publish(world, "tea");
    world.turn(3 * minute);
    await world.sweep();
    const { status, page } = await browser.get("/console/posts/tea");
    expect(status).toBe(200);
    const text = read(page);
    expect(text).toContain("Where it went 1 of 1 is out one , paper Posted 09:03 See it on one .");
    expect(text).toContain(
      "09:00 It was planned. 09:00 It waits: its document has just changed. 09:03 It was sent. 09:03 It is on the network.",
    );
    expect((await browser.get("/console/posts/nothing")).status).toBe(404);
  });

  it("has its texts as text: none of them is markup, in the pages of a person who signs in under such a name", async () => {
    const attack = `"><img src=x onerror=alert(1)><script>alert(2)</script>`;
    const { world, browser } = await aTeam({ accounts: [paper("one")] });
    await publish(world, "tea", { title: attack });
    await world.app.stop(undefined, attack, attack);
    for (const path of [
      "",
      "/week",
      "/posts",
      "/posts/tea",
      "/again?post=tea",
      "/withdraw?post=tea&account=one",
      "/accounts",
      "/feeds",
      "/stop",
    ]) {
      const { page } = await browser.get(`/console${path}`);
      expect(page, path).not.toMatch(/<img|<script>/);
    }
  });
});

describe("the text of a copy", () => {
  it("can be read on the page of its post as it was sent, in all parts of a thread", async () => {
    const { world, browser } = await aTeam({ accounts: [paper("one")] });
    await publish(world, "tea");
    const [delivery] = await world.deliveries("tea");
    if (delivery?.state !== "posted") throw new Error("it is not posted");
    const request = { status: "First <b>words</b>", visibility: "public", replies: [{ status: "Second words" }] };
    await world.store.deliveries.save({ ...delivery, sent: { ...delivery.sent, request } });
    expect(read((await browser.get("/console/posts/tea")).page)).toContain(
      "The text as it was sent First &lt;b&gt;words&lt;/b&gt; Second words What happened",
    );
  });

  it("is not shown of a request without one", async () => {
    const { world, browser } = await aTeam({ accounts: [paper("one")] });
    await publish(world, "tea");
    const [delivery] = await world.deliveries("tea");
    if (delivery?.state !== "posted") throw new Error("it is not posted");
    await world.store.deliveries.save({ ...delivery, sent: { ...delivery.sent, request: { event: "published" } } });
    expect(read((await browser.get("/console/posts/tea")).page)).not.toContain("as it was sent");
  });
});

describe("the page of a post after a decision", () => {
  it("says of a deleted copy who withdrew it, and has no link to it", async () => {
    const { world, browser } = await aTeam();
    await publish(world, "tea");
    const { page } = await browser.get("/console/withdraw?post=tea&account=one");
    await browser.press(page, "Delete this copy");
    await world.sweep();
    const text = read((await browser.get("/console/posts/tea")).page);
    expect(text).toContain("Editor A withdrew it");
    expect(text).toContain("See it on two");
    expect(text).not.toContain("See it on one");
  });

  it("says who posted it again", async () => {
    const { world, browser } = await aTeam({ accounts: [paper("one")] });
    await publish(world, "tea");
    const { page } = await browser.get("/console/again?post=tea");
    await browser.press(page, "Post it", { account: "one" });
    await world.sweep();
    const text = read((await browser.get("/console/posts/tea")).page);
    expect(text).toContain("one , paper , second time");
    expect(text).toContain("08:00 Editor A posted it again.");
    world.turn(hour);
    await world.sweep();
    await world.app.announce("tea", { again: true });
    await world.sweep();
    expect(read((await browser.get("/console/posts/tea")).page)).toContain("09:00 Somebody posted it again.");
  });
});
