import { describe, expect, it } from "vitest";
import type { Delivery, Status } from "../../src/api/contract.ts";
import { accountLines, columns, deliveryLines, listLines, planLines, statusLines } from "../../src/cli/output.ts";

const aDelivery = (overrides: Partial<Delivery> = {}): Delivery => ({
  id: "post/x/0",
  slug: "hello",
  account: "x",
  network: "x",
  state: "posted",
  sandbox: false,
  url: "https://x.com/i/status/1",
  attempts: 1,
  due: null,
  reason: null,
  ...overrides,
});

const aStatus = (overrides: Partial<Status> = {}): Status => ({
  slug: "hello",
  url: "https://blog.example.com/hello/",
  title: "Hello",
  published: "2026-03-01T08:00:00.000Z",
  updated: "2026-03-01T08:00:00.000Z",
  status: "live",
  reason: null,
  deliveries: [],
  timeZone: "UTC",
  ...overrides,
});

describe("the output for people", () => {
  it("stands in columns, whatever the script", () => {
    expect(
      columns([
        ["a", "b"],
        ["かな", "c"],
        ["long one", ""],
      ]),
    ).toEqual(["a         b", "かな        c", "long one"]);
    expect(columns([])).toEqual([]);
  });

  it("cuts what is very long, but at the end of a line, and lets no word drive the terminal", () => {
    const long = "x".repeat(200);
    expect(columns([[long, long]])).toEqual([`${"x".repeat(99)}…  ${long}`]);
    expect(columns([["\u001b[31mred\u001b[0m\nnext"]])).toEqual(["[31mred [0m next"]);
  });

  it("says when there is nothing", () => {
    expect(listLines({ posts: [], timeZone: "UTC" })).toEqual(["No posts yet."]);
    expect(accountLines({ accounts: [], timeZone: "UTC" })).toEqual(["No accounts: add some to crier.config.ts."]);
    expect(statusLines(aStatus()).at(-1)).toBe("  no deliveries");
  });

  it("lists posts under headings, by the minute in which they were changed, on the site's clock", () => {
    const posts = [
      aStatus({ updated: "2026-03-31T22:30:59.000Z" }),
      aStatus({ status: "scheduled", published: "2026-04-01T08:00:00.000Z" }),
      aStatus({ status: "held", published: null }),
    ];
    expect(listLines({ posts, timeZone: "Europe/Berlin" })).toEqual([
      "CHANGED (Europe/Berlin)  PUBLISHED         STATUS     SLUG   TITLE",
      "2026-04-01 00:30         2026-03-01 09:00  live       hello  Hello",
      "2026-03-01 09:00         2026-04-01 10:00  scheduled  hello  Hello",
      "2026-03-01 09:00         –                 held       hello  Hello",
    ]);
  });

  it("tells what became of each delivery, under headings, on the site's clock", () => {
    const deliveries = [
      aDelivery({ attempts: 3 }),
      aDelivery({ account: "mastodon", due: "2026-03-01T09:30:00.000Z" }),
    ];
    expect(statusLines(aStatus({ deliveries, timeZone: "Asia/Tokyo" }))).toEqual([
      "Hello",
      "  https://blog.example.com/hello/",
      "  live, published 2026-03-01 17:00 Asia/Tokyo",
      "  ACCOUNT   STATE   DETAILS",
      "  x         posted  https://x.com/i/status/1, 3 attempts",
      "  mastodon  posted  https://x.com/i/status/1, next attempt 2026-03-01 18:30 Asia/Tokyo",
    ]);
  });

  it("tells why a post is held, and no date as if it were published", () => {
    expect(statusLines(aStatus({ status: "held", published: null, reason: "it is a draft" }))).toEqual([
      "Hello",
      "  https://blog.example.com/hello/",
      "  held (it is a draft)",
      "  no deliveries",
    ]);
  });

  it("gives the id of a delivery that a person has to decide on", () => {
    const waiting = aDelivery({ state: "unknown", url: null, reason: "no answer", due: "2026-03-01T09:30:00.000Z" });
    expect(deliveryLines([waiting], "UTC")).toEqual([
      "  ACCOUNT  STATE    DETAILS",
      "  x        unknown  no answer, next attempt 2026-03-01 09:30 UTC",
      "    id post/x/0",
    ]);
  });

  it("tells where an account posts, what is wrong with its secret, and why it is paused", () => {
    const accounts = [
      {
        name: "a",
        network: "x",
        reach: "real",
        problem: null,
        paused: { since: "2026-03-01T08:00:00.000Z", reason: "the login is refused" },
      },
      { name: "b", network: "x", reach: "none", problem: null, paused: null },
      { name: "c", network: "x", reach: "elsewhere", problem: "the secret of c needs appKey", paused: null },
    ];
    expect(accountLines({ accounts, timeZone: "Europe/Berlin" })).toEqual([
      "ACCOUNT  NETWORK  POSTS                         NOTE",
      "a        x        for real                      paused since 2026-03-01 09:00 Europe/Berlin: the login is refused",
      "b        x        not connected: does not post",
      "c        x        elsewhere                     the secret of c needs appKey",
    ]);
  });

  it("plans with the moment of publication", () => {
    const post = { slug: "a", title: "A", url: "https://blog.example.com/a/", published: "2026-03-01T08:00:00.000Z" };
    const snippet = { account: "a", network: "x", text: "one\n\ntwo", length: 8, limit: 280, reach: "elsewhere" };
    const warnings = [{ code: "w", message: "guessed" }];
    expect(planLines({ post, warnings, snippets: [snippet], timeZone: "Europe/Berlin" })).toEqual([
      "A",
      "  https://blog.example.com/a/",
      "  slug a, published 2026-03-01 09:00 Europe/Berlin",
      "  note: guessed",
      "",
      "  a (x, elsewhere) 8/280",
      "    one\n\n    two",
    ]);
  });
});
