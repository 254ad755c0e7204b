import { describe, expect, it } from "vitest";
import { hour, minute } from "../../src/domain/time.ts";
import { deliveryIn } from "../support/builders.ts";
import { readPage as read } from "../support/console-browser.ts";
import { aTeam, paper, publish } from "../support/console-team.ts";
import { aDocument } from "../support/world.ts";

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
    for (const [key, title] of [
      ["archive/1", "Archive 1"],
      ["notes", "Notes"],
      ["categories/tea", "Tea"],
    ] as const)
      await world.store.feeds.touch("blog", key, title, world.clock());
    const some = read((await browser.get("/console")).page);
    expect(some).toContain("Nothing. Every account is logged in, the main feeds are valid, and nothing is held.");
    expect(some).not.toContain("more feed");
    world.store.feeds.all = () => Promise.reject(new Error("the table does not answer"));
    const less = read((await browser.get("/console")).page);
    expect(less).toContain("The feeds could not be read now.");
    expect(less).not.toContain("every feed is valid");
  });

  it("says that a network cannot be reached and when it is tried next, and counts down to no try", async () => {
    const { world, browser } = await aTeam({ accounts: [paper("one")] });
    for (let tries = 0; tries < 9; tries += 1)
      world.paper.fates.push({ kind: "unavailable", reason: "it refuses connections" });
    await publish(world, "tea");
    const text = async (path: string) => read((await browser.get(path)).page);
    const first = await text("/console");
    expect(first).not.toContain("Goes out now");
    expect(first).not.toContain("Goes out <time");
    expect(first).toContain("Nothing. Every account is logged in");
    for (let passed = 0; passed < 3 * minute; passed += 10_000) {
      world.turn(10_000);
      await world.sweep();
    }
    const now = await text("/console");
    expect(now).not.toMatch(/Goes out (?:now|in)/);
    expect(now).toMatch(
      /one Cannot be reached Since 08:00 : It refuses connections\. It is tried again at 08:0\d \. 1 post waits for it/,
    );
    expect(now).toMatch(/waits About tea one · .*it refuses connections; it is tried again at 08:0\d/);
    expect(now).not.toContain("one cannot be reached");
    expect(await text("/console/posts/tea")).toMatch(/one , paper Waits .* It is tried again at 08:0\d/);
    const accounts = await text("/console/accounts");
    expect(accounts).toContain("1 account: 0 can post, 1 cannot be reached.");
    expect(accounts).toMatch(/not reachable Since 08:00 : It refuses connections\. It is tried again/);
    await world.plan("later", aDocument({ title: "Later", date: "2026-03-01T10:00:00Z" }));
    expect(await text("/console/posts/later")).toContain("one One cannot be reached.");
    world.paper.fates.length = 0;
    world.turn(hour);
    await world.sweep();
    expect(await text("/console")).toContain("Nothing. Every account is logged in");
    expect(await text("/console/accounts")).toContain("1 account: 1 can post.");
  });

  it("promises no time to what the breaker is going to hold, and does where a person has decided", async () => {
    const account = paper("one", { pacing: { interval: 0, dailyCap: 50 } });
    const { world, browser } = await aTeam({ accounts: [account], policies: { burst: 2, settle: 2 * minute } });
    const text = async (path: string) => read((await browser.get(path)).page);
    for (const slug of ["a", "b"]) await world.plan(slug, aDocument({ title: slug, slug }));
    world.turn(2 * minute);
    await world.sweep();
    await publish(world, "tea");
    await world.plan("later", aDocument({ title: "Later", date: "2026-03-01T08:50:00Z" }));
    await world.plan("evening", aDocument({ title: "Evening", date: "2026-03-01T20:00:00Z" }));
    const held = "ne will hold it until you release it: too many new posts within the hour";
    const now = await text("/console");
    expect(now).not.toContain("Goes out in");
    expect(now).toContain(`waits About tea one · its document has just changed · o${held}`);
    expect(now).toContain(`waits Later one · scheduled for 08:50 · o${held}`);
    expect(now).toMatch(/20:00 Evening one · scheduled(?! ·)/);
    expect(await text("/console/posts/tea")).toMatch(new RegExp(`one , paper Waits .*The account o${held}`));
    expect(await text("/console/posts/later")).toContain(`one O${held}.`);
    expect(await text("/console/posts/evening")).toContain("At its date it goes to one.");
    const { page } = await browser.get("/console/posts/tea");
    const stopped = await browser.pressAndSee(page, "Stop on one");
    await browser.press(stopped.page, "Release");
    expect(await text("/console")).toContain("Goes out now , to one About tea");
    await world.sweep();
    world.turn(2 * minute);
    await world.sweep();
    expect((await world.deliveries("tea")).map(({ state }) => state)).toEqual(["posted"]);
    world.turn(45 * minute);
    await world.sweep();
    world.turn(3 * minute);
    await world.sweep();
    expect((await world.deliveries("later")).map(({ hold }) => hold)).toEqual(["breaker"]);
  });

  it("counts notes and articles apart, also in the sandbox, where it says what the breaker is going to hold", async () => {
    const { world, browser } = await aTeam({ accounts: [paper("one")], policies: { burst: 1, noteBurst: 1 } });
    world.paper.reach.now = "sandbox";
    await publish(world, "tea");
    await world.plan("later", aDocument({ title: "Later", date: "2026-03-01T08:30:00Z" }));
    await world.plan("note", aDocument({ title: undefined, date: "2026-03-01T08:30:00Z", slug: "note" }, "A note."));
    const text = async (path: string) => read((await browser.get(path)).page);
    expect(await text("/console/posts/later")).toContain("one One will hold it");
    expect(await text("/console/posts/note")).toContain("At its date it goes to one.");
  });

  it("says of a post that is planned for later that its network cannot be reached, as before it was planned", async () => {
    const { world, browser } = await aTeam({ accounts: [paper("one")] });
    const down = { failures: 3, since: world.clock(), until: world.clock() + minute, reason: "503" };
    await world.store.accounts.save({ ...(await world.store.accounts.read("one")), down });
    await world.plan("later", aDocument({ title: "Later", date: "2026-03-01T08:40:00Z" }));
    const { page } = await browser.get("/console/posts/later");
    expect(read(page)).toContain("one One cannot be reached.");
    await browser.press(page, "Read its texts");
    await world.sweep();
    const planned = read((await browser.get("/console/posts/later")).page);
    expect(planned).toContain("one , paper Waits Scheduled. The account one cannot be reached. The text");
    expect(read((await browser.get("/console")).page)).toMatch(/Later one · scheduled.* · one cannot be reached/);
  });

  it("says nothing of an outage that nothing has tried to end", async () => {
    const { world, browser } = await aTeam({ accounts: [paper("one")] });
    const down = { failures: 3, since: world.clock(), until: world.clock() + minute, reason: "503" };
    await world.store.accounts.save({ ...(await world.store.accounts.read("one")), down });
    world.turn(hour);
    expect(read((await browser.get("/console/accounts")).page)).toContain("1 account: 1 can post.");
  });

  it("does not say that nothing is held where a delivery is held whose post is lost", async () => {
    const { world, browser } = await aTeam();
    await publish(world, "tea");
    await world.store.deliveries.create({ ...deliveryIn.held, post: "lost", account: "one", network: "paper" });
    const text = read((await browser.get("/console")).page);
    expect(text).not.toContain("nothing is held");
    expect(text).toContain("1 post is held by the breaker");
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
      "Released on one and two. It goes out as soon as the rules of its account allow. Stop it again",
    );
  });

  it("has one row for all that waits for an account that is stopped or paused", async () => {
    const { world, browser } = await aTeam({ policies: { settle: 10 * minute } });
    await world.app.stop("two");
    for (const name of ["tea", "milk", "salt"]) await world.plan(name, aDocument({ title: `About ${name}` }));
    await world.plan("later", aDocument({ title: "Later", date: "2026-03-01T12:00:00Z" }));
    const pageOf = async () => read((await browser.get("/console")).page);
    expect(await pageOf()).toMatch(
      /12:00 Later one and two · scheduled · two is stopped .*waits 3 posts for two \(stopped\)/,
    );
    expect(await pageOf()).not.toMatch(/About (tea|milk|salt) two/);
    const other = await aTeam({ accounts: [paper("one")] });
    other.world.paper.fates.push("unauthorised");
    await publish(other.world, "tea");
    await publish(other.world, "milk");
    expect(read((await other.browser.get("/console")).page)).toContain("waits 2 posts for one (paused)");
  });

  it("names a stopped account among what needs a person, with who stopped it, why and the way back", async () => {
    const { world, browser } = await aTeam({ policies: { settle: 10 * minute } });
    await world.app.stop("two", "wrong links", "Bob");
    for (const name of ["tea", "milk"]) await world.plan(name, aDocument({ title: `About ${name}` }));
    const { page } = await browser.get("/console");
    expect(read(page)).toMatch(
      /Needs you 1 thing two Stopped since \d\d:\d\d by Bob: wrong links\. 2 posts wait for it, and none is lost\. Let it send again on two/,
    );
    const after = await browser.pressAndSee(page, "Let it send again on two");
    expect(read(after.page)).toContain("Sending on two goes on.");
    expect(read(after.page)).not.toContain("wrong links");
  });

  it("counts on the page of accounts only those that can post as such", async () => {
    const { world, browser } = await aTeam({ accounts: [paper("one"), paper("two"), paper("three")] });
    await world.app.stop("two");
    const lead = async () => read((await browser.get("/console/accounts")).page);
    expect(await lead()).toContain("3 accounts: 2 can post, 1 is paused or stopped.");
    world.paper.fates.push("unauthorised");
    await world.app.resume("two");
    await publish(world, "tea");
    expect(await lead()).toContain("3 accounts: 2 can post, 1 is paused or stopped.");
    world.paper.reach.now = "none";
    expect(await lead()).toContain("3 accounts: 0 can post, 3 are not connected.");
  });

  it("promises no time on an account that needs an approval, or whose sending is stopped", async () => {
    const { world, browser } = await aTeam({
      accounts: [paper("one"), paper("two", { approve: true }), paper("three")],
      policies: { settle: 2 * minute },
    });
    world.turn(hour);
    await world.app.stop("three");
    await world.plan("tea", aDocument({ title: "Tea" }));
    await world.plan("later", aDocument({ title: "Later", date: "2026-03-01T12:00:00Z" }));
    const pageOf = async (path = "") => read((await browser.get(`/console${path}`)).page);
    const blocked = "three is stopped; two needs your approval first";
    expect(await pageOf()).toContain(
      "Goes out now , to one Tea Three is stopped; two needs your approval first. Stop this post",
    );
    expect(await pageOf()).toContain(`12:00 Later one, three and two · scheduled · ${blocked} Stop`);
    expect(await pageOf("/week")).toContain(`Tea goes out one · ${blocked}`);
    expect(await pageOf("/week")).toContain(`Later scheduled one, three and two · ${blocked}`);
    await world.app.stop(undefined);
    expect(await pageOf()).not.toContain("Goes out now");
    expect(await pageOf()).toContain("waits Tea one, three and two · all sending is stopped");
    expect(await pageOf("/week")).toContain("Tea waits one, three and two: all sending is stopped");
  });

  it("sorts what went out by the moment that it prints, with each account once", async () => {
    const { world, browser } = await aTeam();
    await publish(world, "tea");
    const now = world.clock();
    world.turn(hour);
    await publish(world, "milk");
    const { deliveries } = world.store;
    const posted = async (slug: string, account: string) => {
      const found = (await world.deliveries(slug)).find((one) => one.account === account);
      if (found?.state !== "posted") throw new Error("it is not there");
      return found;
    };
    const send = async (slug: string, account: string, at: number, more: { readonly sandbox?: boolean } = {}) => {
      const row = await posted(slug, account);
      await deliveries.save({ ...row, ...more, sent: { ...row.sent, firstSentAt: at } });
    };
    await send("tea", "one", now, { sandbox: true });
    await send("tea", "two", now + 2 * hour);
    const second = await posted("tea", "two");
    await deliveries.create({ ...second, generation: 2 });
    world.turn(2 * hour);
    expect(read((await browser.get("/console")).page)).toContain(
      "Went out All posts 10:00 About tea two · 08:00 one in the sandbox 09:00 About milk one , two",
    );
    expect(read((await browser.get("/console/week")).page)).toContain(
      "08:00 About tea shown in the sandbox of one 09:00 About milk one and two 10:00 About tea two",
    );
  });

  it("has the newest sends among what went out, whenever they were planned, and says where older ones are", async () => {
    const { world, browser } = await aTeam({
      accounts: [paper("one")],
      policies: { settle: 2 * minute, burst: 1_000 },
    });
    world.turn(hour);
    await world.plan("early", aDocument({ title: "Early" }));
    const stopped = await browser.pressAndSee((await browser.get("/console")).page, "Stop this post");
    for (let n = 0; n < 9; n += 1) {
      await world.plan(`post-${n}`, aDocument({ title: `Post ${n}` }));
      world.turn(3 * minute);
      await world.sweep();
    }
    await browser.press(stopped.page, "Release");
    world.turn(2 * minute);
    await world.sweep();
    const text = read((await browser.get("/console")).page);
    expect(text).toMatch(
      /Went out All posts 09:29 Early one 09:2\d Post 8 one .* Older ones are in the week and on the page of all posts/,
    );
    expect(text).not.toContain("Post 0");
  });

  it("leaves no gap in what went out: a post that is read for another reason is not listed before those that are not read", async () => {
    const { world, browser } = await aTeam({
      accounts: [paper("one"), paper("two", { approve: true })],
      policies: { burst: 1_000 },
    });
    for (let n = 0; n < 12; n += 1) {
      world.turn(minute);
      await publish(world, `post-${n}`);
    }
    const [, done = ""] = read((await browser.get("/console")).page).split("Went out");
    const listed = [...done.matchAll(/About post-(\d+) one/g)].map(([, n]) => Number(n));
    expect(listed).toEqual(Array.from({ length: listed.length }, (_, index) => 11 - index));
    expect(listed.length).toBeGreaterThanOrEqual(3);
    expect(done).toContain("Older ones are in the week");
  });

  it("does not say that a post went out that only the sandbox shows", async () => {
    const { world, browser } = await aTeam();
    world.paper.reach.now = "sandbox";
    await publish(world, "tea");
    const text = read((await browser.get("/console")).page);
    expect(text).toContain("Shown in the sandbox All posts 08:00 About tea one , two · in the sandbox");
    expect(text).not.toContain("Went out");
  });

  it("does not list a removed post among what went out", async () => {
    const { world, browser } = await aTeam({ accounts: [paper("one")] });
    await publish(world, "tea");
    world.turn(2 * minute);
    await publish(world, "milk");
    await world.app.remove("tea");
    const text = read((await browser.get("/console")).page);
    expect(text).toMatch(/Went out All posts 08:02 About milk one/);
    expect(text).not.toContain("About tea");
  });

  it("promises no time where no account is connected, or the installation has moved", async () => {
    const { world, browser } = await aTeam();
    await world.plan("later", aDocument({ title: "Later", date: "2026-03-01T12:00:00Z" }));
    const pageOf = async () => read((await browser.get("/console")).page);
    world.paper.reach.now = "none";
    expect(await pageOf()).toContain("waits Later one and two · scheduled for 12:00 · one and two are not connected");
    world.paper.reach.now = "real";
    world.store.moves.read = async () => world.clock();
    expect(await pageOf()).toContain("waits Later one and two · scheduled for 12:00 · this installation sends nothing");
    world.paper.reach.now = "sandbox";
    expect(await pageOf()).toContain("Later one and two · scheduled Stop");
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
    expect(text).toContain("Needs you 3 things, the most urgent first");
    const order = ["2 posts wait for your approval", "1 post is held by the breaker", "bad.md Refused"];
    expect(order.map((one) => text.indexOf(one))).toEqual(
      order.map((one) => text.indexOf(one)).toSorted((a, b) => a - b),
    );
    expect(order.filter((one) => !text.includes(one))).toEqual([]);
  });

  it("names a post that is in no feed because it has no date, until it has one or is removed", async () => {
    const { world, browser } = await aTeam();
    await publish(world, "tea");
    const now = async () => read((await browser.get("/console")).page);
    const nothing = "and nothing is held.";
    for (const end of ["date", "remove", "publish"]) {
      world.write(`${end}.md`, `---\ntitle: ${end}\n---\nWords.\n`);
      await world.ingest(`${end}.md`);
      expect(await now()).toContain(`Needs you 1 thing ${end} Held It has no date: add a date`);
      if (end === "remove") await world.app.remove(end);
      else if (end === "publish") await world.app.announce(end, {});
      else {
        world.write(`${end}.md`, `---\ntitle: ${end}\ndate: 2026-03-01\n---\nWords.\n`);
        await world.ingest(`${end}.md`);
      }
      await world.sweep();
      expect(await now()).toContain(nothing);
    }
  });

  it("asks for the approvals that can be given before the time of their posts", async () => {
    const { world, browser } = await aTeam({
      accounts: [paper("one"), paper("two", { approve: true })],
      policies: { settle: 10 * minute },
    });
    world.turn(hour);
    await world.plan("tea", aDocument({ title: "Tea" }));
    expect(read((await browser.get("/console")).page)).toContain("Tea Goes out now if you approve it two");
    await world.sweep();
    await world.plan("later", aDocument({ title: "Later", date: "2026-03-01T12:00:00Z" }));
    await world.plan("next-week", aDocument({ title: "Next week", date: "2026-03-08T12:00:00Z" }));
    const { page } = await browser.get("/console");
    expect(read(page)).toContain(
      "Needs you 2 things, the most urgent first 09:10 Tea Goes out 09:10 if you approve it two Read and approve : “Tea” 12:00 Later Goes out 12:00 if you approve it two Read and approve : “Later” Goes out next",
    );
    const [, href = ""] = /<a class="alt" href="([^"]*)">Read and approve/.exec(page) ?? [];
    const post = await browser.get(href);
    await browser.press(post.page, "Approve on two");
    expect(read((await browser.get("/console")).page)).not.toContain("Goes out 09:10 if you approve it");
  });

  it("shows what goes out next whatever needs a person, and says what it leaves out", async () => {
    const { world, browser } = await aTeam({
      accounts: [paper("one", { approve: true }), paper("two", { pacing: { interval: hour, dailyCap: 50 } })],
      policies: { burst: 1_000 },
    });
    for (let n = 0; n < 14; n += 1) await publish(world, `post-${n}`);
    await world.plan("later", aDocument({ title: "The quiet launch", date: "2026-03-01T08:03:00Z" }));
    for (const day of ["02", "03", "04", "05"])
      await world.plan(`day-${day}`, aDocument({ title: `Launch ${day}`, date: `2026-03-${day}T09:00:00Z` }));
    const text = read((await browser.get("/console")).page);
    const dated = "one and two · scheduled · one needs your approval first";
    expect(text).toContain(`Mon 2 Mar, 09:00 Launch 02 ${dated}`);
    expect(text).toContain(`Tue 3 Mar, 09:00 Launch 03 ${dated}`);
    expect(text).toContain("Up to 2 more posts are scheduled: all scheduled posts");
    expect(text).toContain("22:00 The quiet launch one and two · scheduled · one needs your approval first Stop");
    expect(text).toMatch(/\d+ posts wait for your approval/);
    expect(text).toMatch(/\d+ more deliveries wait: the week has them/);
    expect(text).not.toContain("Nothing");
  });
});

describe("the numbers of the last weeks", () => {
  const numbersOf = (page: string) => read(page).match(/The numbers Week of.*/)?.[0] ?? "";

  it("count posts and copies by the week, as bars and as a table with the same numbers", async () => {
    const { world, browser } = await aTeam({ accounts: [paper("one"), paper("two")] });
    await publish(world, "tea");
    world.turn(8 * 24 * hour);
    await browser.signIn();
    for (const slug of ["milk", "salt"]) await publish(world, slug, { date: "2026-03-09T07:30:00Z" });
    const { page } = await browser.get("/console");
    expect(read(page)).toContain("The last 12 weeks");
    expect(page).toContain(">Copies</text>");
    expect(page).not.toContain("on networks");
    expect(page).toMatch(/<desc[^>]*>The posts of each week, and their copies\./);
    // A bar for each week that has some.
    const bars = [...page.matchAll(/<path class="(b\d)" d="([^"]*)"/g)];
    expect(bars.map(([, row, path = ""]) => [row, path.match(/M/g)?.length])).toEqual([
      ["b1", 2],
      ["b2", 2],
    ]);
    expect(numbersOf(page)).toMatch(/^The numbers Week of Posts Copies 9 Mar 2 2 2 Mar 0 0 23 Feb 1 2 16 Feb 0 0 /);
  });

  it("leave out the weeks of which not all is counted, and say so", async () => {
    const { world, browser } = await aTeam({ accounts: [paper("one")], policies: { burst: 1_000 } });
    await publish(world, "tea");
    for (let n = 0; n < 110; n += 1)
      await world.store.memberships.put("blog", {
        feed: "main",
        id: `m${n}`,
        published: world.clock() - n * 12 * hour,
        version: 1,
      });
    const { page } = await browser.get("/console");
    expect(numbersOf(page)).toContain("5 Jan not counted 0");
    // A week that is not wholly counted may be the one with the most.
    expect(page).not.toMatch(/Posts<\/text><text[^>]*>[^<]*at most/);
    expect(numbersOf(page)).toContain("Of the earlier weeks there are too many to count them here.");
    expect(numbersOf(page)).toContain("9 Feb 14 0");
  });

  it("are missing where they cannot be read, and the rest of the page is there", async () => {
    const { world, browser } = await aTeam();
    await publish(world, "tea");
    world.store.memberships.newest = async function* none() {
      yield* [];
      throw new Error("the table does not answer");
    };
    const text = read((await browser.get("/console")).page);
    expect(text).toContain("The numbers could not be read now.");
    expect(text).toContain("Went out All posts 08:00 About tea");
  });
});
