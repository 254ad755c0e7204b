import { describe, expect, it } from "vitest";
import type { HoldKind } from "../../src/domain/delivery.ts";
import { hour, minute } from "../../src/domain/time.ts";
import { aPost, deliveryIn, start } from "../support/builders.ts";
import { aConsole, aSignedInBrowser, readPage as read } from "../support/console-browser.ts";
import { paper } from "../support/console-team.ts";
import { aDocument, aWorld } from "../support/world.ts";

const aTeam = async () => {
  const world = await aWorld({ accounts: [paper("one", { approve: true }), paper("two"), paper("three")] });
  const browser = await aSignedInBrowser(aConsole(world).app);
  let planned = start;
  /** Posts that are held for one reason, on so many accounts each. */
  const hold = async (kind: HoldKind, posts: number, accounts: readonly string[]): Promise<void> => {
    for (let n = 0; n < posts; n += 1) {
      const post = aPost({ slug: `${kind}-${n}`, title: `The ${kind} ${n}` });
      planned += minute;
      await world.store.posts.save(post);
      for (const account of accounts)
        await world.store.deliveries.create({
          ...deliveryIn.held,
          ...(kind !== "text" && { hold: kind }),
          post: post.id,
          account,
          network: "paper",
          planned,
        });
    }
  };
  const now = async () => {
    const { page } = await browser.get("/console");
    return { page, text: read(page) };
  };
  return { world, browser, hold, now };
};

describe("what needs a person, on the first page", () => {
  it("has a line for each kind of hold with the number of its posts, however many are held", async () => {
    const { hold, now } = await aTeam();
    await hold("breaker", 12, ["two", "three"]);
    await hold("live", 5, ["three"]);
    await hold("approval", 5, ["one"]);
    for (let loads = 0; loads < 2; loads += 1) {
      const { page, text } = await now();
      expect(text).toContain("Needs you 3 things");
      for (const [kind, line] of [
        ["approval", "5 posts wait for your approval"],
        ["breaker", "12 posts are held by the breaker"],
        ["live", "5 posts are held because a page did not appear"],
      ]) {
        expect(text).toContain(line);
        expect(page).toContain(`href="/console/held?hold=${kind}"`);
      }
      expect(text).not.toContain("deliveries need you");
    }
  });

  it("shows a single post of a kind beside the many of another, and each of the other kinds", async () => {
    const { hold, now } = await aTeam();
    await hold("breaker", 30, ["two"]);
    const kinds = ["approval", "live", "copy", "person", "returned", "unreadable"] as const;
    for (const kind of kinds) await hold(kind, 2, ["one", "three"]);
    const { page, text } = await now();
    expect(text).toContain("Needs you 7 things");
    expect(text).toContain("30 posts are held by the breaker");
    for (const kind of kinds) expect(page).toContain(`href="/console/held?hold=${kind}"`);
  });

  it("has no kind of hold hidden by many deliveries that failed, whose posts it leads to", async () => {
    const { world, hold, now } = await aTeam();
    for (let n = 0; n < 20; n += 1) {
      const post = aPost({ slug: `failed-${n}` });
      await world.store.posts.save(post);
      for (const account of ["one", "two", "three"])
        await world.store.deliveries.create({ ...deliveryIn.failed, post: post.id, account, network: "paper" });
    }
    await hold("approval", 5, ["one"]);
    await hold("breaker", 1, ["two"]);
    const { page, text } = await now();
    expect(text).toContain("5 posts wait for your approval");
    expect(text).toContain("1 post is held by the breaker");
    expect(text).toMatch(/\d+ more deliveries need you: their posts have them/);
    expect(page).toContain('<a href="/console/posts">their posts</a>');
  });

  it("says that it is at least so many where more are held than are counted, and leads to every kind", async () => {
    const { hold, now } = await aTeam();
    await hold("breaker", 401, ["two"]);
    await hold("approval", 2, ["one"]);
    const { page, text } = await now();
    expect(text).toContain("At least 400 posts are held by the breaker");
    expect(text).toContain(
      "More posts are held by the breaker, because many posts came within an hour , are held because a page did not appear , wait for your approval ,",
    );
    expect(page).toContain('href="/console/held?hold=person"');
  });

  it("counts what was released no longer", async () => {
    const { world, hold, now } = await aTeam();
    await hold("live", 2, ["three"]);
    const [first] = (await world.store.deliveries.inState("three", "held")).rows;
    if (first === undefined) throw new Error("nothing is held");
    const { post, account, network, version } = first;
    await world.store.deliveries.save({ ...deliveryIn.pending, post, account, network, version });
    expect((await now()).text).toContain("Needs you 1 thing since 08:02 The live 1 Held three");
  });

  it("keeps the post of today that needs an approval, whatever else is scheduled and approved before it", async () => {
    const { world, browser, now } = await aTeam();
    const evening = "Goes out 18:00 if you approve it";
    await world.plan("soup", aDocument({ title: "Soup", date: "2026-03-01T18:00:00Z" }));
    for (let n = 0; n < 4; n += 1) {
      await world.plan(`sooner-${n}`, aDocument({ title: `Sooner ${n}`, date: `2026-03-01T1${n}:00:00Z` }));
      if (n === 1) expect((await now()).text).toContain(evening);
    }
    const { page, text } = await now();
    const soonest = [0, 1, 2].map((n) => `Sooner ${n} Goes out 1${n}:00 if you approve it`);
    expect(soonest.filter((one) => !text.includes(one))).toEqual([]);
    expect(text).toContain("Up to 2 more posts of the next 24 hours may need your approval: all scheduled posts");
    expect(page).toContain('href="/console/posts?list=scheduled"');
    for (const slug of ["sooner-1", "sooner-2"]) {
      const { page: post } = await browser.get(`/console/posts/${slug}`);
      const texts = await browser.pressAndSee(post, "Read its texts");
      await browser.press(texts.page, "Approve on one");
    }
    const after = (await now()).text;
    expect(after).toContain(evening);
    expect(after).toContain("Sooner 3 Goes out 13:00 if you approve it");
  });

  it("has the approvals of today in the order of their times, whether their texts are read or not", async () => {
    const { world, browser, now } = await aTeam();
    for (const [slug, at] of [
      ["late", 18],
      ["middle", 12],
      ["early", 10],
    ] as const)
      await world.plan(slug, aDocument({ title: `The ${slug} post`, date: `2026-03-01T${at}:00:00Z` }));
    await browser.press((await browser.get("/console/posts/late")).page, "Read its texts");
    const order = async () => [...(await now()).text.matchAll(/The (\w+) post Goes out/g)].map(([, slug]) => slug);
    expect(await order()).toEqual(["early", "middle", "late"]);
    await browser.press((await browser.get("/console/posts/middle")).page, "Read its texts");
    expect(await order()).toEqual(["early", "middle", "late"]);
  });

  it("leads to the account whose text is to be approved, before its time and when it is held", async () => {
    const { world, browser, now } = await aTeam();
    await world.plan("soup", aDocument({ title: "Soup", date: "2026-03-01T18:00:00Z" }));
    expect((await now()).page).toContain('href="/console/posts/soup">Read and approve');
    await browser.press((await browser.get("/console/posts/soup")).page, "Read its texts");
    expect((await now()).page).toContain('href="/console/posts/soup#one">Read and approve');
    world.turn(11 * hour);
    await world.sweep();
    await browser.signIn();
    const { page, text } = await now();
    expect(text).toContain("Soup Waits for your approval one");
    expect(page).toContain('href="/console/posts/soup#one">Read and approve');
  });

  it("says since when a post is held, and at what time one goes out", async () => {
    const { world, hold, now } = await aTeam();
    await hold("live", 1, ["three"]);
    await hold("breaker", 3, ["two"]);
    await world.plan("soup", aDocument({ title: "Soup", date: "2026-03-01T18:00:00Z" }));
    const { text } = await now();
    expect(text).toMatch(/since 0\d:\d\d The live 0 Held three/);
    expect(text).toMatch(/since 0\d:\d\d 3 posts are held by the breaker/);
    expect(text).toContain("18:00 Soup Goes out 18:00 if you approve it");
  });
});

describe("the list of scheduled posts", () => {
  it("says which of them need an approval and where, whether their texts are read or not", async () => {
    const { world, browser } = await aTeam();
    for (const [slug, at] of [
      ["soup", 18],
      ["bread", 12],
      ["salt", 10],
    ] as const)
      await world.plan(slug, aDocument({ title: slug, date: `2026-03-01T${at}:00:00Z` }));
    const list = async () => read((await browser.get("/console/posts?list=scheduled")).page);
    await browser.press((await browser.get("/console/posts/bread")).page, "Read its texts");
    const texts = await browser.pressAndSee((await browser.get("/console/posts/salt")).page, "Read its texts");
    await browser.press(texts.page, "Approve on one");
    const text = await list();
    expect(text).toContain("salt salt.md 10:00 waits on one, three and two scheduled");
    expect(text).toContain("bread bread.md 12:00 needs your approval on one waits on three and two scheduled");
    expect(text).toContain("soup soup.md 18:00 scheduled, needs your approval on one");
    world.paper.reach.now = "sandbox";
    expect(await list()).toMatch(/soup soup\.md 18:00 scheduled$/);
  });
});
