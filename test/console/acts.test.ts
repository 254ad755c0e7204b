import { describe, expect, it } from "vitest";
import { hour, minute } from "../../src/domain/time.ts";
import { postKey } from "../../src/store/keys.ts";
import { deliveryIn } from "../support/builders.ts";
import { aConsole, aSignedInBrowser, formsOf, readPage as read } from "../support/console-browser.ts";
import { paper, twoEditors } from "../support/console-team.ts";
import { aDocument } from "../support/world.ts";

/** Where the page of a post asks before it never sends it. */
const neverLink = (page: string, account: string): string => {
  const [, href = "/console/nowhere"] =
    new RegExp(`href="([^"]*)">Never send it …<span class="vh"> on ${account}<`).exec(page) ?? [];
  return href.replaceAll("&amp;", "&");
};

const tea = (body = "Words.") => aDocument({ title: "Tea" }, body);
const settle = { policies: { settle: 2 * minute } };

describe("the other decisions of the console", () => {
  it("release what was ticked, and nothing else", async () => {
    const { world, ada, states } = await twoEditors({ policies: { burst: 0 } });
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
    const { world, ada, states } = await twoEditors({ policies: { burst: 0 } });
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
    const { world, ada, states } = await twoEditors({ policies: { burst: 0 } });
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
    const { world, ada } = await twoEditors({ policies: { burst: 0 } });
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
    const { world, ada, states } = await twoEditors(settle);
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
    const { world, ada, states } = await twoEditors({ offers: "none" });
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
    const { world, ada } = await twoEditors();
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
    const { world, ada } = await twoEditors();
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
    const { world, ada } = await twoEditors({ offers: "refuse", price: 0.2 });
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
    const { world, ada, states } = await twoEditors();
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
    const { world, ada } = await twoEditors();
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
    const { ada } = await twoEditors();
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
    const { world } = await twoEditors();
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
    const { world, ada } = await twoEditors();
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
    const { world, ada } = await twoEditors(settle);
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
    const { world, ada, bob, states } = await twoEditors();
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
    const { world, ada } = await twoEditors({ accounts: ["one", "two", "three"].map((name) => paper(name)) });
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
    const { ada } = await twoEditors();
    await ada.press((await ada.get("/console/stop?account=one")).page, "Stop sending on one", { why: "a wrong link" });
    const { page } = await ada.get("/console/accounts");
    expect(read(page)).toContain("Stopped since 08:00 by Ada: a wrong link");
    expect(read((await ada.pressAndSee(page, "Let it send again on one")).page)).toContain("Sending on one goes on.");
    expect((await ada.get("/console/stop?account=three")).status).toBe(404);
  });
});

describe("what the console says after a decision", () => {
  it("is signed for the session, and not said again later", async () => {
    const { world, ada, bob } = await twoEditors(settle);
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
    const { world, ada } = await twoEditors(settle);
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
    const { world, ada } = await twoEditors(settle);
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
