import { describe, expect, test } from "vitest";
import {
  afterChange,
  type Copy,
  claimDeletion,
  claimEdit,
  holdEdit,
  leaveCopy,
} from "../../src/domain/copy-transitions.ts";
import type { Claimed, CopyContent, Outcome } from "../../src/domain/delivery.ts";
import { expire } from "../../src/domain/delivery-transitions.ts";
import { checkLoginAfter } from "../../src/domain/retry.ts";
import { hour, minute, second } from "../../src/domain/time.ts";
import { deliveryIn, start } from "../support/builders.ts";

const until = start + 90 * second;
const edit = (text: string): CopyContent => ({
  request: { text },
  url: `https://blog.example.com/${text}/`,
  document: text,
});
const copy = { id: "1", url: "https://network.example/1", public: true };
const there = { ...copy, gone: false };

describe("an edit or a deletion", () => {
  const posted: Copy = { ...deliveryIn.posted, remotes: [there], stale: false, reason: undefined, due: start };
  const editing = claimEdit(posted, edit("t1"), until);
  const deleting = claimDeletion(posted, until);

  test.each([{ kind: "done" }, { kind: "posted", remote: copy }, { kind: "progressed", progress: {} }] as const)(
    "is done: $kind",
    (outcome) => {
      expect(afterChange(editing, outcome, start, { settle: minute })).toMatchObject({
        state: "posted",
        stale: false,
        sent: { request: { text: "t1" }, url: "https://blog.example.com/t1/", document: "t1" },
        due: start,
      });
      expect(afterChange(deleting, outcome, start, { settle: minute })).toMatchObject({
        state: "deleted",
        reopens: true,
        reason: undefined,
        remotes: [{ ...copy, gone: true }],
        due: start,
      });
    },
  );

  test("by a person who withdraws the copy is not undone when the post comes back", () => {
    expect(afterChange({ ...deleting, withdrawn: true }, { kind: "done" }, start, { settle: minute })).toMatchObject({
      state: "deleted",
      reopens: false,
      reason: "withdrawn by hand: it is not sent again",
    });
  });

  test("that needs an approval leaves the copy as it is until then", () => {
    expect(holdEdit(editing, "its edit needs your approval")).toMatchObject({
      state: "posted",
      hold: "approval",
      reason: "its edit needs your approval",
      stale: true,
      sent: posted.sent,
      remotes: [there],
      edit: undefined,
    });
  });

  test("does not reach a part without an id: the copy is stale from the edit on", () => {
    const unnamed = { id: null, url: null, public: false, gone: false };
    const remotes = [there, unnamed, { ...unnamed, gone: true }];
    const before = claimEdit({ ...posted, remotes }, edit("t1"), until);
    const after = afterChange(before, { kind: "done" }, start, { settle: minute });
    expect(after).toMatchObject({
      stale: true,
      reason: "it cannot be edited: the network gave no id for it",
      remotes: [there, { ...unnamed, behind: true }, { ...unnamed, gone: true }],
    });
    expect(after.remotes?.map(({ behind }) => behind)).toEqual([undefined, true, undefined]);
    expect(leaveCopy({ ...posted, remotes: [there, unnamed] })).toMatchObject({ stale: false, reason: undefined });
  });

  test("that moves the copy has its new id and address from then on, and remembers the one that feeds name", () => {
    const moved = { id: "2", url: "https://network.example/2", public: true };
    const afterEdit = (before: Copy, remote = moved) =>
      afterChange(claimEdit(before, edit("t1"), until), { kind: "done", remote }, start, { settle: minute });
    const after = afterEdit(posted);
    expect(after).toMatchObject({
      state: "posted",
      stale: false,
      remotes: [{ ...moved, gone: false, former: copy.url }],
      due: start,
    });
    expect(afterEdit({ ...posted, remotes: [{ ...there, url: null }] }).remotes).toEqual([
      { ...moved, gone: false, former: undefined },
    ]);
    // An answer that names the same address says nothing about the one before.
    const again = afterEdit({ ...posted, remotes: after.remotes ?? [] });
    expect(again.remotes).toEqual(after.remotes);
  });

  test("of a copy that is not there: it is deleted, and sent again with its post only where Crier deleted it", () => {
    const missing = { kind: "missing", reason: "404" } as const;
    expect(afterChange(deleting, missing, start, { settle: minute })).toMatchObject({
      state: "deleted",
      reopens: true,
      reason: undefined,
      due: start,
    });
    expect(afterChange(editing, missing, start, { settle: minute })).toMatchObject({
      state: "deleted",
      reopens: false,
      reason: "its copy does not exist any more: 404; publish the post with --again to announce it once more",
      due: start,
    });
  });

  test("counts its tries, and begins anew after the copy was left", () => {
    expect([editing.changeAttempts, deleting.changeAttempts]).toEqual([1, 1]);
    const later = claimDeletion(claimEdit(editing, edit("t2"), until), until);
    expect(later).toMatchObject({
      state: "deleting",
      changeAttempts: 3,
      leaseUntil: until,
      due: until,
      edit: undefined,
    });
    expect(claimEdit(leaveCopy(later, "403"), edit("t3"), until).changeAttempts).toBe(1);
  });

  test("that is left is stale where there is a reason", () => {
    expect(leaveCopy(posted, "old")).toMatchObject({ state: "posted", stale: true, due: undefined, reason: "old" });
    expect(leaveCopy(editing)).toMatchObject({ stale: false, leaseUntil: undefined, changeAttempts: undefined });
  });

  test.each([
    { kind: "rejected", reason: "403" },
    { kind: "duplicate", reason: "403", remote: copy },
  ] as const)("that the network rejects leaves a stale copy: $kind", (outcome) => {
    const stale = { state: "posted", stale: true, remotes: [there] };
    const refused = (delivery: Claimed<"editing" | "deleting">) =>
      afterChange(delivery, outcome, start, { settle: minute });
    expect(refused(editing)).toMatchObject({ ...stale, reason: "403" });
    expect(refused(deleting)).toMatchObject({ ...stale, reason: "it was not deleted: 403" });
  });

  test.each([
    [{ kind: "unauthorised", reason: "401" }, checkLoginAfter, "mastodon is paused: 401; set new credentials"],
    [{ kind: "unavailable", reason: "429", retryAt: start + hour }, hour, "429"],
    [{ kind: "unanswered", reason: "500" }, until + minute - start, "500"],
  ] as const)("that the network did not accept is repeated: %j", (outcome, wait, reason) => {
    for (const delivery of [editing, deleting])
      expect(afterChange(delivery, outcome, start, { settle: minute })).toMatchObject({
        state: delivery.state,
        due: start + wait,
        // The account's pause keeps it from being sent, and may end sooner.
        wait: outcome.kind === "unauthorised" ? undefined : start + wait,
        leaseUntil: undefined,
        reason,
      });
  });

  test("whose worker was killed is repeated once it must have landed", () => {
    for (const delivery of [editing, deleting])
      expect(expire(delivery, 2 * minute, until + 1)).toMatchObject({
        state: delivery.state,
        due: until + 2 * minute,
        wait: until + 2 * minute,
        leaseUntil: undefined,
      });
  });

  test("without an answer is remembered, until a later one is answered", () => {
    const silent = { kind: "unanswered", reason: "reset" } as const;
    const open = (delivery: Claimed<"editing" | "deleting">, outcome: Outcome) =>
      afterChange(delivery, outcome, start, { settle: minute }).openChange;
    expect([open(editing, silent), open(deleting, silent)]).toEqual(["edit", "deletion"]);
    for (const delivery of [editing, deleting]) {
      const { openChange } = expire(delivery, minute, until + 1);
      expect(openChange).toBe(delivery === editing ? "edit" : "deletion");
      const again = { ...delivery, openChange };
      expect(leaveCopy(again, "the account was removed").openChange).toBe(openChange);
      expect(claimEdit(leaveCopy(again, "x"), edit("t2"), until).openChange).toBe(openChange);
      expect(open(again, { kind: "unavailable", reason: "429" })).toBe(openChange);
      expect(open(again, { kind: "done" })).toBeUndefined();
    }
  });

  test("that was certainly not applied leaves nothing open", () => {
    for (const delivery of [editing, deleting])
      expect(afterChange(delivery, { kind: "unavailable", reason: "429" }, start, { settle: minute })).toMatchObject({
        state: delivery.state,
        openChange: undefined,
      });
  });

  test("that is rejected shows that the copy is there, but not what an earlier edit made of it", () => {
    const no = { kind: "rejected", reason: "403" } as const;
    const refused = (delivery: Claimed<"editing" | "deleting">) => afterChange(delivery, no, start, { settle: minute });
    expect(refused({ ...editing, openChange: "edit" }).openChange).toBe("edit");
    expect(refused({ ...deleting, openChange: "deletion" }).openChange).toBeUndefined();
  });
});
