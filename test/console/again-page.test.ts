import { describe, expect, it } from "vitest";
import { hour, minute } from "../../src/domain/time.ts";
import { aConsole, aSignedInBrowser, formsOf, readPage as read } from "../support/console-browser.ts";
import { paper } from "../support/console-team.ts";
import { aDocument, aWorld, type WorldOptions } from "../support/world.ts";

const aTea = async (options: WorldOptions = {}, fields: Readonly<Record<string, unknown>> = {}) => {
  const world = await aWorld({ accounts: [paper("one"), paper("two")], ...options });
  const ada = await aSignedInBrowser(aConsole(world).app, "Ada");
  await world.plan("tea", aDocument({ title: "Tea", ...fields }));
  await world.sweep();
  const again = async () => {
    const { page } = await ada.get("/console/again?post=tea");
    return { page, text: read(page) };
  };
  const settled = async () => {
    world.turn(2 * minute);
    await world.sweep();
  };
  return { world, ada, again, settled };
};

describe("the page on which a post is posted again", () => {
  it("shows for each account the text that would go out, with its length", async () => {
    const { again } = await aTea();
    const { page, text } = await again();
    expect(text).toMatch(
      /one There since 08:00 \. It stays, and is posted there a second time\. Tea https:\/\/\S+ \d+ of \d+/,
    );
    expect(page.match(/<div class="copy"/g)).toHaveLength(2);
  });

  it("shows the card of its link", async () => {
    const { again } = await aTea({ hasCard: true });
    expect((await again()).page).toContain('<span class="card">');
  });

  it("says that an account is sent the whole post, and asks for no text of it", async () => {
    const { world, again } = await aTea();
    Object.assign(world.paper.networks.get("paper"), { sendsPost: () => true });
    const { page, text } = await again();
    expect(text).toContain(
      "one There since 08:00 . It stays, and is posted there a second time. It is sent the whole post.",
    );
    expect(page).not.toContain("<textarea");
  });

  it("says of a post that was never announced that it is the first, and not a second one", async () => {
    const { ada, again, world } = await aTea({}, { date: "2025-01-01T08:00:00Z" });
    const { text } = await again();
    expect(text).toContain("Post it now?");
    expect(text).toContain("one It has no copy: this is the first.");
    expect(text).not.toMatch(/second|stays|again/);
    const answer = await ada.pressAndSee((await again()).page, "Post it", { account: "one" });
    expect(read(answer.page)).toContain(
      "It will be posted on one. It goes out as soon as the rules of its account allow.",
    );
    world.turn(2 * minute);
    await world.sweep();
    const post = read((await ada.get("/console/posts/tea")).page);
    expect(post).toContain("Ada had it announced.");
    expect(post).not.toContain("posted it again");
    expect(read((await ada.get("/console/again?post=tea")).page)).toContain("Post it again?");
  });

  it("says of a copy that was only shown in the sandbox that the real one is the first, and the other way round", async () => {
    const { world, ada, again } = await aTea();
    const rows = await world.deliveries("tea");
    for (const row of rows) await world.store.deliveries.save({ ...row, sandbox: row.account === "one" });
    const real = await again();
    expect(real.text).toContain("one Shown in the sandbox 08:00 . It has no copy: this is the first.");
    const posted = await ada.pressAndSee(real.page, "Post it", { account: ["one", "two"] });
    expect(read(posted.page)).toContain("It will be posted on one, and once more on two.");
    world.paper.reach.now = "sandbox";
    const shown = await again();
    expect(shown.text).toContain("two There since 08:00 . This one is only shown in the sandbox.");
  });

  it("says that an account in the sandbox only shows it", async () => {
    const { world, ada, again } = await aTea();
    world.paper.reach.now = "sandbox";
    const answer = await ada.pressAndSee((await again()).page, "Post it", { account: "one" });
    expect(read(answer.page)).toContain("It will be shown in the sandbox of one.");
  });

  it("says of a copy that was deleted that it is gone", async () => {
    const { world, ada, again, settled } = await aTea();
    const { page } = await ada.get("/console/withdraw?post=tea&account=one");
    await ada.press(page, "Delete this copy");
    await settled();
    expect((await world.deliveries("tea")).map(({ state }) => state)).toContain("deleted");
    expect((await again()).text).toContain("one Its copy was deleted. There is none now.");
  });

  it("takes another text for an account, which goes out there and nowhere else", async () => {
    const { world, ada, again, settled } = await aTea();
    world.turn(hour);
    const answer = await ada.pressAndSee((await again()).page, "Post it", {
      account: ["one", "two"],
      "text-one": "Tea, once more",
    });
    expect(read(answer.page)).toContain("It will be posted once more on one and two.");
    await settled();
    const texts = (account: string) =>
      world.paper.posts.filter((one) => one.account === account).map(({ text }) => text.split("\n")[0]);
    expect([texts("one"), texts("two")]).toEqual([
      ["Tea", "Tea, once more"],
      ["Tea", "Tea"],
    ]);
  });

  it("has the text changed first where the network refuses an equal one, and keeps what was ticked and typed", async () => {
    const { world, ada, again, settled } = await aTea({ offers: "refuse" });
    world.turn(hour);
    const { page, text } = await again();
    expect(text).toContain("It refuses an equal text for some hours: write another one below.");
    expect(page.match(/<details open><summary>Write another text/g)).toHaveLength(2);
    const refused = await ada.press(page, "Post it", { account: "one" });
    expect([refused.status, read(refused.page)]).toEqual([
      409,
      expect.stringContaining("Nothing was done. One refuses a post with an equal text: write another one for it."),
    ]);
    expect(refused.page).toMatch(/value="one" id="a0" checked>/);
    const long = await ada.press(refused.page, "Post it", { account: "one", "text-one": "x".repeat(5_000) });
    expect([long.status, read(long.page)]).toEqual([
      422,
      expect.stringMatching(/Nothing was done\. The text has [\d,]+ characters too many for one\./),
    ]);
    expect(long.page).toContain("x".repeat(5_000));
    await ada.press(long.page, "Post it", { account: "one", "text-one": "Tea, once more" });
    await settled();
    expect(world.paper.posts.map((one) => one.text.split("\n")[0])).toContain("Tea, once more");
    expect((await world.deliveries("tea")).map(({ state }) => state)).not.toContain("failed");
  });

  it("takes an equal text where the network has forgotten the first one", async () => {
    const { world, again } = await aTea({ offers: "refuse", remembersFor: hour });
    world.turn(2 * hour);
    expect((await again()).text).not.toContain("equal text");
  });
});

describe("a delivery that failed", () => {
  it("shows the text that would be sent beside the button that sends it again", async () => {
    const world = await aWorld({ accounts: [paper("one")] });
    const ada = await aSignedInBrowser(aConsole(world).app, "Ada");
    world.paper.fates.push("refused");
    await world.plan("tea", aDocument({ title: "Tea" }));
    await world.sweep();
    const { page } = await ada.get("/console/posts/tea");
    expect(formsOf(page).map(({ label }) => label)).toContain("Send it again on one");
    expect(read(page)).toMatch(/The text that is sent again Tea https:\/\/\S+ \d+ of \d+/);
    const form = await ada.get("/console/text?post=tea&account=one");
    await ada.press(form.page, "Save the text", { text: "Other words", ifOvertaken: "ask" });
    expect(read((await ada.get("/console/posts/tea")).page)).toMatch(/The text that is sent again Other words/);
  });
});

describe("what a button does", () => {
  it("is named by the button, and not by a command, for an old post in the list and on its page", async () => {
    const { ada } = await aTea({}, { date: "2025-01-01T08:00:00Z" });
    for (const path of ["/console/posts", "/console/posts/tea"]) {
      const { page } = await ada.get(path);
      expect(read(page)).toContain("it is older than 7 days; announce it with “Post it now …” on its page");
      expect(page).not.toContain("npx crier publish");
    }
    expect((await ada.get("/console/posts/tea")).page).toMatch(/>Post it now …<\/a>/);
  });
});
