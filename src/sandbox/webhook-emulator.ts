import type { Context } from "hono";
import { Webhook } from "standardwebhooks";
import * as z from "zod";
import type { Account } from "../domain/account.ts";
import { type Instant, minute, second } from "../domain/time.ts";
import { type Emulator, type EmulatorContext, json, readFields, type SandboxEnv, sandboxSecret } from "./emulator.ts";
import { graphemeCount } from "./sandbox-text.ts";
import messages from "./schemas/webhook.json" with { type: "json" };

const tolerance = 5 * minute;

/** A receiver by Standard Webhooks: it verifies the signature, and recognises a repeated message. */
export const webhook: Emulator = {
  network: "webhook",
  title: "Webhook",
  style: "--accent: light-dark(#3f6b3a, #9ccf8f); --on: light-dark(#fff, #10200d); --round: .3rem",
  length: graphemeCount,
  limit: () => 5000,
  failure: (status) =>
    status === 429
      ? problem(429, "too many requests", { "retry-after": "60" })
      : problem(status, status === 401 ? "the signature is not valid" : "the receiver is out of order"),
  schema: messages,
  refuse: ({ location, path, message }) => problem(400, `${path.length === 0 ? location : path.join(".")}: ${message}`),
  addRoutes: (api, context) => {
    api.use(async (c, next) => {
      const error = await signatureError(c, context.clock());
      return error === undefined ? next() : problem(401, error);
    });
    api.use(context.checked);
    api.post(
      "/",
      context.write(async (c, account) => receive(context, account, await readFields(c))),
    );
  },
};

const problem = (status: number, error: string, headers: Readonly<Record<string, string>> = {}): Response =>
  json({ error }, status, headers);

const taken = (): Response => new Response(null, { status: 204 });

/** Verified by the specification's own library, except that the sandbox's clock is used. */
const signatureError = async (c: Context<SandboxEnv>, now: Instant): Promise<string | undefined> => {
  const [id, timestamp, signature] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) =>
    c.req.header(name),
  );
  if (id === undefined || timestamp === undefined || signature === undefined) return "a header is missing";
  const at = Number(timestamp) * second;
  if (!(Math.abs(now - at) <= tolerance)) return "the timestamp is too far from now";
  const secret = btoa(encodeURIComponent(sandboxSecret(c.get("account"))).padEnd(24, "-"));
  const expected = new Webhook(secret).sign(id, new Date(at), await c.req.text());
  return signature.split(" ").includes(expected) ? undefined : "the signature is not valid";
};

/** The parts of a message that the timeline shows. `context.checked` has checked its form. */
const event = z.object({
  type: z.string(),
  data: z.object({
    id: z.string(),
    url: z.string().default(""),
    label: z.string().default(""),
    text: z.string().default(""),
    summary: z.string().default(""),
    image: z.string().optional(),
    images: z.array(z.object({ url: z.string(), alt: z.string().optional() })).default([]),
  }),
});

const receive = async (context: EmulatorContext, account: Account, request: unknown): Promise<Response> => {
  const { type, data } = event.parse(request);
  const { id, url, label, text, summary: description, image: picture, images } = data;
  const old = context.post(account, id);
  if (type === "post.deleted") {
    if (old !== undefined) await context.remove(old);
    return taken();
  }
  if (type === "post.updated" && old === undefined) return problem(404, "there is no such post");
  if (type === "post.created" && context.posts(account).some((post) => post.id === id)) return taken();
  const card = { url, title: label, description, ...(picture !== undefined && { picture }) };
  // The picture of an article is in its card.
  const pictures = images
    .filter((image) => image.url !== picture)
    .map((image) => ({ path: image.url, alt: image.alt ?? "" }));
  await context.save(account, { id, text, url, key: id, card, pictures, request }, old);
  return taken();
};
