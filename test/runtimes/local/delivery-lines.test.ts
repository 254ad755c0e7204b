import { describe, expect, test } from "vitest";
import { serverName } from "../../../src/app/deliver/admission.ts";
import { siteCommands } from "../../../src/domain/delivery-commands.ts";
import { day, hour, iso, minute, second } from "../../../src/domain/time.ts";
import { consoleLog, limitAlarms, readWaiting } from "../../../src/runtimes/local/console-output.ts";
import { reportDeliveries } from "../../../src/runtimes/local/delivery-lines.ts";
import { endLeases } from "../../../src/store/due-index.ts";
import { composeTestedApp } from "../../support/app.ts";
import { anAccount, start } from "../../support/builders.ts";
import { aDocument, aWorld } from "../../support/world.ts";

type Options = Parameters<typeof aWorld>[0];

/** A world whose terminal the test reads. */
const aTerminal = async (options: Options = {}) => {
  const world = await aWorld(options);
  const printed: string[] = [];
  const timers: (() => void)[] = [];
  const log = consoleLog((line) => printed.push(line));
  const reported = reportDeliveries(world.store, {
    log,
    clock: world.clock,
    setTimer: (_, act) => {
      timers.push(act);
      return () => {};
    },
    timeZone: () => "Europe/Berlin",
    removeCopiesAfter: world.parts().config.policies.removeCopiesAfter,
    command: siteCommands([{ id: "blog" }]),
    accounts: world.configured.accounts,
    serverOf: (account) => serverName(account, world.parts()),
  });
  const app = composeTestedApp({ ...world.parts(), store: { ...world.store, ...reported.store }, log });
  const rest = async (): Promise<void> => {
    for (let round = 0; round < 20; round += 1)
      for (const ref of await world.store.due.before(world.clock(), 200)) await app.work(ref);
  };
  const write = async (slug: string, fields = {}): Promise<void> => {
    world.write(`${slug}.md`, aDocument({ slug, ...fields }));
    await app.ingest("folder", `${slug}.md`);
    await rest();
  };
  const wait = async (milliseconds: number): Promise<void> => {
    world.turn(milliseconds);
    await rest();
  };
  /** What was printed since the last call. */
  const lines = () => printed.splice(0);
  return {
    world,
    app,
    write,
    wait,
    rest,
    lines,
    minutePasses: () => {
      for (const act of timers.splice(0)) act();
    },
  };
};

const waitingOf = ({ world, app }: Pick<Awaited<ReturnType<typeof aTerminal>>, "world" | "app">, now = world.clock()) =>
  readWaiting(app.sites[0], now, world.store);

const nextOf = async (...of: Parameters<typeof waitingOf>): Promise<readonly string[]> =>
  (await waitingOf(...of)).next.map(({ text }) => text);

describe("the terminal", () => {
  test("says where a post was posted, edited and deleted, a line each", async () => {
    const { world, app, write, wait, lines } = await aTerminal();
    await write("s", { socialShare: "One" });
    expect(lines()).toEqual(["s posted on one: https://paper.example/p1"]);
    await write("s", { socialShare: "Two" });
    expect(lines()).toEqual(["s edited on one: https://paper.example/p1"]);
    world.erase("s.md");
    await app.ingest("folder", "s.md");
    await wait(2 * day);
    expect(lines()).toEqual(["s deleted on one"]);
  });

  test("says nothing again where nothing happens", async () => {
    const { app, write, wait, lines } = await aTerminal();
    await write("s");
    lines();
    await app.announce("s", {});
    await wait(day);
    expect(lines()).toEqual([]);
  });

  test("says for when a post is planned, and why not now, once", async () => {
    const quietHours = { from: 0, to: 23 * 60 };
    const account = anAccount({ name: "one", network: "paper", pacing: { interval: 0, dailyCap: 50, quietHours } });
    const { write, wait, lines } = await aTerminal({ accounts: [account] });
    await write("s");
    expect(lines()).toEqual(["s on one waits until 23:00 UTC: quiet hours"]);
    await wait(hour);
    expect(lines()).toEqual([]);
    await wait(14 * hour);
    expect(lines()).toEqual(["s posted on one: https://paper.example/p1"]);
  });

  test("says that a network does not take it now, and when it is tried again", async () => {
    const { world, write, wait, lines } = await aTerminal();
    world.paper.fates.push("limited", "limited");
    await write("s");
    expect(lines()).toEqual(["s on one waits: 429; next attempt 09:02 Europe/Berlin"]);
    await wait(2 * minute);
    expect(lines()).toEqual([]);
    await wait(hour);
    expect(lines()).toEqual(["s posted on one: https://paper.example/p1"]);
  });

  test("says that it is not known whether a post is there, and then what was found", async () => {
    const { world, write, wait, lines } = await aTerminal({ offers: "read" });
    world.paper.fates.push("applied");
    await write("s");
    expect(lines()).toEqual([
      "s on one may be posted or not: the connection broke; Crier looks for it where it can, or asks you",
    ]);
    await wait(10 * minute);
    expect(lines()).toEqual(["s posted on one: https://paper.example/p1"]);
  });

  test("says once what needs a person, as an alarm with the next command", async () => {
    const { world, write, lines } = await aTerminal();
    world.paper.fates.push("refused");
    await write("s");
    expect(lines()).toEqual([
      expect.stringMatching(
        /^!! failed: s on one: 400; to send it again: npx crier retry \S+; to cancel it for good: npx crier dismiss \S+$/,
      ),
    ]);
  });

  test("names each post and each copy that waits because the login of its account is refused", async () => {
    const { world, write, wait, lines } = await aTerminal();
    await write("s", { socialShare: "One" });
    await wait(hour);
    lines();
    world.paper.fates.push("unauthorised");
    await write("s", { socialShare: "Two" });
    await write("t");
    const why = 'one is paused: 401; set new credentials with "npx crier accounts set one"';
    expect(lines()).toEqual([
      "s waits to be edited on one: one is paused",
      `!! unauthorised: ${why}`,
      `t on one waits: ${why}; next attempt 11:00 Europe/Berlin`,
    ]);
    await wait(10 * minute);
    expect(lines()).toEqual([]);
    await wait(hour);
    expect(lines().toSorted()).toEqual([
      "s edited on one: https://paper.example/p1",
      "t posted on one: https://paper.example/p2",
    ]);
    await wait(hour);
    world.paper.fates.push("unauthorised");
    await write("u");
    expect(lines()).toEqual(["u on one waits: one is paused", `!! unauthorised: ${why}`]);
  });

  test("says that a copy stays as it is where the network cannot change it", async () => {
    const { write, lines } = await aTerminal({ edit: false });
    await write("s", { socialShare: "One" });
    lines();
    await write("s", { socialShare: "Two" });
    expect(lines()).toEqual(["s stays on one as it is: paper cannot edit it"]);
  });

  test("says why a post that was planned is not sent", async () => {
    const { world, app, write, wait, lines } = await aTerminal({
      accounts: [anAccount({ name: "one", network: "paper", approve: true })],
    });
    await write("s");
    expect(lines()).toEqual([expect.stringMatching(/^!! held: s on one: /)]);
    world.erase("s.md");
    await app.ingest("folder", "s.md");
    await wait(hour);
    expect(lines()).toEqual(["s not sent on one: the post was deleted"]);
  });

  test("says why a new post is announced by nobody", async () => {
    const { write, lines } = await aTerminal();
    await write("old", { date: "2020-01-01T00:00:00Z" });
    expect(lines()).toEqual([
      'old: one: not announced, because it is older than 7 days; announce it with "npx crier publish old"',
    ]);
  });

  test("says that a copy is taken back by hand, and that it is deleted", async () => {
    const { app, write, rest, lines } = await aTerminal();
    await write("s");
    lines();
    await app.withdraw("s", "one");
    await rest();
    expect(lines()).toEqual([
      "s is being deleted on one: withdrawn by hand: it is not sent again",
      "s deleted on one: withdrawn by hand: it is not sent again",
    ]);
  });

  test("says once that an edit was put off, why, and when it is tried again", async () => {
    const { world, write, wait, lines } = await aTerminal();
    for (const text of ["Two", "Three"]) {
      await write("s", { socialShare: "One" });
      lines();
      world.paper.fates.push("limited", "limited");
      await write("s", { socialShare: text });
      expect(lines()).toEqual(["s waits to be edited on one: 429; next attempt 09:02 Europe/Berlin"]);
      await wait(2 * minute);
      expect(lines()).toEqual([]);
      await wait(hour);
      expect(lines()).toEqual(["s edited on one: https://paper.example/p1"]);
      world.turn(-hour - 2 * minute);
    }
  });

  test("says once that a deletion was put off, by hand and with its document", async () => {
    const { world, app, write, wait, rest, lines } = await aTerminal();
    await write("a");
    await wait(hour);
    await write("b");
    lines();
    world.paper.fates.push("limited", "limited");
    await app.withdraw("a", "one");
    await rest();
    expect(lines()).toEqual([
      "a is being deleted on one: withdrawn by hand: it is not sent again",
      "a waits to be deleted on one: 429; next attempt 10:02 Europe/Berlin",
    ]);
    await wait(2 * minute);
    await wait(hour);
    expect(lines()).toEqual(["a deleted on one: withdrawn by hand: it is not sent again"]);
    world.erase("b.md");
    await app.ingest("folder", "b.md");
    await rest();
    world.paper.fates.push("limited");
    await wait(10 * minute);
    expect(lines()).toEqual(["b waits to be deleted on one: 429; next attempt 11:14 Europe/Berlin"]);
    await wait(hour);
    expect(lines()).toEqual(["b deleted on one"]);
  });

  test("says of an edit that is saved while its server takes no requests that it waits, and nothing of a copy that is as its post", async () => {
    const { world, app, write, wait, lines } = await aTerminal();
    await write("s", { socialShare: "One" });
    await wait(hour);
    await write("t");
    await wait(hour);
    world.paper.silent.now = true;
    await write("u");
    await wait(10 * minute);
    lines();
    await write("s", { socialShare: "Two" });
    await app.announce("t", {});
    await wait(hour);
    expect(lines().filter((line) => !line.startsWith("the server"))).toEqual([
      expect.stringMatching(
        /^s waits to be edited on one: the network of one takes no requests now: 503; next attempt 11:10:\d\d Europe\/Berlin$/,
      ),
    ]);
  });

  test("says what a person holds, stops and resumes", async () => {
    const { world, app, write, wait, lines } = await aTerminal();
    await write("later", { date: iso(start + hour) });
    await app.actOnPost("hold", "later");
    expect(lines()).toEqual(["later is held on one by hand, until you release it: npx crier release later"]);
    await app.actOnPost("release", "later");
    expect(lines()).toEqual(["later on one released by hand; it is scheduled for 10:00 Europe/Berlin"]);
    await app.actOnPost("hold", "later");
    lines();
    await app.stop(undefined, "wrong link", "ada");
    await app.stop("one", "also wrong");
    await app.resume();
    expect(lines()).toEqual([
      "sending is stopped on all accounts by ada: wrong link; to go on: npx crier resume-sending",
      "sending is stopped on one: also wrong; to go on: npx crier resume-sending one",
      "sending is resumed on all accounts: what is due is sent",
    ]);
    await wait(hour);
    expect(world.paper.requests).toEqual([]);
    expect(lines()).toEqual([]);
  });

  test("says once that a server takes no requests, whatever waits for it, when it is tried again, and when it is back", async () => {
    const pacing = { interval: 0, dailyCap: 50 };
    const accounts = ["one", "two"].map((name) => anAccount({ name, network: "paper", pacing }));
    const { world, write, wait, lines } = await aTerminal({ accounts });
    world.paper.silent.now = true;
    await write("a");
    await write("b");
    expect(lines()).toEqual([
      "a on one waits: 503; next attempt 09:00:29 Europe/Berlin",
      "a on two waits: 503; next attempt 09:00:28 Europe/Berlin",
      expect.stringMatching(
        /^the server paper paper\.example takes no requests: 503; what is due on one, two waits; next attempt 09:00:\d\d Europe\/Berlin$/,
      ),
    ]);
    // Each try of the server has a line with a new time.
    const tries = () => lines().filter((line) => line.startsWith("the server"));
    for (const next of ["10:01", "10:07:01", "10:14:02"]) {
      await wait(next === "10:01" ? hour : 5 * minute);
      expect(tries()).toEqual([
        `the server paper paper.example still takes no requests: 503; next attempt ${next} Europe/Berlin`,
      ]);
      await wait(second);
      expect(tries()).toEqual([]);
    }
    world.paper.silent.now = false;
    await wait(hour);
    await wait(minute);
    expect(
      lines()
        .map((line) => line.replace(/: .*/, ""))
        .toSorted(),
    ).toEqual([
      "a posted on one",
      "a posted on two",
      "b posted on one",
      "b posted on two",
      "the server paper paper.example takes requests again",
    ]);
  });

  test("says of what a person releases or approves what it still waits for, although that was said before", async () => {
    const accounts = [
      anAccount({ name: "one", network: "paper" }),
      anAccount({ name: "two", network: "paper", approve: true }),
    ];
    const { app, write, rest, lines } = await aTerminal({ accounts, policies: { settle: 2 * minute } });
    await write("s");
    const wait = "waits until 08:02 UTC: its document has just changed";
    const approval = "; it needs your approval, too: npx crier approve s";
    expect(lines()).toEqual([`s on one ${wait}`, `s on two ${wait}${approval}`]);
    await app.actOnPost("approve", "s");
    expect(lines()).toEqual([`s on two approved by hand; ${wait}`]);
    await app.actOnPost("hold", "s");
    lines();
    await app.actOnPost("release", "s");
    await rest();
    expect(lines()).toEqual([
      "s on one released by hand",
      "s on two released by hand",
      `s on one ${wait}`,
      `s on two ${wait}`,
    ]);
  });

  test("says of what a person releases in an outage that it waits for that", async () => {
    const { world, app, write, wait, rest, lines } = await aTerminal();
    await write("s");
    await wait(hour);
    await write("t", { date: iso(start + 2 * hour) });
    await app.actOnPost("hold", "t");
    world.paper.silent.now = true;
    await write("u");
    await wait(10 * minute);
    await write("t");
    lines();
    await app.actOnPost("release", "t");
    await rest();
    expect(lines()).toEqual([
      "t on one released by hand",
      expect.stringMatching(
        /^t on one waits: the network of one takes no requests now: 503; next attempt 10:\d\d:\d\d Europe\/Berlin$/,
      ),
    ]);
  });

  test("says of what a person holds that was held for an approval already", async () => {
    const account = anAccount({ name: "one", network: "paper", approve: true });
    const { app, write, lines } = await aTerminal({ accounts: [account] });
    await write("s");
    lines();
    await app.actOnPost("hold", "s");
    await app.actOnPost("hold", "s");
    expect(lines()).toEqual([
      "s is held on one by hand, until you release it: npx crier release s; it was held already: needs your approval",
    ]);
  });

  test("names no next attempt of what waits until a person resumes the sending", async () => {
    const { app, write, lines } = await aTerminal();
    await app.stop("one", "wrong link");
    lines();
    await write("s");
    expect(lines()).toEqual([expect.stringMatching(/^s on one waits: .*: wrong link; to go on: [^;]*$/)]);
  });

  test("names the site in its commands where that is not the first one", async () => {
    const { app, lines } = await aTerminal({ accounts: [anAccount({ name: "one", network: "paper", site: "notes" })] });
    await app.stop("one", "wrong link");
    expect(lines()).toEqual([
      "sending is stopped on one: wrong link; to go on: npx crier resume-sending one --site notes",
    ]);
  });

  test("names what was on its way when the last run ended, and until when it is left alone", async () => {
    const { world, app, write } = await aTerminal();
    world.paper.fates.push("lost");
    await write("s");
    expect(await world.deliveries("s")).toMatchObject([{ state: "unsettled" }]);
    expect(await nextOf({ world, app })).toEqual(["s on one from 08:03:30 UTC, unless it is there already"]);
  });

  test("names until when a request of the last run may be on its way, which keeps all accounts of its server", async () => {
    const accounts = ["one", "two"].map((name) => anAccount({ name, network: "paper" }));
    const { world, app } = await aTerminal({ accounts });
    const ref = await world.plan("s", aDocument({ slug: "s" }));
    const crashed = world.worker("after deliveries.save 2");
    void crashed.app.work(ref);
    await crashed.stopped;
    const left = async () => (await waitingOf({ world, app })).left;
    expect(await left()).toEqual([]);
    world.turn(second);
    await endLeases(world.table, world.clock());
    expect(await left()).toEqual([
      "until 08:01:30 UTC: a request to paper paper.example may still be on its way; nothing else is sent on one, two before that",
    ]);
    await world.plan("t", aDocument({ slug: "t" }));
    expect(await nextOf({ world, app })).toContainEqual("t on one, two from 08:01:30 UTC");
    world.turn(2 * minute);
    expect(await left()).toEqual([]);
  });

  test("says why posts are late that wait for a request of the last run, once, when the wait becomes long", async () => {
    const { world, app, rest, lines } = await aTerminal();
    const ref = await world.plan("s", aDocument({ slug: "s" }));
    const crashed = world.worker("after deliveries.save 2");
    void crashed.app.work(ref);
    await crashed.stopped;
    await endLeases(world.table, world.clock());
    await rest();
    lines();
    for (const [slug, date] of [
      ["t", "2026-03-01T07:01:00Z"],
      ["u", "2026-03-01T07:02:00Z"],
    ]) {
      world.write(`${slug}.md`, aDocument({ slug, date }));
      await app.ingest("folder", `${slug}.md`);
    }
    const pass = async (seconds: number): Promise<readonly string[]> => {
      for (let passed = 0; passed < seconds; passed += 1) {
        await rest();
        world.turn(second);
      }
      await rest();
      return lines();
    };
    const late = (slug: string) =>
      expect.stringMatching(
        `^${slug} on one waits: another request of one is on its way, until 09:01:30 Europe/Berlin at the latest; next attempt 09:0`,
      );
    expect((await pass(85)).toSorted()).toEqual([late("t"), late("u")]);
    expect(await pass(11)).toContainEqual(expect.stringContaining("t posted on one"));
  });

  test("names what waits to be sent when it starts, and nothing of a post whose document is missing", async () => {
    const { world, app, write } = await aTerminal();
    await write("later", { date: iso(start + hour) });
    expect(await nextOf({ world, app })).toEqual(["later on one from 09:00 UTC"]);
    await app.actOnPost("hold", "later");
    await app.actOnPost("release", "later");
    expect(await nextOf({ world, app }, world.clock() + 2 * hour)).toEqual(["later on one"]);
    await app.stop();
    expect(await nextOf({ world, app })).toEqual(["later on one when sending goes on"]);
    await app.resume();
    world.erase("later.md");
    await app.ingest("folder", "later.md");
    expect(await nextOf({ world, app })).toEqual([]);
  });

  test("names the edits and deletions that wait when it starts", async () => {
    const accounts = ["one", "two"].map((name) => anAccount({ name, network: "paper" }));
    const { world, app, write, wait } = await aTerminal({ accounts });
    for (const slug of ["a", "b", "c"]) {
      await write(slug, { socialShare: "One" });
      await wait(hour);
    }
    expect(await nextOf({ world, app })).toEqual([]);
    world.paper.fates.push("limited", "limited", "limited");
    await write("a", { socialShare: "Two" });
    await app.withdraw("b", "one");
    await world.sweep();
    world.erase("c.md");
    await app.ingest("folder", "c.md");
    world.turn(10 * second);
    await world.sweep();
    expect((await nextOf({ world, app })).toSorted()).toEqual([
      "a to be edited on one, two from 11:02 UTC",
      "b to be deleted on one from 11:02 UTC",
      "c to be deleted on one, two from 11:10 UTC",
    ]);
    await app.stop("two");
    expect(await nextOf({ world, app })).toContain("a to be edited on two when sending goes on");
  });

  test("has one entry for a post that several accounts announce", async () => {
    const accounts = ["one", "two"].map((name) => anAccount({ name, network: "paper" }));
    const { world, app, write } = await aTerminal({ accounts });
    await write("later", { date: iso(start + hour) });
    expect(await nextOf({ world, app })).toEqual(["later on one, two from 09:00 UTC"]);
  });

  test("says at once that a text which was approved before its date is another one now", async () => {
    const account = anAccount({ name: "one", network: "paper", approve: true });
    const { world, write, wait, app, lines } = await aTerminal({ accounts: [account] });
    const date = iso(start + hour);
    await write("s", { socialShare: "A", date });
    expect(await nextOf({ world, app }, start)).toEqual(["s on one (needs your approval) from 09:00 UTC"]);
    await app.actOnPost("approve", "s");
    expect(await nextOf({ world, app }, start)).toEqual(["s on one from 09:00 UTC"]);
    lines();
    await write("s", { socialShare: "B", date });
    expect(lines()).toEqual([
      expect.stringMatching(/^!! held: s on one: needs your approval: it is not the text that/),
    ]);
    await app.actOnPost("approve", "s");
    await wait(hour);
    expect(lines().at(-1)).toMatch(/^s posted on one/);
  });

  test("names what waits for a person, by the reason, with its accounts", async () => {
    const accounts = [
      anAccount({ name: "one", network: "paper", pacing: { interval: 0, dailyCap: 50 } }),
      anAccount({ name: "two", network: "paper", approve: true }),
    ];
    const { world, app, write } = await aTerminal({ accounts, policies: { burst: 1 } });
    await write("a", { socialShare: "A" });
    await app.actOnPost("approve", "a");
    world.turn(minute);
    await write("a", { socialShare: "B" });
    await write("b");
    const { undecided } = await waitingOf({ world, app });
    expect(undecided.toSorted((x, y) => (x.words < y.words ? -1 : 1))).toEqual([
      { why: "for your approval", words: "approve --all", posts: ["a (two)", "b (two)"] },
      { why: "because they were too many within an hour", words: "release --all", posts: ["b (one)"] },
    ]);
    // To release all would send what a person holds, too.
    await write("c");
    await app.actOnPost("hold", "c");
    const all = (await waitingOf({ world, app })).undecided;
    expect(all.find(({ why }) => why.includes("too many"))).toMatchObject({ words: "release SLUG" });
  });

  test("has no line about a page that is checked, nor about deliveries of a post that is gone before it was public", async () => {
    const { world, app, write, lines } = await aTerminal({ policies: { live: "wait" } });
    world.outside.pages.set("https://blog.example.com/s/", {});
    await write("s");
    expect(lines().filter((line) => line.includes("page"))).toEqual([]);
    await write("later", { date: iso(start + hour) });
    world.erase("later.md");
    await app.ingest("folder", "later.md");
    await world.sweep();
    expect(lines()).toEqual([]);
  });

  test("says where a copy stays that the network did not delete", async () => {
    const { world, app, write, wait, lines } = await aTerminal({ remove: false });
    await write("s");
    lines();
    world.erase("s.md");
    await app.ingest("folder", "s.md");
    await wait(day);
    expect(lines().at(-1)).toMatch(/^!! stays: s on one: .*; delete it there by hand: https:\/\/paper\.example\/p1/);
  });

  test("says of a document that is back, and of a refused one that is gone, what that means", async () => {
    const { world, app, write } = await aTerminal();
    await write("s");
    world.erase("s.md");
    await app.ingest("folder", "s.md");
    world.write("s.md", aDocument({ slug: "s" }));
    expect(await app.ingest("folder", "s.md")).toMatchObject({ result: "updated", isBack: true });
    world.write("bad.md", "---\ntitle: [\n---\n");
    await app.ingest("folder", "bad.md");
    world.erase("bad.md");
    expect(await app.ingest("folder", "bad.md")).toMatchObject({ result: "absent", wasRefused: true });
  });

  test("says what a person publishes and removes by a command", async () => {
    const { app, write, rest, lines } = await aTerminal();
    const put = (title: string) => app.put("s", new TextEncoder().encode(aDocument({ slug: "s", title })));
    await put("One");
    expect(lines()).toEqual(["created s"]);
    await put("One");
    await rest();
    expect(lines()).toEqual(["s posted on one: https://paper.example/p1"]);
    await put("Two");
    expect(lines()).toEqual(["updated s"]);
    await app.remove("s");
    await write("later", { date: iso(start + hour) });
    await app.remove("later");
    expect(lines()).toEqual(["removed s: it leaves the feeds now", "s deleted on one", "removed later"]);
    await app.remove("s");
    await rest();
    expect(lines()).toEqual([]);
  });

  test("says of the sandbox that it is the sandbox", async () => {
    const { world, write, lines } = await aTerminal();
    world.paper.reach.now = "sandbox";
    await write("s");
    expect(lines()).toEqual(["s posted on one, in the sandbox"]);
  });

  test("says of a post that is too old to be announced that the sandbox alone shows it", async () => {
    const { world, write, lines } = await aTerminal();
    world.paper.reach.now = "sandbox";
    await write("s", { date: iso(start - 30 * day) });
    await write("s", { date: iso(start - 30 * day), description: "Another" });
    expect(lines()).toEqual([
      "s: it is shown in the sandbox only, because it is older than 7 days: no account with credentials announces it by itself",
    ]);
  });

  test("has no line for each of a thousand old posts, in the sandbox either", async () => {
    const { world, app, rest, lines } = await aTerminal({ policies: { burst: 100_000 } });
    world.paper.reach.now = "sandbox";
    // As `crier import` does.
    const old = new TextEncoder().encode(aDocument({ date: iso(start - 30 * day) }));
    for (let post = 0; post < 100; post += 1) await app.put(`p${post}`, old, { byHand: false });
    await rest();
    expect(world.paper.visible()).toHaveLength(100);
    expect(lines()).toEqual([]);
  });

  test("counts what is more than thirty lines in a minute about what waits, and says all that went out", async () => {
    const quietHours = { from: 0, to: 10 * 60 };
    const account = anAccount({ name: "one", network: "paper", pacing: { interval: 0, dailyCap: 500, quietHours } });
    const { write, wait, lines, minutePasses } = await aTerminal({ accounts: [account], policies: { burst: 500 } });
    for (let post = 0; post < 40; post += 1) await write(`p${post}`);
    expect(lines()).toHaveLength(30);
    minutePasses();
    expect(lines()).toEqual(["… and 10 more lines about what waits: npx crier upcoming shows it"]);
    for (let minutes = 0; minutes < 120; minutes += 2) await wait(2 * minute);
    const posted = lines().filter((line) => line.includes(" posted on one: "));
    expect(new Set(posted)).toHaveLength(40);
  });

  test("says of a queue of posts once for each that it waits for the interval", async () => {
    const account = anAccount({ name: "one", network: "paper", pacing: { interval: minute, dailyCap: 50 } });
    const { write, wait, lines } = await aTerminal({ accounts: [account] });
    for (const slug of ["a", "b", "c", "d"]) await write(slug);
    for (let seconds = 0; seconds < 300; seconds += 5) await wait(5_000);
    const said = lines().filter((line) => line.includes("the interval between two posts"));
    expect(said.map((line) => line.slice(0, 1)).toSorted()).toEqual(["b", "c", "d"]);
  });

  test("says of posts that wait for the interval in which order they go, and about when", async () => {
    const account = anAccount({ name: "one", network: "paper", pacing: { interval: minute, dailyCap: 50 } });
    const { write, wait, lines } = await aTerminal({ accounts: [account] });
    for (const [slug, date] of Object.entries({ a: 1, d: 4, b: 2, c: 3 }))
      await write(slug, { date: iso(start - hour + date) });
    const waits = "on one waits: the interval between two posts of one is not over yet; next attempt";
    expect(lines()).toEqual([
      "a posted on one: https://paper.example/p1",
      `d ${waits} 09:01 Europe/Berlin`,
      `b ${waits} 09:01 Europe/Berlin`,
      `c ${waits} after 1 other, about 09:02 Europe/Berlin`,
    ]);
    await write("e", { date: iso(start - hour + 5) });
    expect(lines()).toEqual([`e ${waits} after 3 others, about 09:04 Europe/Berlin`]);
    for (let seconds = 0; seconds < 300; seconds += 5) await wait(5_000);
    expect(lines().map((line) => line.slice(0, 8))).toEqual(["b posted", "c posted", "d posted", "e posted"]);
  });

  test("says what a person approves: a text before its date, and an edit", async () => {
    const account = anAccount({ name: "one", network: "paper", approve: true });
    const { write, wait, app, lines } = await aTerminal({ accounts: [account] });
    await write("s", { socialShare: "A", date: iso(start + hour) });
    await app.actOnPost("approve", "s");
    expect(lines()).toEqual(["s on one approved by hand; it is scheduled for 10:00 Europe/Berlin"]);
    await wait(hour);
    await write("s", { socialShare: "B", date: iso(start + hour) });
    expect(lines().slice(1)).toEqual([expect.stringMatching(/^!! held: s on one: its edit needs your approval/)]);
    await app.actOnPost("approve", "s");
    expect(lines()).toEqual(["s on one has its edit approved by hand"]);
  });

  test("says of an approved edit and of a deletion that meet another request what they wait for, and until when", async () => {
    const account = anAccount({ name: "one", network: "paper", approve: true });
    const { world, app, write, wait, rest, lines } = await aTerminal({ accounts: [account] });
    for (const slug of ["a", "b", "c"]) {
      await write(slug, { socialShare: "One" });
      await app.actOnPost("approve", slug);
      await wait(hour);
    }
    for (const slug of ["a", "b"]) await write(slug, { socialShare: "Two" });
    await app.actOnPost("approve", "a");
    const { id: post, generation } = await world.post("a");
    const busy = world.worker("after deliveries.save 1");
    void busy.app.work({ kind: "delivery", site: "blog", post, account: "one", generation });
    await busy.stopped;
    lines();
    await app.actOnPost("approve", "b");
    await rest();
    await app.withdraw("c", "one");
    await rest();
    const next = "another request of one is on its way; next attempt 12:00:05 Europe/Berlin";
    expect(lines()).toEqual([
      "b on one has its edit approved by hand",
      `b waits to be edited on one: ${next}`,
      "c is being deleted on one: withdrawn by hand: it is not sent again",
      `c waits to be deleted on one: ${next}`,
    ]);
    for (let seconds = 0; seconds < 60; seconds += 5) await wait(5 * second);
    expect(lines()).toEqual([]);
    await wait(10 * minute);
    expect(lines().map((line) => line.slice(0, 9))).toEqual(expect.arrayContaining(["b edited ", "c deleted"]));
  });

  test("says of an approved edit that it waits for a server that is down, although the reason changes", async () => {
    const account = anAccount({ name: "one", network: "paper", approve: true });
    const { world, app, write, wait, rest, lines } = await aTerminal({ accounts: [account] });
    for (const slug of ["a", "b"]) {
      await write(slug, { socialShare: "One" });
      await app.actOnPost("approve", slug);
      await wait(hour);
    }
    for (const slug of ["a", "b"]) await write(slug, { socialShare: "Two" });
    world.paper.silent.now = true;
    await app.actOnPost("approve", "a");
    for (let minutes = 0; minutes < 10; minutes += 1) await wait(minute);
    lines();
    await app.actOnPost("approve", "b");
    await rest();
    expect(lines()).toEqual([
      "b on one has its edit approved by hand",
      expect.stringMatching(
        /^b waits to be edited on one: the network of one takes no requests now: 503; next attempt/,
      ),
    ]);
    for (let minutes = 0; minutes < 60; minutes += 1) await wait(minute);
    expect(lines().filter((line) => line.includes("stays"))).toEqual([]);
  });

  test("says of an edit that was put off and is deleted by hand that it waits to be deleted", async () => {
    const { world, app, write, wait, rest, lines } = await aTerminal();
    await write("s", { socialShare: "One" });
    await wait(hour);
    world.paper.silent.now = true;
    await write("s", { socialShare: "Two" });
    await wait(10 * minute);
    lines();
    await app.withdraw("s", "one");
    await rest();
    expect(lines()).toEqual([
      expect.stringMatching(
        /^s is being deleted on one: withdrawn by hand: it is not sent again; it waits: 503; next attempt 10:10:\d\d /,
      ),
    ]);
    await wait(minute);
    expect(lines().filter((line) => line.startsWith("s "))).toEqual([
      expect.stringMatching(/^s waits to be deleted on one: 503; next attempt 10:1\d:\d\d Europe/),
    ]);
  });

  test("does not call a copy edited whose edit was put off and is refused, or needs an approval, in the end", async () => {
    const account = anAccount({ name: "two", network: "paper", approve: true });
    const { world, app, write, wait, rest, lines } = await aTerminal({
      accounts: [anAccount({ name: "one", network: "paper" }), account],
    });
    await write("s", { socialShare: "One" });
    await app.actOnPost("approve", "s");
    await wait(hour);
    world.paper.fates.push("limited", "limited");
    await write("s", { socialShare: "Two" });
    await app.actOnPost("approve", "s");
    await rest();
    lines();
    world.paper.fates.push("refused");
    await write("s", { socialShare: "Three" });
    await wait(2 * hour);
    expect(lines().toSorted()).toEqual([
      expect.stringMatching(/^!! held: s on two: its edit needs your approval/),
      "s stays on one as it is: 400",
    ]);
  });

  test("says of what a person approves or releases while its document is missing that it is not posted, and how to cancel it", async () => {
    const accounts = [
      anAccount({ name: "one", network: "paper" }),
      anAccount({ name: "two", network: "paper", approve: true }),
    ];
    const { world, app, write, wait, rest, lines } = await aTerminal({ accounts });
    await write("s", { date: iso(start + hour) });
    await app.actOnPost("hold", "s");
    await app.actOnPost("release", "s");
    await app.actOnPost("hold", "s");
    await wait(2 * hour);
    world.erase("s.md");
    await app.ingest("folder", "s.md");
    await rest();
    lines();
    const why = "its document is missing: it is not posted unless that is back by 11:10 Europe/Berlin";
    await app.actOnPost("release", "s");
    await app.actOnPost("approve", "s");
    await rest();
    expect(lines()).toEqual([
      `s on one released by hand; ${why}; to cancel it now: npx crier dismiss s`,
      `s on two released by hand; ${why}; to cancel it now: npx crier dismiss s`,
      `s on two approved by hand; ${why}; to cancel it now: npx crier dismiss s`,
    ]);
    await wait(hour);
    expect(lines().toSorted()).toEqual([
      "s not sent on one: the post was deleted",
      "s not sent on two: the post was deleted",
    ]);
  });

  test("says of an edit that a person approves while its document is missing that it is not made", async () => {
    const account = anAccount({ name: "one", network: "paper", approve: true });
    const { world, app, write, rest, lines } = await aTerminal({ accounts: [account] });
    await write("s", { socialShare: "A" });
    await app.actOnPost("approve", "s");
    await rest();
    await write("s", { socialShare: "B" });
    world.erase("s.md");
    await app.ingest("folder", "s.md");
    lines();
    await app.actOnPost("approve", "s");
    await rest();
    expect(lines()).toEqual([
      "s on one has its edit approved by hand; its document is missing: it is not edited unless that is back by 09:10 Europe/Berlin",
    ]);
  });

  test("asks for no approval of an edit whose document is missing", async () => {
    const account = anAccount({ name: "one", network: "paper", approve: true });
    const { world, write, rest, wait, app, lines } = await aTerminal({ accounts: [account] });
    await write("s", { socialShare: "A" });
    await app.actOnPost("approve", "s");
    await rest();
    await write("s", { socialShare: "B" });
    lines();
    world.erase("s.md");
    await app.ingest("folder", "s.md");
    await wait(minute);
    expect(lines().filter((line) => line.startsWith("!!"))).toEqual([]);
    expect(await world.deliveries("s")).toMatchObject([{ state: "posted", hold: undefined }]);
    await write("s", { socialShare: "B" });
    expect(await world.deliveries("s")).toMatchObject([{ state: "posted", hold: "approval" }]);
  });

  test("counts the alarms of one kind that are more than thirty in a minute, and prints all others", () => {
    const printed: string[] = [];
    const timers: (() => void)[] = [];
    const { log, close } = limitAlarms(
      consoleLog((line) => printed.push(line)),
      (_, act) => {
        timers.push(act);
        return () => {};
      },
    );
    for (let post = 0; post < 111; post += 1) log.alarm("held", `p${post}`);
    log.alarm("failed", "p1");
    expect(printed).toHaveLength(31);
    for (const act of timers.splice(0)) act();
    expect(printed.slice(31)).toEqual(["! … and 81 more of held: npx crier doctor names what waits for you"]);
    for (let post = 0; post < 31; post += 1) log.alarm("held", `p${post}`);
    close();
    expect(printed.at(-1)).toContain("and 1 more of held");
  });

  test("is not controlled by what a network says", async () => {
    const { world, write, lines } = await aTerminal();
    world.paper.login.now = { kind: "unavailable", reason: "\u001b[2Jbad\u009b\u202ecode" };
    await write("s");
    expect(lines()).toEqual([expect.stringMatching(/^s on one waits: {1,2}\[2Jbad {1,2}code; next attempt/)]);
  });
});
