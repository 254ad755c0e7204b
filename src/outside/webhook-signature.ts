import { type Instant, second } from "../domain/time.ts";

const prefix = "whsec_";

const decode = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/** `whsec_` and 24 to 64 bytes in base64 (Standard Webhooks, "Signature scheme"). */
export const isWebhookSecret = (text: string): boolean => {
  const encoded = text.slice(prefix.length);
  if (!text.startsWith(prefix) || encoded.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return false;
  const { length } = decode(encoded);
  return length >= 24 && length <= 64;
};

interface WebhookMessage {
  /** The same id for every try: the receiver recognises a repeated message. */
  readonly id: string;
  /** When this try is sent. */
  readonly at: Instant;
  readonly body: string;
  readonly secret: string;
}

/**
 * The headers by which a receiver verifies sender, content and time of a message: Standard Webhooks 1.0, HMAC-SHA256
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
 */
export const webhookHeaders = async ({ id, at, body, secret }: WebhookMessage) => {
  const timestamp = String(Math.floor(at / second));
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", decode(secret.slice(prefix.length)), algorithm, false, ["sign"]);
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, signed));
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${btoa(String.fromCharCode(...mac))}`,
  };
};
