import { describe, expect, test } from "vitest";
import type { Policies } from "../../src/domain/account.ts";
import { type Delivery, nothingPassed } from "../../src/domain/delivery.ts";
import { siteCommands } from "../../src/domain/delivery-commands.ts";
import type { PageCheck } from "../../src/domain/page-check.ts";
import type { Post } from "../../src/domain/post.ts";
import { afterOlder, firstAnswer, inTurn, pageNotes, sendRules, type Wait } from "../../src/domain/send-rules.ts";
import { day, hour, minute, second } from "../../src/domain/time.ts";
import { aDelivery, anAccount, aPost, start } from "../support/builders.ts";

const policies: Policies = {
  maxAge: 7 * day,
  burst: 5,
  noteBurst: 20,
  settle: 2 * minute,
  removeCopiesAfter: day,
  live: "wait",
};
const settled = { changed: start - hour };

const facts = (post: Partial<Post> = {}, delivery: Partial<Delivery<"pending">> = {}, approve = false) => ({
  post: aPost({ ...settled, ...post }),
  delivery: aDelivery(delivery),
  account: anAccount({ approve }),
  shown: "text",
  wording: undefined,
  policies,
  timeZone: "Europe/Berlin",
  command: siteCommands([{ id: "blog" }]),
  now: start,
});

const ask = (...given: Parameters<typeof facts>) => firstAnswer(sendRules.post, facts(...given));

describe("a post", () => {
  test("goes when nothing is against it", () => {
    expect(ask()).toBeUndefined();
  });

  test("waits a day while its document is missing: a missing file is no decision", () => {
    expect(ask({ gone: { at: start - hour, by: "source" } })).toMatchObject({
      kind: "wait",
      until: start + 23 * hour,
      reason:
        "waits until 2026-03-02 08:00 Europe/Berlin: its document is missing; then nothing more of it is sent, and its copies are deleted; to do that now: npx crier remove hello-world",
    });
    expect(ask({ site: "notes", gone: { at: start - hour, by: "source" } })?.reason).toMatch(
      /npx crier remove hello-world --site notes$/,
    );
    expect(ask({ gone: { at: start - day, by: "source" } })).toBeUndefined();
    expect(ask({ gone: { at: start, by: "person" } })).toBeUndefined();
  });

  test("waits until it is published, by the clocks of its site", () => {
    expect(ask({ published: start + 2 * hour })).toMatchObject({
      kind: "wait",
      until: start + 2 * hour,
      reason: "waits until 11:00 Europe/Berlin: scheduled",
    });
    expect(ask({ published: start + 3 * day })).toMatchObject({
      reason: "waits until 2026-03-04 09:00 Europe/Berlin: scheduled",
    });
  });

  test("waits until its document has not changed for two minutes", () => {
    expect(ask({ changed: start - minute })).toMatchObject({
      kind: "wait",
      until: start + minute,
      reason: "waits until 09:01 Europe/Berlin: its document has just changed",
    });
    expect(ask({ changed: start - 2 * minute })).toBeUndefined();
  });

  test.each([
    ["the API", { source: "api" }],
    ["a person", { byHand: true }],
  ])("goes at once where it comes from %s", (_, post) => {
    expect(ask({ ...post, changed: start })).toBeUndefined();
  });

  test("waits ten seconds where it comes from a feed, whose older entries are read after it", () => {
    const entry = { source: "feed:https://a.example/feed", path: "https://a.example/one/" };
    expect(ask({ ...entry, changed: start })).toMatchObject({ kind: "wait", until: start + 10 * second });
    expect(ask({ ...entry, changed: start - 10 * second })).toBeUndefined();
  });

  test("needs a person's approval where its account says so", () => {
    expect(ask({}, {}, true)).toMatchObject({
      kind: "hold",
      hold: "approval",
      reason: "needs your approval",
      inSandbox: "would need your approval",
    });
    expect(ask({}, { passed: { ...nothingPassed, approval: "text" } }, true)).toBeUndefined();
  });

  test("needs another approval for another text", () => {
    expect(ask({}, { passed: { ...nothingPassed, approval: "the text before" } }, true)).toMatchObject({
      hold: "approval",
      reason: "needs your approval: it is not the text that you approved",
    });
    expect(ask({}, { passed: { ...nothingPassed, approval: "the text before" } }, false)).toBeUndefined();
  });
});

describe("the page of a post", () => {
  const url = "https://blog.example.com/hello-world/";
  const check = (overrides: Partial<PageCheck> = {}): PageCheck => ({
    site: "blog",
    post: "id-of-hello-world",
    version: 1,
    url,
    since: start,
    failures: 1,
    next: start + minute,
    answer: { kind: "absent", reason: "it answers 404" },
    ...overrides,
  });
  const askPage = (page: PageCheck | undefined, now = start, delivery: Partial<Delivery<"pending">> = {}) =>
    firstAnswer(sendRules.page, { ...facts({}, delivery), page, now });

  test("is waited for, with what it answered", () => {
    expect(askPage(check())).toEqual({
      kind: "wait",
      until: start + minute,
      reason: `waits until ${url} is live: it answers 404`,
    });
    expect(askPage(check({ answer: undefined }))).toMatchObject({ reason: "waits until its page is checked" });
    expect(askPage(check({ answer: { kind: "live", warnings: [] } }))).toBeUndefined();
    expect(askPage(undefined)).toBeUndefined();
  });

  test("is waited for no longer than a day: then a person decides, who may send it nevertheless", () => {
    expect(askPage(check(), start + day - 1)).toMatchObject({ kind: "wait" });
    expect(askPage(check(), start + day)).toEqual({
      kind: "hold",
      hold: "live",
      reason: `${url} did not appear within a day: it answers 404. Correct its address or the site; if you release it, it is sent nevertheless`,
    });
    expect(askPage(check(), start + day, { passed: { ...nothingPassed, live: true } })).toBeUndefined();
  });

  test("is requested before anybody is told that it did not appear", () => {
    expect(askPage(check({ answer: undefined }), start + day)).toMatchObject({ kind: "wait" });
  });

  test("is only spoken of in the sandbox", () => {
    expect(pageNotes(undefined)).toEqual([]);
    expect(pageNotes(check({ answer: undefined }))).toEqual([]);
    expect(pageNotes(check())).toEqual([`would wait until ${url} is live: it answers 404`]);
    expect(pageNotes(check({ answer: { kind: "live", warnings: ["no title"] } }))).toEqual(["no title"]);
  });
});

describe("a post that finds its account in use", () => {
  const wait: Wait = { kind: "wait", until: start + 4 * minute, reason: "another request of mastodon is on its way" };
  const askWith = (...others: readonly Partial<Delivery<"pending">>[]) =>
    inTurn(wait, {
      delivery: aDelivery({ post: "m" }),
      others: others.map((overrides) => ({ ...aDelivery({ post: "m" }), due: start, ...overrides })),
      now: start,
    });

  test.each([
    ["it is the only one", []],
    ["the others are newer", [{ post: "a", published: start + 1 }]],
    ["an older one waits for something else", [{ post: "a", published: start - hour, due: start + hour }]],
    ["it is the first of those of its moment", [{ post: "z" }]],
  ])("is tried again in a few seconds where %s", (_, others) => {
    expect(askWith(...others)).toEqual({ ...wait, until: start + 5 * second, isInOrder: true });
  });

  test.each([
    ["an older one is ready", { post: "z", published: start - hour }],
    ["another one of its moment comes before it", { post: "a" }],
  ])("waits longer each time where %s", (_, other) => {
    expect(askWith(other)).toBe(wait);
  });
});

describe("the posts of one account are sent in the order of their publication: a post", () => {
  const older = aDelivery({ post: "older", published: start - hour });
  const ready = { due: start };
  const away = { turnedAway: 1 };
  const wait = {
    kind: "wait",
    until: start + 5 * second,
    reason: "an older post of mastodon goes first",
    isTurnedAway: true,
    isInOrder: true,
  };

  test.each<[string, readonly Partial<Delivery<"pending">>[], typeof wait | undefined]>([
    ["waits for an older one that is ready", [ready], wait],
    ["waits for an older one that was ready before", [{ due: start - hour }], wait],
    ["waits for one of several", [{ due: start + 1 }, ready], wait],
    ["does not wait for one that waits for something else", [{ due: start + 1 }], undefined],
    ["waits for one that the account turned away", [{ ...away, due: start + 5 * minute }], wait],
    [
      "does not wait for one that waits longer than the account lets it",
      [{ ...away, due: start + 6 * minute }],
      undefined,
    ],
    ["does not wait for one about which a person decides", [{ ...away, due: undefined }], undefined],
    ["does not wait for one of the same moment", [{ ...ready, published: start }], undefined],
    ["does not wait for a newer one", [{ ...ready, published: start + 1 }], undefined],
    ["does not wait for another delivery of its own post", [{ ...ready, post: aDelivery().post }], undefined],
    ["goes where no other one is pending", [], undefined],
  ])("%s", (_, others, answer) => {
    const pending = others.map((overrides) => ({ ...older, ...overrides }));
    expect(afterOlder({ delivery: aDelivery(), others: pending, now: start })).toEqual(answer);
  });
});
