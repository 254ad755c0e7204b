import { describe, expect, it } from "vitest";
import { hour, minute } from "../../src/domain/time.ts";
import { postKey } from "../../src/store/keys.ts";

import { anAccount, deliveryIn } from "../support/builders.ts";
import { aConsole, aSignedInBrowser, formsOf, readPage as read } from "../support/console-browser.ts";
import { aDocument, aWorld, type WorldOptions } from "../support/world.ts";

const paper = (name: string, more: object = {}) => anAccount({ name, network: "paper", ...more });

const aTeam = async (options: WorldOptions = {}) => {
  const world = await aWorld({ accounts: [paper("one"), paper("two")], ...options });
  const { app } = aConsole(world);
  const [ada, bob] = [await aSignedInBrowser(app, "Ada"), await aSignedInBrowser(app, "Bob")];
  const states = async (slug = "tea") =>
    (await world.deliveries(slug)).map(({ account, state }) => `${account} ${state}`);
  return { world, app, ada, bob, states };
};

/** Where the page of a post asks before it never sends it. */
const neverLink = (page: string, account: string): string => {
  const [, href = "/console/nowhere"] =
    new RegExp(`href="([^"]*)">Never send it …<span class="vh"> on ${account}<`).exec(page) ?? [];
  return href.replaceAll("&amp;", "&");
};

const tea = (body = "Words.") => aDocument({ title: "Tea" }, body);
const settle = { policies: { settle: 2 * minute } };

describe("a stop in the console", () => {
  it("says which account was faster, and stops the others", async () => {
    const { world, ada, states } = await aTeam({ accounts: [paper("one"), paper("two", { approve: true })] });
    await world.plan("tea", tea());
    const { page } = await ada.get("/console/posts/tea");
    await world.sweep();
    expect(await states()).toEqual(["one posted", "two held"]);
    const answer = await ada.pressAndSee(page, "Stop 2 on one and two");
    expect([answer.status, read(answer.page)]).toEqual([
      200,
      expect.stringContaining(
        "Too late for one: it was sent at 08:00. Stopped on two. It goes out when you release it.",
      ),
    ]);
  });

  it("means the delivery as it is, and not the version that was seen", async () => {
    const { world, ada, states } = await aTeam(settle);
    await world.plan("tea", tea());
    const { page } = await ada.get("/console");
    await world.sweep();
    await ada.press(page, "Stop this post");
    expect(await states()).toEqual(["one held", "two held"]);
  });

  it("takes a scheduled post, which then does not go out at its date", async () => {
    const { world, ada, states } = await aTeam();
    await world.plan("tea", aDocument({ title: "Tea", date: "2026-03-01T10:00:00Z" }));
    const { page } = await ada.get("/console");
    expect(read(page)).toContain("10:00 Tea one and two · scheduled");
    const answer = await ada.pressAndSee(page, "Stop “Tea”");
    expect(read(answer.page)).toContain("Stopped on one and two.");
    world.turn(3 * hour);
    await world.sweep();
    expect([world.paper.visible(), await states()]).toEqual([[], ["one held", "two held"]]);
    const [first] = await world.deliveries("tea");
    expect([...(first?.history.first ?? []), ...(first?.history.last ?? [])].map(({ by }) => by)).toContain("Ada");
  });

  it("of a post says first for which accounts it was too late, and leads to their copies", async () => {
    const accounts = [paper("one"), paper("two"), paper("three", { approve: true })];
    const { world, ada } = await aTeam({ accounts });
    await world.plan("tea", aDocument({ title: "Tea", date: "2026-03-01T10:00:00Z" }));
    const [own, first] = [(await ada.get("/console/posts/tea")).page, (await ada.get("/console")).page];
    world.turn(2 * hour);
    await world.sweep();
    const answer = await ada.pressAndSee(own, "Stop this post");
    expect([answer.status, read(answer.page)]).toEqual([
      200,
      expect.stringContaining(
        "Too late for one and two: it was sent at 10:00. Stopped on three. It goes out when you release it. Delete what is there … Release",
      ),
    ]);
    expect(answer.page).toContain('href="/console/posts/tea#one">Delete what is there …</a>');
    await ada.press(answer.page, "Release");
    await ada.press((await ada.get("/console/posts/tea")).page, "Approve on three");
    world.turn(minute);
    await world.sweep();
    const late = await ada.pressAndSee(first, "Stop “Tea”");
    expect([late.status, read(late.page)]).toEqual([
      409,
      expect.stringMatching(/Nothing was done\. Too late for one and two: it was sent at 10:00\. Too late for three: /),
    ]);
    expect(late.page).toContain('href="/console/posts/tea#one">Delete what is there …</a>');
  });

  it("of a post says that nothing waits, or that there is no such post", async () => {
    const { world, ada } = await aTeam();
    await world.plan("tea", aDocument({ title: "Tea", date: "2026-03-01T10:00:00Z" }));
    const { page } = await ada.get("/console/posts/tea");
    for (const fate of ["a", "b"]) world.paper.fates.push({ kind: "rejected", reason: fate });
    world.turn(2 * hour);
    await world.sweep();
    expect(read((await ada.pressAndSee(page, "Stop this post")).page)).toContain(
      "Nothing was done. Nothing of it waits to be sent.",
    );
    const [form] = formsOf(page).filter(({ label }) => label === "Stop this post");
    const fields = (form?.fields ?? []).filter(([name]) => name !== "post");
    const none = await ada.post("/console/act/hold", [...fields, ["post", "nothing"]]);
    expect([none.status, read(none.page)]).toEqual([409, expect.stringContaining("There is no such post.")]);
  });

  it("is answered by who did it before, where it was done already", async () => {
    const { world, ada, bob } = await aTeam(settle);
    await world.plan("tea", tea());
    await world.sweep();
    const [one, other] = [await ada.get("/console"), await bob.get("/console")];
    await ada.press(one.page, "Stop this post");
    const answer = await bob.pressAndSee(other.page, "Stop this post");
    expect([answer.status, read(answer.page)]).toEqual([
      200,
      expect.stringContaining("Already stopped on one and two. It was Ada at 08:00."),
    ]);
  });
});

describe("what a release promises", () => {
  it("is nothing while sending is stopped, of all accounts or of this one", async () => {
    const { world, ada } = await aTeam(settle);
    await world.plan("tea", tea());
    await world.sweep();
    const stopped = await ada.pressAndSee((await ada.get("/console")).page, "Stop this post");
    await world.app.stop("one");
    const one = await ada.pressAndSee(stopped.page, "Release");
    expect(read(one.page)).toContain(
      "Released on one and two. On two it goes out as soon as the rules of its account allow; one is stopped.",
    );
    const again = await ada.pressAndSee(one.page, "Stop it again");
    await world.app.stop(undefined);
    expect(read((await ada.pressAndSee(again.page, "Release")).page)).toContain(
      "Released on one and two. It waits: all sending is stopped.",
    );
    const { page } = await ada.get("/console/accounts");
    expect(read((await ada.pressAndSee(page, "Let it send again on one")).page)).toContain(
      "The stop of one has ended. All sending is stopped.",
    );
  });

  it("is no time where an approval is missing, and says on which accounts", async () => {
    const { world, ada } = await aTeam({ accounts: [paper("one"), paper("two", { approve: true })] });
    await world.plan("tea", aDocument({ title: "Tea", date: "2026-03-01T10:00:00Z" }));
    const stopped = await ada.pressAndSee((await ada.get("/console")).page, "Stop “Tea”");
    const released = await ada.pressAndSee(stopped.page, "Release");
    expect(read(released.page)).toContain(
      "Released on one and two. On one it goes out at 10:00, unless a rule of its account makes it wait longer; two needs your approval first.",
    );
    const approved = await ada.pressAndSee((await ada.get("/console/posts/tea")).page, "Approve on two");
    expect(read(approved.page)).toContain("Approved on two. It goes out at 10:00, unless");
    await world.plan("tea", aDocument({ title: "Coffee", slug: "tea", date: "2026-03-01T10:00:00Z" }));
    const other = (await ada.get("/console/posts/tea")).page;
    expect(read(other)).toContain("The account two needs your approval first.");
    expect(read(other).match(/Goes out \d\d:\d\d (?!if)/g)).toHaveLength(1);
  });

  it("is no time for a second post that needs an approval", async () => {
    const { world, ada, states } = await aTeam({ accounts: [paper("one", { approve: true })] });
    await world.plan("tea", tea());
    await world.sweep();
    await ada.press((await ada.get("/console/posts/tea")).page, "Approve on one");
    await world.sweep();
    expect(await states()).toEqual(["one posted"]);
    const answer = await ada.pressAndSee((await ada.get("/console/again?post=tea")).page, "Post it", {
      account: "one",
    });
    expect(read(answer.page)).toMatch(/It will be posted once more on one, after your approval\. (?!It)/);
  });

  it("is the date of a scheduled post", async () => {
    const { world, ada } = await aTeam();
    await world.plan("tea", aDocument({ title: "Tea", date: "2026-03-03T10:00:00Z" }));
    const stopped = await ada.pressAndSee((await ada.get("/console")).page, "Stop “Tea”");
    expect(read((await ada.pressAndSee(stopped.page, "Release")).page)).toContain(
      "Released on one and two. It goes out on Tue 3 Mar, 10:00, unless a rule of its account makes it wait longer.",
    );
  });
});

describe("an approval in the console", () => {
  const approving = { accounts: [paper("one", { approve: true }), paper("two", { approve: true })] };

  it("is given before its date to a scheduled post, whose texts are read first", async () => {
    const { world, ada, states } = await aTeam({ accounts: [paper("one", { approve: true }), paper("two")] });
    await world.plan("tea", aDocument({ title: "Tea", date: "2026-03-01T10:00:00Z" }));
    const { page } = await ada.get("/console/posts/tea");
    expect(read(page)).not.toContain("The text as it goes out");
    const shown = await ada.pressAndSee(page, "Read its texts");
    expect(read(shown.page)).toContain("Its texts are below. They follow its document until its date.");
    expect(read(shown.page)).toContain("The text as it goes out Tea https://blog.example.com/tea/");
    expect(formsOf(shown.page).filter(({ label }) => label.startsWith("Approve"))).toHaveLength(1);
    const approved = await ada.pressAndSee(shown.page, "Approve on one");
    expect(read(approved.page)).toContain(
      "Approved on one. It goes out at 10:00, unless a rule of its account makes it wait longer.",
    );
    world.turn(3 * hour);
    await world.sweep();
    expect(await states()).toEqual(["one posted", "two posted"]);
  });

  it("does not hold for the text of a scheduled post that changes after it", async () => {
    const { world, ada, states } = await aTeam({ accounts: [paper("one", { approve: true })] });
    const scheduled = (title: string) => aDocument({ title, date: "2026-03-01T10:00:00Z", slug: "tea" });
    await world.plan("tea", scheduled("Tea"));
    const shown = await ada.pressAndSee((await ada.get("/console/posts/tea")).page, "Read its texts");
    await ada.press(shown.page, "Approve on one");
    await world.plan("tea", scheduled("Coffee"));
    world.turn(3 * hour);
    await world.sweep();
    expect(await states()).toEqual(["one held"]);
  });

  it("is for the texts that the page showed", async () => {
    const { world, ada, states } = await aTeam(approving);
    await world.plan("tea", tea());
    await world.sweep();
    const { page } = await ada.get("/console/posts/tea");
    expect(read(page)).toContain("Waits for your approval");
    const answer = await ada.pressAndSee(page, "Approve 2 on one and two");
    expect(read(answer.page)).toContain(
      "Approved on one and two. It goes out as soon as the rules of its account allow. Stop it again",
    );
    await world.sweep();
    expect(await states()).toEqual(["one posted", "two posted"]);
    expect(read((await ada.get("/console/posts/tea")).page)).toContain("Ada approved it.");
  });

  it("leads to the next post that waits for one, of all posts that are there", async () => {
    const { world, ada } = await aTeam(approving);
    for (const slug of ["tea", "cake", "gone"]) {
      await world.plan(slug, aDocument({ title: slug, slug }));
      await world.sweep();
      world.turn(minute);
    }
    await world.app.remove("gone");
    const first = await ada.pressAndSee((await ada.get("/console/posts/cake")).page, "Approve 2 on one and two");
    expect(first.page).toContain('href="/console/posts/tea#one">Next for your approval: “tea”</a>');
    const last = await ada.pressAndSee((await ada.get("/console/posts/tea")).page, "Approve 2 on one and two");
    expect(read(last.page)).toContain("Approved on one and two.");
    expect(last.page).not.toContain("Next for your approval");
  });

  it("is refused where the document has changed since, and nothing is sent", async () => {
    const { world, ada, states } = await aTeam(approving);
    await world.plan("tea", tea());
    await world.sweep();
    const { page } = await ada.get("/console/posts/tea");
    await world.plan("tea", aDocument({ title: "Coffee", slug: "tea" }, "Other words."));
    const answer = await ada.press(page, "Approve 2 on one and two");
    expect([answer.status, read(answer.page)]).toEqual([
      409,
      expect.stringContaining(
        "Nothing was done. The text for one and two has changed since you opened the page. Its document changed at 08:00. Read it, and decide again.",
      ),
    ]);
    expect(read(answer.page)).toContain("Coffee");
    await world.sweep();
    expect([world.paper.visible(), await states()]).toEqual([[], ["one held", "two held"]]);
  });

  it("is refused where another person was first, with the page as it is now", async () => {
    const { world, ada, bob, states } = await aTeam(approving);
    await world.plan("tea", tea());
    await world.sweep();
    const one = await ada.get("/console/posts/tea");
    const other = await bob.get(neverLink((await bob.get("/console/posts/tea")).page, "one"));
    await bob.press(other.page, "Never send it");
    const answer = await ada.press(one.page, "Approve on one");
    expect([answer.status, read(answer.page)]).toEqual([
      409,
      expect.stringContaining(
        "Nothing was done. It has changed on one since you opened the page: it is not sent now. At 08:00: Bob dismissed it: it is not sent any more. Look at it, and decide again.",
      ),
    ]);
    expect(await states()).toEqual(["one cancelled", "two held"]);
  });

  it("is refused with what another person did, and not with what Crier did after it or that person did before", async () => {
    const { world, ada, bob } = await aTeam({ accounts: [paper("one", { approve: true })] });
    await world.plan("tea", aDocument({ title: "Tea", date: "2026-03-01T10:00:00Z" }));
    const stopped = await bob.pressAndSee((await bob.get("/console/posts/tea")).page, "Stop this post");
    await bob.press(stopped.page, "Release");
    world.turn(minute);
    await world.sweep();
    const { page } = await ada.get("/console/posts/tea");
    await world.plan("tea", aDocument({ title: "Coffee", slug: "tea", date: "2026-03-01T10:00:00Z" }));
    const document = await ada.pressAndSee(page, "Approve on one");
    expect(read(document.page)).toContain("has changed since you opened the page. Its document changed at 08:01.");
    world.turn(minute);
    const text = await bob.get("/console/text?post=tea&account=one");
    await bob.press(text.page, "Save the text", { text: "In other words" });
    world.turn(minute);
    await world.sweep();
    const [delivery] = await world.deliveries("tea");
    expect([...(delivery?.history.first ?? [])].at(-1)?.by).toBeUndefined();
    const person = await ada.pressAndSee(document.page, "Approve on one");
    expect(read(person.page)).toContain(
      "has changed since you opened the page. At 08:02: Bob edited its text. Read it",
    );
  });

  it("is refused once for all accounts, with who was first and when", async () => {
    const { world, ada, bob } = await aTeam({ policies: { burst: 0, settle: 2 * minute } });
    await world.plan("tea", tea());
    world.turn(3 * minute);
    await world.sweep();
    const [one, other] = [await ada.get("/console/posts/tea"), await bob.get("/console/posts/tea")];
    await bob.press(other.page, "Release 2 on one and two");
    const answer = await ada.press(one.page, "Release 2 on one and two");
    expect([answer.status, read(answer.page)]).toEqual([
      409,
      expect.stringContaining(
        "Nothing was done. It has changed on one and two since you opened the page: it waits to be sent now. At 08:03: Bob released it. Look at it, and decide again.",
      ),
    ]);
    expect(read(answer.page).match(/has changed/g)).toHaveLength(1);
  });

  it("has no button on the first page, which does not show the text", async () => {
    const { world, ada } = await aTeam(approving);
    await world.plan("tea", tea());
    await world.sweep();
    const { page } = await ada.get("/console");
    expect(read(page)).toContain("Tea Waits for your approval one and two Read and approve");
    expect(formsOf(page).filter(({ label }) => /Approve/.test(label))).toEqual([]);
  });
});

describe("the removal of a post", () => {
  it("asks on a page of its own, which says what happens on each account and to the document", async () => {
    const { world, ada, states } = await aTeam({ accounts: [paper("one"), paper("two", { approve: true })] });
    await world.plan("tea", tea());
    await world.sweep();
    const { page } = await ada.get("/console/posts/tea");
    expect(formsOf(page).filter(({ action }) => action.startsWith("/console/act/remove"))).toEqual([]);
    expect(page).toContain('href="/console/remove?post=tea"');
    const question = await ada.get("/console/remove?post=tea");
    expect(read(question.page)).toContain(
      "one Its copy is deleted, if the network allows it. two It is held, and is not sent. Its document, tea.md , is not touched.",
    );
    const answer = await ada.pressAndSee(question.page, "Remove this post");
    expect([answer.status, read(answer.page)]).toEqual([
      200,
      expect.stringContaining(
        "The post is removed. Its copies are deleted as soon as the networks take the requests. Its document, tea.md, is not touched: an edit of it brings the post back to the feeds.",
      ),
    ]);
    await world.sweep();
    expect(await states()).toEqual(["one deleted", "two cancelled"]);
    expect((await ada.get("/console/remove?post=tea")).status).toBe(404);
    expect(read((await ada.get("/console/log")).page)).toContain("Tea Ada removed it.");
  });

  it("says which copies stay public, before and after, and on every page until they are deleted", async () => {
    const { world, ada } = await aTeam({
      accounts: [paper("one"), paper("two"), paper("three"), paper("four", { approve: true })],
    });
    await world.plan("tea", tea());
    await world.sweep();
    await world.app.stop("two", "wrong links", "Bob");
    const question = await ada.get("/console/remove?post=tea");
    const blocked = "Two is stopped: its copy stays public until that ends.";
    expect(read(question.page)).toContain(
      `four It is held, and is not sent. one Its copy is deleted, if the network allows it. three Its copy is deleted, if the network allows it. two ${blocked}`,
    );
    const answer = await ada.pressAndSee(question.page, "Remove this post");
    const text = read(answer.page);
    expect(text).toContain(
      `The post is removed. On one and three it is deleted as soon as the networks take the requests. ${blocked}`,
    );
    expect(text).toContain("3 of 3 are still there");
    expect(text).toMatch(/two , paper Still public See it on two \. The account two is stopped\./);
    expect(text).toMatch(/four , paper Is not sent Its post is removed\./);
    expect(formsOf(answer.page).filter(({ label }) => /Approve|Release|Stop on/.test(label))).toEqual([]);
    world.paper.fates.push({ kind: "unavailable", reason: "its server could not be reached" });
    await world.sweep();
    const page = read((await ada.get("/console/posts/tea")).page);
    expect(page).toContain("2 of 3 are still there");
    expect(page).toMatch(
      /one , paper Still public See it on one \. Its deletion is tried again at 08:0\d \. Its server could not be reached\./,
    );
    expect(read((await ada.get("/console/posts")).page)).toContain(
      "still public on one (not possible now) and two (stopped) deleted on three",
    );
    const now = read((await ada.get("/console")).page);
    expect(now).toMatch(
      /Tea Still public on one, and to be deleted\. Its server could not be reached\. It is tried again at 08:0\d \./,
    );
    expect(now).toContain(`Tea Still public on two, and to be deleted. ${blocked}`);
    await world.app.resume("two");
    world.turn(hour);
    await world.sweep();
    expect(read((await ada.get("/console")).page)).not.toContain("Still public");
    expect(read((await ada.get("/console/posts")).page)).toContain("deleted on one, three and two");
  });

  it("says of a network that cannot be reached that the copy stays public, before and after, of one copy too", async () => {
    const accounts = [paper("one", { pacing: { interval: 0, dailyCap: 50 } })];
    const { world, ada } = await aTeam({ accounts });
    for (const slug of ["tea", "cake"]) await world.plan(slug, aDocument({ title: slug, slug }));
    await world.sweep();
    const down = { failures: 3, since: world.clock() - minute, until: world.clock() + 5 * minute, reason: "no answer" };
    await world.store.accounts.save({ ...(await world.store.accounts.read("one")), down });
    const blocked = "One cannot be reached: its copy stays public until that ends.";
    const remove = await ada.get("/console/remove?post=tea");
    expect(read(remove.page)).toContain(`one ${blocked}`);
    const removed = read((await ada.pressAndSee(remove.page, "Remove this post")).page);
    expect(removed).toContain(`The post is removed. ${blocked} Its document`);
    expect(removed).toMatch(/Still public See it on one \. The account one cannot be reached\./);
    const one = await ada.get("/console/withdraw?post=cake&account=one");
    expect(read(one.page)).toContain(`Delete the copy on one? ${blocked} The post stays in the feeds`);
    expect(read((await ada.pressAndSee(one.page, "Delete this copy")).page)).toContain(
      `The copy on one is withdrawn. ${blocked} The post stays in the feeds.`,
    );
  });

  it("is said as what is asked for, until the network has deleted the copies", async () => {
    const { world, ada } = await aTeam();
    await world.plan("tea", tea());
    await world.sweep();
    const asked = "Still public";
    const { page } = await ada.get("/console/withdraw?post=tea&account=one");
    const one = await ada.pressAndSee(page, "Delete this copy");
    expect(read(one.page)).toContain("2 of 2 are out");
    expect(read(one.page)).toMatch(/one , paper Still public See it on one \. Its deletion goes to the network now\./);
    expect(one.page).not.toMatch(/account=one">Delete this copy/);
    expect(one.page).toMatch(/account=two">Delete this copy/);
    await world.app.stop("two");
    const question = await ada.get("/console/remove?post=tea");
    const all = await ada.pressAndSee(question.page, "Remove this post");
    expect(read(all.page)).toContain("2 of 2 are still there");
    expect(read(all.page).split(asked)).toHaveLength(3);
    expect(read(all.page)).toMatch(/two , paper Still public See it on two \. The account two is stopped\./);
    expect(all.page).not.toContain("Delete this copy");
    await world.app.resume("two");
    await world.sweep();
    expect(read((await ada.get("/console/posts/tea")).page)).not.toContain(asked);
  });

  it("says of a copy without an id, before it and after it, that it is deleted on the network", async () => {
    const { world, ada } = await aTeam({ accounts: [paper("one")], offers: "none", canFind: false });
    world.paper.fates.push("lost");
    await world.plan("tea", tea());
    await world.sweep();
    world.turn(hour);
    await world.sweep();
    await ada.press((await ada.get("/console/posts/tea")).page, "It is there on one");
    await world.sweep();
    const stays = "Crier cannot delete its copy. The network gave no id for it. Delete it there.";
    const there = await ada.get("/console/posts/tea");
    expect(read(there.page)).toContain("one , paper Posted");
    expect(there.page).not.toContain("Delete this copy");
    const withdrawal = await ada.get("/console/withdraw?post=tea&account=one");
    expect([read(withdrawal.page), formsOf(withdrawal.page).length]).toEqual([
      expect.stringContaining(stays),
      formsOf(there.page).filter(({ label }) => label === "Sign out").length,
    ]);
    const question = await ada.get("/console/remove?post=tea");
    expect(read(question.page)).toContain(`one ${stays}`);
    await ada.press(question.page, "Remove this post");
    const before = await ada.get("/console/posts/tea");
    await world.sweep();
    const after = await ada.get("/console/posts/tea");
    for (const { page } of [before, after]) {
      expect(read(page)).toContain(`one , paper Is still there ${stays}`);
      expect(read(page)).toContain("1 of 1 is still there");
    }
  });

  it("is refused where the post has changed since, or is not there", async () => {
    const { world, ada } = await aTeam();
    await world.plan("tea", tea());
    const question = await ada.get("/console/remove?post=tea");
    await world.plan("tea", tea("Other words."));
    const late = await ada.pressAndSee(question.page, "Remove this post");
    expect([late.status, read(late.page)]).toEqual([
      409,
      expect.stringContaining("Nothing was done. The post has changed since you opened the page"),
    ]);
    const [form] = formsOf(question.page).filter(({ action }) => action.startsWith("/console/act/remove"));
    const fields = (form?.fields ?? []).filter(([name]) => name !== "post");
    expect((await ada.post("/console/act/remove", [...fields, ["post", "nothing"]])).status).toBe(409);
    expect((await world.post("tea")).gone).toBeUndefined();
  });
});

describe("a check of a login", () => {
  it("says what it found, which stays on the page of the accounts", async () => {
    const { world, ada } = await aTeam();
    const first = await ada.get("/console/accounts");
    expect(read(first.page)).not.toContain("Its login was checked");
    const good = await ada.pressAndSee(first.page, "Check the login of one");
    expect([good.status, read(good.page)]).toEqual([200, expect.stringContaining("The login of one works.")]);
    expect(read((await ada.get("/console/accounts")).page)).toContain("Its login was checked at 08:00 .");
    world.paper.login.now = { kind: "unauthorised", reason: "revoked" };
    const bad = await ada.pressAndSee(good.page, "Check the login again of one");
    expect(read(bad.page)).toContain("The login of one does not work now. The login of one is refused");
    expect(read(bad.page)).toContain("2 accounts: 1 can post, 1 has a login that does not work.");
    expect(formsOf(bad.page).filter(({ label }) => label.startsWith("Check the login"))).toHaveLength(2);
  });

  it("ends the pause of a login that was refused, where it works again, and says so", async () => {
    const { world, ada, states } = await aTeam({ accounts: [paper("one")] });
    world.paper.fates.push("unauthorised");
    await world.plan("tea", tea());
    await world.sweep();
    expect(await states()).toEqual(["one pending"]);
    const { page } = await ada.get("/console/accounts");
    expect(read(page)).toContain("401; set new credentials with");
    expect(read(page)).toContain("One post is tried at 09:00 .");
    expect(read((await ada.get("/console")).page)).toContain("One post is tried at 09:00 .");
    const checked = await ada.pressAndSee(page, "Check the login again of one");
    expect(read(checked.page)).toContain(
      "The login of one works. It posts as ada. What waited goes out as soon as its rules allow.",
    );
    await world.sweep();
    expect(await states()).toEqual(["one posted"]);
  });

  it("ends the outage of an account and of its server, where the login works, and what waited goes out", async () => {
    const { world, ada, states } = await aTeam();
    for (let tries = 0; tries < 9; tries += 1)
      world.paper.fates.push({ kind: "unavailable", reason: "it refuses connections" });
    await world.plan("tea", tea());
    for (let passed = 0; passed < 5 * minute; passed += 10_000) {
      await world.sweep();
      world.turn(10_000);
    }
    world.paper.fates.length = 0;
    expect(await states()).toEqual(["one pending", "two pending"]);
    const { page } = await ada.get("/console/accounts");
    expect(read(page)).toContain("cannot be reached");
    await ada.press(page, "Check the login again of two");
    const checked = await ada.pressAndSee(page, "Check the login again of one");
    expect(read(checked.page)).toContain(
      "The login of one works. It posts as ada. What waited goes out as soon as its rules allow.",
    );
    expect(read(checked.page)).toContain("2 accounts: 2 can post.");
    for (let times = 0; times < 2; times += 1) {
      await world.sweep();
      world.turn(1_000);
    }
    expect(await states()).toEqual(["one posted", "two posted"]);
  });

  it("ends no outage where the login gives no answer either, and no wait that the network asked for", async () => {
    const { world, ada } = await aTeam({ accounts: [paper("one")] });
    const until = world.clock() + 5 * minute;
    const save = async (down: object) =>
      world.store.accounts.save({
        ...(await world.store.accounts.read("one")),
        down: { failures: 3, until, reason: "503", ...down },
      });
    const outage = async () => (await world.store.accounts.read("one")).down;
    await save({ since: world.clock() });
    world.paper.login.now = { kind: "unavailable", reason: "503" };
    const bad = await ada.pressAndSee((await ada.get("/console/accounts")).page, "Check the login of one");
    expect(read(bad.page)).toContain("The login of one does not work now.");
    const { page } = await ada.get("/console/accounts");
    expect(read(page)).toContain("1 account: 0 can post, 1 cannot be reached.");
    expect(read(page)).not.toContain("asked again");
    expect(await outage()).toMatchObject({ until });
    world.paper.login.now = undefined;
    await save({ failures: 0 });
    await ada.press(bad.page, "Check the login again of one");
    expect(await outage()).toMatchObject({ failures: 0, until });
  });

  it("leaves the pause of an account that may not spend, and says that it is paused", async () => {
    const { world, ada } = await aTeam();
    const paused = { since: world.clock(), reason: "402", login: "first", remedy: "buy credits", until: undefined };
    await world.store.accounts.save({ ...(await world.store.accounts.read("one")), paused });
    const { page } = await ada.get("/console/accounts");
    expect(read((await ada.pressAndSee(page, "Check the login of one")).page)).toContain(
      "The login of one works. It posts as ada. One is paused.",
    );
    world.turn(2 * hour);
    expect(read((await ada.get("/console/accounts")).page)).toContain("The next post is tried.");
  });

  it("is not offered where an account has no login, and refuses an account that does not exist", async () => {
    const { world, ada } = await aTeam();
    const { page } = await ada.get("/console/accounts");
    const [form] = formsOf(page).filter(({ label }) => label.startsWith("Check the login"));
    world.paper.reach.now = "none";
    const fields = (form?.fields ?? []).filter(([name]) => name !== "account");
    const none = await ada.post("/console/act/check-login", [...fields, ["account", "one"]]);
    expect(read((await ada.get(none.headers.get("Location") ?? "")).page)).toContain(
      "One has no login that could be checked.",
    );
    const unknown = await ada.post("/console/act/check-login", [...fields, ["account", "three"]]);
    expect([unknown.status, read(unknown.page)]).toEqual([409, expect.stringContaining("There is no such account.")]);
    expect(formsOf((await ada.get("/console/accounts")).page).map(({ label }) => label)).not.toContain(
      "Check the login of one",
    );
  });
});

describe("the other decisions of the console", () => {
  it("release what was ticked, and nothing else", async () => {
    const { world, ada, states } = await aTeam({ policies: { burst: 0 } });
    await world.plan("tea", tea());
    await world.sweep();
    const first = await ada.get("/console");
    expect(read(first.page)).toContain("1 post is held by the breaker");
    const { page } = await ada.get("/console/held?hold=breaker");
    const [form] = formsOf(page);
    const ticked = form?.fields.find(([name, value]) => name === "delivery" && value.includes(".two."));
    const answer = await ada.post(form?.action ?? "", [
      ...(form?.fields ?? []).filter(([name]) => name !== "delivery"),
      ticked ?? ["", ""],
    ]);
    expect(answer.status).toBe(303);
    await world.sweep();
    expect(await states()).toEqual(["one held", "two posted"]);
    const none = await ada.press(page, "Release those that are ticked", { delivery: "" });
    const unticked = (form?.fields ?? []).filter(([name]) => name !== "delivery");
    const nothing = await ada.post(form?.action ?? "", unticked);
    expect([nothing.status, read(nothing.page)]).toEqual([
      409,
      expect.stringContaining("Nothing was done: tick at least one."),
    ]);
    expect([none.status, (await ada.get("/console/held")).status]).toEqual([409, 404]);
  });

  it("release all that a page of held deliveries shows, under the titles of their posts", async () => {
    const { world, ada, states } = await aTeam({ policies: { burst: 0 } });
    await world.plan("tea", aDocument({ title: "About tea" }, "Words."));
    await world.sweep();
    const { page } = await ada.get("/console/held?hold=breaker");
    expect(read(page)).toContain("get these posts. Nothing changes in the feeds.");
    expect(read(page)).toContain("About tea on one More than 0 posts came within an hour.");
    const answer = await ada.pressAndSee(page, "Release all 2 of this page");
    expect(read(answer.page)).toContain("Released on one and two. “About tea”.");
    await world.sweep();
    expect(await states()).toEqual(["one posted", "two posted"]);
  });

  it("never send what was ticked on the page of held deliveries, if a second tick says that it is meant", async () => {
    const { world, ada, states } = await aTeam({ policies: { burst: 0 } });
    await world.plan("tea", tea());
    await world.sweep();
    const { page } = await ada.get("/console/held?hold=breaker");
    expect(page).toContain('formaction="/console/act/dismiss"');
    const [form] = formsOf(page);
    const sent = (form?.fields ?? []).filter(([name, value]) => name !== "sure" && !value.includes(".two."));
    const unsure = await ada.post("/console/act/dismiss", sent);
    expect([unsure.status, read(unsure.page)]).toEqual([
      409,
      expect.stringContaining("Nothing was done. There is no way back: tick that you mean it."),
    ]);
    expect(await states()).toEqual(["one held", "two held"]);
    const answer = await ada.post("/console/act/dismiss", [...sent, ["sure", "yes"]]);
    expect(read((await ada.get(answer.headers.get("Location") ?? "")).page)).toContain("It is never sent on one.");
    expect(await states()).toEqual(["one cancelled", "two held"]);
    // The tokens of the form are for its two buttons, and for no other path.
    expect((await ada.post("/console/act/hold", sent)).status).toBe(400);
  });

  it("are not offered for what is held on another site", async () => {
    const { world, ada } = await aTeam({ policies: { burst: 0 } });
    await world.store.deliveries.create({ ...deliveryIn.held, site: "other", account: "one", network: "paper" });
    expect(read((await ada.get(`/console/held?hold=${deliveryIn.held.hold}`)).page)).toContain(
      "Nothing is held for this reason.",
    );
    await world.store.deliveries.create({ ...deliveryIn.held, account: "one", network: "paper" });
    expect(read((await ada.get(`/console/held?hold=${deliveryIn.held.hold}`)).page)).toContain(
      "1 delivery on this page.",
    );
  });

  it("never send it only where a page of its own was answered, which says that there is no way back", async () => {
    const { world, ada, states } = await aTeam(settle);
    await world.plan("tea", tea());
    await world.sweep();
    const { page } = await ada.get("/console/posts/tea");
    expect(formsOf(page).filter(({ action }) => action.startsWith("/console/act/dismiss"))).toEqual([]);
    const question = await ada.get(neverLink(page, "one"));
    expect(read(question.page)).toContain(
      "Tea Never send it on one? There is no way back: one does not get this post. The post stays in the feeds and goes out on the other accounts.",
    );
    expect(await states()).toEqual(["one pending", "two pending"]);
    const answer = await ada.pressAndSee(question.page, "Never send it");
    expect([answer.status, read(answer.page)]).toEqual([200, expect.stringContaining("It is never sent on one.")]);
    expect(await states()).toEqual(["one cancelled", "two pending"]);
    expect((await ada.get("/console/never?post=tea&delivery=nothing")).status).toBe(404);
  });

  it("settle what is unknown, either way", async () => {
    const { world, ada, states } = await aTeam({ offers: "none" });
    world.paper.fates.push("lost", "lost");
    await world.plan("tea", tea());
    await world.sweep();
    world.turn(hour);
    await world.sweep();
    expect(await states()).toEqual(["one unknown", "two unknown"]);
    const { page } = await ada.get("/console");
    expect(read(page)).toContain("Unknown on one: it may be there or not , and Crier does not guess.");
    const there = await ada.pressAndSee(page, "It is there “Tea” on one");
    expect(read(there.page)).toContain("It is there on one: that is recorded.");
    const not = await ada.pressAndSee(there.page, "It is not: send it “Tea” on two");
    expect(read(not.page)).toContain("It is not there on two: it is sent.");
    await world.sweep();
    expect(await states()).toEqual(["one posted", "two posted"]);
  });

  it("post once more on all accounts that were ticked, by one press", async () => {
    const { world, ada } = await aTeam();
    await world.plan("tea", tea());
    await world.sweep();
    const { page } = await ada.get("/console/again?post=tea");
    const answer = await ada.pressAndSee(page, "Post it", { account: ["one", "two"] });
    expect(read(answer.page)).toContain("It will be posted once more on one and two.");
    world.turn(2 * hour);
    await world.sweep();
    expect(world.paper.posts.map(({ account }) => account).toSorted()).toEqual(["one", "one", "two", "two"]);
    expect(read((await ada.get("/console/log")).page)).toContain("Tea Ada had it posted again. · one and two");
  });

  it("post once more on the accounts that were ticked, and refuse it with the reason", async () => {
    const { world, ada } = await aTeam();
    await world.plan("tea", tea());
    await world.sweep();
    const { page } = await ada.get("/console/again?post=tea");
    expect(read(page)).toContain("Post it again?");
    expect(page).not.toContain("checked");
    expect(page).not.toContain("equal text");
    const answer = await ada.pressAndSee(page, "Post it", { account: "one" });
    expect(read(answer.page)).toContain(
      "It will be posted once more on one. It goes out as soon as the rules of its account allow.",
    );
    world.turn(2 * hour);
    await world.sweep();
    expect(world.paper.posts.map(({ account }) => account).toSorted()).toEqual(["one", "one", "two"]);
    const late = await ada.press(page, "Post it", { account: "two" });
    expect([late.status, read(late.page)]).toEqual([
      409,
      expect.stringContaining("The post has changed since you opened the page"),
    ]);
    expect(late.page).toMatch(/value="two" id="a1" checked>/);
  });

  it("say before a second copy that the network refuses an equal text, in the sandbox too, which has no prices", async () => {
    const { world, ada } = await aTeam({ offers: "refuse", price: 0.2 });
    world.paper.reach.now = "sandbox";
    await world.plan("tea", tea());
    await world.sweep();
    const { page } = await ada.get("/console/again?post=tea");
    expect(read(page)).toMatch(
      /one Shown in the sandbox 08:00 \. It refuses an equal text for some hours: write another one below\./,
    );
    expect(read(page)).not.toContain("Costs");
    world.paper.reach.now = "real";
    const real = read((await ada.get("/console/again?post=tea")).page);
    expect(real).toContain("Costs $0.20.");
    // Its first copy is in the sandbox: the network has no equal text.
    expect(real).not.toContain("equal text");
  });

  it("offer another text where the network refused the second copy as a duplicate, which is numbered by its account", async () => {
    const { world, ada, states } = await aTeam();
    await world.plan("tea", tea());
    await world.sweep();
    const { post, seed } = (await world.deliveries("tea"))[0] ?? {};
    await world.store.deliveries.create({
      ...deliveryIn.failed,
      ...{ post: post ?? "", seed: seed ?? "", account: "one", network: "paper", generation: 3 },
      duplicate: { kind: "copy" as const },
    });
    const { page } = await ada.get("/console/posts/tea");
    expect(read(page)).toContain("one , paper , second time Failed");
    expect(formsOf(page).map(({ label }) => label)).not.toContain("Send it again on one");
    expect(page).toContain('account=one">Edit the text');
    const form = await ada.get("/console/text?post=tea&account=one");
    const saved = await ada.pressAndSee(form.page, "Save the text", { text: "Other words", ifOvertaken: "ask" });
    expect(read(saved.page)).toContain("It is not sent before somebody sends it again.");
    await ada.press(saved.page, "Send it again on one");
    expect(await states()).toContain("one pending");
  });

  it("stay on the form where nothing is ticked to be posted again", async () => {
    const { world, ada } = await aTeam();
    await world.plan("tea", tea());
    await world.sweep();
    const { page } = await ada.get("/console/again?post=tea");
    const [form] = formsOf(page).filter(({ action }) => action.startsWith("/console/act/again"));
    const fields = (form?.fields ?? []).filter(([name]) => name !== "account");
    const refused = await ada.post("/console/act/again", fields);
    expect([refused.status, read(refused.page)]).toEqual([
      422,
      expect.stringMatching(/^Nothing was done\. Tick the accounts that are to post it\. Tea Post it again\?/),
    ]);
    expect(refused.page).toContain('role="alert"');
    const done = await ada.press(refused.page, "Post it", { account: "one" });
    expect(done.headers.get("Location")).toMatch(/^\/console\/posts\/tea\?/);
  });

  it("stop all sending without a reason, too, and keep one that is too long in its field", async () => {
    const { ada } = await aTeam();
    const { page } = await ada.get("/console/stop");
    expect(page).not.toContain(" required");
    const refused = await ada.press(page, "Stop all sending", { why: "x".repeat(201) });
    expect([refused.status, read(refused.page)]).toEqual([
      422,
      expect.stringContaining(
        "Nothing was done. The reason has more than 200 characters: shorten it, or leave it out.",
      ),
    ]);
    expect(refused.page).toContain(`value="${"x".repeat(201)}"`);
    const stopped = await ada.pressAndSee(refused.page, "Stop all sending", { why: " " });
    expect(read(stopped.page)).toContain("Sending is stopped since 08:00 by Ada: no reason given");
    expect(read(stopped.page)).toContain("Sending on all accounts is stopped. The feeds go on.");
  });

  it("name the command for a post without a date, where the console reads no document", async () => {
    const { world } = await aTeam();
    const [{ site, ports }] = world.app.sites;
    const { app } = aConsole(world, { sites: [{ site, ports: { ...ports, publish: async () => undefined } }] });
    const ada = await aSignedInBrowser(app, "Ada");
    await world.plan("tea", aDocument({ title: "Tea", date: undefined }));
    const { page } = await ada.get("/console/again?post=tea");
    const answer = await ada.press(page, "Post it", { account: "one" });
    expect([answer.status, read(answer.page)]).toEqual([
      409,
      expect.stringContaining(
        "Nothing was done. It has no date: add a date (`date: 2026-03-01`), or publish its file: npx crier publish FILE.",
      ),
    ]);
    const post = await ada.get("/console/posts/tea");
    expect(read(post.page)).toContain("publish its file: npx crier publish FILE.");
  });

  it("take back one copy, and keep the post and the others", async () => {
    const { world, ada } = await aTeam();
    await world.plan("tea", tea());
    await world.sweep();
    const { page } = await ada.get("/console/withdraw?post=tea&account=one");
    const answer = await ada.pressAndSee(page, "Delete this copy");
    expect(read(answer.page)).toContain("The copy on one is withdrawn.");
    await world.sweep();
    expect(world.paper.posts.map(({ account, deleted }) => [account, deleted === true])).toEqual([
      ["one", true],
      ["two", false],
    ]);
    expect((await ada.get("/console/withdraw?post=tea&account=three")).status).toBe(404);
  });

  it("names the account and no id where there is no copy to take back", async () => {
    const { world, ada } = await aTeam(settle);
    await world.plan("tea", tea());
    await world.sweep();
    const { page } = await ada.get("/console/withdraw?post=tea&account=one");
    const answer = await ada.press(page, "Delete this copy");
    expect([answer.status, read(answer.page)]).toEqual([
      409,
      expect.stringContaining(
        "Nothing was done. The delivery to one is pending, there is no copy: “Never send it” cancels it.",
      ),
    ]);
  });

  it("stop all sending with a reason, say it on every page, and end it", async () => {
    const { world, ada, bob, states } = await aTeam();
    const { page } = await ada.get("/console/stop");
    await ada.press(page, "Stop all sending", { why: "a wrong <b>link</b>" });
    await world.plan("tea", tea());
    await world.sweep();
    expect(await states()).toEqual(["one pending", "two pending"]);
    for (const path of [
      "/console",
      "/console/week",
      "/console/posts",
      "/console/posts/tea",
      "/console/accounts",
      "/console/feeds",
    ])
      expect(read((await bob.get(path)).page), path).toContain(
        "Sending is stopped since 08:00 by Ada: a wrong &lt;b&gt;link&lt;/b&gt; Let it send again on all accounts",
      );
    const answer = await bob.pressAndSee((await bob.get("/console")).page, "Let it send again on all accounts");
    expect(read(answer.page)).toContain("All accounts send again.");
    await world.sweep();
    expect(await states()).toEqual(["one posted", "two posted"]);
  });

  it("name the accounts that send nothing still, when all sending goes on", async () => {
    const { world, ada } = await aTeam({ accounts: ["one", "two", "three"].map((name) => paper(name)) });
    await ada.press((await ada.get("/console/stop?account=two")).page, "Stop sending on two");
    const paused = { since: world.clock(), reason: "401", login: "first", remedy: undefined, until: undefined };
    await world.store.accounts.save({ ...(await world.store.accounts.read("three")), paused });
    await ada.press((await ada.get("/console/stop")).page, "Stop all sending");
    const resume = async () =>
      read((await ada.pressAndSee((await ada.get("/console/stop")).page, "Let it send again")).page);
    expect(await resume()).toContain("Sending on one goes on. Three is paused; two is stopped. What waited goes out");
    await ada.press((await ada.get("/console/stop?account=one")).page, "Stop sending on one");
    await ada.press((await ada.get("/console/stop")).page, "Stop all sending");
    expect(await resume()).toContain("The stop of all sending has ended. One and two are stopped; three is paused.");
  });

  it("stop one account, and let it send again on the page of accounts", async () => {
    const { ada } = await aTeam();
    await ada.press((await ada.get("/console/stop?account=one")).page, "Stop sending on one", { why: "a wrong link" });
    const { page } = await ada.get("/console/accounts");
    expect(read(page)).toContain("Stopped since 08:00 by Ada: a wrong link");
    expect(read((await ada.pressAndSee(page, "Let it send again on one")).page)).toContain("Sending on one goes on.");
    expect((await ada.get("/console/stop?account=three")).status).toBe(404);
  });
});

describe("what the console says after a decision", () => {
  it("is signed for the session, and not said again later", async () => {
    const { world, ada, bob } = await aTeam(settle);
    await world.plan("tea", tea());
    await world.sweep();
    const answer = await ada.press((await ada.get("/console")).page, "Stop this post");
    const to = answer.headers.get("Location") ?? "";
    expect(read((await ada.get(to)).page)).toContain("Stopped on one and two.");
    expect(read((await bob.get(to)).page)).not.toContain("Stopped on one and two.");
    expect(read((await ada.get(`${to}x`)).page)).not.toContain("Stopped on one and two.");
    world.turn(6 * minute);
    expect(read((await ada.get(to)).page)).not.toContain("Stopped on one and two.");
  });

  it("says that the data is of a newer Crier, where it is", async () => {
    const { world, ada } = await aTeam(settle);
    await world.plan("tea", tea());
    await world.table.update(
      postKey("blog", (await world.post("tea")).id),
      { set: { format: 2 } },
      { kind: "present" },
    );
    const answer = await ada.get("/console/posts/tea");
    expect([answer.status, read(answer.page)]).toEqual([
      503,
      expect.stringContaining("This data has format 2, and this version of Crier knows up to 1: install the newer"),
    ]);
  });

  it("is never that it was done, where the table does not answer", async () => {
    const { world, ada } = await aTeam(settle);
    await world.plan("tea", tea());
    await world.sweep();
    const { page } = await ada.get("/console");
    const save = world.store.deliveries.save;
    world.store.deliveries.save = () => Promise.reject(new Error("the table does not answer"));
    const answer = await ada.press(page, "Stop this post");
    expect([answer.status, read(answer.page)]).toEqual([
      503,
      expect.stringContaining("Your press may not have arrived, and the post may go out. It is safe to press again."),
    ]);
    world.store.deliveries.save = save;
    expect(read((await ada.pressAndSee(answer.page, "Press again")).page)).toContain("Stopped on one and two.");
  });
});
