import { describe, expect, it } from "vitest";
import { minute } from "../../src/domain/time.ts";
import { aPost } from "../support/builders.ts";
import { readPage as read } from "../support/console-browser.ts";
import { aTeam, paper, publish } from "../support/console-team.ts";
import { aDocument } from "../support/world.ts";

describe("posts that are scheduled", () => {
  const aTeamWithOldPlans = async () => {
    const team = await aTeam({ policies: { burst: 1_000 } });
    const { world } = team;
    for (const day of ["03", "02"])
      await world.plan(`day-${day}`, aDocument({ title: `Launch ${day}`, date: `2026-03-${day}T09:00:00Z` }));
    for (let n = 0; n < 60; n += 1) {
      world.turn(minute);
      await publish(world, `post-${n}`);
    }
    return team;
  };

  it("are found by their dates, however many posts changed after them", async () => {
    const { browser } = await aTeamWithOldPlans();
    const pageOf = async (path: string) => read((await browser.get(path)).page);
    expect(await pageOf("/console")).toMatch(
      /Mon 2 Mar, 09:00 Launch 02 one and two · scheduled .*Tue 3 Mar, 09:00 Launch 03/,
    );
    expect(await pageOf("/console/week?of=2026-03-02")).toMatch(/09:00 Launch 02 .*09:00 Launch 03/);
    expect(await pageOf("/console/posts?list=scheduled")).toMatch(
      /^Scheduled posts .*Launch 02 day-02\.md .* scheduled Launch 03 day-03\.md .* scheduled$/,
    );
  });

  it("are listed in pages, each post once", async () => {
    const { world, browser } = await aTeam();
    for (let n = 0; n < 60; n += 1)
      await world.plan(
        `p${n}`,
        aDocument({ title: `P ${n}`, date: `2026-03-02T09:${String(n % 30).padStart(2, "0")}:00Z` }),
      );
    const slugs: string[] = [];
    let path: string | undefined = "/console/posts?list=scheduled";
    for (; path !== undefined; ) {
      const { page } = await browser.get(path);
      slugs.push(...[...page.matchAll(/<bdi>(p\d+)\.md</g)].map(([, slug = ""]) => slug));
      path = /href="([^"]*)" rel="next"/.exec(page)?.[1]?.replaceAll("&amp;", "&");
    }
    expect([slugs.length, new Set(slugs).size]).toEqual([60, 60]);
    expect((await browser.get("/console/posts?list=scheduled&from=soon")).status).toBe(404);
  });

  it("are none where nothing is planned, and that is said", async () => {
    const { browser } = await aTeam();
    expect(read((await browser.get("/console/posts?list=scheduled")).page)).toContain("Nothing is scheduled.");
  });
});

describe("the search for a post", () => {
  it("finds a post by its slug, address, path, and file, by keys", async () => {
    const { world, browser } = await aTeam();
    world.write("2026-02-01-tea.md", aDocument({ title: "Tea" }));
    world.write("named.md", aDocument({ title: "Another slug", slug: "other" }));
    for (const file of ["2026-02-01-tea.md", "named.md"]) await world.ingest(file);
    world.store.documents.all = () => {
      throw new Error("all documents are read");
    };
    const found = async (name: string) =>
      read((await browser.get(`/console/posts?find=${encodeURIComponent(name)}`)).page);
    for (const name of ["tea", "/tea/", "2026-02-01-tea.md", "2026-02-01-tea"])
      expect(await found(name)).toContain("Tea 2026-02-01-tea.md");
    for (const name of ["other", "named.md"]) expect(await found(name)).toContain("Another slug named.md");
    // A slug that equals the name of a file is not the post of that file.
    expect(await found("other.md")).toContain("No post has this slug, address or file");
    expect(await found("nothing")).toContain("No post has this slug, address or file");
    expect((await browser.get("/console/posts/nothing")).status).toBe(404);
  });
});

describe("the search for a title", () => {
  it("finds each post whose title has all of the words, without case and accents", async () => {
    const { world, browser } = await aTeam();
    for (const [slug, title] of [
      ["a1", "Café in Zürich"],
      ["a2", "Tea in Zürich"],
      ["tea", "About milk"],
    ] as const)
      await world.plan(slug, aDocument({ title }));
    const { page } = await browser.get("/console/posts");
    expect(read(page)).toContain("A title, a slug, an address or the path of a file");
    const found = async (words: string) =>
      [
        ...(await browser.get(`/console/posts?find=${encodeURIComponent(words)}`)).page.matchAll(/<bdi>(\w+)\.md</g),
      ].map(([, slug]) => slug);
    expect(await found("zurich CAFE")).toEqual(["a1"]);
    expect((await found("zürich")).toSorted()).toEqual(["a1", "a2"]);
    expect(await found("tea")).toEqual(["tea", "a2"]);
    expect(await found("tea in Bern")).toEqual([]);
    expect(read((await browser.get("/console/posts?find=Bern")).page)).toContain(
      "No post has this slug, address or file, and none has these words in its title.",
    );
  });

  it("says among which posts it looked, and that more have the words", async () => {
    const { world, browser } = await aTeam({ accounts: [] });
    for (let n = 0; n < 101; n += 1)
      await world.store.posts.save(
        aPost({ slug: `p${n}`, title: n < 50 ? "Tea" : `Rice ${n}`, updated: world.clock() + n }),
      );
    const find = async (words: string) => read((await browser.get(`/console/posts?find=${words}`)).page);
    expect(await find("Rice+77")).toMatch(/Rice 77 .* Titles are looked for among the 100 posts that changed last\.$/);
    expect(await find("nothing")).toContain("and none of the 100 that changed last has these words in its title.");
    expect(await find("tea")).toContain("More posts have these words in their titles: add one.");
  });
});

describe("the list of posts", () => {
  it("says where the last announcement of each account is, the most urgent first", async () => {
    const { world, browser } = await aTeam({
      accounts: [paper("one"), paper("two", { approve: true }), paper("three"), paper("four")],
    });
    world.paper.fates.push("refused");
    await publish(world, "tea");
    const text = read((await browser.get("/console/posts")).page);
    expect(text).toMatch(/About tea tea\.md 07:00 failed on \w+ waits for approval on two posted on \w+ and \w+$/);
  });

  it("counts more than three accounts", async () => {
    const { world, browser } = await aTeam({ accounts: ["one", "two", "three", "four"].map((name) => paper(name)) });
    await publish(world, "tea");
    expect(read((await browser.get("/console/posts")).page)).toMatch(/07:00 posted on 4 accounts$/);
  });

  it("finds a post by the name of its file", async () => {
    const { world, browser } = await aTeam();
    world.write("green.md", aDocument({ title: "About tea", slug: "tea" }));
    await world.ingest("green.md");
    for (const name of ["tea", "green", "green.md"])
      expect(read((await browser.get(`/console/posts?find=${name}`)).page), name).toContain("About tea green.md");
  });
});
