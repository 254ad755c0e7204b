import { describe, expect, test } from "vitest";
import type { AccountState } from "../../src/domain/account.ts";
import {
  afterAnswer,
  changeGate,
  type Gate,
  passGate,
  postGate,
  release,
  resendGate,
} from "../../src/domain/account-gate.ts";
import { day, hour, minute, second } from "../../src/domain/time.ts";
import { anAccount, start } from "../support/builders.ts";

const fresh: AccountState = {
  name: "one",
  version: 1,
  sent: {},
  inFlight: undefined,
  down: undefined,
  paused: undefined,
};
const until = start + 90 * second;
const account = anAccount({ name: "one", pacing: { interval: 5 * minute, dailyCap: 3 } });

const pass = <Answer>(
  gate: Gate<Answer>,
  state: Partial<AccountState>,
  { id = "a", skipsBreaker = false, now = start } = {},
) => passGate(gate, { ...fresh, ...state }, { id, copy: id, skipsBreaker, until }, { account, burst: 2, now });

describe("the gate of an account", () => {
  test("counts a post, and gives the account to its delivery until the lease is over", () => {
    expect(pass(postGate, {})).toEqual({
      kind: "go",
      state: { ...fresh, sent: { a: start }, inFlight: { delivery: "a", until } },
    });
  });

  test("does not count a change", () => {
    expect(pass(changeGate, {})).toMatchObject({ kind: "go", state: { sent: {}, inFlight: { delivery: "a" } } });
  });

  test("forgets what was sent more than a day ago", () => {
    expect(pass(postGate, { sent: { old: start - day, new: start - day + 1 } })).toMatchObject({
      state: { sent: { a: start, new: start - day + 1 } },
    });
  });

  test.each([
    ["while another request is on its way", { inFlight: { delivery: "b", until } }, start + 5 * second],
    ["until the other lease is over", { inFlight: { delivery: "b", until: start + 1 } }, start + 1],
    ["while the network is down", { down: { failures: 3, until: start + minute, reason: "503" } }, start + minute],
    ["while the account is paused", { paused: { since: start - minute, reason: "401" } }, start + hour],
  ] as const)("lets every kind of request wait %s", (_, state, waitsUntil) => {
    for (const gate of [changeGate, resendGate, postGate])
      expect(pass<unknown>(gate, state)).toMatchObject({ kind: "wait", until: waitsUntil });
  });

  test.each([
    ["its own request", { inFlight: { delivery: "a", until } }],
    ["a request whose lease is over", { inFlight: { delivery: "b", until: start } }],
    ["a pause of the network that is over", { down: { failures: 3, until: start, reason: "503" } }],
    ["a pause of the account that is an hour old", { paused: { since: start - hour, reason: "401" } }],
  ] as const)("is open after %s", (_, state) => {
    expect(pass(postGate, state).kind).toBe("go");
  });

  test("keeps the interval and the daily limit for posts and resends, by what was sent", () => {
    for (const gate of [resendGate, postGate]) {
      const answer = pass<unknown>(gate, { sent: { b: start - minute } });
      expect(answer).toMatchObject({ kind: "wait", until: start + 4 * minute });
      const full = { b: start - 9 * hour, c: start - 8 * hour, d: start - 7 * hour };
      expect(pass<unknown>(gate, { sent: full })).toMatchObject({ kind: "wait", until: start + 15 * hour });
    }
    expect(pass(changeGate, { sent: { b: start - minute } }).kind).toBe("go");
  });

  test("does not count a delivery against itself", () => {
    expect(pass(postGate, { sent: { a: start - minute } })).toMatchObject({
      kind: "go",
      state: { sent: { a: start } },
    });
  });

  test("holds the first send of what is more than the burst within an hour", () => {
    const sent = { b: start - 30 * minute, c: start - 20 * minute };
    expect(pass(postGate, { sent })).toMatchObject({
      kind: "hold",
      reason: expect.stringContaining("crier release a"),
    });
    expect(pass(postGate, { sent }, { skipsBreaker: true }).kind).toBe("go");
    expect(pass(resendGate, { sent }).kind).toBe("go");
    expect(pass(postGate, { sent }, { now: start + 31 * minute }).kind).toBe("go");
  });
});

describe("an account after the network's answer", () => {
  const taken = { ...fresh, inFlight: { delivery: "a", until } };
  const silent = { kind: "unanswered", reason: "503" } as const;

  test("is free, and another delivery's request stays on its way", () => {
    expect(release(taken, "a").inFlight).toBeUndefined();
    expect(release(taken, "b")).toBe(taken);
    expect(afterAnswer(taken, "a", { kind: "rejected", reason: "400" }, start).inFlight).toBeUndefined();
  });

  test("is closed from the second request without an answer on, longer each time, at most half an hour", () => {
    let state: AccountState = taken;
    const pauses = Array.from({ length: 12 }, () => {
      state = afterAnswer(state, "a", silent, start);
      return (state.down?.until ?? 0) - start;
    });
    expect(pauses[0]).toBe(0);
    expect(pauses[1]).toBe(30 * second);
    expect(pauses.at(-1)).toBe(30 * minute);
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
  });

  test("is closed until the moment that the network names", () => {
    const limited = { kind: "unavailable", reason: "429", retryAt: start + hour } as const;
    expect(afterAnswer(taken, "a", limited, start).down).toMatchObject({ until: start + hour });
  });

  test.each([
    { kind: "posted", remote: { id: "1", url: null, public: true } },
    { kind: "done" },
    { kind: "rejected", reason: "400" },
    { kind: "duplicate", remote: { id: null, url: null, public: true }, reason: "403" },
  ] as const)("is open again as soon as the network answers: $kind", (outcome) => {
    const down = { failures: 9, until: start + hour, reason: "503" };
    expect(afterAnswer({ ...taken, down }, "a", outcome, start).down).toBeUndefined();
  });

  test("is paused while its login is refused, until a request is accepted", () => {
    const paused = afterAnswer(taken, "a", { kind: "unauthorised", reason: "401" }, start);
    expect(paused.paused).toEqual({ since: start, reason: "401" });
    expect(afterAnswer(paused, "a", { kind: "done" }, start).paused).toBeUndefined();
  });
});
