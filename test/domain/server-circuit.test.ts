import { describe, expect, test } from "vitest";
import type { Outcome } from "../../src/domain/delivery.ts";
import { enterServer, leaveServer, type ServerState } from "../../src/domain/server-circuit.ts";
import { minute, second } from "../../src/domain/time.ts";
import { start } from "../support/builders.ts";

const up: ServerState = { name: "paper", version: 0, down: undefined, probe: undefined };
const until = start + 90 * second;
const silence: Outcome = { kind: "unanswered", reason: "no answer" };
const enter = (state: ServerState, id = "a", now = start) => enterServer(state, { id, until }, now);
const stateAfter = (state: ServerState, id = "a", now = start): ServerState => {
  const answer = enter(state, id, now);
  if (answer.kind !== "go") throw new Error(answer.reason);
  return answer.state;
};
const suspect = leaveServer(up, "a", silence, start);

describe("a server that answers", () => {
  test("lets any number of requests through, and nothing is stored", () => {
    expect(stateAfter(up)).toBe(up);
    expect(leaveServer(up, "a", { kind: "done" }, start)).toEqual(up);
    expect(leaveServer(up, "a", undefined, start)).toEqual(up);
  });

  test.each([
    { kind: "rejected", reason: "400" },
    { kind: "unauthorised", reason: "401" },
    { kind: "unavailable", reason: "429", retryAt: start + minute },
  ] as const)("may answer anything: $kind", (outcome) => {
    expect(leaveServer(up, "a", outcome, start)).toEqual(up);
  });
});

describe("a server that did not answer", () => {
  test.each([silence, { kind: "unavailable", reason: "ECONNREFUSED" } as const])(
    "is asked by one delivery at a time, at once: $kind",
    (outcome) => {
      const down = leaveServer(up, "a", outcome, start);
      expect(down.down).toEqual({ failures: 1, until: start, reason: outcome.reason });
      const asked = stateAfter(down, "b");
      expect(asked.probe).toEqual({ delivery: "b", until });
      expect(enter(asked, "c")).toMatchObject({ kind: "wait", until: start + 30 * second });
      expect(enter(asked, "b").kind).toBe("go");
      expect(enter({ ...asked, probe: { delivery: "b", until: start + 1 } }, "c")).toMatchObject({ until: start + 1 });
      expect(enter(asked, "c", until).kind).toBe("go");
    },
  );

  test("is asked later each time, but every half hour at least", () => {
    const again = (state: ServerState, now: number) => leaveServer(stateAfter(state, "b", now), "b", silence, now);
    let state = again(suspect, start);
    expect(state.down).toEqual({ failures: 2, until: start + 30 * second, reason: "no answer" });
    expect(state.probe).toBeUndefined();
    expect(enter(state, "c", start + 1)).toMatchObject({
      kind: "wait",
      until: start + 30 * second,
      reason: "the server did not answer: no answer",
    });
    state = again(state, state.down?.until ?? 0);
    expect((state.down?.until ?? 0) - (start + 30 * second)).toBe(minute);
    for (let count = 0; count < 9; count += 1) {
      const now = state.down?.until ?? 0;
      state = again(state, now);
      if (count > 5) expect((state.down?.until ?? 0) - now).toBe(30 * minute);
    }
  });

  test("is not asked later because of requests that were on their way before", () => {
    const asked = stateAfter(suspect, "b");
    expect(leaveServer(asked, "c", silence, start)).toEqual(asked);
    expect(leaveServer(suspect, "c", silence, start)).toEqual(suspect);
  });

  test("is up with its next answer, whoever gets it", () => {
    const asked = stateAfter(suspect, "b");
    expect(leaveServer(asked, "b", { kind: "done" }, start)).toEqual(up);
    expect(leaveServer(asked, "c", { kind: "rejected", reason: "400" }, start)).toEqual({ ...up, probe: asked.probe });
  });

  test("is free for the next delivery when nothing was sent", () => {
    expect(leaveServer(stateAfter(suspect, "b"), "b", undefined, start)).toEqual(suspect);
  });
});
