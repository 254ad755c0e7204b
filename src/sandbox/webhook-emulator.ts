import type { Context } from "hono";
import { Webhook } from "standardwebhooks";
import type { Account } from "../domain/account.ts";
import { isRecord } from "../domain/records.ts";
import { type Instant, minute, second } from "../domain/time.ts";
import { graphemeCount } from "./counting.ts";
import { type Emulator, type EmulatorContext, fieldsOf, json, type SandboxEnv, secretOf } from "./emulator.ts";

const tolerance = 5 * minute;

/** A receiver as Standard Webhooks describes it: it verifies the signature, and knows a message that it has. */
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
  addRoutes: (api, context) => {
    api.use(async (c, next) => {
      const error = await signatureError(c, context.clock());
      return error === undefined ? next() : problem(401, error);
    });
    api.post(
      "/",
      context.write(async (c, account) => receive(context, account, await fieldsOf(c))),
    );
  },
};

const problem = (status: number, error: string, headers: Readonly<Record<string, string>> = {}): Response =>
  json({ error }, status, headers);

const taken = (): Response => new Response(null, { status: 204 });

/** By the specification's own library, but for the time, which is the sandbox's. */
const signatureError = async (c: Context<SandboxEnv>, now: Instant): Promise<string | undefined> => {
  const [id, timestamp, signature] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) =>
    c.req.header(name),
  );
  if (id === undefined || timestamp === undefined || signature === undefined) return "a header is missing";
  const at = Number(timestamp) * second;
  if (!(Math.abs(now - at) <= tolerance)) return "the timestamp is too far from now";
  const secret = btoa(encodeURIComponent(secretOf(c.get("account"))).padEnd(24, "-"));
  const expected = new Webhook(secret).sign(id, new Date(at), await c.req.text());
  return signature.split(" ").includes(expected) ? undefined : "the signature is not valid";
};

const receive = async (context: EmulatorContext, account: Account, event: unknown): Promise<Response> => {
  const { type, timestamp, data } = isRecord(event) ? event : {};
  if (typeof timestamp !== "string" || Number.isNaN(Date.parse(timestamp))) return problem(400, "timestamp: a date");
  if (!isRecord(data) || typeof data.id !== "string") return problem(400, "data.id: the id of the post");
  const { id, url, title, text } = data;
  const old = context.post(account, id);
  if (type === "post.deleted") {
    if (old !== undefined) await context.remove(old);
    return taken();
  }
  if (type !== "post.created" && type !== "post.updated") return problem(400, "type: created, updated or deleted");
  if (typeof url !== "string" || !URL.canParse(url)) return problem(400, "data.url: the address of the post");
  if (typeof title !== "string" || typeof text !== "string") return problem(400, "data.title and data.text: a text");
  if (type === "post.updated" && old === undefined) return problem(404, "there is no such post");
  if (type === "post.created" && context.posts(account).some((post) => post.id === id)) return taken();
  const description = typeof data.summary === "string" ? data.summary : "";
  const picture = typeof data.image === "string" ? { picture: data.image } : {};
  const card = { url, title, description, ...picture };
  await context.save(account, { id, text, url, key: id, card, request: event }, old);
  return taken();
};
