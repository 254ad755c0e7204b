import { expect, test } from "vitest";
import type { Outcome } from "../../src/domain/delivery.ts";
import { hideSecrets } from "../../src/networks/define.ts";
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
  const { whoAmI, send, edit, remove } = hideSecrets(connection, () => [undefined, "here", secret]);
  const answers = [
    await whoAmI(signal),
    await send({}, "key", signal),
    await edit?.(remote, {}, signal),
    await remove?.(remote, signal),
  ];
  for (const answer of answers) expect(answer).toMatchObject({ reason: "The token … (…) is not valid here" });
});

test("nor is it in a note", async () => {
  const progressed: Outcome = { kind: "progressed", progress: {}, note: `It went without ${secret}` };
  const { send } = hideSecrets({ whoAmI: connection.whoAmI, send: async () => progressed }, () => [secret]);
  expect(await send({}, "key", signal)).toMatchObject({ note: "It went without …" });
});

test("what a network cannot do is still absent, and an answer without a reason is the same", async () => {
  const posted: Outcome = { kind: "posted", remote };
  const { edit, remove, send } = hideSecrets({ whoAmI: connection.whoAmI, send: async () => posted }, () => [secret]);
  expect([edit, remove]).toEqual([undefined, undefined]);
  expect(await send({}, "key", signal)).toBe(posted);
});

test("a secret that was cut with the message it is in is hidden, too", async () => {
  const long = "x".repeat(400);
  const reason = answerReason("Paper", 400, `The token ${"x".repeat(285)}${secret}`);
  const { send } = hideSecrets({ ...connection, send: async () => ({ kind: "rejected", reason }) }, () => [
    long,
    secret,
  ]);
  expect(await send({}, "key", signal)).toEqual({
    kind: "rejected",
    reason: `Paper answered 400: The token ${"x".repeat(285)}a-lon…`,
  });
  const cut = answerReason("Paper", 400, `The token ${long}`);
  const other = hideSecrets({ ...connection, send: async () => ({ kind: "rejected", reason: cut }) }, () => [long]);
  expect(await other.send({}, "key", signal)).toEqual({ kind: "rejected", reason: "Paper answered 400: The token …" });
});

test("of an address that is a secret, neither the path nor the token in it is in a reason", async () => {
  const token = "T0k3n-of-a-webhook";
  const reason = `Cannot POST /api/webhooks/17/${token}: ${token} is not known`;
  const { send } = hideSecrets({ ...connection, send: async () => ({ kind: "rejected", reason }) }, () => [
    `https://chat.example/api/webhooks/17/${token}`,
    "not:an/address-of-a-server",
  ]);
  expect(await send({}, "key", signal)).toEqual({ kind: "rejected", reason: "Cannot POST …: … is not known" });
});
