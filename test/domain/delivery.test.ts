import { describe, expect, test } from "vitest";
import {
  deliveryId,
  isClaimed,
  isLater,
  listOfDelivery,
  listsInStates,
  parseDeliveryId,
  pauseRemedy,
  seedText,
} from "../../src/domain/delivery.ts";
import { deliveryIn } from "../support/builders.ts";

describe("the id of a delivery", () => {
  test("is parsed back, whatever the account is called", () => {
    const delivery = { post: "0a1b", account: "me@social.example", generation: 2 };
    expect(deliveryId(delivery)).toBe("0a1b.me@social.example.2");
    expect(parseDeliveryId(deliveryId(delivery))).toEqual(delivery);
  });

  test.each(["", "a.b", "a.b.c", ".b.1", ".a.b.1"])("%j is not one", (id) => {
    expect(parseDeliveryId(id)).toBeUndefined();
  });
});

test("an id names post, account and generation, and is read back", () => {
  const parts = { post: "p0st", account: "my.account", generation: 12 };
  expect(deliveryId(parts)).toBe("p0st.my.account.12");
  expect(parseDeliveryId("p0st.my.account.12")).toEqual(parts);
});

test.each(["", "post", "post.account", "post.account.x", ".account.1", "post..1", "post.account.1x"])(
  "%j is no id of a delivery",
  (id) => {
    expect(parseDeliveryId(id)).toBeUndefined();
  },
);

test("a delivery is claimed as long as it has a lease", () => {
  expect(isClaimed(deliveryIn.sending)).toBe(true);
  expect(isClaimed(deliveryIn.unsettled)).toBe(false);
});

test("no two deliveries have the same seed: neither of two sites nor of two posts, accounts or generations", () => {
  const parts = { post: "p", account: "one", generation: 1 };
  const texts = [
    seedText("blog", parts),
    seedText("notes", parts),
    seedText("blog", { ...parts, post: "p2" }),
    seedText("blog", { ...parts, account: "two" }),
    seedText("blog", { ...parts, generation: 2 }),
    seedText("blog", { ...parts, generation: 11 }),
    seedText("blog", { ...parts, account: "one1" }),
  ];
  expect(new Set(texts).size).toBe(texts.length);
});

test.each([
  ["set new credentials", {}],
  ['set new credentials with "npx crier accounts set x"', { command: "npx crier accounts set x" }],
  ["buy credits", { remedy: "buy credits", command: "npx crier accounts set x" }],
])("a pause tells its owner: %s", (remedy, terms) => {
  expect(pauseRemedy(terms)).toBe(remedy);
});

test("a copy on the network whose edit waits for an approval is in a list of its own, beside what is held", () => {
  expect(listOfDelivery({ state: "posted", hold: undefined })).toBe("posted");
  expect(listOfDelivery({ state: "posted", hold: "approval" })).toBe("held-edit");
  expect(listOfDelivery({ state: "held", hold: "approval" })).toBe("held");
  expect(listOfDelivery({ state: "pending", hold: undefined })).toBe("pending");
  expect(listsInStates(["pending", "failed"])).toEqual(["pending", "failed"]);
  expect(listsInStates(["held"])).toEqual(["held", "held-edit"]);
  expect(listsInStates(["posted", "unknown"])).toEqual(["posted", "unknown", "held-edit"]);
});

test("a delivery is later than those of its account of an earlier announcement", () => {
  const one = { account: "one", generation: 2 };
  expect(isLater(one, { account: "one", generation: 1 })).toBe(true);
  expect(isLater(one, { account: "one", generation: 2 })).toBe(false);
  expect(isLater(one, { account: "one", generation: 3 })).toBe(false);
  expect(isLater(one, { account: "two", generation: 1 })).toBe(false);
});
