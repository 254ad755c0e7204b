import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { second } from "../../src/domain/time.ts";
import { isWebhookSecret, webhookHeaders } from "../../src/outside/webhook-signature.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const body = '{"type":"post.created","title":"Größe 👩‍👩‍👧‍👦"}';

test("a receiver with the library of Standard Webhooks accepts the signature, for this body and this secret only", async () => {
  const at = Math.floor(Date.now() / second) * second;
  const headers = { ...(await webhookHeaders({ id: "k3y", at, body, secret })) };
  const judge = new Webhook(secret);
  expect(judge.verify(body, headers)).toEqual(JSON.parse(body));
  expect(() => judge.verify(`${body} `, headers)).toThrow("No matching signature");
  expect(() => judge.verify(body, { ...headers, "webhook-id": "another" })).toThrow("No matching signature");
  expect(() => new Webhook(`whsec_${btoa("another secret, which is as long")}`).verify(body, headers)).toThrow(
    "No matching signature",
  );
});

test("the headers are those of the specification's example", async () => {
  const headers = await webhookHeaders({
    id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    at: 1_614_265_330_999,
    body: '{"test": 2432232314}',
    secret,
  });
  expect(headers).toEqual({
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

test.each([
  [secret, true],
  [`whsec_${btoa("24 bytes, not one more ..")}`, true],
  [`whsec_${btoa("too short")}`, false],
  [`whsec_${btoa("x".repeat(65))}`, false],
  ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", false],
  ["whsec_not base64, and longer than needed", false],
  ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", false],
])("a secret has a prefix and 24 to 64 bytes in base64: %s is one: %s", (text, expected) => {
  expect(isWebhookSecret(text)).toBe(expected);
});
