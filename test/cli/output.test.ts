import { describe, expect, it } from "vitest";
import { accountLines } from "../../src/cli/account-lines.ts";
import { columns } from "../../src/cli/columns.ts";
import { deliveryLines } from "../../src/cli/delivery-lines.ts";
import {
  feedLines,
  listLines,
  measures,
  planLines,
  refusedLines,
  sourceLines,
  statusLines,
  textLines,
} from "../../src/cli/output.ts";
import { pictureLines } from "../../src/cli/picture-lines.ts";
import {
  aDeliveryAnswer,
  aFeedAnswer,
  anAccountAnswer,
  aPlannedPost,
  aSourceAnswer,
  aStatusAnswer,
  aSummaryAnswer,
} from "../support/answers.ts";

const aPlannedSnippet = ({ account = "a", reason }: { readonly account?: string; readonly reason: string | null }) => ({
  account,
  network: "x",
  text: "one\n\ntwo",
  length: 8,
  replies: [{ text: "three", length: 5 }],
  limit: 280,
  article: null,
  language: "en",
  card: { title: "A", description: "An article." },
  picture: {
    sent: "file",
    url: "https://blog.example.com/a.png",
    alt: "A hand press",
    sendsAlt: true,
    cap: { maxBytes: 1_000_000, maxSide: 2000 },
    prepared: null,
    reason: null,
  },
  cost: 0.2,
  reach: "elsewhere",
  announced: { when: "later", reason, at: null },
  breaker: null,
});

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

  it("lists posts under headings, with the minutes of change and publication in the site's time zone", () => {
    const posts = [
      aStatusAnswer({ updated: "2026-03-31T22:30:59.000Z" }),
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
      "  mastodon  posted  https://x.com/i/status/1, next attempt 2026-03-01 18:30 Asia/Tokyo",
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

  it("shows where an account posts, what is wrong with its secret, and why it is paused", () => {
    const accounts = [
      anAccountAnswer({
        name: "a",
        paused: { since: "2026-03-01T08:00:00.000Z", reason: "the login is refused" },
      }),
      anAccountAnswer({ name: "b", reach: "none", ifConnected: [] }),
      anAccountAnswer({
        name: "d",
        reach: "sandbox",
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
      anAccountAnswer({ name: "c", reach: "elsewhere", problem: "the secret of c needs appKey" }),
    ];
    expect(accountLines({ accounts, timeZone: "Europe/Berlin" })).toMatchInlineSnapshot(`
      [
        "ACCOUNT  NETWORK  POSTS                         TODAY    WAITING  HELD  UNKNOWN  NOTE",
        "a        x        for real                      0 of 50  0        0     0        paused since 2026-03-01 09:00 Europe/Berlin: the login is refused",
        "b        x        not connected: does not post  0 of 50  0        0     0",
        "d        x        sandbox                       0 of 50  50+      0     0",
        "e        x        for real                      3 of 50  0        0     0        logged in as https://social.example, account 7; next post from 2026-03-01 09:05 Europe/Berlin: quiet hours; 1 failed",
        "c        x        elsewhere                     0 of 50  0        0     0        the secret of c needs appKey",
        "",
        "If d were connected now, this would go out:",
        "  hello  it is scheduled, from 2026-03-02 09:00 Europe/Berlin",
        "If b were connected now, nothing would go out.",
        "What was published before is announced only by npx crier publish SLUG.",
      ]
    `);
  });

  it("shows a plan with the moment of publication and the text of each account", () => {
    const post = aPlannedPost({ slug: "a", title: "A", url: "https://blog.example.com/a/" });
    const snippet = aPlannedSnippet({ reason: "scheduled" });
    const warnings = [{ code: "w", message: "guessed" }];
    expect(
      planLines({ post, warnings, snippets: [snippet], origins: {}, existing: null, timeZone: "Europe/Berlin" }),
    ).toEqual([
      { text: "A", format: "bold" },
      "  https://blog.example.com/a/",
      "  slug a, published 2026-03-01 09:00 Europe/Berlin",
      { text: "  note: guessed", format: "yellow" },
      "",
      { text: "  a (x, elsewhere): 8 of 280 characters, language en, $0.20", format: "bold" },
      { text: "    not now: scheduled", format: "yellow" },
      "    one",
      "",
      "    two",
      "    ↳ 5 of 280 characters:",
      "    three",
      { text: "    card: A", format: "dim" },
      { text: "          An article.", format: "dim" },
      { text: "    picture: https://blog.example.com/a.png", format: "dim" },
      {
        text: '          scaled down where it has more than 2,000 pixels or 1 MB; alt "A hand press"',
        format: "dim",
      },
    ]);
  });

  it("shows a content warning and the mark of a sensitive post", () => {
    const social = { off: false, useSummary: true, texts: {}, contentWarning: "Spoilers", sensitive: true };
    const plan = { warnings: [], snippets: [], origins: {}, existing: null, timeZone: "UTC" };
    expect(planLines({ ...plan, post: aPlannedPost({ social }) })).toEqual(
      expect.arrayContaining([
        "  content warning, where a network has one: Spoilers",
        "  marked as sensitive, where a network can do that",
      ]),
    );
  });

  it("says once why no account would announce it now, and of each account where they differ", () => {
    const post = aPlannedPost({ slug: "a", title: "A", url: "https://blog.example.com/a/" });
    const linesOf = (...reasons: readonly (string | null)[]) => {
      const snippets = reasons.map((reason, at) => aPlannedSnippet({ account: `a${at}`, reason }));
      return planLines({ post, warnings: [], snippets, origins: {}, existing: null, timeZone: "UTC" }).flatMap(
        (line) => (typeof line !== "string" && line.text.includes("not now") ? [line.text] : []),
      );
    };
    expect(linesOf("too old", "too old")).toEqual(["  not now, by any account: too old"]);
    expect(linesOf("too old")).toEqual(["    not now: too old"]);
    expect(linesOf("too old", "scheduled")).toEqual(["    not now: too old", "    not now: scheduled"]);
    expect(linesOf("too old", null)).toEqual(["    not now: too old"]);
    expect(linesOf(null, null)).toEqual([]);
  });

  it("says that the whole post is sent, and shows no text that is not", () => {
    const snippet = { text: "one", replies: [], length: 3, limit: 5000, article: 5233, language: "en", cost: null };
    expect(measures(snippet)).toBe("the whole post as an article of 5,233 characters, language en");
    expect(textLines(snippet)).toEqual([]);
    expect(measures({ ...snippet, article: null })).toBe("3 of 5,000 characters, language en");
  });

  it("says of a picture what is sent of it, what is known of it, and why none is sent", () => {
    const picture = {
      sent: "file",
      url: "https://blog.example.com/a.png",
      alt: null,
      sendsAlt: false,
      cap: { maxBytes: 5_000_000, maxSide: 2048 },
      prepared: { mediaType: "image/jpeg", width: 1600, height: 800, size: 212_345 },
      reason: null,
    };
    expect(pictureLines({ picture })[1]).toBe("      JPEG, 1600 × 800, 213 KB; no alternative text");
    expect(pictureLines({ picture: { ...picture, alt: "A hand press" } })[1]).toMatch(
      /; its alternative text is not sent$/,
    );
    const failed = { ...picture, prepared: null, reason: "blog.example.com answered 404" };
    expect(pictureLines({ picture: failed })).toContain("      so far blog.example.com answered 404");
    expect(pictureLines({ picture: { ...picture, sent: "address", prepared: null } })[1]).toMatch(
      /^ +loaded by the network;/,
    );
    expect(pictureLines({ picture: { ...picture, sent: "none", reason: "because" } })).toEqual([
      "no picture is sent: because",
    ]);
    expect(pictureLines({ picture: { ...picture, url: null } })).toEqual([]);
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
      aSummaryAnswer({ slug: "s".repeat(90), path: "s".repeat(90), title: "t".repeat(90) }),
      aSummaryAnswer({ slug: "short", path: "short", title: "Short" }),
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
