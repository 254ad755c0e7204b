import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { minute, second } from "../../src/domain/time.ts";
import { type Renewal, renewTokens, tokensInMemory } from "../../src/networks/define.ts";
import type { Issued, Tokens } from "../../src/ports/networks.ts";
import { start } from "../support/builders.ts";
import { noDeadline } from "../support/no-deadline.ts";

const login = { name: "me", secret: {}, network: "paper", server: "https://paper.example" };
const issued = (token: string): Issued => ({ tokens: { token }, about: {} });
const tokenOf = (result: object): unknown => ("tokens" in result ? result.tokens : result);

/** A place for tokens that several workers share, and a clock. */
const aPlace = () => {
  let now = start;
  const tokens: Tokens = { ...tokensInMemory(login), wait: () => setImmediate() };
  const calls: (string | undefined)[] = [];
  const given: Renewal = {
    isGood: ({ tokens: { token } }) => token === "new",
    renew: async (stored) => {
      calls.push(stored?.tokens.token);
      return issued("new");
    },
    signal: noDeadline(),
  };
  return {
    tokens,
    calls,
    given,
    worker: () => renewTokens(tokens, () => now),
    pass: (time: number) => {
      now += time;
    },
  };
};

test("tokens are got once, stored before they are used, and read by the next worker", async () => {
  const { worker, given, calls, tokens } = aPlace();
  expect(tokenOf(await worker()(given))).toEqual({ token: "new" });
  expect(await tokens.read()).toEqual({ version: 2, issued: issued("new"), renewing: undefined });
  expect(tokenOf(await worker()(given))).toEqual({ token: "new" });
  expect(calls).toEqual([undefined]);
});

test("who asks while they are renewed gets the same ones, in one process and in another", async () => {
  const { worker, given, calls } = aPlace();
  const [one, other] = [worker(), worker()];
  const results = await Promise.all([one(given), one(given), other(given), other(given)]);
  expect(results.map(tokenOf)).toEqual(Array.from({ length: 4 }, () => ({ token: "new" })));
  expect(calls).toEqual([undefined]);
});

test("what is renewed is what is stored, whatever a worker has seen before", async () => {
  const { worker, given, calls, tokens } = aPlace();
  await tokens.save({ version: 0, issued: issued("old"), renewing: undefined });
  await worker()(given);
  expect(calls).toEqual(["old"]);
});

test("a renewal that fails keeps the old tokens, and the next worker does not wait for it", async () => {
  const { worker, given, calls, tokens } = aPlace();
  await tokens.save({ version: 0, issued: issued("old"), renewing: undefined });
  const down = { kind: "unavailable", reason: "no answer" } as const;
  expect(await worker()({ ...given, renew: async () => down })).toEqual(down);
  expect(await tokens.read()).toMatchObject({ issued: issued("old"), renewing: undefined });
  await worker()(given);
  expect(calls).toEqual(["old"]);
});

test("a worker that is killed while it renews is waited for until its lease ends, and then another one does it", async () => {
  const { worker, given, calls, pass, tokens } = aPlace();
  await tokens.save({ version: 0, issued: issued("old"), renewing: undefined });
  const killed = worker()({ ...given, renew: () => new Promise(() => {}) });
  await setImmediate();
  const next = worker()(given);
  expect(await Promise.race([next, setImmediate("waits")])).toBe("waits");
  pass(30 * second);
  expect(tokenOf(await next)).toEqual({ token: "new" });
  expect(calls).toEqual(["old"]);
  expect(await Promise.race([killed, setImmediate("killed")])).toBe("killed");
});

test("who has no time left to wait says when the other worker's lease ends", async () => {
  const { worker, given, tokens } = aPlace();
  await tokens.save({ version: 0, issued: undefined, renewing: start + minute });
  expect(await worker()({ ...given, signal: AbortSignal.abort() })).toEqual({
    kind: "unavailable",
    reason: "another worker is logging in and is not done yet",
    retryAt: start + minute,
  });
});

test("who has no time left begins no renewal", async () => {
  const { worker, given, calls, tokens } = aPlace();
  expect(await worker()({ ...given, signal: AbortSignal.abort() })).toEqual({
    kind: "unavailable",
    reason: "no time was left to renew the login",
  });
  expect(calls).toEqual([]);
  expect(await tokens.read()).toMatchObject({ version: 0, renewing: undefined });
});

test("a renewal has a time limit of its own, and is waited for though the time of its caller is over", async () => {
  const { worker, given, calls, tokens } = aPlace();
  const [answer, limit, caller] = [Promise.withResolvers<Issued>(), new AbortController(), new AbortController()];
  const limits: number[] = [];
  const deadline = (milliseconds: number): AbortSignal => {
    limits.push(milliseconds);
    return limit.signal;
  };
  const signals: AbortSignal[] = [];
  const renew: Renewal["renew"] = (_, signal) => {
    signals.push(signal);
    return answer.promise;
  };
  const asked = renewTokens({ ...tokens, deadline }, () => start)({ ...given, renew, signal: caller.signal });
  await setImmediate();
  caller.abort();
  // Until it ends its server answers a request, and is not free for another one.
  expect(await Promise.race([asked, setImmediate("waits")])).toBe("waits");
  // It is shorter than the lease: no other worker shows the same token while an answer may still come.
  expect(limits).toEqual([25 * second]);
  expect(signals).toEqual([limit.signal]);
  answer.resolve(issued("new"));
  expect(tokenOf(await asked)).toEqual({ token: "new" });
  expect(tokenOf(await worker()(given))).toEqual({ token: "new" });
  expect(calls).toEqual([]);
});

test("a worker that was too slow takes the tokens of the one that took over, and leaves them stored", async () => {
  const { worker, given, pass, tokens } = aPlace();
  const answer = Promise.withResolvers<Issued>();
  const slow = worker()({ ...given, renew: () => answer.promise });
  await setImmediate();
  pass(31 * second);
  await worker()(given);
  answer.resolve(issued("of the slow one"));
  expect(tokenOf(await slow)).toEqual({ token: "new" });
  expect((await tokens.read()).issued).toEqual(issued("new"));
});

test("a claim that another worker made first is not a second renewal", async () => {
  const { worker, given, calls, tokens } = aPlace();
  const other = { ...tokens, ...tokensInMemory(login), wait: tokens.wait };
  let isLost = false;
  const racing: Tokens = {
    ...other,
    save: async (state) => {
      if (!isLost) {
        isLost = true;
        await other.save({ version: 0, issued: issued("new"), renewing: undefined });
      }
      return other.save(state);
    },
  };
  expect(tokenOf(await renewTokens(racing, () => start)(given))).toEqual({ token: "new" });
  expect(calls).toEqual([]);
  await worker()(given);
});
