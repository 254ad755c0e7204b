import { expect, test } from "vitest";
import { restoredRow, withoutNewDeliveries } from "../../src/transfer/restored-rows.ts";

const now = Date.UTC(2026, 2, 2);
const delivery = {
  pk: "POST#blog#p",
  sk: "DELIVERY#mastodon#1",
  account: "mastodon",
  sandbox: false,
  planned: now - 1,
  dueAt: now,
  accountState: "mastodon#pending",
  position: now,
};
const post = { pk: "POST#blog#p", sk: "POST", published: now - 1, history: false, generation: 1 };
const afterBackup = (row: object) => restoredRow({ pk: "", sk: "", ...row }, { kind: "backup" }, now);

test.each(["pending", "sending"])(
  "after a backup a delivery that was %s is held: it may have been sent since",
  (state) => {
    expect(afterBackup({ ...delivery, state, leaseUntil: now, wait: now })).toEqual({
      pk: delivery.pk,
      sk: delivery.sk,
      account: "mastodon",
      sandbox: false,
      planned: now - 1,
      position: now - 1,
      state: "held",
      hold: "person",
      accountState: "mastodon#held",
      reason: expect.stringContaining("may have been sent since: check the network, then release or dismiss it"),
    });
  },
);

test("a request that was on its way, a copy, and what is in the sandbox stay as they were", () => {
  for (const row of [
    { ...delivery, state: "sending", sent: {} },
    { ...delivery, state: "unsettled", sent: {} },
    { ...delivery, state: "posted", sent: {} },
    { ...delivery, state: "pending", sandbox: true },
  ])
    expect(afterBackup(row)).toEqual(row);
});

test("after a backup a post whose time came since is history; one that is still scheduled, held or announced is not", () => {
  expect(afterBackup(post)).toEqual({ ...post, history: true });
  for (const row of [
    { ...post, published: now + 1 },
    { ...post, hold: "a draft" },
    { ...post, audience: { accounts: [] } },
  ])
    expect(afterBackup(row)).toEqual(row);
});

test("after a backup an audience has no account whose delivery was not there yet", () => {
  const decided = { ...post, audience: { accounts: ["mastodon", "x"], note: "n" } };
  const settled = withoutNewDeliveries({ kind: "backup" });
  settled({ ...delivery, state: "held" });
  expect(settled(decided)).toEqual({ ...post, audience: { accounts: ["mastodon"], note: "n" } });
  expect(withoutNewDeliveries({ kind: "move" })(decided)).toEqual(decided);
});

test("after a backup no source was listed, after a move all were", () => {
  const state = { pk: "SITE#blog", sk: "SOURCE#folder", site: "blog", source: "folder", version: 3, listed: 5 };
  const { listed: _, ...unlisted } = state;
  expect(afterBackup(state)).toEqual(unlisted);
  expect(restoredRow(state, { kind: "move" }, now)).toEqual(state);
});

test("a move changes no delivery and no post; every feed is due, and counts as never rendered", () => {
  for (const row of [{ ...delivery, state: "pending" }, post])
    expect(restoredRow(row, { kind: "move" }, now)).toEqual(row);
  const feed = { pk: "FEED#blog#main", sk: "FEED", rendered: 7, updated: 7 };
  expect(restoredRow(feed, { kind: "move" }, now)).toEqual({ pk: feed.pk, sk: "FEED", updated: 7, dueAt: now });
});
