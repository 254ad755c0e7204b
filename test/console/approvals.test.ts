import { describe, expect, it } from "vitest";
import { hour, minute } from "../../src/domain/time.ts";
import { formsOf, readPage as read } from "../support/console-browser.ts";
import { paper, twoEditors } from "../support/console-team.ts";
import { aDocument } from "../support/world.ts";

/** Where the page of a post asks before it never sends it. */
const neverLink = (page: string, account: string): string => {
  const [, href = "/console/nowhere"] =
    new RegExp(`href="([^"]*)">Never send it …<span class="vh"> on ${account}<`).exec(page) ?? [];
  return href.replaceAll("&amp;", "&");
};

const tea = (body = "Words.") => aDocument({ title: "Tea" }, body);

describe("an approval in the console", () => {
  const approving = { accounts: [paper("one", { approve: true }), paper("two", { approve: true })] };

  it("is given before its date to a scheduled post, whose texts are read first", async () => {
    const { world, ada, states } = await twoEditors({ accounts: [paper("one", { approve: true }), paper("two")] });
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

  it("shows the content warning that readers see before the text", async () => {
    const { world, ada } = await twoEditors(approving);
    await world.plan("tea", aDocument({ title: "Tea", contentWarning: "The end of a film" }));
    await world.sweep();
    expect(read((await ada.get("/console/posts/tea")).page)).toContain(
      "Behind the content warning “ The end of a film ”: Tea https://blog.example.com/tea/",
    );
  });

  it("does not hold for the text of a scheduled post that changes after it", async () => {
    const { world, ada, states } = await twoEditors({ accounts: [paper("one", { approve: true })] });
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
    const { world, ada, states } = await twoEditors(approving);
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
    const { world, ada } = await twoEditors(approving);
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
    const { world, ada, states } = await twoEditors(approving);
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
    const { world, ada, bob, states } = await twoEditors(approving);
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
    const { world, ada, bob } = await twoEditors({ accounts: [paper("one", { approve: true })] });
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
    const { world, ada, bob } = await twoEditors({ policies: { burst: 0, settle: 2 * minute } });
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
    const { world, ada } = await twoEditors(approving);
    await world.plan("tea", tea());
    await world.sweep();
    const { page } = await ada.get("/console");
    expect(read(page)).toContain("Tea Waits for your approval one and two Read and approve");
    expect(formsOf(page).filter(({ label }) => /Approve/.test(label))).toEqual([]);
  });
});
