import { describe, expect, test } from "vitest";
import type { Claimed, Delivery } from "../../src/domain/delivery.ts";
import {
  adopt,
  afterNoLogin,
  afterSend,
  chooseSettlement,
  claim,
  claimUnsettled,
  expire,
  giveUp,
  markFound,
  markProgress,
  maxProgress,
  maxSteps,
  type NetworkTraits,
  resumeUnfinished,
  type Stored,
  startSend,
  storeRequest,
} from "../../src/domain/delivery-transitions.ts";
import { hour, minute, second } from "../../src/domain/time.ts";
import { aDelivery, start } from "../support/builders.ts";

const until = start + 90 * second;
const traits: NetworkTraits = { offers: "key", settle: 2 * minute, remembersFor: undefined, canFind: false };
const content = { request: { text: "t0" }, url: "https://blog.example.com/", document: "d0", identity: "ada" };
const sending = (): Stored => storeRequest(claim(aDelivery(), until), content, start);
const copy = { id: "1", url: "https://network.example/1", public: true };
const reply = { id: "2", url: "https://network.example/2", public: false };
const unnamed = { id: null, url: null, public: false, gone: false };
const from = { done: 1 };

const inState = <S extends Delivery["state"]>(delivery: Delivery, state: S): Delivery & { readonly state: S } => {
  const isIn = (one: Delivery): one is Delivery & { readonly state: S } => one.state === state;
  if (!isIn(delivery)) throw new Error(`it is ${delivery.state}`);
  return delivery;
};
/** Its first request is done. */
const halfSent = () => inState(markProgress(sending(), { remote: copy, progress: from }, 0, start), "unsettled");
const prepared = () => inState(markProgress(sending(), { progress: from }, 0, start), "unsettled");
const claimed = (delivery = halfSent()): Claimed<"unsettled"> => claimUnsettled(delivery, until);
/** Its second request is on its way. */
const sendingSecond = (delivery = halfSent()): Claimed<"unsettled"> => startSend(claimed(delivery), start);

describe("a step that is done", () => {
  test("is stored with what it made, and the next one is due at once", () => {
    expect(halfSent()).toMatchObject({
      state: "unsettled",
      sent: { request: { text: "t0" }, firstSentAt: start },
      remotes: [{ ...copy, gone: false }],
      progress: { from, steps: 1 },
      open: 0,
      refused: undefined,
      reason: "1 of its requests is done, the next one follows",
      leaseUntil: undefined,
      wait: undefined,
      due: start,
    });
    expect(prepared().remotes).toEqual([]);
  });

  test("keeps each note for the owner, of this step and of those before", () => {
    const step = { kind: "progressed", progress: from } as const;
    const noteAfter = (note: string | undefined, before?: string) =>
      afterSend({ ...sending(), note: before }, { ...step, ...(note !== undefined && { note }) }, start, traits).note;
    expect(noteAfter("nobody was mentioned")).toBe("nobody was mentioned");
    expect(noteAfter("a picture is missing", "nobody was mentioned")).toBe(
      "nobody was mentioned; a picture is missing",
    );
    expect(noteAfter(undefined, "nobody was mentioned")).toBe("nobody was mentioned");
  });

  test("is the answer of a send, of the first as of a later one", () => {
    expect(afterSend(sending(), { kind: "progressed", progress: from, remote: copy }, start, traits)).toEqual(
      halfSent(),
    );
    const second = { kind: "progressed", progress: { done: 2 }, remote: reply } as const;
    expect(afterSend(sendingSecond(), second, start, traits)).toMatchObject({
      state: "unsettled",
      remotes: [copy, reply],
      progress: { from: { done: 2 }, steps: 2 },
      open: 0,
      reason: "2 of its requests are done, the next one follows",
    });
  });

  test("is followed by the last one: it is posted, with all that was made", () => {
    expect(afterSend(sendingSecond(), { kind: "posted", remote: reply }, start, traits)).toMatchObject({
      state: "posted",
      remotes: [
        { ...copy, gone: false },
        { ...reply, gone: false },
      ],
      unfinished: undefined,
      progress: undefined,
      open: undefined,
      stale: false,
    });
  });

  test("with too much to remember, or after too many others, is the last one", () => {
    const endless = (progress: Record<string, unknown>, delivery = sending()) =>
      markProgress(delivery, { remote: copy, progress }, 0, start);
    const fits = { a: "x".repeat(maxProgress - 8) };
    expect(JSON.stringify(fits)).toHaveLength(maxProgress);
    expect(endless(fits).state).toBe("unsettled");
    expect(endless({ a: `${fits.a}x` })).toMatchObject({
      state: "posted",
      reason: "only a part of it is known to be sent: mastodon needs more requests than a delivery may have",
    });
    expect(markProgress(sending(), { progress: { a: `${fits.a}x` } }, 0, start)).toMatchObject({
      state: "failed",
      reason: "mastodon needs more requests than a delivery may have",
    });
    const steps = (count: number) =>
      markProgress({ ...claimed(), progress: { from, steps: count } }, { progress: from }, 0, start);
    expect([steps(maxSteps - 1).state, steps(maxSteps).state]).toEqual(["unsettled", "posted"]);
  });
});

describe("a request that is begun", () => {
  test("is open until it is answered", () => {
    expect([halfSent().open, claimed().open, sendingSecond().open]).toEqual([0, 0, 1]);
    expect(afterSend(sendingSecond(), { kind: "unanswered", reason: "reset" }, start, traits)).toMatchObject({
      state: "unsettled",
      open: 1,
      progress: { from },
      remotes: [copy],
      wait: until + 2 * minute,
    });
    expect(afterSend(sending(), { kind: "unanswered", reason: "reset" }, start, traits)).toMatchObject({ open: 1 });
  });

  test.each([
    [{ kind: "unavailable", reason: "429", retryAt: start + hour }, start + hour, "429"],
    // The account's pause keeps it from being sent, and may end sooner.
    [{ kind: "unauthorised", reason: "401" }, undefined, "mastodon is paused: 401; set new credentials"],
  ] as const)("and was certainly not applied is not open: %j", (outcome, wait, reason) => {
    const [fresh, again] = [sendingSecond(), sendingSecond({ ...halfSent(), open: 1 })];
    expect(afterSend(fresh, outcome, start, traits)).toMatchObject({ open: 0, wait, reason, progress: { from } });
    expect(afterSend(again, outcome, start, traits)).toMatchObject({ open: 1, wait });
    // The request has not begun, so only earlier requests may be on their way.
    expect(afterNoLogin(claimed(), outcome, start)).toMatchObject({ state: "unsettled", open: 0, wait });
    expect(afterNoLogin(claimed({ ...halfSent(), open: 1 }), outcome, start)).toMatchObject({ open: 1, wait });
  });

  test("by a worker that stopped may have been applied; one that was only claimed was not", () => {
    expect(expire(sendingSecond(), minute, until + hour)).toMatchObject({ open: 1, wait: until + minute });
    expect(expire(claimed(), minute, until + hour)).toMatchObject({ open: 0, due: until + hour, progress: { from } });
  });
});

describe("an unfinished delivery", () => {
  const unfinished = (as: "failed" | "unknown") => inState(giveUp(halfSent(), as, "no", start), "posted");

  test.each(["failed", "unknown"] as const)("goes on where it stopped, with what is there: %s", (as) => {
    const tired = { ...unfinished(as), attempts: 9 };
    expect(resumeUnfinished(tired, until, "by hand")).toMatchObject({
      state: "unsettled",
      remotes: [{ ...copy, gone: false }],
      progress: { from, steps: 1 },
      open: 0,
      attempts: 0,
      reason: "by hand",
      unfinished: undefined,
      due: until,
    });
    const further = inState(markProgress(claimed(), { remote: reply, progress: { done: 2 } }, 0, start), "unsettled");
    const stopped = inState(giveUp(further, as, "no", start), "posted");
    expect(resumeUnfinished(stopped, until, "by hand")?.remotes).toMatchObject([copy, reply]);
  });

  test("does not go on where it has no end, and neither does one that is complete", () => {
    const endless = markProgress(sending(), { remote: copy, progress: { a: "x".repeat(maxProgress) } }, 0, start);
    expect(endless).toMatchObject({ unfinished: { progress: undefined } });
    expect(resumeUnfinished(inState(endless, "posted"), start, "by hand")).toBeUndefined();
    expect(resumeUnfinished({ ...unfinished("failed"), unfinished: undefined }, start, "by hand")).toBeUndefined();
  });
});

describe("a delivery that is half sent", () => {
  test("is sent on while it is wanted, whatever the network offers; else what is public is left to its post", () => {
    for (const offers of ["key", "refuse", "read", "none"] as const) {
      expect(chooseSettlement(halfSent(), { ...traits, offers, canFind: true }, true, start)).toBe("resend");
      expect(chooseSettlement(halfSent(), { ...traits, offers }, false, start)).toBe("leave");
    }
    expect(chooseSettlement({ ...halfSent(), open: 1 }, { ...traits, offers: "none" }, true, start)).toBe("unknown");
  });

  test.each([
    [{ kind: "rejected", reason: "403" }, "403"],
    [
      { kind: "duplicate", reason: "403", remote: reply },
      "an equal post is on mastodon already (https://network.example/2): 403",
    ],
  ] as const)("is never called failed: %j", (outcome, reason) => {
    const why = `only a part of it is known to be sent: ${reason}`;
    expect(afterSend(sendingSecond(), outcome, start, traits)).toMatchObject({
      state: "posted",
      remotes: [{ ...copy, gone: false }],
      unfinished: { reason: why, isOpen: false, progress: { from, steps: 1 } },
      stale: true,
      reason: why,
      openChange: undefined,
      duplicate: undefined,
      due: start,
    });
    expect(afterSend(sendingSecond(prepared()), outcome, start, traits)).toMatchObject({ state: "failed", reason });
  });

  test("is never called unknown: a part without a name may be there", () => {
    const again = sendingSecond({ ...halfSent(), open: 1 });
    expect(afterSend(again, { kind: "rejected", reason: "403" }, start, traits)).toMatchObject({
      state: "posted",
      remotes: [{ ...copy, gone: false }, unnamed],
      stale: true,
      reason:
        "only a part of it is known to be sent: the network gave no clear answer; it may have been posted nevertheless: a later send was rejected (403)",
    });
    expect(giveUp(halfSent(), "failed", "no", start).remotes).toEqual([{ ...copy, gone: false }]);
    expect(giveUp(prepared(), "unknown", "no answer", start)).toMatchObject({
      state: "unknown",
      sent: { request: { text: "t0" } },
      reason: "no answer",
    });
  });

  test("and not wanted any more is cancelled where nothing of it is public", () => {
    expect(giveUp(prepared(), "cancelled", "the post was deleted", start)).toMatchObject({
      state: "cancelled",
      reason: "cancelled before it reached the network: the post was deleted",
      reopens: true,
      progress: undefined,
    });
    expect(giveUp(halfSent(), "cancelled", "the post was deleted", start)).toMatchObject({ state: "posted" });
  });
});

describe("what a search finds", () => {
  test("is the last step, or one of which the next may be there, too", () => {
    expect(markFound(claimed(), { remote: reply }, start)).toMatchObject({ state: "posted", remotes: [copy, reply] });
    expect(markFound(claimed(), { remote: reply, progress: { done: 2 } }, start)).toMatchObject({
      state: "unsettled",
      open: 1,
      progress: { from: { done: 2 }, steps: 2 },
    });
  });

  test("before a first send is said to be found", () => {
    const looking: Claimed<"sending"> = claim(aDelivery(), until);
    const sent = { ...content, firstSentAt: start - hour, lastSentAt: start - hour };
    expect(adopt(looking, sent, { remote: copy, progress: from }, start)).toMatchObject({
      state: "unsettled",
      sent,
      open: 1,
      remotes: [copy],
      reason: "found on mastodon: it was sent before this table knew it",
    });
  });

  test("of a duplicate after a send without an answer is that step", () => {
    const again = sendingSecond({ ...halfSent(), open: 1 });
    const duplicate = { kind: "duplicate", reason: "403", remote: reply } as const;
    expect(afterSend(again, duplicate, start, traits)).toMatchObject({ state: "posted", remotes: [copy, reply] });
    expect(afterSend(again, { ...duplicate, progress: { done: 2 } }, start, traits)).toMatchObject({
      state: "unsettled",
      open: 1,
    });
  });
});
