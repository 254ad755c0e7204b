import { describe, expect, it } from "vitest";
import { columns } from "../../src/cli/command.ts";
import { deliveryLines } from "../../src/cli/delivery-verbs.ts";
import { accountLines, feedLines, listLines, refusedLines, sourceLines, statusLines } from "../../src/cli/output.ts";
import { commandLine } from "../../src/domain/delivery-commands.ts";
import {
  aDeliveryAnswer,
  aFeedAnswer,
  anAccountAnswer,
  aSourceAnswer,
  aStatusAnswer,
  aSummaryAnswer,
} from "../support/answers.ts";

describe("the output for people", () => {
  it("is aligned in columns, in any script", () => {
    expect(
      columns([
        ["a", "b"],
        ["かな", "c"],
        ["long one", ""],
      ]),
    ).toEqual(["a         b", "かな        c", "long one"]);
    expect(columns([])).toEqual([]);
  });

  it("truncates a very long cell, except at the end of a line", () => {
    const long = "x".repeat(200);
    expect(columns([[long, long]])).toEqual([`${"x".repeat(99)}…  ${long}`]);
  });

  it("says that there is nothing to show", () => {
    expect(listLines({ posts: [], timeZone: "UTC" })).toEqual(["No posts yet."]);
    expect(accountLines({ accounts: [], timeZone: "UTC" })).toEqual(["No accounts: add some to crier.config.ts."]);
    expect(feedLines({ feeds: [], timeZone: "UTC" })).toEqual(["No feeds yet."]);
    expect(refusedLines({ refused: [], waiting: [], timeZone: "UTC" })).toEqual([
      "No document is refused, and no deletion is to be confirmed.",
    ]);
    expect(statusLines(aStatusAnswer()).at(-1)).toBe("  no deliveries");
  });

  it("says where the document of a post was before", () => {
    expect(statusLines(aStatusAnswer({ movedFrom: "old.md" }))).toContain(
      "  the same post as before at old.md, whose address still names it",
    );
  });

  it("says why a post is a note", () => {
    expect(statusLines(aStatusAnswer({ whyNote: "it has no title, and its text is short" }))).toContain(
      "  a note: it has no title, and its text is short",
    );
  });

  it("lists posts under headings, with the minutes of change and publication in the site's time zone", () => {
    const posts = [
      aStatusAnswer({ changed: "2026-03-31T22:30:59.000Z" }),
      aStatusAnswer({ status: "scheduled", published: "2026-04-01T08:00:00.000Z" }),
      aStatusAnswer({ status: "held", published: null }),
    ];
    expect(listLines({ posts, timeZone: "Europe/Berlin" })).toEqual([
      "CHANGED (Europe/Berlin)  PUBLISHED         STATUS     SLUG   TITLE",
      "2026-04-01 00:30         2026-03-01 09:00  live       hello  Hello",
      "2026-03-01 09:00         2026-04-01 10:00  scheduled  hello  Hello",
      "2026-03-01 09:00         –                 held       hello  Hello",
    ]);
  });

  it("shows each delivery under headings, in the site's time zone", () => {
    const deliveries = [
      aDeliveryAnswer({ attempts: 3 }),
      aDeliveryAnswer({ account: "mastodon", due: "2026-03-01T09:29:01.000Z" }),
    ];
    expect(statusLines(aStatusAnswer({ deliveries, timeZone: "Asia/Tokyo" }))).toEqual([
      "Hello",
      "  https://blog.example.com/hello/",
      "  live, published 2026-03-01 17:00 Asia/Tokyo",
      "  ACCOUNT   STATE   DETAILS",
      "  x         posted  https://x.com/i/status/1, 3 attempts",
      "  mastodon  posted  https://x.com/i/status/1, next attempt 2026-03-01 18:29 Asia/Tokyo",
    ]);
  });

  it("says why a post is held, and shows no date of publication", () => {
    expect(statusLines(aStatusAnswer({ status: "held", published: null, reason: "it is a draft" }))).toEqual([
      "Hello",
      "  https://blog.example.com/hello/",
      "  held (it is a draft)",
      "  no deliveries",
    ]);
  });

  it("shows the commands for a delivery that needs a decision", () => {
    const waiting = aDeliveryAnswer({
      state: "unknown",
      url: null,
      reason: "no answer",
      due: "2026-03-01T09:30:00.000Z",
    });
    expect(deliveryLines([waiting], "UTC")).toEqual([
      "  ACCOUNT  STATE    DETAILS",
      "  x        unknown  no answer, next attempt 2026-03-01 09:30 UTC",
      "    if it is on the network:   npx crier resolve post.x.0 --as posted",
      "    if it is not, to send it:  npx crier resolve post.x.0 --as retry",
    ]);
  });

  it("names the commands for the site of the post", () => {
    const failed = aDeliveryAnswer({ state: "failed", url: null, reason: "404" });
    const command = (words: string) => `npx crier ${words} --site notes`;
    expect(statusLines(aStatusAnswer({ deliveries: [failed] }), command).slice(-2)).toEqual([
      "    to send it again:       npx crier retry post.x.0 --site notes",
      "    to cancel it for good:  npx crier dismiss post.x.0 --site notes",
    ]);
  });

  it("names the post where one command is for all that are held of it", () => {
    const held = (account: string, hold: string) =>
      aDeliveryAnswer({ account, id: `post.${account}.0`, state: "held", hold, url: null, reason: "a burst" });
    expect(deliveryLines([held("x", "breaker"), held("mastodon", "live")], "UTC")).toEqual([
      "  ACCOUNT   STATE  DETAILS",
      "  x         held   a burst",
      "  mastodon  held   a burst",
      "  to send all 2:             npx crier release hello",
      "  to cancel all 2 for good:  npx crier dismiss hello",
    ]);
    expect(deliveryLines([held("x", "approval"), held("mastodon", "live")], "UTC")).toContain(
      "    to send it:             npx crier approve post.x.0",
    );
  });

  it("shows when a login ends, and what to do when that is soon", () => {
    const loginEndsAt = "2026-03-20T08:00:00.000Z";
    const at = anAccountAnswer({ identity: "@ada", loginEndsAt });
    expect(accountLines({ accounts: [at], timeZone: "UTC" })[1]).toMatch(
      / logged in as @ada; the login ends at 2026-03-20 08:00 UTC, checked /,
    );
    const loginProblem = 'the login ends at 2026-03-20 08:00 UTC; connect it again with "npx crier accounts set x"';
    expect(accountLines({ accounts: [{ ...at, loginProblem }], timeZone: "UTC" })[1]).toContain(
      ` logged in as @ada; ${loginProblem}, checked `,
    );
  });

  it("shows where an account posts, what is wrong with its secret, and why it is paused", () => {
    const accounts = [
      anAccountAnswer({
        name: "a",
        paused: {
          since: "2026-03-01T08:00:00.000Z",
          reason: "the login is refused",
          until: "2026-03-01T09:00:00.000Z",
        },
      }),
      anAccountAnswer({ name: "b", reach: "none", checked: null, ifConnected: [] }),
      anAccountAnswer({
        name: "d",
        reach: "sandbox",
        checked: null,
        waiting: { count: 50, more: true },
        ifConnected: [{ slug: "hello", at: "2026-03-02T08:00:00.000Z", reason: "it is scheduled" }],
      }),
      anAccountAnswer({
        name: "e",
        identity: "https://social.example, account 7",
        sentToday: 3,
        failed: { count: 1, more: false },
        next: { at: "2026-03-01T08:05:00.000Z", reason: "quiet hours" },
      }),
      anAccountAnswer({ name: "f", checked: null }),
      anAccountAnswer({ name: "c", reach: "elsewhere", problem: "the secret of c needs appKey" }),
    ];
    expect(accountLines({ accounts, timeZone: "Europe/Berlin" })).toMatchInlineSnapshot(`
      [
        "ACCOUNT  NETWORK  POSTS                         TODAY    WAITING  UNDER WAY  HELD  UNKNOWN  NOTE",
        "a        x        for real                      0 of 50  0        0          0     0        checked 2026-03-01 09:00 Europe/Berlin; paused since 2026-03-01 09:00 Europe/Berlin: the login is refused",
        "b        x        not connected: does not post  0 of 50  0        0          0     0",
        "d        x        sandbox                       0 of 50  50+      0          0     0",
        "e        x        for real                      3 of 50  0        0          0     0        logged in as https://social.example, account 7, checked 2026-03-01 09:00 Europe/Berlin; next post from 2026-03-01 09:05 Europe/Berlin: quiet hours; 1 failed",
        "f        x        for real                      0 of 50  0        0          0     0        its login was not checked yet: npx crier accounts --check",
        "c        x        elsewhere                     0 of 50  0        0          0     0        the secret of c needs appKey, checked 2026-03-01 09:00 Europe/Berlin",
        "",
        "If d were connected now, this would go out:",
        "  hello  it is scheduled, from 2026-03-02 09:00 Europe/Berlin",
        "If b were connected now, nothing would go out.",
        "What was published before is announced only by npx crier publish SLUG.",
      ]
    `);
  });

  it("names the site of the accounts in its commands", () => {
    const accounts = [anAccountAnswer({ checked: null }), anAccountAnswer({ reach: "none", ifConnected: [] })];
    const ofNotes = (words: string) => commandLine(words, "notes");
    const lines = accountLines({ accounts, timeZone: "UTC" }, ofNotes).join("\n");
    expect(lines).toContain("npx crier accounts --check --site notes");
    expect(lines).toMatch(/npx crier publish SLUG --site notes\.$/);
  });

  it("shows the refused documents with their reasons, and the deletions to be confirmed", () => {
    const [source, path, slug] = ["folder", "a.md", "a"];
    const reasons = [{ code: "title-missing", field: "title", message: "It has no title." }];
    const refused = [{ source, path: "b.md", reasons, at: "2026-03-01T08:00:00Z" }];
    const reason = 'folder is suddenly empty; remove each post with "npx crier remove"';
    const waiting = [{ source, path, slug, since: "2026-03-01T08:00:00Z", reason }];
    expect(refusedLines({ refused, waiting, timeZone: "UTC" })).toEqual([
      "Refused b.md",
      "  title: It has no title.",
      "Missing a.md since 2026-03-01 08:00 UTC: the post a stays until you confirm its deletion",
      `  ${reason}`,
    ]);
  });

  it("shortens a long slug and title to the terminal, and nothing in a pipe", () => {
    const posts = [
      aSummaryAnswer({ slug: "s".repeat(90), path: "s".repeat(90), label: "t".repeat(90) }),
      aSummaryAnswer({ slug: "short", path: "short", label: "Short" }),
    ];
    const [heading = "", long = "", short = ""] = listLines({ posts, timeZone: "UTC" }, 100);
    expect([long.length, long.at(-1)]).toEqual([100, "…"]);
    expect(long).toMatch(/ s{39}… {2}t+…$/);
    expect(heading.indexOf("TITLE")).toBe(short.indexOf("Short"));
    expect(listLines({ posts, timeZone: "UTC" })[1]).toMatch(/ s{90} {2}t{90}$/);
  });

  it("shows the sources, with the polls of a feed", () => {
    const folder = { name: "folder:content", listed: null, poll: null };
    const moved = { url: "https://example.org/feed", answer: "unchanged", entries: 1 };
    const failed = { answer: "failed", failures: 3, problem: "it answered 503" };
    const sources = [folder, aSourceAnswer(), aSourceAnswer(moved), aSourceAnswer(failed)];
    const listed = "  listed since 2026-03-01 08:00 UTC: what came later is announced";
    expect(sourceLines({ sources, timeZone: "UTC" })).toEqual([
      "folder:content",
      "  not completely listed yet: what it holds becomes history",
      "feed:https://blog.example.com/feed.xml",
      listed,
      "  polled 2026-03-02 08:00 UTC, 3 entries, next poll 2026-03-02 08:05 UTC",
      "feed:https://blog.example.com/feed.xml",
      listed,
      "  it has moved to https://example.org/feed: write that into the configuration",
      "  polled 2026-03-02 08:00 UTC, nothing new since its 1 entry, next poll 2026-03-02 08:05 UTC",
      "feed:https://blog.example.com/feed.xml",
      listed,
      "  polled 2026-03-02 08:00 UTC, no feed, 3 times in a row, next poll 2026-03-02 08:05 UTC",
      "  !! it answered 503",
    ]);
    expect(sourceLines({ sources: [], timeZone: "UTC" })).toEqual(["No sources: posts come by the API alone."]);
  });

  it("shows the feeds with their faults and the hubs that were not notified", () => {
    const hubs = [
      { url: "https://hub.example/", pinged: null, reason: "answered 500" },
      { url: "https://fine.example/", pinged: null, reason: null },
    ];
    const faults = [
      { file: "feed.xml", problem: "is missing", entry: "tag:a" },
      { file: "atom.xml", problem: "has no id" },
    ];
    const feeds = [
      aFeedAnswer(),
      aFeedAnswer({ url: "https://feeds.example/categories/a/", title: "A", hubs }),
      aFeedAnswer({ url: "https://feeds.example/featured/", faults }),
    ];
    expect(feedLines({ feeds, timeZone: "UTC" })).toEqual([
      "https://feeds.example/  A Blog",
      "https://feeds.example/categories/a/  A",
      "  !! the hub https://hub.example/ was not notified: answered 500",
      "https://feeds.example/featured/  A Blog",
      "  !! feed.xml: tag:a is missing: only this entry is left out",
      "  !! atom.xml has no id: the last good feed stays",
    ]);
  });
});
