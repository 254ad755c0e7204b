import { describe, expect, test } from "vitest";
import type { AccountState } from "../../src/domain/account.ts";
import { forecastBreaker, forecastWait } from "../../src/domain/request-gates.ts";
import { hour, minute } from "../../src/domain/time.ts";
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
