import { describe, expect, it } from "vitest";
import { hour, minute } from "../../src/domain/time.ts";
import { formsOf, readPage as read } from "../support/console-browser.ts";
import { paper, twoEditors } from "../support/console-team.ts";
import { aDocument } from "../support/world.ts";

const tea = (body = "Words.") => aDocument({ title: "Tea" }, body);
const settle = { policies: { settle: 2 * minute } };

describe("a stop in the console", () => {
  it("says which account was faster, and stops the others", async () => {
    const { world, ada, states } = await twoEditors({ accounts: [paper("one"), paper("two", { approve: true })] });
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
    const { world, ada, states } = await twoEditors(settle);
    await world.plan("tea", tea());
    const { page } = await ada.get("/console");
    await world.sweep();
    await ada.press(page, "Stop this post");
    expect(await states()).toEqual(["one held", "two held"]);
  });

  it("takes a scheduled post, which then does not go out at its date", async () => {
    const { world, ada, states } = await twoEditors();
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
    const { world, ada } = await twoEditors({ accounts });
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
    const { world, ada } = await twoEditors();
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
    const { world, ada, bob } = await twoEditors(settle);
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
    const { world, ada } = await twoEditors(settle);
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
    const { world, ada } = await twoEditors({ accounts: [paper("one"), paper("two", { approve: true })] });
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
    const { world, ada, states } = await twoEditors({ accounts: [paper("one", { approve: true })] });
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
    const { world, ada } = await twoEditors();
    await world.plan("tea", aDocument({ title: "Tea", date: "2026-03-03T10:00:00Z" }));
    const stopped = await ada.pressAndSee((await ada.get("/console")).page, "Stop “Tea”");
    expect(read((await ada.pressAndSee(stopped.page, "Release")).page)).toContain(
      "Released on one and two. It goes out on Tue 3 Mar, 10:00, unless a rule of its account makes it wait longer.",
    );
  });
});
