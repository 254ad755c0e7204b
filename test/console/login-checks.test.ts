import { describe, expect, it } from "vitest";
import { hour, minute } from "../../src/domain/time.ts";
import { formsOf, readPage as read } from "../support/console-browser.ts";
import { paper, twoEditors } from "../support/console-team.ts";
import { aDocument } from "../support/world.ts";

const tea = (body = "Words.") => aDocument({ title: "Tea" }, body);

describe("a check of a login", () => {
  it("says what it found, which stays on the page of the accounts", async () => {
    const { world, ada } = await twoEditors();
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
    const { world, ada, states } = await twoEditors({ accounts: [paper("one")] });
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
    const { world, ada, states } = await twoEditors();
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
    const { world, ada } = await twoEditors({ accounts: [paper("one")] });
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
    const { world, ada } = await twoEditors();
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
    const { world, ada } = await twoEditors();
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
