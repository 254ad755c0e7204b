import { describe, expect, it } from "vitest";
import { hour, iso, minute, second } from "../../src/domain/time.ts";
import { start } from "../support/builders.ts";
import { aConsole, aSignedInBrowser, readPage as read } from "../support/console-browser.ts";
import { paper } from "../support/console-team.ts";
import { aDocument, aWorld, type WorldOptions } from "../support/world.ts";

const aTeam = async (options: WorldOptions = {}) => {
  const world = await aWorld({
    accounts: [paper("one", { pacing: { interval: 2 * minute, dailyCap: 50 } })],
    policies: { burst: 50 },
    ...options,
  });
  const browser = await aSignedInBrowser(aConsole(world).app);
  const publish = async (slug: string, date: number, more: object = {}) => {
    await world.plan(slug, aDocument({ title: `About ${slug}`, date: iso(date), ...more }));
    await world.sweep();
  };
  const now = async () => read((await browser.get("/console")).page);
  return { world, browser, publish, now };
};

/** The posts that wait for the account `one`, which has just sent another one. */
const aQueue = async (slugs: readonly string[], options: WorldOptions = {}) => {
  const team = await aTeam(options);
  await team.publish("first", start - 2 * hour);
  // The newest is planned first.
  for (const slug of slugs.toReversed()) await team.publish(slug, start - hour + slugs.indexOf(slug) * minute);
  return team;
};

describe("the moment at which a post goes out", () => {
  it("is that of its turn, by the interval of its account and the posts that wait before it", async () => {
    const { world, browser, now } = await aQueue(["a", "b", "c", "d"]);
    const text = await now();
    expect(text).toMatch(/^Now Goes out in 2 minutes , to one About a .* Goes out in 4 minutes , to one About b /);
    expect(text).toMatch(/Goes out next The week 08:06 About c one .* 08:08 About d one /);
    await browser.press((await browser.get("/console")).page, "Stop this post “About a”");
    expect((await world.deliveries("a")).map(({ state }) => state)).toEqual(["held"]);
    expect(await now()).toMatch(/^Now Goes out in 2 minutes , to one About b /);
  });

  it("is when the worker sends it", async () => {
    const { world, now, browser } = await aQueue(["a", "b", "c", "d"]);
    await world.plan("note", aDocument({ title: undefined, date: iso(start + 3 * minute), slug: "note" }, "A note."));
    await world.plan("soon", aDocument({ title: "Soon", date: iso(start + 5 * minute) }));
    const text = await now();
    const promised = ["About c", "About d", "A note.", "Soon"].map((title) =>
      text.split(` ${title} one`)[0]?.slice(-5),
    );
    expect(promised).toEqual(["08:06", "08:08", "08:10", "08:12"]);
    for (let passed = 0; passed < 13 * minute; passed += 5 * second) {
      world.turn(5 * second);
      await world.sweep();
    }
    const done = read((await browser.get("/console")).page).split("Went out")[1];
    expect(done).toMatch(
      /08:12 Soon one 08:10 A note\. one 08:08 About d one 08:06 About c one 08:04 About b one 08:02 About a one/,
    );
  });

  it("is one row of a scheduled post whether its texts were read or not", async () => {
    const accounts = ["one", "two", "three"].map((name) => paper(name, { approve: name === "two" }));
    const { world, browser, now } = await aTeam({ accounts });
    await world.app.stop("three");
    await world.plan("later", aDocument({ title: "Later", date: iso(start + hour) }));
    const row =
      "09:00 Later one, three and two · scheduled · three is stopped; two needs your approval first Stop “Later”";
    expect(await now()).toContain(`Goes out next The week ${row} Accounts`);
    await browser.press((await browser.get("/console/posts/later")).page, "Read its texts");
    await world.sweep();
    expect(await now()).toContain(row);
    expect((await now()).split("Goes out next")[1]?.split("Accounts")[0]?.match(/Later/g)).toHaveLength(2);
  });

  it("is known of the next posts where many wait, and the others are counted", async () => {
    const slugs = Array.from({ length: 14 }, (_, n) => `p${String(n).padStart(2, "0")}`);
    const account = paper("one", { pacing: { interval: minute, dailyCap: 50 } });
    const { now } = await aQueue(slugs, { accounts: [account] });
    const text = await now();
    expect(text).toMatch(
      /^Now Goes out in 60 seconds , to one About p00 .* Goes out in 2 minutes , to one About p01 .* Goes out in 3 minutes , to one About p02 .*2 more posts go out within five minutes\./,
    );
    expect(text).toMatch(/08:04 About p03 one .* 08:05 About p04 one /);
  });

  it("is one row of a post that goes out on several accounts at several times", async () => {
    const accounts = [paper("one", { pacing: { interval: 2 * minute, dailyCap: 50 } }), paper("two")];
    const { publish, now } = await aTeam({ accounts });
    await publish("first", start - 2 * hour);
    await publish("a", start - hour);
    const text = await now();
    expect(text).toMatch(/^Now Goes out in 60 seconds , to two About a .*One about 08:02/);
  });

  it("of a scheduled post takes what waits before it into account", async () => {
    const { world, publish, now } = await aQueue(["a", "b", "c"]);
    await world.plan("later", aDocument({ title: "Later", date: iso(start + 3 * minute) }));
    await publish("last", start + 20 * minute);
    expect(await now()).toMatch(/08:06 About c .* 08:08 Later one · scheduled /);
    expect(await now()).toMatch(/08:20 About last one · scheduled /);
  });
});

describe("what the breaker may hold", () => {
  it("is promised no time, where those that are planned before it within the hour are as many as it lets through", async () => {
    const { world, publish, now } = await aTeam({
      accounts: [paper("one", { pacing: { interval: 0, dailyCap: 50 } })],
      policies: { burst: 2 },
    });
    await publish("first", start - hour);
    for (const n of [1, 2, 3])
      await world.plan(`at${n}`, aDocument({ title: `At ${n}`, date: iso(start + n * minute) }));
    const text = await now();
    expect(text).toMatch(/^Now Goes out in 60 seconds , to one At 1 Scheduled\. Stop this post/);
    expect(text).not.toMatch(/Goes out in 2 minutes/);
    expect(text).toContain(
      "waits At 2 one · scheduled for 08:02 · one may hold it until you release it: with those before it, too many new posts within the hour",
    );
  });

  it("is said of the account instead of “free now”", async () => {
    const { publish, now } = await aTeam({
      accounts: [paper("one", { pacing: { interval: 0, dailyCap: 50 } })],
      policies: { burst: 1 },
    });
    await publish("first", start - hour);
    expect(await now()).toMatch(/one holds posts until 09:00 1 of 50/);
  });
});

describe("a time where nothing is sent", () => {
  it("is not shown of a post whose accounts are all stopped", async () => {
    const { world, now } = await aTeam();
    await world.plan("later", aDocument({ title: "Later", date: iso(start + 3 * minute) }));
    await world.app.stop("one");
    expect(await now()).toContain("waits Later one · scheduled for 08:03 · one is stopped");
    await world.app.stop(undefined);
    expect(await now()).toContain("waits Later one · scheduled for 08:03 · all sending is stopped");
  });

  it("is not shown on an account whose login failed and that has sent nothing since", async () => {
    const { world, now, publish } = await aTeam();
    const state = await world.store.accounts.read("one");
    const checked = { at: start, identity: undefined, login: "l", problem: "127.0.0.1 could not be reached" };
    await world.store.accounts.save({ ...state, checked } as never);
    await world.plan("later", aDocument({ title: "Later", date: iso(start + 3 * minute) }));
    expect(await now()).toContain("waits Later one · scheduled for 08:03 · the login check of one failed");
    world.turn(minute);
    await publish("first", start - hour);
    expect(await now()).toMatch(/Goes out in 2 minutes , to one Later/);
  });
});
