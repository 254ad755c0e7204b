import { describe, expect, test } from "vitest";
import type { Account, AccountState } from "../../src/domain/account.ts";
import { deliveryClaimant } from "../../src/domain/delivery.ts";
import { installationOf, silentReason } from "../../src/domain/installation.ts";
import { endClaim } from "../../src/domain/lease.ts";
import {
  accountAfterOutcome,
  changeGate,
  countedAs,
  type Gate,
  passGate,
  passInSandbox,
  postGate,
  resendGate,
  withoutRefused,
} from "../../src/domain/request-gates.ts";
import { endOfPause, type GateFacts, type Hold, type Wait } from "../../src/domain/send-rules.ts";
import { day, hour, minute, second } from "../../src/domain/time.ts";
import { anAccount, deliveryIn, start } from "../support/builders.ts";

const fresh: AccountState = {
  name: "one",
  version: 1,
  sent: {},
  spent: undefined,
  inFlight: undefined,
  down: undefined,
  paused: undefined,
};
const a = { delivery: "a", version: 3 };
const b = { delivery: "b", version: 3 };
const until = start + 90 * second;
const limited: Account = anAccount({ name: "one", pacing: { interval: 5 * minute, dailyCap: 3 } });

const pass = <Answer extends Wait | Hold>(
  gate: Gate<Answer>,
  state: Partial<AccountState>,
  {
    id = "a",
    isNote,
    skipsBreaker = false,
    now = start,
    cost = 0,
    account = limited,
    login = "old",
    turn = { seed: "a", turnedAway: 0 },
    silent = undefined,
    stopped = undefined,
  }: {
    readonly id?: string;
    readonly isNote?: boolean | undefined;
    readonly skipsBreaker?: boolean;
    readonly now?: number;
    readonly cost?: number;
    readonly account?: Account;
    readonly login?: string;
    readonly turn?: { readonly seed: string; readonly turnedAway: number };
    readonly silent?: GateFacts["silent"];
    readonly stopped?: GateFacts["stopped"];
  } = {},
) =>
  passGate(gate, {
    state: { ...fresh, ...state },
    request: { claimant: { delivery: id, version: 3 }, turn, copy: id, isNote, skipsBreaker, until, cost, login },
    account,
    stopped,
    silent,
    burst: 2,
    timeZone: "Europe/Berlin",
    now,
  });

describe("the gate of an account", () => {
  test("counts a post, and gives the account to its delivery until the lease is over", () => {
    expect(pass(postGate, {})).toEqual({
      kind: "go",
      state: { ...fresh, sent: { a: start }, inFlight: { ...a, until, login: "old" } },
    });
  });

  test("does not count a change", () => {
    const spent = { month: "2026-03", before: 1, recent: {} };
    expect(pass(changeGate, { spent }, { cost: 1 })).toEqual({
      kind: "go",
      state: { ...fresh, spent, inFlight: { ...a, until, login: "old" } },
    });
  });

  test("forgets what was sent more than a day ago, with a post and with a change", () => {
    const sent = { old: start - day, new: start - day + 1 };
    const sentAfter = (answer: ReturnType<typeof pass>) => (answer.kind === "go" ? answer.state.sent : answer);
    expect(sentAfter(pass(postGate, { sent }))).toEqual({ a: start, new: start - day + 1 });
    expect(sentAfter(pass(changeGate, { sent }))).toEqual({ new: start - day + 1 });
  });

  test.each([
    [
      "while another request is on its way",
      { inFlight: { ...b, until, login: "old" } },
      start + 5 * second,
      "another request of one is on its way",
    ],
    [
      "while the network is down",
      { down: { failures: 3, until: start + minute, reason: "503" } },
      start + minute,
      "the network of one takes no requests now: 503",
    ],
    [
      "while the account is paused",
      { paused: { since: start - minute, reason: "401", login: "old" } },
      start + 5 * minute,
      "one is paused: 401; set new credentials",
    ],
  ] as const)("lets every kind of request wait %s", (_, state, waitsUntil, reason) => {
    for (const gate of [changeGate, resendGate, postGate])
      expect(pass<Wait | Hold>(gate, state)).toMatchObject({ kind: "wait", until: waitsUntil, reason });
  });

  test("lets every kind of request wait until a person resumes what was stopped", () => {
    const stopped = "stopped by ada: the site moves";
    for (const gate of [changeGate, resendGate, postGate])
      expect(pass<Wait | Hold>(gate, {}, { stopped, skipsBreaker: true })).toEqual({
        kind: "wait",
        until: start + 5 * minute,
        reason: stopped,
      });
  });

  const preview = installationOf({ stage: "preview", region: "eu-central-1", url: undefined, posts: ["production"] });
  test.each([
    [
      "an installation that was moved to another one",
      silentReason(start - day, installationOf()),
      /^this Crier has moved to another installation \(20\S+\), .*"npx crier resume"/,
    ],
    [
      "a stage that the configuration does not name",
      silentReason(undefined, preview),
      /^the stage preview makes feeds and posts to no network: .* deployment\.posts of crier\.config\.ts and deploy/,
    ],
  ])("lets every kind of request wait in %s", (_, silent, reason) => {
    for (const gate of [changeGate, resendGate, postGate])
      expect(pass<Wait | Hold>(gate, {}, { silent, skipsBreaker: true })).toMatchObject({
        kind: "wait",
        until: start + 5 * minute,
        reason: expect.stringMatching(reason),
      });
  });

  test("is passed where no reason keeps the installation silent", () => {
    const production = { stage: "production", region: "eu-central-1", url: undefined, posts: ["production"] };
    for (const deployment of [undefined, production])
      expect(silentReason(undefined, installationOf(deployment))).toBeUndefined();
  });

  test.each([
    ["its own request", { inFlight: { ...a, until, login: "old" } }],
    ["a request whose lease is over", { inFlight: { ...b, until: start, login: "old" } }],
    ["a pause of the network that is over", { down: { failures: 3, until: start, reason: "503" } }],
    ["a pause of the account that is an hour old", { paused: { since: start - hour, reason: "401", login: "old" } }],
  ] as const)("is open after %s", (_, state) => {
    expect(pass(postGate, state).kind).toBe("go");
  });

  test("lets a delivery that is turned away again and again wait longer, each a time of its own, up to five minutes", () => {
    const inFlight = { ...b, until, login: "old" };
    const turns = (seed: string) =>
      [0, 1, 3, 6, 60].map((turnedAway) => {
        const answer = pass(postGate, { inFlight }, { turn: { seed, turnedAway } });
        return answer.kind === "wait" && answer.isTurnedAway ? (answer.until - start) / second : undefined;
      });
    expect(turns("f".repeat(32))).toEqual([5, 10, 40, 300, 300]);
    expect(turns("0".repeat(32))).toEqual([5, 5, 5, 5, 5]);
  });

  test("keeps the interval and the daily limit for posts and resends, by what was sent", () => {
    for (const gate of [resendGate, postGate]) {
      const answer = pass<Wait | Hold>(gate, { sent: { b: start - minute } });
      expect(answer).toMatchObject({
        kind: "wait",
        until: start + 4 * minute,
        reason: "the interval between two posts of one is not over yet",
      });
      const full = { b: start - 9 * hour, c: start - 8 * hour, d: start - 7 * hour };
      expect(pass<Wait | Hold>(gate, { sent: full })).toMatchObject({
        kind: "wait",
        until: start + 15 * hour,
        reason: "waits until 2026-03-02 00:00 Europe/Berlin: one has reached its limit of 3 posts a day",
      });
      expect(pass<Wait | Hold>(gate, { sent: { ...full, b: start - day } }).kind).toBe("go");
    }
    expect(pass(changeGate, { sent: { b: start - minute } }).kind).toBe("go");
  });

  test("does not count a delivery against itself", () => {
    expect(pass(postGate, { sent: { a: start - minute } })).toMatchObject({
      kind: "go",
      state: { sent: { a: start } },
    });
    const full = { a: start - 9 * hour, b: start - 8 * hour, c: start - 7 * hour };
    expect(pass(resendGate, { sent: full }).kind).toBe("go");
  });

  test("holds the first send of what is more than the burst within an hour", () => {
    const sent = { b: start - 30 * minute, c: start - 20 * minute };
    expect(pass(postGate, { sent })).toMatchObject({
      kind: "hold",
      reason: expect.stringMatching(/^more than \d+ new posts within an hour$/),
    });
    expect(pass(postGate, { sent }, { skipsBreaker: true }).kind).toBe("go");
    expect(pass(resendGate, { sent }).kind).toBe("go");
    expect(pass(postGate, { sent }, { now: start + 31 * minute }).kind).toBe("go");
  });
});

describe("notes and articles of an account", () => {
  const minutesAgo = (minutes: number) => start - minutes * minute;
  const two = { b: minutesAgo(30), c: minutesAgo(20) };
  const sentAfter = (answer: ReturnType<typeof pass>) =>
    answer.kind === "go" ? { sent: Object.keys(answer.state.sent), notes: answer.state.notes } : answer;

  test("are counted apart by the breaker, and together by the limit of a day", () => {
    expect(pass(postGate, { sent: two }, { isNote: true }).kind).toBe("go");
    expect(pass(postGate, { sent: two, notes: ["b", "c"] }).kind).toBe("go");
    expect(pass(postGate, { sent: two, notes: ["b", "c"] }, { isNote: true })).toMatchObject({
      kind: "hold",
      hold: "breaker",
      reason: "more than 2 new notes within an hour",
    });
    const three = { ...two, d: minutesAgo(10) };
    expect(pass(postGate, { sent: three, notes: ["b"] }, { isNote: true }).kind).toBe("wait");
  });

  test("count as what they are when they are announced, and stay so when they are sent once more", () => {
    expect(sentAfter(pass(postGate, { sent: {} }, { isNote: true }))).toEqual({ sent: ["a"], notes: ["a"] });
    expect(sentAfter(pass(postGate, { sent: {}, notes: ["a"] }, { isNote: false }))).toEqual({ sent: ["a"] });
    const sent = { a: minutesAgo(10) };
    expect(sentAfter(pass(resendGate, { sent, notes: ["a"] }, { isNote: undefined }))).toMatchObject({ notes: ["a"] });
    expect(sentAfter(pass(changeGate, { sent, notes: ["a"] }))).toMatchObject({ notes: ["a"] });
  });

  test("are forgotten after a day", () => {
    const state = { sent: { b: start - day }, notes: ["b"] };
    expect(sentAfter(pass(changeGate, state))).toEqual({ sent: [] });
    expect(sentAfter(pass(postGate, state, { isNote: true }))).toEqual({ sent: ["a"], notes: ["a"] });
  });
});

describe("quiet hours", () => {
  const night = Date.UTC(2026, 2, 1, 23);
  const quiet = anAccount({ pacing: { ...limited.pacing, quietHours: { from: 22 * 60, to: 8 * 60 } } });

  test("let posts and resends wait until they are over in the site's time zone, and say so", () => {
    for (const gate of [resendGate, postGate])
      expect(pass<Wait | Hold>(gate, {}, { account: quiet, now: night })).toEqual({
        kind: "wait",
        until: Date.UTC(2026, 2, 2, 7),
        reason: "waits until 08:00 Europe/Berlin: quiet hours",
        why: "quiet hours",
        inSandbox: "would wait until 08:00 Europe/Berlin: quiet hours",
      });
    expect(pass(postGate, {}, { account: quiet, now: Date.UTC(2026, 2, 2, 7) }).kind).toBe("go");
  });

  test("do not stop edits and deletions", () => {
    expect(pass(changeGate, {}, { account: quiet, now: night }).kind).toBe("go");
  });
});

describe("what the posts of a month may cost", () => {
  const account = anAccount({ name: "x", pacing: { interval: 0, dailyCap: 50 }, spend: { monthly: 0.5 } });
  const spent = { month: "2026-03", before: 0.1, recent: { b: 0.2 } };

  test("is what is left, and the next month begins with nothing", () => {
    const answer = pass<Wait | Hold>(postGate, { spent }, { account, cost: 0.2 });
    expect(answer).toMatchObject({
      kind: "go",
      state: { spent: { month: "2026-03", before: expect.closeTo(0.3), recent: { a: 0.2 } } },
    });
    expect(pass<Wait | Hold>(postGate, { spent }, { account, cost: 0.3 })).toMatchObject({
      kind: "wait",
      until: Date.UTC(2026, 2, 31, 22),
      reason:
        "waits until 2026-04-01 00:00 Europe/Berlin: x has spent $0.30 of $0.50 this month, and this post costs $0.30",
    });
    const april = Date.UTC(2026, 2, 31, 22);
    expect(pass(postGate, { spent }, { account, cost: 0.3, now: april })).toMatchObject({
      kind: "go",
      state: { spent: { month: "2026-04", before: 0, recent: { a: 0.3 } } },
    });
  });

  test("counts a delivery once, however often it is sent within a day", () => {
    const own = { ...spent, recent: { a: 0.4 } };
    const sent = { a: start - hour, b: start - hour };
    expect(pass(resendGate, { spent: own, sent }, { account, cost: 0.4 })).toMatchObject({
      kind: "go",
      state: { spent: { before: 0.1, recent: { a: 0.4 } } },
    });
  });

  test("is counted without a limit, too, and does not stop what is free", () => {
    const { spend: _, ...unlimited } = account;
    expect(pass(postGate, { spent }, { account: unlimited, cost: 9 })).toMatchObject({
      state: { spent: { recent: { a: 9 } } },
    });
    const full = { ...spent, before: 5 };
    expect(pass(postGate, { spent: full }, { account })).toMatchObject({ kind: "go", state: { spent: full } });
  });

  test("is exact to the cent over a thousand posts, in a map of one day's posts", () => {
    let state: AccountState = fresh;
    const cheap = { ...account, spend: { monthly: 15 } };
    for (let index = 0; index < 1_000; index += 1) {
      const at = start + index * 20 * minute;
      const answer = pass(resendGate, state, {
        account: { ...cheap, pacing: { interval: 0, dailyCap: 100 } },
        id: `d${index}`,
        cost: 0.015,
        now: at,
      });
      if (answer.kind !== "go") throw new Error(`post ${index}: ${answer.reason}`);
      state = answer.state;
    }
    expect(Object.keys(state.spent?.recent ?? {}).length).toBeLessThanOrEqual(72);
    expect(pass(resendGate, state, { account: cheap, cost: 0.015, now: start + 14 * day }).kind).toBe("wait");
  });
});

describe("in the sandbox", () => {
  const facts = {
    state: { ...fresh, sent: { b: start - minute } },
    request: { claimant: a, copy: "a", skipsBreaker: false, until, cost: 0.2, login: undefined },
    account: anAccount({
      name: "one",
      pacing: { interval: hour, dailyCap: 50, quietHours: { from: 0, to: 12 * 60 } },
      spend: { monthly: 0.1 },
    }),
    burst: 2,
    stopped: undefined,
    silent: undefined,
    timeZone: "UTC",
    now: start,
  };

  test("a post is counted, takes no account, and says what a real one would wait for", () => {
    expect(passInSandbox(facts)).toMatchObject({
      kind: "go",
      state: { sent: { a: start, b: start - minute }, inFlight: undefined },
      notes: [
        "would wait until 12:00 UTC: quiet hours",
        expect.stringMatching(/^would wait until 2026-04-01 00:00 UTC: one has spent \$0.00 of \$0.10/),
      ],
    });
  });

  test("a post waits until a person resumes what was stopped", () => {
    expect(passInSandbox({ ...facts, stopped: "stopped by ada" })).toEqual({
      kind: "wait",
      until: start + 5 * minute,
      reason: "stopped by ada",
    });
  });

  test("the breaker holds", () => {
    expect(passInSandbox({ ...facts, burst: 1 })).toMatchObject({ kind: "hold", hold: "breaker" });
  });
});

describe("a post that the network certainly did not take", () => {
  const earlier = countedAs({ ...deliveryIn.failed, planned: start - hour });
  const name = countedAs(deliveryIn.failed);
  const own = deliveryClaimant(deliveryIn.failed);
  const counted: AccountState = {
    ...fresh,
    inFlight: { ...own, until: start + minute, login: undefined },
    sent: { [earlier]: start - hour, [name]: start },
    spent: { month: "2026-03", before: 0.5, recent: { [earlier]: 0.1, [name]: 0.2 } },
  };

  test.each([
    ["is refused for good", deliveryIn.failed],
    ["is sent again later", deliveryIn.pending],
  ])("counts neither as sent nor as paid where it %s; an earlier copy of it still does", (_, delivery) => {
    expect(withoutRefused(counted, own, delivery)).toEqual({
      ...counted,
      sent: { [earlier]: start - hour },
      spent: { month: "2026-03", before: 0.5, recent: { [earlier]: 0.1 } },
    });
    expect(withoutRefused({ ...counted, spent: undefined }, own, delivery)).toEqual({
      ...counted,
      sent: { [earlier]: start - hour },
      spent: undefined,
    });
  });

  test("is not one that may be there", () => {
    for (const delivery of [deliveryIn.sending, deliveryIn.unsettled, deliveryIn.posted, deliveryIn.unknown])
      expect(withoutRefused(counted, own, delivery)).toBe(counted);
  });

  test("stays counted where its worker is late: another one has claimed the account since, and may have counted it again", () => {
    const later = { ...own, version: own.version + 1, until: start + minute, login: undefined };
    for (const inFlight of [undefined, later]) {
      const state = { ...counted, inFlight };
      expect(withoutRefused(state, own, deliveryIn.pending)).toBe(state);
    }
  });

  test("changes nothing where it was not counted", () => {
    const others = { ...counted, sent: { [earlier]: start - hour } };
    expect(withoutRefused(others, own, deliveryIn.failed)).toBe(others);
  });
});

describe("an account after the network's answer", () => {
  const taken = { ...fresh, inFlight: { ...a, until, login: "old" } };
  const silent = { kind: "unanswered", reason: "503" } as const;

  test("is free, and another delivery's request stays on its way", () => {
    expect(endClaim(taken, a).inFlight).toBeUndefined();
    expect(endClaim(taken, b)).toBe(taken);
    expect(endClaim(taken, { ...a, version: 4 })).toEqual(fresh);
    expect(accountAfterOutcome(taken, a, { kind: "rejected", reason: "400" }, start).inFlight).toBeUndefined();
  });

  test("stays taken by the next request of the delivery, whoever is late with the one before", () => {
    const late = { ...a, version: 2 };
    expect(endClaim(taken, late)).toBe(taken);
    const after = accountAfterOutcome(taken, late, { kind: "unauthorised", reason: "401" }, start);
    expect(after).toMatchObject({ inFlight: a, paused: { login: undefined } });
  });

  test("is paused since the first refusal, and tried an hour after the last one", () => {
    const refusal = (reason: string) => ({ kind: "unauthorised", reason }) as const;
    const first = accountAfterOutcome(taken, a, refusal("401"), start);
    const again = accountAfterOutcome(first, a, refusal("403"), start + day);
    expect(again.paused).toMatchObject({ since: start, reason: "403" });
    expect(again.paused && endOfPause(again.paused)).toBe(start + day + hour);
    const afterwards = accountAfterOutcome(fresh, a, refusal("401"), start + day);
    expect(afterwards.paused).toMatchObject({ since: start + day });
  });

  test("is closed from the second request without an answer on, longer each time, at most half an hour", () => {
    let state: AccountState = taken;
    const pauses = Array.from({ length: 12 }, () => {
      state = accountAfterOutcome(state, a, silent, start);
      return Math.round(((state.down?.until ?? 0) - start) / second);
    });
    expect(pauses).toEqual([0, 30, 60, 120, 240, 480, 960, 1800, 1800, 1800, 1800, 1800]);
  });

  test("is closed until the moment that the network names", () => {
    const limited = { kind: "unavailable", reason: "429", retryAt: start + hour } as const;
    expect(accountAfterOutcome(taken, a, limited, start).down).toMatchObject({ until: start + hour });
    const far = { ...limited, retryAt: start + 1000 * day };
    expect(accountAfterOutcome(taken, a, far, start).down).toMatchObject({ until: start + day });
  });

  test.each([start - hour, start])("takes a moment that is over for no moment: it backs off (%d)", (retryAt) => {
    const over = { kind: "unavailable", reason: "429", retryAt } as const;
    expect(accountAfterOutcome(accountAfterOutcome(taken, a, over, start), a, over, start).down).toEqual({
      failures: 2,
      since: start,
      until: start + 30 * second,
      reason: "429",
    });
  });

  test.each([
    { kind: "posted", remote: { id: "1", url: null, public: true } },
    { kind: "done" },
    { kind: "rejected", reason: "400" },
    { kind: "duplicate", remote: { id: null, url: null, public: true }, reason: "403" },
  ] as const)("is open again as soon as the network answers: $kind", (outcome) => {
    const down = { failures: 9, until: start + hour, reason: "503" };
    const sent = { b: start - hour };
    expect(accountAfterOutcome({ ...taken, sent, down }, a, outcome, start)).toEqual({ ...fresh, sent });
  });

  test("is paused while its login is refused, until a request is accepted", () => {
    const paused = accountAfterOutcome(taken, a, { kind: "unauthorised", reason: "401" }, start);
    expect(paused.paused).toEqual({ since: start, reason: "401", login: "old" });
    const copy = { id: "1", url: null, public: true };
    for (const outcome of [
      { kind: "done" },
      { kind: "posted", remote: copy },
      { kind: "progressed", remote: copy, progress: {} },
    ] as const)
      expect(accountAfterOutcome(paused, a, outcome, start)).toEqual(fresh);
  });

  test("is open as soon as it has another login, and each hour for the same", () => {
    const paused = { since: start, reason: "401", login: "old" };
    const waits = (now: number, login = "old") => {
      const answer = pass(changeGate, { paused }, { now, login });
      return answer.kind === "wait" ? answer.until : "go";
    };
    expect(waits(start)).toBe(start + 5 * minute);
    expect(waits(start + 58 * minute)).toBe(start + hour);
    expect(waits(start + hour)).toBe("go");
    expect(waits(start, "new")).toBe("go");
  });

  test("is paused until the moment that the network names, with what its owner can do", () => {
    const refusal = { kind: "unauthorised", reason: "402", remedy: "buy credits", until: start + 3 * day } as const;
    const { paused } = accountAfterOutcome(taken, a, refusal, start);
    const at = (now: number) => pass(changeGate, { paused }, { now, login: "old" });
    expect(at(start + 2 * day)).toMatchObject({ reason: "one is paused: 402; buy credits" });
    expect(at(start + 3 * day)).toMatchObject({ kind: "go" });
  });
});
