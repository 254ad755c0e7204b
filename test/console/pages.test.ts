import { describe, expect, it } from "vitest";
import { aConsole, aSignedInBrowser, readPage as read } from "../support/console-browser.ts";
import { aTeam, paper, publish } from "../support/console-team.ts";
import { aDocument, aWorld } from "../support/world.ts";

describe("a page that is not there", () => {
  it("has the links to the others, for a person who has signed in", async () => {
    const { browser } = await aTeam();
    const { page } = await browser.get("/console/nothing");
    expect(page).toContain('<a href="/console/week">Week</a>');
  });
});

describe("the accounts", () => {
  it("name the command that connects one, and the fields of its secret", async () => {
    const { world, browser } = await aTeam({ accounts: [paper("one")] });
    world.paper.reach.now = "sandbox";
    expect(read((await browser.get("/console/accounts")).page)).toMatch(
      /run npx crier accounts set one where Crier runs\. It asks for user and password \./,
    );
  });

  it("name the posts that would go out if one were connected by their titles", async () => {
    const { world, browser } = await aTeam({ accounts: [paper("one")] });
    world.paper.reach.now = "sandbox";
    await world.plan("launch", aDocument({ title: "The quiet launch", date: "2026-03-04T23:30:00Z" }));
    expect(read((await browser.get("/console/accounts")).page)).toContain(
      "If it were connected now, 1 post would go out, now or later: “The quiet launch”.",
    );
  });
});

describe("the other pages", () => {
  it("list the posts with their states, the accounts, the feeds and the refused documents", async () => {
    const { world, browser } = await aTeam({ policies: { burst: 0 } });
    await publish(world, "tea");
    await world.plan("draft", aDocument({ title: "A draft", date: "2026-05-01T08:00:00Z" }));
    world.write("bad.md", "---\ntitle: Bad\ndate: 2026-13-02\n---\nWords.\n");
    await world.ingest("bad.md");
    const pageOf = async (path: string) => read((await browser.get(path)).page);
    expect(await pageOf("/console/posts")).toContain("About tea tea.md");
    expect(await pageOf("/console/posts")).toContain("scheduled");
    expect(await pageOf("/console/posts?find=/draft/")).toMatch(/A draft draft\.md Fri 1 May, \d\d:00 scheduled$/);
    expect(await pageOf("/console/posts?find=draft.md")).toContain("A draft draft.md");
    expect(await pageOf("/console/posts?find=nothing")).toContain("No post has this slug, address or file");
    expect(await pageOf("/console/accounts")).toContain("2 accounts: 2 can post.");
    expect(await pageOf("/console/accounts")).toContain("0 of 50 in the last 24 hours · 1 held");
    expect(await pageOf("/console/feeds")).toContain("Refused documents 1");
    expect(await pageOf("/console/feeds")).toContain("bad.md Refused");
    expect(await pageOf("/console/feeds")).toMatch(/Feeds \d+ valid/);
    for (const key of ["archive/10", "archive/9", "categories/tea", "notes"] as const)
      await world.store.feeds.touch("blog", key, `Feed ${key} of`, world.clock());
    const order = (await pageOf("/console/feeds")).match(/Feed \S+ of|(?<= )\/feed\.xml/g);
    expect(order).toEqual([
      "/feed.xml",
      "Feed notes of",
      "Feed categories/tea of",
      "Feed archive/9 of",
      "Feed archive/10 of",
    ]);
    expect((await browser.get("/console/posts?from=nonsense")).status).toBe(404);
  });
});

describe("the console behind a CDN, which names itself in a header", () => {
  it("shows the page again on which a form was refused", async () => {
    const world = await aWorld({ accounts: [paper("one")] });
    const { app } = aConsole(world, { header: "x-cdn" });
    const cdn = {
      fetch: (request: Request) => {
        request.headers.set("x-cdn", "1");
        return app.fetch(request);
      },
    };
    const browser = await aSignedInBrowser(cdn);
    await publish(world, "tea");
    const { page } = await browser.get("/console/again?post=tea");
    const answer = await browser.pressAndSee(page, "Post it", { account: [] });
    expect(read(answer.page)).toContain("Nothing was done. Tick the accounts that are to post it.");
    expect((await app.fetch(new Request("https://feeds.example.com/console"))).status).toBe(421);
  });
});
