import { describe, expect, it } from "vitest";
import { hour, minute } from "../../src/domain/time.ts";
import { formsOf, readPage as read } from "../support/console-browser.ts";
import { paper, twoEditors } from "../support/console-team.ts";
import { aDocument } from "../support/world.ts";

const tea = (body = "Words.") => aDocument({ title: "Tea" }, body);

describe("the removal of a post", () => {
  it("asks on a page of its own, which says what happens on each account and to the document", async () => {
    const { world, ada, states } = await twoEditors({ accounts: [paper("one"), paper("two", { approve: true })] });
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
    const { world, ada } = await twoEditors({
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
    const { world, ada } = await twoEditors({ accounts });
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
    const { world, ada } = await twoEditors();
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
    const { world, ada } = await twoEditors({ accounts: [paper("one")], offers: "none", canFind: false });
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
    const { world, ada } = await twoEditors();
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
