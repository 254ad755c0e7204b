import { describe, expect, test } from "vitest";
import type { AccountState } from "../../src/domain/account.ts";
import { forecastBreaker, forecastTurns, forecastWait, type Queued } from "../../src/domain/request-gates.ts";
import { day, hour, minute } from "../../src/domain/time.ts";
import { anAccount, start } from "../support/builders.ts";

const fresh: AccountState = {
  name: "one",
  version: 0,
  sent: {},
  spent: undefined,
  inFlight: undefined,
  down: undefined,
  paused: undefined,
};

const ahead = (
  { spend, ...pacing }: Partial<ReturnType<typeof anAccount>["pacing"]> & { readonly spend?: { monthly: number } },
  state: Partial<AccountState> = {},
  cost = 0,
) => {
  const account = anAccount({ name: "one", spend, pacing: { interval: minute, dailyCap: 50, ...pacing } });
  return forecastWait(
    { account, state: { ...fresh, ...state }, burst: 5, timeZone: "Europe/Berlin", now: start },
    cost,
  );
};

describe("a post that is planned", () => {
  test("does not wait for an account that is free", () => {
    expect(ahead({})).toBeUndefined();
  });

  test("waits for a network that takes no requests", () => {
    expect(ahead({}, { down: { failures: 3, until: start + 10 * minute, reason: "503" } })).toEqual({
      at: start + 10 * minute,
      reason: "waits at least until 09:10 Europe/Berlin: the network of one takes no requests now: 503",
    });
  });

  test("waits for what is in force when its first wait is over", () => {
    const interval = { interval: hour, quietHours: { from: 10 * 60 - 1, to: 12 * 60 } };
    expect(ahead(interval, { sent: { a: start } })).toEqual({
      at: start + 3 * hour,
      reason: "waits at least until 12:00 Europe/Berlin: quiet hours",
    });
  });

  test("waits as long whether the breaker holds it first or not", () => {
    const hours = { quietHours: { from: 9 * 60, to: 12 * 60 } };
    const sent = Object.fromEntries(["a", "b", "c", "d", "e"].map((post) => [post, start - 10 * minute]));
    expect(ahead(hours, { sent })).toMatchObject({ at: start + 3 * hour });
  });

  test("that costs more than its account may spend in any month waits for the next one", () => {
    expect(ahead({ spend: { monthly: 0.1 } }, {}, 0.2)).toEqual({
      at: Date.parse("2026-03-31T22:00:00Z"),
      reason:
        "waits at least until 2026-04-01 00:00 Europe/Berlin: one has spent $0.00 of $0.10 this month, and this post costs $0.20",
    });
  });
});

const after = (
  pacing: Partial<ReturnType<typeof anAccount>["pacing"]>,
  state: Partial<AccountState> = {},
  burst = 5,
): number | undefined => {
  const account = anAccount({ pacing: { interval: minute, dailyCap: 50, ...pacing } });
  return forecastBreaker({ account, state: { ...fresh, ...state }, burst, timeZone: "UTC", now: start }, false)?.after;
};

test("the breaker holds what is beyond its number", () => {
  const account = anAccount({ pacing: { interval: minute, dailyCap: 50 } });
  expect(forecastBreaker({ account, state: fresh, burst: 5, timeZone: "UTC", now: start }, false)).toEqual({
    after: 5,
    reason: "more than 5 new posts within an hour",
  });
});

test("what was sent within the hour counts, of the notes or of the articles", () => {
  const account = anAccount({ pacing: { interval: minute, dailyCap: 50 } });
  const state = { ...fresh, sent: { a: start - 10 * minute, b: start - 20 * minute }, notes: ["a"] };
  const notes = forecastBreaker({ account, state, burst: 20, timeZone: "UTC", now: start }, true);
  expect(notes).toEqual({ after: 19, reason: "more than 20 new notes within an hour" });
  expect(after({}, { sent: { a: start - 10 * minute, b: start - 20 * minute, c: start - 2 * hour } })).toBe(3);
});

test("an account whose posts are far enough apart is never held", () => {
  expect(after({ interval: 15 * minute })).toBeUndefined();
  expect(after({ interval: 14 * minute })).toBe(5);
});

test("an account that may send fewer posts a day than the breaker lets through is never held", () => {
  expect(after({ dailyCap: 4 })).toBeUndefined();
  expect(after({ dailyCap: 5 })).toBe(5);
});

test("a breaker that nothing can reach is not looked for post by post", () => {
  expect(after({}, {}, 10_000_000)).toBeUndefined();
});

test("posts that quiet hours divide are held in the morning", () => {
  expect(after({ quietHours: { from: 8 * 60 + 3, to: 12 * 60 } })).toBe(8);
});

test("a pause, an outage and a request on its way are not what the breaker is about", () => {
  const until = start + hour;
  expect(
    after(
      {},
      {
        sent: { a: start - 10 * minute },
        down: { failures: 3, until, reason: "503" },
        inFlight: { delivery: "d", version: 1, until, login: "l" },
        paused: { since: start, reason: "402", login: "l", until },
      },
    ),
  ).toBe(4);
});

describe("posts that wait for one account", () => {
  const account = anAccount({ name: "one", pacing: { interval: minute, dailyCap: 50 } });
  const queued = (post: string, more: Partial<Queued> = {}): Queued => ({
    post,
    published: start - hour,
    due: start,
    copy: post,
    isNote: false,
    skipsBreaker: false,
    ...more,
  });
  const turns = (queue: readonly Queued[], state: Partial<AccountState> = {}, own = account) =>
    forecastTurns(queue, {
      account: own,
      state: { ...fresh, ...state },
      burstOf: (isNote) => (isNote ? 9 : 3),
      timeZone: "Europe/Berlin",
      now: start,
    }).map(({ of, at, isHeld }) => `${of.post} ${(at - start) / minute}${isHeld ? " held" : ""}`);

  test("go out in the order of their dates, an interval after each other", () => {
    const queue = [queued("b", { published: start - 2 }), queued("a", { published: start - 3 })];
    expect(turns(queue, { sent: { last: start - minute / 2 } })).toEqual(["a 0.5", "b 1.5"]);
  });

  test("of one moment go out in one order, however they are listed", () => {
    const [a, b] = [queued("a", { published: start - 2 }), queued("b", { published: start - 2 })];
    expect(turns([a, b])).toEqual(["a 0", "b 1"]);
    expect(turns([b, a])).toEqual(["a 0", "b 1"]);
  });

  test("do not wait for an older one that is due later, unless that was turned away", () => {
    const later = queued("old", { published: start - day, due: start + 3 * minute });
    const queue = [queued("b"), queued("c"), later];
    expect(turns(queue)).toEqual(["b 0", "c 1", "old 3"]);
    expect(turns([queued("b"), { ...later, turnedAway: 1 }])).toEqual(["old 3", "b 4"]);
  });

  test("are held by the breaker after as many as it lets through, and take no turn then", () => {
    const queue = ["a", "b", "c", "d"].map((post, n) => queued(post, { published: start - 9 + n }));
    const note = queued("note", { isNote: true });
    const evening = queued("evening", { published: start, due: start + 2 * hour });
    const decided = queued("decided", { published: start - 1, skipsBreaker: true });
    expect(turns([...queue, note, evening, decided], { sent: { last: start - 30 * minute } })).toEqual([
      "note 0",
      "a 1",
      "b 2",
      "c 2 held",
      "d 2 held",
      "decided 3",
      "evening 120",
    ]);
  });

  test("wait for a network that asked for a pause", () => {
    const down = { failures: 1, until: start + 10 * minute, reason: "429" };
    expect(turns([queued("a"), queued("b")], { down })).toEqual(["a 10", "b 11"]);
  });

  test("wait for quiet hours and for the daily cap", () => {
    const quiet = {
      ...account,
      pacing: { interval: minute, dailyCap: 2, quietHours: { from: 9 * 60 + 1, to: 10 * 60 } },
    };
    const queue = ["a", "b", "c"].map((post, n) => queued(post, { published: start - 9 + n }));
    expect(turns(queue, {}, quiet)).toEqual(["a 0", "b 60", "c 1440"]);
  });
});
