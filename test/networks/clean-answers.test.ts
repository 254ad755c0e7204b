import { expect, test } from "vitest";
import type { Outcome } from "../../src/domain/delivery.ts";
import { cleanAnswers } from "../../src/networks/define.ts";
import { answerReason } from "../../src/networks/http.ts";
import type { Connection } from "../../src/ports/networks.ts";

const secret = "a-long-secret";
const rejected = { kind: "rejected", reason: `The token ${secret} (${secret}) is not valid here` } as const;
const echo = async (): Promise<Outcome> => rejected;
const connection: Connection = {
  whoAmI: async () => ({ kind: "unauthorised", reason: rejected.reason }),
  send: echo,
  edit: echo,
  remove: echo,
};
const remote = { id: "1", url: null, public: false };
const { signal } = new AbortController();

test("a secret that a network repeats is in no reason", async () => {
  const { whoAmI, send, edit, remove } = cleanAnswers(connection, () => [undefined, "here", secret]);
  const answers = [
    await whoAmI(signal),
    await send({}, "key", signal),
    await edit?.(remote, {}, signal),
    await remove?.(remote, signal),
  ];
  for (const answer of answers) expect(answer).toMatchObject({ reason: "The token … (…) is not valid here" });
});

test.each([
  ["javascript:alert(1)", null],
  ["data:text/html,x", null],
  ["http://192.168.1.1/admin", null],
  ["not an address", null],
  ["https://social.example/@a/1", "https://social.example/@a/1"],
  ["http://127.0.0.1:4000/sandbox", "http://127.0.0.1:4000/sandbox"],
])("the address of a copy is one of the web, or absent: %s", async (url, kept) => {
  const given = { ...remote, url };
  const { send, edit, find } = cleanAnswers(
    {
      ...connection,
      send: async () => ({ kind: "posted", remote: given }),
      edit: async () => ({ kind: "done", remote: given }),
      find: async () => [{ remote: given, madeAt: 0, isSame: true }],
    },
    () => [],
  );
  expect(await send({}, "key", signal)).toEqual({ kind: "posted", remote: { ...remote, url: kept } });
  expect(await edit?.(remote, {}, signal)).toEqual({ kind: "done", remote: { ...remote, url: kept } });
  const sought = { request: {}, key: "key", url: "", since: 0 };
  expect(await find?.(sought, signal)).toMatchObject([{ remote: { url: kept } }]);
});

test("nor is it in a note", async () => {
  const progressed: Outcome = { kind: "progressed", progress: {}, note: `It went without ${secret}` };
  const { send } = cleanAnswers({ whoAmI: connection.whoAmI, send: async () => progressed }, () => [secret]);
  expect(await send({}, "key", signal)).toMatchObject({ note: "It went without …" });
});

test("what a network cannot do is still absent, and an answer without a reason is the same", async () => {
  const posted: Outcome = { kind: "posted", remote };
  const { edit, remove, send } = cleanAnswers({ whoAmI: connection.whoAmI, send: async () => posted }, () => [secret]);
  expect([edit, remove]).toEqual([undefined, undefined]);
  expect(await send({}, "key", signal)).toBe(posted);
});

test("a secret that was cut with the message it is in is hidden, too", async () => {
  const long = "x".repeat(400);
  const reason = answerReason("Paper", 400, `The token ${"x".repeat(285)}${secret}`);
  const { send } = cleanAnswers({ ...connection, send: async () => ({ kind: "rejected", reason }) }, () => [
    long,
    secret,
  ]);
  expect(await send({}, "key", signal)).toEqual({
    kind: "rejected",
    reason: `Paper answered 400: The token ${"x".repeat(285)}a-lon…`,
  });
  const cut = answerReason("Paper", 400, `The token ${long}`);
  const other = cleanAnswers({ ...connection, send: async () => ({ kind: "rejected", reason: cut }) }, () => [long]);
  expect(await other.send({}, "key", signal)).toEqual({ kind: "rejected", reason: "Paper answered 400: The token …" });
});

test("of an address that is a secret, neither the path nor the token in it is in a reason", async () => {
  const token = "T0k3n-of-a-webhook";
  const reason = `Cannot POST /api/webhooks/17/${token}: ${token} is not known`;
  const { send } = cleanAnswers({ ...connection, send: async () => ({ kind: "rejected", reason }) }, () => [
    `https://chat.example/api/webhooks/17/${token}`,
    "not:an/address-of-a-server",
  ]);
  expect(await send({}, "key", signal)).toEqual({ kind: "rejected", reason: "Cannot POST …: … is not known" });
});

test("a secret is hidden in the reason why a login was not renewed", async () => {
  const problem = `Paper answered 400: ${secret}`;
  const whoAmI = async () => ({ kind: "identity", id: "1", problem }) as const;
  const cleaned = cleanAnswers({ ...connection, whoAmI }, () => [secret]);
  expect(await cleaned.whoAmI(AbortSignal.timeout(1000))).toEqual({
    kind: "identity",
    id: "1",
    problem: "Paper answered 400: …",
  });
});
