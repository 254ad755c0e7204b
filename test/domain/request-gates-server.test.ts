import { describe, expect, test } from "vitest";
import type { Outcome } from "../../src/domain/delivery.ts";
import { enterServer, isLongDown, leaveServer, type ServerState } from "../../src/domain/request-gates.ts";
import { minute, second } from "../../src/domain/time.ts";
import { start } from "../support/builders.ts";

const up: ServerState = { name: "paper", version: 0, down: undefined, inFlight: undefined };
const of = (delivery: string, version = 3) => ({ delivery, version });
const until = start + 90 * second;
const silence: Outcome = { kind: "unanswered", reason: "no answer" };
const enter = (state: ServerState, id = "a", now = start) =>
  enterServer(state, { claimant: of(id), until, isShared: true }, now);
const enterAlone = (state: ServerState, now = start) =>
  enterServer(state, { claimant: of("a"), until, isShared: false }, now);
const stateAfter = (state: ServerState, id = "a", now = start): ServerState => {
  const answer = enter(state, id, now);
  if (answer.kind !== "go") throw new Error(answer.reason);
  return answer.state;
};
const suspect = leaveServer(up, of("a"), silence, start);

describe("a server with one account", () => {
  test("lets every request through while it answers, and nothing is stored", () => {
    expect(enterAlone(up)).toEqual({ kind: "go", state: up });
    expect(leaveServer(up, of("a"), { kind: "done" }, start)).toEqual(up);
    expect(leaveServer(up, of("a"), undefined, start)).toEqual(up);
  });

  test("waits like any other while it does not answer, and is not claimed", () => {
    const down = leaveServer(suspect, of("a"), silence, start);
    expect(enterAlone(down)).toMatchObject({ kind: "wait", until: start + 30 * second });
    expect(enterAlone(down, start + 30 * second)).toEqual({ kind: "go", state: down });
  });
});

describe("a server with several accounts", () => {
  test("is sent one request at a time", () => {
    const taken = stateAfter(up, "a");
    expect(taken.inFlight).toEqual({ ...of("a"), since: start, until });
    expect(enter(taken, "a").kind).toBe("go");
    expect(enter(taken, "b")).toMatchObject({ kind: "wait", reason: "another request to this server is on its way" });
    expect(enter(leaveServer(taken, of("a"), { kind: "done" }, start), "b").kind).toBe("go");
    expect(enter(leaveServer(taken, of("a"), undefined, start), "b").kind).toBe("go");
  });

  test("stays taken by the next request of a delivery, whoever is late with the one before", () => {
    const taken = stateAfter(up, "a");
    expect(leaveServer(taken, of("a", 2), { kind: "done" }, start)).toEqual(taken);
    expect(leaveServer(taken, of("a", 4), { kind: "done" }, start)).toEqual(up);
  });

  test("is asked again soon, and later the longer the request has been on its way", () => {
    const waitAt = (now: number) => {
      const answer = enter(stateAfter(up), "b", now);
      return answer.kind === "wait" ? answer.until - now : 0;
    };
    expect(waitAt(start - 10 * second)).toBe(second);
    expect(waitAt(start + 100)).toBe(second);
    expect(waitAt(start + 8 * second)).toBe(8 * second);
    expect(waitAt(start + 50 * second)).toBe(30 * second);
    expect(waitAt(start + 80 * second)).toBe(10 * second);
  });

  test("is free when the lease of a worker that stopped is over", () => {
    expect(enter(stateAfter(up, "a"), "b", until).kind).toBe("go");
  });
});

describe("a server", () => {
  test.each([
    { kind: "rejected", reason: "400" },
    { kind: "unauthorised", reason: "401" },
    { kind: "unavailable", reason: "429", retryAt: start + minute },
  ] as const)("may answer anything: $kind", (outcome) => {
    expect(leaveServer(up, of("a"), outcome, start)).toEqual(up);
  });

  test.each([silence, { kind: "unavailable", reason: "ECONNREFUSED" } as const])(
    "that did not answer once is asked at once: $kind",
    (outcome) => {
      const down = leaveServer(stateAfter(up), of("a"), outcome, start);
      expect(down).toEqual({ ...up, down: { failures: 1, since: start, until: start, reason: outcome.reason } });
      expect(enter(down, "b").kind).toBe("go");
    },
  );

  test("is asked later each time, but every half hour at least", () => {
    const again = (state: ServerState, now: number) => leaveServer(stateAfter(state, "b", now), of("b"), silence, now);
    let state = again(suspect, start);
    expect(state.down).toEqual({ failures: 2, since: start, until: start + 30 * second, reason: "no answer" });
    expect(state.inFlight).toBeUndefined();
    expect(enter(state, "c", start + 1)).toMatchObject({
      kind: "wait",
      until: start + 30 * second,
      reason: "the server takes no requests now: no answer",
    });
    state = again(state, state.down?.until ?? 0);
    expect(state.down?.since).toBe(start);
    expect((state.down?.until ?? 0) - (start + 30 * second)).toBe(minute);
    for (let count = 0; count < 9; count += 1) {
      const now = state.down?.until ?? 0;
      state = again(state, now);
      if (count > 5) expect((state.down?.until ?? 0) - now).toBe(30 * minute);
    }
  });

  test("is long down from the eighth request without an answer on", () => {
    let state = up;
    const answers = Array.from({ length: 9 }, () => {
      state = leaveServer(state, of("a"), silence, start);
      return isLongDown(state);
    });
    expect(answers).toEqual([...Array.from({ length: 7 }, () => false), true, true]);
    expect(isLongDown(up)).toBe(false);
  });

  test("is up with its next answer, whoever gets it", () => {
    const asked = stateAfter(suspect, "b");
    expect(leaveServer(asked, of("b"), { kind: "done" }, start)).toEqual(up);
    expect(leaveServer(asked, of("c"), { kind: "rejected", reason: "400" }, start)).toEqual({
      ...up,
      inFlight: asked.inFlight,
    });
  });
});
