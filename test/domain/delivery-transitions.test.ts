import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Claimed,
  type Delivery,
  noHistory,
  nothingPassed,
  type Offers,
  type Outcome,
} from "../../src/domain/delivery.ts";
import {
  adopt,
  afterNoLogin,
  afterSend,
  cancel,
  chooseSettlement,
  claim,
  claimUnsettled,
  confirm,
  defer,
  expire,
  fail,
  giveUp,
  holdReturned,
  markFinished,
  markFound,
  type NetworkTraits,
  refuseEqual,
  reopen,
  type Stored,
  startSend,
  storeRequest,
  takeEqual,
} from "../../src/domain/delivery-transitions.ts";
import { backoff, checkLoginAfter } from "../../src/domain/retry.ts";
import { day, hour, type Instant, minute, second } from "../../src/domain/time.ts";
import { aDelivery, deliveryIn, start } from "../support/builders.ts";
import { runs } from "../support/runs.ts";

const aNetwork = (overrides: Partial<NetworkTraits> = {}): NetworkTraits => ({
  remembersFor: undefined,
  offers: "read",
  settle: 2 * minute,
  canFind: true,
  ...overrides,
});
const until = start + 90 * second;
const url = "https://blog.example.com/";
const sending = (overrides: Partial<Delivery<"pending">> = {}): Stored =>
  storeRequest(
    claim(aDelivery(overrides), until),
    { request: { text: "t0" }, url, document: "d0", identity: "ada" },
    start,
  );
const unsettled = (overrides: Partial<Delivery<"unsettled">> = {}): Claimed<"unsettled"> => {
  const delivery = afterSend(sending(), { kind: "unanswered", reason: "reset" }, start, aNetwork());
  if (delivery.state !== "unsettled") throw new Error(`it is ${delivery.state}`);
  return claimUnsettled({ ...delivery, ...overrides }, until);
};
/** A send more is on its way. */
const resend = (overrides: Partial<Delivery<"unsettled">> = {}): Claimed<"unsettled"> =>
  startSend(unsettled(overrides), start);
const copy = { id: "1", url: "https://network.example/1", public: true };

describe("a first send", () => {
  test("has passed the breaker, whatever becomes of it, and nothing else", () => {
    const passed = { ...nothingPassed, live: true };
    expect(claim(aDelivery({ passed }), until).passed).toEqual({ ...passed, breaker: true });
  });

  test("that was answered is posted, and is compared with the post at once", () => {
    expect(afterSend(sending(), { kind: "posted", remote: copy }, start, aNetwork())).toMatchObject({
      state: "posted",
      remotes: [{ ...copy, gone: false }],
      due: start,
      leaseUntil: undefined,
    });
  });

  test("that was certainly not applied waits as long as the network asked, and forgets its request", () => {
    const retryAt = start + 10 * minute;
    const after = afterSend(sending(), { kind: "unavailable", reason: "429", retryAt }, start, aNetwork());
    expect(after).toMatchObject({
      state: "pending",
      wait: retryAt,
      due: retryAt,
      sent: undefined,
      reason: "429",
    });
  });

  test("is repeated with backoff, and within a day, whatever the network asked", () => {
    const dueAfter = (retryAt: number, attempts: number) =>
      (afterSend({ ...sending(), attempts }, { kind: "unavailable", reason: "429", retryAt }, start, aNetwork()).due ??
        0) - start;
    expect(dueAfter(0, 1)).toBe(backoff(sending().seed, 1));
    expect(dueAfter(start + second, 3)).toBe(backoff(sending().seed, 3));
    // It knows better than a backoff of hours.
    expect(dueAfter(start + 15 * minute, 30)).toBe(15 * minute);
    expect(dueAfter(start + 1000 * day, 1)).toBe(day);
  });

  test("that found the network unreachable is repeated with backoff", () => {
    const after = afterSend(sending(), { kind: "unavailable", reason: "refused" }, start, aNetwork());
    expect(after.due).toBe(start + backoff(after.seed, 1));
  });

  test.each([
    [7 * day + 1, 30, "failed"],
    [7 * day + 1, 3, "pending"],
    [7 * day - 1, 30, "pending"],
  ])("%d ms after it was planned and after %d sends, an unreachable network means %s", (age, attempts, state) => {
    const after = afterSend(sending({ attempts }), { kind: "unavailable", reason: "refused" }, start + age, aNetwork());
    expect(after.state).toBe(state);
  });

  test("whose login is refused waits with its account", () => {
    const after = afterSend(sending(), { kind: "unauthorised", reason: "401" }, start, aNetwork());
    expect(after).toMatchObject({
      state: "pending",
      due: start + checkLoginAfter,
      wait: undefined,
      sent: undefined,
    });
  });

  test.each([
    [{ kind: "rejected", reason: "too long" }, "too long"],
    [
      { kind: "duplicate", reason: "duplicate content", remote: copy },
      "an equal post is on mastodon already (https://network.example/1): duplicate content",
    ],
  ] as const)("that was rejected failed: %j", (outcome, reason) => {
    expect(afterSend(sending(), outcome, start, aNetwork())).toMatchObject({
      state: "failed",
      reason,
      due: undefined,
      sent: undefined,
    });
  });

  test("without an answer is settled after lease and settling time", () => {
    const after = afterSend(sending(), { kind: "unanswered", reason: "500" }, start + second, aNetwork());
    expect(after).toMatchObject({
      state: "unsettled",
      due: until + 2 * minute,
      wait: until + 2 * minute,
      sent: { request: { text: "t0" }, firstSentAt: start },
    });
  });

  test("that the network answered without naming the post is unknown", () => {
    expect(afterSend(sending(), { kind: "done" }, start, aNetwork()).state).toBe("unknown");
  });
});

describe("a first send that the network refuses because it has an equal post", () => {
  const duplicate = { kind: "duplicate", reason: "duplicate content", remote: copy } as const;
  const failedFor = (delivery: Delivery): Delivery<"failed"> => {
    if (delivery.state !== "failed") throw new Error(`it is ${delivery.state}`);
    return delivery;
  };
  const refused = () => failedFor(afterSend(sending(), duplicate, start, aNetwork()));

  test("keeps that post and its request, for a person who says that it is this delivery's copy", () => {
    const taken = takeEqual(refused(), start + hour, "it is the post that was there");
    expect(taken).toMatchObject({
      state: "posted",
      sent: { request: { text: "t0" }, firstSentAt: start },
      remotes: [{ ...copy, gone: false }],
      stale: false,
      reason: "it is the post that was there",
      due: start + hour,
    });
    expect(taken?.duplicate).toBeUndefined();
  });

  test("names no address where the network gave none", () => {
    const remote = { ...copy, id: null, url: null };
    expect(afterSend(sending(), { ...duplicate, remote }, start, aNetwork())).toMatchObject({
      reason: "an equal post is on mastodon already: duplicate content",
      duplicate: { kind: "equal", remote },
    });
  });

  test("has nothing to take where that post is the copy of another delivery, or where it failed otherwise", () => {
    const other = failedFor(refuseEqual(sending(), duplicate, "copy", start));
    expect(other.reason).toBe(
      "another announcement has the same text on mastodon already (https://network.example/1): duplicate content",
    );
    expect(other.duplicate).toEqual({ kind: "copy" });
    for (const failed of [other, deliveryIn.failed]) expect(takeEqual(failed, start, "by hand")).toBeUndefined();
  });
});

describe("a resend", () => {
  test.each([
    { kind: "posted", remote: copy },
    { kind: "duplicate", remote: copy, reason: "duplicate content" },
  ] as const)("that finds the post on the network is posted: $kind", (outcome) => {
    const after = afterSend(resend({ refused: "no" }), outcome, start, aNetwork());
    expect(after).toMatchObject({ state: "posted", remotes: [{ ...copy, gone: false }] });
    expect(after.refused).toBeUndefined();
  });

  test.each([
    [{ kind: "unavailable", reason: "429", retryAt: start + hour }, start + hour, start + hour],
    [{ kind: "unauthorised", reason: "401" }, start + checkLoginAfter, undefined],
    [{ kind: "unanswered", reason: "503" }, until + 2 * minute, until + 2 * minute],
  ] as const)("without a final answer stays unsettled, with its request: %j", (outcome, due, wait) => {
    expect(afterSend(resend(), outcome, start, aNetwork())).toMatchObject({
      state: "unsettled",
      due,
      wait,
      sent: { request: { text: "t0" }, firstSentAt: start },
    });
  });

  test("is not given up after a week", () => {
    const after = afterSend(
      resend({ attempts: 30 }),
      { kind: "unavailable", reason: "refused" },
      start + 14 * day,
      aNetwork(),
    );
    expect(after.state).toBe("unsettled");
  });

  test("that is rejected is looked for, or unknown where the network cannot be read", () => {
    const no = { kind: "rejected", reason: "400" } as const;
    expect(afterSend(resend(), no, start, aNetwork())).toMatchObject({
      state: "unsettled",
      refused: "400",
      due: start,
    });
    expect(afterSend(resend(), no, start, aNetwork({ canFind: false }))).toMatchObject({
      state: "unknown",
      reason: expect.stringContaining("it may have been posted nevertheless: a later send was rejected (400)"),
    });
  });

  test("keeps the moment of the first send", () => {
    expect(startSend(unsettled(), start + hour)).toMatchObject({
      open: 2,
      sent: { firstSentAt: start, lastSentAt: start + hour },
      attempts: 2,
    });
  });
});

describe("an expired claim", () => {
  test("that had stored no request sent nothing", () => {
    const after = expire(claim(aDelivery(), until), 2 * minute, until + 1);
    expect(after).toMatchObject({ state: "pending", due: until + 1, leaseUntil: undefined });
  });

  test("that had stored one is settled after lease and settling time", () => {
    expect(expire(sending(), 2 * minute, until + hour)).toMatchObject({
      state: "unsettled",
      due: until + 2 * minute,
      wait: until + 2 * minute,
    });
  });
});

describe("how an unsettled delivery is settled", () => {
  const key = (overrides: Partial<NetworkTraits> = {}) => aNetwork({ offers: "key", ...overrides });
  test.each([
    ["with an id of its own it is sent again", key(), true, {}, "resend"],
    ["with an id of its own it is looked for when the copy is no longer wanted", key(), false, {}, "search"],
    ["with an id of its own it is looked for after a rejection", key(), true, { refused: "400" }, "search"],
    [
      "after a rejection it is unknown where the network cannot be read",
      key({ canFind: false }),
      true,
      { refused: "400" },
      "unknown",
    ],
    [
      "with a key that is remembered for a while it is looked for first",
      key({ remembersFor: hour }),
      true,
      {},
      "search",
    ],
    [
      "within the window of its key it is sent again where the network cannot be read",
      key({ remembersFor: 2 * hour, canFind: false }),
      true,
      {},
      "resend",
    ],
    ["after the window of its key it is unknown", key({ remembersFor: minute, canFind: false }), true, {}, "unknown"],
    [
      "it is sent again where the network refuses duplicates",
      aNetwork({ offers: "refuse", canFind: false }),
      true,
      {},
      "resend",
    ],
    ["but not when the copy is no longer wanted", aNetwork({ offers: "refuse", canFind: false }), false, {}, "unknown"],
    [
      "nor once the network may have forgotten the text",
      aNetwork({ offers: "refuse", canFind: false, remembersFor: minute }),
      true,
      {},
      "unknown",
    ],
    ["nor after a rejection", aNetwork({ offers: "refuse", canFind: false }), true, { refused: "400" }, "unknown"],
    ["it is looked for where the network can be read", aNetwork(), true, {}, "search"],
    [
      "it is unknown where the network offers nothing",
      aNetwork({ offers: "none", canFind: false }),
      true,
      {},
      "unknown",
    ],
  ] as const)("%s", (_, traits, wanted, overrides, way) => {
    expect(chooseSettlement(unsettled(overrides), traits, wanted, start + hour)).toBe(way);
  });
});

test("what is turned away is counted until it waits for something else or is claimed", () => {
  const away = { until: start, reason: "another request is on its way", isTurnedAway: true } as const;
  const { turnedAway } = defer(aDelivery(), away);
  expect(defer(aDelivery({ turnedAway }), away).turnedAway).toBe(2);
  expect(defer(aDelivery({ turnedAway: 2 }), { until: start, reason: "later" }).turnedAway).toBeUndefined();
  expect(claim(aDelivery({ turnedAway: 2 }), until).turnedAway).toBeUndefined();
});

test("waiting for an older post counts once, however often", () => {
  const away = { until: start, reason: "an older post goes first", isTurnedAway: true, isInOrder: true } as const;
  const { turnedAway } = defer(aDelivery(), away);
  expect(defer(aDelivery({ turnedAway }), away).turnedAway).toBe(1);
  expect(defer(aDelivery({ turnedAway: 3 }), away).turnedAway).toBe(3);
});

test("what is deferred keeps its state, without the claim; a claim that has not sent is pending again", () => {
  expect(defer(unsettled(), { until: start, reason: "later" })).toMatchObject({
    state: "unsettled",
    leaseUntil: undefined,
    due: start,
    reason: "later",
  });
  expect(reopen(claim(aDelivery(), until), start)).toMatchObject({
    state: "pending",
    leaseUntil: undefined,
    due: start,
  });
  expect(fail(claim(aDelivery(), until), "no").sent).toBeUndefined();
});

/** The fates of one request, whatever answer the worker gets. */
const fates = ["answered", "applied", "lost", "limited", "unauthorised", "refused"] as const;
type Fate = (typeof fates)[number] | "killed" | "killed after";

/**
 * A network that counts its copies of each part, called by the transitions alone in the order in which deliver calls them.
 * `parts`: how many requests make a post.
 */
const aCountingNetwork = (traits: NetworkTraits, parts: number) => {
  let now: Instant = start;
  const copies = Array.from({ length: parts }, () => 0);
  const partOf = (progress: Delivery["progress"]): number => Number(progress?.from.part ?? 0);
  const after = (part: number) => (part + 1 < parts ? { progress: { part: part + 1 } } : {});
  const send = (fate: Fate, part: number): Outcome | undefined => {
    const apply = (): Outcome => {
      const exists = copies[part] !== 0;
      if (exists && traits.offers === "refuse") {
        const remote = { id: null, url: null, public: true };
        return { kind: "duplicate", remote, reason: "duplicate content", ...after(part) };
      }
      if (!(exists && traits.offers === "key")) copies[part] = (copies[part] ?? 0) + 1;
      const { progress } = after(part);
      return progress === undefined ? { kind: "posted", remote: copy } : { kind: "progressed", remote: copy, progress };
    };
    switch (fate) {
      case "answered":
        return apply();
      case "applied":
        apply();
        return { kind: "unanswered", reason: "reset" };
      case "killed after":
        apply();
        return undefined;
      case "killed":
        return undefined;
      case "lost":
        return { kind: "unanswered", reason: "reset" };
      case "limited":
        return { kind: "unavailable", reason: "429" };
      case "unauthorised":
        return { kind: "unauthorised", reason: "401" };
      case "refused":
        return { kind: "rejected", reason: "400" };
    }
  };
  const step = (delivery: Delivery<"pending" | "unsettled">, fate: Fate, isBlind: boolean): Delivery => {
    now = Math.max(now, delivery.due ?? now);
    const part = partOf(delivery.progress);
    const answer = (sent: Stored): Delivery => {
      const outcome = send(fate, part);
      return outcome === undefined ? expire(sent, traits.settle, now) : afterSend(sent, outcome, now, traits);
    };
    const lease = now + 90 * second;
    if (delivery.state === "pending")
      return answer(
        storeRequest(claim(delivery, lease), { request: { text: "t0" }, url, document: "d0", identity: "ada" }, now),
      );
    const way = chooseSettlement(delivery, traits, true, now);
    if (way === "unknown") return giveUp(delivery, "unknown", "no answer", now);
    const mine = claimUnsettled(delivery, lease);
    if (way === "resend") return answer(startSend(mine, now));
    if (isBlind) return afterNoLogin(mine, { kind: "unavailable", reason: "blind" }, now);
    if (copies[part] !== 0) return markFound(mine, { remote: copy, ...after(part) }, now);
    return mine.refused === undefined ? answer(startSend(mine, now)) : giveUp(mine, "failed", mine.refused, now);
  };
  return { step, copies };
};

const offersOf: readonly Offers[] = ["key", "refuse", "read", "none"];

describe.each([1, 2, 3])("whatever the network does to a delivery of %i requests", (parts) => {
  const moves = fc.array(fc.tuple(fc.constantFrom<Fate>(...fates, "killed", "killed after"), fc.boolean()), {
    minLength: 1,
    maxLength: 30,
  });
  const run = (
    traits: NetworkTraits,
    check: (after: Delivery, before: Delivery, copies: readonly number[]) => void,
    plan: readonly (readonly [Fate, boolean])[],
  ) => {
    const network = aCountingNetwork(traits, parts);
    let delivery: Delivery = aDelivery();
    for (const [fate, isBlind] of plan) {
      if (delivery.state !== "pending" && delivery.state !== "unsettled") break;
      const before = delivery;
      delivery = network.step(before, fate, isBlind);
      check(delivery, before, network.copies);
    }
  };
  const anyNetwork = fc
    .record({ offers: fc.constantFrom(...offersOf), canFind: fc.boolean() })
    .map(({ offers, canFind }) => aNetwork({ offers, canFind: offers === "read" || (offers !== "none" && canFind) }));

  test("there is at most one copy of each part, none where it failed, and one where it is posted", () => {
    fc.assert(
      fc.property(anyNetwork, moves, (traits, plan) => {
        run(
          traits,
          (after, _, copies) => {
            expect(Math.max(...copies)).toBeLessThanOrEqual(1);
            if (after.state === "failed" || after.state === "cancelled" || after.state === "pending")
              expect(Math.max(...copies)).toBe(0);
            const named = after.remotes?.filter(({ public: isPublic }) => isPublic).length ?? 0;
            expect(copies.slice(0, named)).toEqual(Array.from({ length: named }, () => 1));
            if (after.state === "posted" && after.unfinished === undefined) expect(named).toBe(parts);
          },
          plan,
        );
      }),
      { numRuns: runs(2_000) },
    );
  });

  test("an unanswered send is never forgotten, and its request never changes", () => {
    fc.assert(
      fc.property(anyNetwork, moves, (traits, plan) => {
        run(
          traits,
          (after, before) => {
            if (before.state !== "unsettled") return;
            expect(["unsettled", "posted", "failed", "unknown"]).toContain(after.state);
            const isSameStep = after.state === "unsettled" && after.remotes.length === before.remotes.length;
            if (isSameStep) expect(after.open).toBeGreaterThanOrEqual(Math.min(1, before.open));
            if (after.state === "unsettled")
              expect(after).toMatchObject({
                sent: { request: before.sent?.request, firstSentAt: before.sent?.firstSentAt },
              });
            if (after.state === "failed") expect(before.refused ?? after.reason).toBeDefined();
          },
          plan,
        );
      }),
      { numRuns: runs(1_000) },
    );
  });

  test("it is unknown only where the network offers nothing or cannot be read", () => {
    fc.assert(
      fc.property(anyNetwork, moves, (traits, plan) => {
        run(
          traits,
          (after) => {
            const isUnknown =
              after.state === "unknown" || after.remotes?.some(({ id, public: isPublic }) => id === null && !isPublic);
            if (isUnknown) expect(traits.offers === "none" || !traits.canFind).toBe(true);
          },
          plan,
        );
      }),
      { numRuns: runs(1_000) },
    );
  });

  test("every delivery that is neither failed nor unknown is due, and no claim is left", () => {
    fc.assert(
      fc.property(anyNetwork, moves, (traits, plan) => {
        run(
          traits,
          (after) => {
            expect(after.leaseUntil).toBeUndefined();
            expect(after.due === undefined).toBe(after.state === "failed" || after.state === "unknown");
          },
          plan,
        );
      }),
      { numRuns: runs(1_000) },
    );
  });
});

test("a decision of a person to send adds its part to what the delivery has passed, and the breaker", () => {
  const passed = { ...nothingPassed, copy: true };
  expect(confirm({ ...deliveryIn.held, passed }, start, "released", { live: true })).toMatchObject({
    state: "pending",
    passed: { breaker: true, approval: undefined, live: true, copy: true },
    attempts: 0,
    due: start,
  });
  expect(confirm({ ...deliveryIn.failed, passed }, start, "retried").passed).toEqual({ ...passed, breaker: true });
});

test("a cancelled delivery says why, and goes out when its post returns", () => {
  expect(cancel(deliveryIn.held, "the post was deleted")).toMatchObject({
    state: "cancelled",
    reason: "the post was deleted",
    reopens: true,
    due: undefined,
  });
});

test("a cancelled delivery that had failed is held when its post returns, with the reason", () => {
  const failed: Delivery<"failed"> = { ...deliveryIn.failed, reason: "no picture" };
  expect(cancel(failed, "the post was deleted")).toMatchObject({
    state: "cancelled",
    reopens: true,
    heldAs: {
      hold: "returned",
      reason: "it failed before its post was deleted (no picture): release it to send it",
    },
  });
});

test("a copy that was found on the network is posted, with the request that it was compared with", () => {
  const sent = { request: { text: "t0" }, url, document: "d0", identity: "ada", firstSentAt: start, lastSentAt: start };
  const looking: Claimed<"sending"> = { ...claim(aDelivery(), until), state: "sending" };
  expect(adopt(looking, sent, { remote: copy }, start)).toMatchObject({
    state: "posted",
    sent,
    remotes: [{ ...copy, gone: false }],
    due: start,
    reason: `found on ${looking.network}: it was sent before this table knew it`,
  });
});

test("a post that is back after its copy was deleted waits for a person, who alone posts twice", () => {
  const deleted: Delivery<"deleted"> = {
    ...deliveryIn.deleted,
    copy: 1,
    attempts: 4,
    passed: { breaker: true, approval: "text", live: true, copy: false },
    history: { ...noHistory, last: [{ at: start, state: "deleted", attempt: undefined, reason: undefined }] },
  };
  expect(holdReturned(deleted, start + day)).toMatchObject({
    state: "held",
    hold: "returned",
    reason: "it was announced before, and its copy was deleted on 2026-03-01: release it to post it anew",
    copy: 2,
    attempts: 0,
    passed: { breaker: false, approval: "text", live: true, copy: false },
    planned: start + day,
    due: undefined,
  });
});

test("a post that is back names no day of a deletion that its history does not have", () => {
  const last = [{ at: start, state: "posted", attempt: undefined, reason: undefined }] as const;
  for (const history of [noHistory, { ...noHistory, last }])
    expect(holdReturned({ ...deliveryIn.deleted, history }, start + day).reason).toBe(
      "it was announced before, and its copy was deleted: release it to post it anew",
    );
});

test("a copy of which a person found all parts is as its post says, until it is compared", () => {
  const unfinished = { reason: "no answer", isOpen: true, progress: undefined };
  expect(markFinished({ ...deliveryIn.posted, unfinished }, start, "all of it is there")).toEqual({
    ...deliveryIn.posted,
    stale: false,
    reason: "all of it is there",
    due: start,
  });
});

test("a login that could not be used counts as an attempt, and says who must do what", () => {
  const claimed = claim(aDelivery({ attempts: 2 }), until);
  expect(afterNoLogin(claimed, { kind: "unauthorised", reason: "401" }, start)).toMatchObject({
    state: "pending",
    attempts: 3,
    reason: `${claimed.account} is paused: 401; set new credentials`,
  });
});

test.each([
  [7 * day, 30],
  [7 * day + 1, 20],
])("exactly at its limits an unreachable network is asked once more: %d ms, attempt %d", (age, attempts) => {
  const after = afterNoLogin(
    claim(aDelivery({ attempts: attempts - 1 }), until),
    { kind: "unavailable", reason: "refused" },
    start + age,
  );
  expect(after.state).toBe("pending");
});

test("a week without a network is the reason of the failure", () => {
  const claimed = claim(aDelivery({ attempts: 30 }), until);
  expect(afterNoLogin(claimed, { kind: "unavailable", reason: "refused" }, start + 7 * day + 1)).toMatchObject({
    state: "failed",
    reason: "unreachable for a week: refused",
  });
  expect(afterNoLogin(claimed, { kind: "unauthorised", reason: "401" }, start + 7 * day + 1).state).toBe("pending");
});

test("a worker that stopped in a resend leaves it unsettled until the resend has landed", () => {
  expect(expire(unsettled(), 2 * minute, until + hour)).toMatchObject({
    state: "unsettled",
    wait: until + 2 * minute,
    due: until + 2 * minute,
    leaseUntil: undefined,
    reason: "the worker stopped before the network's answer was recorded",
  });
});

test.each([{ kind: "done" }, { kind: "missing", reason: "404" }] as const)(
  "an answer that names no post ($kind) leaves a send unknown",
  (outcome) => {
    expect(afterSend(sending(), outcome, start, aNetwork())).toMatchObject({
      state: "unknown",
      reason: "the network answered a send without naming the post",
    });
  },
);

test("a key is not used in the very moment in which the network forgets it", () => {
  const { sent, refused: _, ...rest } = unsettled();
  const delivery: Delivery<"unsettled"> = { ...rest, refused: undefined, sent };
  const traits = aNetwork({ offers: "key", canFind: false, remembersFor: hour });
  expect(chooseSettlement(delivery, traits, true, sent.firstSentAt + hour)).toBe("unknown");
  expect(chooseSettlement(delivery, traits, true, sent.firstSentAt + hour - 1)).toBe("resend");
});
