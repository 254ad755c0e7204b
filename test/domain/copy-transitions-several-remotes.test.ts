import { describe, expect, test } from "vitest";
import {
  afterChange,
  type Copy,
  claimDeletion,
  claimEdit,
  leaveCopy,
  nextToDelete,
  nextToEdit,
} from "../../src/domain/copy-transitions.ts";
import {
  type CopyContent,
  type Delivery,
  isClaimed,
  type KeptRemote,
  type Outcome,
} from "../../src/domain/delivery.ts";
import { minute, second } from "../../src/domain/time.ts";
import { deliveryIn, start } from "../support/builders.ts";

const until = start + 90 * second;
const edit: CopyContent = { request: { text: "t1" }, url: "https://blog.example.com/t1/", document: "d1" };
const remote = (id: string | null, gone = false): KeptRemote => ({ id, url: null, public: true, gone });
const copyOf = (...remotes: readonly KeptRemote[]): Copy => ({
  ...deliveryIn.posted,
  remotes,
  openChange: undefined,
  stale: false,
  reason: undefined,
});

const done: Outcome = { kind: "done" };
const missing: Outcome = { kind: "missing", reason: "404" };
const answer = (claimed: Copy, outcome: Outcome): Delivery => {
  if (!isClaimed(claimed)) throw new Error("nothing was asked");
  return afterChange(claimed, outcome, start, { settle: minute });
};
const editOf = (copy: Copy): Copy => claimEdit(copy, edit, until);
const isCopy = (delivery: Delivery): delivery is Copy =>
  delivery.state === "posted" || delivery.state === "editing" || delivery.state === "deleting";
const asCopy = (delivery: Delivery): Copy => {
  if (isCopy(delivery)) return delivery;
  throw new Error(`it is ${delivery.state}`);
};
const goesOn = {
  openChange: expect.any(String),
  leaseUntil: undefined,
  changeAttempts: 0,
  reason: undefined,
  due: start,
};

describe("a copy of several remotes", () => {
  test("is edited one after the other, and is as its post says after the last one", () => {
    const first = answer(editOf(copyOf(remote("1"), remote("2"))), done);
    expect(first).toMatchObject({ state: "editing", edited: 1, ...goesOn, openChange: "edit" });
    const second = editOf(asCopy(first));
    expect(second).toMatchObject({ edited: 1, changeAttempts: 1, leaseUntil: until });
    expect(answer(second, done)).toMatchObject({
      state: "posted",
      stale: false,
      sent: { request: edit.request },
      openChange: undefined,
      due: start,
    });
  });

  test("has the new address of the remote that an edit moved, and the others keep theirs", () => {
    const moved = { id: "2b", url: "https://network.example/2b", public: true };
    const first = answer(editOf(copyOf(remote("1"), remote("2"), remote("3"))), done);
    expect(answer(editOf(asCopy(first)), { kind: "done", remote: moved }).remotes).toEqual([
      remote("1"),
      { ...remote("2"), ...moved, former: undefined },
      remote("3"),
    ]);
  });

  test("is edited from its first remote again where the post has changed in between", () => {
    const first = asCopy(answer(editOf(copyOf(remote("1"), remote("2"))), done));
    expect(claimEdit(first, { ...edit, document: "d2" }, until)).toMatchObject({ edited: 0 });
  });

  test("that is left between two edits may say what neither of them says", () => {
    const left = leaveCopy(asCopy(answer(editOf(copyOf(remote("1"), remote("2"))), done)), "403");
    expect(left).toMatchObject({ state: "posted", openChange: "edit", stale: true, reason: "403" });
  });

  test("is deleted from its last remote on", () => {
    const copy = copyOf(remote("1"), remote("2"));
    const first = answer(claimDeletion(copy, until), done);
    expect(first).toMatchObject({
      state: "deleting",
      remotes: [remote("1"), remote("2", true)],
      ...goesOn,
      openChange: "deletion",
    });
    expect(answer(claimDeletion(asCopy(first), until), missing)).toMatchObject({
      state: "deleted",
      remotes: [remote("1", true), remote("2", true)],
      reopens: true,
      due: start,
    });
  });

  test("of which one cannot be deleted is stale, and knows what is gone", () => {
    const first = asCopy(answer(claimDeletion(copyOf(remote("1"), remote("2")), until), done));
    expect(answer(claimDeletion(first, until), { kind: "rejected", reason: "403" })).toMatchObject({
      state: "posted",
      stale: true,
      reason: "it was not deleted: 403",
      remotes: [remote("1"), remote("2", true)],
      openChange: undefined,
    });
  });

  test("of which one has no id is deleted as far as it can be, and looked at once more", () => {
    expect(answer(claimDeletion(copyOf(remote("1"), remote(null)), until), done)).toMatchObject({
      state: "posted",
      stale: true,
      reason: "a part of it does not exist any more",
      remotes: [remote("1", true), remote(null)],
      openChange: undefined,
      due: start,
    });
  });

  test("of which a person deleted one is edited in the others, and stale", () => {
    const first = answer(editOf(copyOf(remote("1"), remote("2"))), missing);
    expect(first).toMatchObject({ state: "editing", remotes: [remote("1", true), remote("2")], edited: 1 });
    expect(answer(editOf(asCopy(first)), done)).toMatchObject({
      state: "posted",
      sent: { request: edit.request },
      stale: true,
      reason: "a part of it does not exist any more",
    });
  });

  test("of which a person deleted all is deleted for good", () => {
    const first = asCopy(answer(editOf(copyOf(remote("1"), remote("2"))), missing));
    expect(answer(editOf(first), missing)).toMatchObject({
      state: "deleted",
      reopens: false,
      remotes: [remote("1", true), remote("2", true)],
    });
  });

  test("is asked for where it is there and has an id", () => {
    const remotes = [remote(null), remote("2"), remote("3", true), remote("4"), remote(null)];
    expect([0, 1, 2, 3, 4].map((edited) => nextToEdit(remotes, edited))).toEqual([1, 1, 3, 3, -1]);
    expect(nextToDelete(remotes)).toBe(3);
    expect(nextToDelete([remote(null), remote("2", true)])).toBe(-1);
  });
});
