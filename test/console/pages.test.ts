import { describe, expect, it } from "vitest";
import { deliveryId } from "../../src/domain/delivery.ts";
import { hour, minute } from "../../src/domain/time.ts";
import { anAccount, aPost, deliveryIn } from "../support/builders.ts";
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

describe("posts that are scheduled", () => {
  const aTeamWithOldPlans = async () => {
    const team = await aTeam({ policies: { burst: 1_000 } });
    const { world } = team;
    for (const day of ["03", "02"])
      await world.plan(`day-${day}`, aDocument({ title: `Launch ${day}`, date: `2026-03-${day}T09:00:00Z` }));
    for (let n = 0; n < 60; n += 1) {
      world.turn(minute);
      await publish(world, `post-${n}`);
    }
    return team;
  };

  it("are found by their dates, however many posts changed after them", async () => {
    const { browser } = await aTeamWithOldPlans();
    const pageOf = async (path: string) => read((await browser.get(path)).page);
    expect(await pageOf("/console")).toMatch(
      /Mon 2 Mar, 09:00 Launch 02 one and two · scheduled .*Tue 3 Mar, 09:00 Launch 03/,
    );
    expect(await pageOf("/console/week?of=2026-03-02")).toMatch(/09:00 Launch 02 .*09:00 Launch 03/);
    expect(await pageOf("/console/posts?list=scheduled")).toMatch(
      /^Scheduled posts .*Launch 02 day-02\.md .* scheduled Launch 03 day-03\.md .* scheduled$/,
    );
  });

  it("are listed in pages, each post once", async () => {
    const { world, browser } = await aTeam();
    for (let n = 0; n < 60; n += 1)
      await world.plan(
        `p${n}`,
        aDocument({ title: `P ${n}`, date: `2026-03-02T09:${String(n % 30).padStart(2, "0")}:00Z` }),
      );
    const slugs: string[] = [];
    let path: string | undefined = "/console/posts?list=scheduled";
    for (; path !== undefined; ) {
      const { page } = await browser.get(path);
      slugs.push(...[...page.matchAll(/<bdi>(p\d+)\.md</g)].map(([, slug = ""]) => slug));
      path = /href="([^"]*)" rel="next"/.exec(page)?.[1]?.replaceAll("&amp;", "&");
    }
    expect([slugs.length, new Set(slugs).size]).toEqual([60, 60]);
    expect((await browser.get("/console/posts?list=scheduled&from=soon")).status).toBe(404);
  });

  it("are none where nothing is planned, and that is said", async () => {
    const { browser } = await aTeam();
    expect(read((await browser.get("/console/posts?list=scheduled")).page)).toContain("Nothing is scheduled.");
  });
});

describe("the search for a post", () => {
  it("finds a post by its slug, address, path, and file, by keys", async () => {
    const { world, browser } = await aTeam();
    world.write("2026-02-01-tea.md", aDocument({ title: "Tea" }));
    world.write("named.md", aDocument({ title: "Another slug", slug: "other" }));
    for (const file of ["2026-02-01-tea.md", "named.md"]) await world.ingest(file);
    world.store.documents.all = () => {
      throw new Error("all documents are read");
    };
    const found = async (name: string) =>
      read((await browser.get(`/console/posts?find=${encodeURIComponent(name)}`)).page);
    for (const name of ["tea", "/tea/", "2026-02-01-tea.md", "2026-02-01-tea"])
      expect(await found(name)).toContain("Tea 2026-02-01-tea.md");
    for (const name of ["other", "named.md"]) expect(await found(name)).toContain("Another slug named.md");
    // A slug that equals the name of a file is not the post of that file.
    expect(await found("other.md")).toContain("No post has this slug, address or file");
    expect(await found("nothing")).toContain("No post has this slug, address or file");
    expect((await browser.get("/console/posts/nothing")).status).toBe(404);
  });
});

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

describe("the search for a title", () => {
  it("finds each post whose title has all of the words, without case and accents", async () => {
    const { world, browser } = await aTeam();
    for (const [slug, title] of [
      ["a1", "Café in Zürich"],
      ["a2", "Tea in Zürich"],
      ["tea", "About milk"],
    ] as const)
      await world.plan(slug, aDocument({ title }));
    const { page } = await browser.get("/console/posts");
    expect(read(page)).toContain("A title, a slug, an address or the path of a file");
    const found = async (words: string) =>
      [
        ...(await browser.get(`/console/posts?find=${encodeURIComponent(words)}`)).page.matchAll(/<bdi>(\w+)\.md</g),
      ].map(([, slug]) => slug);
    expect(await found("zurich CAFE")).toEqual(["a1"]);
    expect((await found("zürich")).toSorted()).toEqual(["a1", "a2"]);
    expect(await found("tea")).toEqual(["tea", "a2"]);
    expect(await found("tea in Bern")).toEqual([]);
    expect(read((await browser.get("/console/posts?find=Bern")).page)).toContain(
      "No post has this slug, address or file, and none has these words in its title.",
    );
  });

  it("says among which posts it looked, and that more have the words", async () => {
    const { world, browser } = await aTeam({ accounts: [] });
    for (let n = 0; n < 101; n += 1)
      await world.store.posts.save(
        aPost({ slug: `p${n}`, title: n < 50 ? "Tea" : `Rice ${n}`, updated: world.clock() + n }),
      );
    const find = async (words: string) => read((await browser.get(`/console/posts?find=${words}`)).page);
    expect(await find("Rice+77")).toMatch(/Rice 77 .* Titles are looked for among the 100 posts that changed last\.$/);
    expect(await find("nothing")).toContain("and none of the 100 that changed last has these words in its title.");
    expect(await find("tea")).toContain("More posts have these words in their titles: add one.");
  });
});

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

describe("a page that is not there", () => {
  it("has the links to the others, for a person who has signed in", async () => {
    const { browser } = await aTeam();
    const { page } = await browser.get("/console/nothing");
    expect(page).toContain('<a href="/console/week">Week</a>');
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

describe("the list of posts", () => {
  it("says where the last announcement of each account is, the most urgent first", async () => {
    const { world, browser } = await aTeam({
      accounts: [paper("one"), paper("two", { approve: true }), paper("three"), paper("four")],
    });
    world.paper.fates.push("refused");
    await publish(world, "tea");
    const text = read((await browser.get("/console/posts")).page);
    expect(text).toMatch(/About tea tea\.md 07:00 failed on \w+ waits for approval on two posted on \w+ and \w+$/);
  });

  it("counts more than three accounts", async () => {
    const { world, browser } = await aTeam({ accounts: ["one", "two", "three", "four"].map((name) => paper(name)) });
    await publish(world, "tea");
    expect(read((await browser.get("/console/posts")).page)).toMatch(/07:00 posted on 4 accounts$/);
  });

  it("finds a post by the name of its file", async () => {
    const { world, browser } = await aTeam();
    world.write("green.md", aDocument({ title: "About tea", slug: "tea" }));
    await world.ingest("green.md");
    for (const name of ["tea", "green", "green.md"])
      expect(read((await browser.get(`/console/posts?find=${name}`)).page), name).toContain("About tea green.md");
  });
});

describe("the accounts", () => {
  it("name the command that connects one, and the fields of its secret", async () => {
    const { world, browser } = await aTeam({ accounts: [paper("one")] });
    world.paper.reach.now = "sandbox";
    expect(read((await browser.get("/console/accounts")).page)).toMatch(
      /run npx crier accounts set one where Crier runs\. It asks for user and password \./,
    );
  });

  it("name the posts that would go out if one were connected by their titles", async () => {
    const { world, browser } = await aTeam({ accounts: [paper("one")] });
    world.paper.reach.now = "sandbox";
    await world.plan("launch", aDocument({ title: "The quiet launch", date: "2026-03-04T23:30:00Z" }));
    expect(read((await browser.get("/console/accounts")).page)).toContain(
      "If it were connected now, 1 post would go out, now or later: “The quiet launch”.",
    );
  });
});

describe("the other pages", () => {
  it("list the posts with their states, the accounts, the feeds and the refused documents", async () => {
    const { world, browser } = await aTeam({ policies: { burst: 0 } });
    await publish(world, "tea");
    await world.plan("draft", aDocument({ title: "A draft", date: "2026-05-01T08:00:00Z" }));
    world.write("bad.md", "---\ntitle: Bad\ndate: 2026-13-02\n---\nWords.\n");
    await world.ingest("bad.md");
    const pageOf = async (path: string) => read((await browser.get(path)).page);
    expect(await pageOf("/console/posts")).toContain("About tea tea.md");
    expect(await pageOf("/console/posts")).toContain("scheduled");
    expect(await pageOf("/console/posts?find=/draft/")).toMatch(/A draft draft\.md Fri 1 May, \d\d:00 scheduled$/);
    expect(await pageOf("/console/posts?find=draft.md")).toContain("A draft draft.md");
    expect(await pageOf("/console/posts?find=nothing")).toContain("No post has this slug, address or file");
    expect(await pageOf("/console/accounts")).toContain("2 accounts: 2 can post.");
    expect(await pageOf("/console/accounts")).toContain("0 of 50 in the last 24 hours · 1 held");
    expect(await pageOf("/console/feeds")).toContain("Refused documents 1");
    expect(await pageOf("/console/feeds")).toContain("bad.md Refused");
    expect(await pageOf("/console/feeds")).toMatch(/Feeds \d+ valid/);
    for (const key of ["archive/10", "archive/9", "categories/tea", "notes"] as const)
      await world.store.feeds.touch("blog", key, `Feed ${key} of`, world.clock());
    const order = (await pageOf("/console/feeds")).match(/Feed \S+ of|(?<= )\/feed\.xml/g);
    expect(order).toEqual([
      "/feed.xml",
      "Feed notes of",
      "Feed categories/tea of",
      "Feed archive/9 of",
      "Feed archive/10 of",
    ]);
    expect((await browser.get("/console/posts?from=nonsense")).status).toBe(404);
  });
});
