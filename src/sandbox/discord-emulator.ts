import type { Context } from "hono";
import * as z from "zod";
import type { Account } from "../domain/account.ts";
import { type Emulator, type EmulatorContext, fieldsOf, json, type SandboxEnv, secretOf } from "./emulator.ts";
import type { TimelinePost } from "./timeline.ts";

const limit = 2000;

/** The server counts code points. */
const discordLength = (text: string): number => [...text].length;

const text = (max: number) =>
  z.string().refine((given) => discordLength(given) <= max, `Must be ${max} or fewer in length.`);
const url = z.url({ protocol: /^https?$/, error: "Not a well formed URL." }).max(2048);
const media = z.strictObject({ url });

/**
 * IncomingWebhookRequestPartial and RichEmbed of Discord's OpenAPI 10 (discord/discord-api-spec), as far as Crier writes
 * them. Discord ignores what it does not know: the sandbox refuses it.
 */
const message = z.strictObject({
  content: text(limit).nullish(),
  embeds: z
    .array(
      z.strictObject({
        title: text(256).optional(),
        url: url.optional(),
        description: text(4096).optional(),
        image: media.optional(),
        thumbnail: media.optional(),
      }),
    )
    .max(10)
    .nullish(),
  allowed_mentions: z.strictObject({ parse: z.array(z.enum(["users", "roles", "everyone"])) }).nullish(),
});

type Message = z.infer<typeof message>;

/** Discord's webhooks, API version 10. */
export const discord: Emulator = {
  network: "discord",
  title: "Discord",
  style: "--accent: light-dark(#4752c4, #8b95f5); --on: light-dark(#fff, #10123a); --round: 40%",
  length: discordLength,
  limit: () => limit,
  failure: (status) => {
    if (status === 429)
      return json({ message: "You are being rate limited.", retry_after: 60.0, global: false }, 429, {
        "retry-after": "60",
      });
    return status === 401
      ? problem(401, 50027, "Invalid Webhook Token")
      : problem(status, 0, "500: Internal Server Error");
  },
  addRoutes: (api, context) => {
    const at = "/api/v10/webhooks/:id/:token";
    for (const path of [at, `${at}/*`])
      api.use(path, async (c, next) =>
        c.req.param("token") === secretOf(c.get("account")) ? next() : problem(401, 50027, "Invalid Webhook Token"),
      );
    api.get(at, (c) =>
      json({ id: c.req.param("id"), type: 1, name: c.get("account").name, guild_id: "1", channel_id: "2" }),
    );
    api.post(
      at,
      context.write(async (c, account) => {
        const sent = await messageOf(c);
        if (sent instanceof Response) return sent;
        const id = context.nextId();
        await save(context, account, id, sent);
        // Without it nobody learns the message's id.
        return c.req.query("wait") === "true" ? json(responseOf(id, sent)) : new Response(null, { status: 204 });
      }),
    );
    api.patch(
      `${at}/messages/:message`,
      context.write(async (c, account) => {
        const old = context.post(account, c.req.param("message") ?? "");
        if (old === undefined) return problem(404, 10008, "Unknown Message");
        const sent = await messageOf(c);
        if (sent instanceof Response) return sent;
        await save(context, account, old.id, sent, old);
        return json(responseOf(old.id, sent));
      }),
    );
    api.delete(
      `${at}/messages/:message`,
      context.write(async (c, account) => {
        const old = context.post(account, c.req.param("message") ?? "");
        if (old === undefined) return problem(404, 10008, "Unknown Message");
        await context.remove(old);
        return new Response(null, { status: 204 });
      }),
    );
  },
};

const problem = (status: number, code: number, said: string, errors?: unknown): Response =>
  json({ message: said, code, ...(errors === undefined ? {} : { errors }) }, status);

/** The errors of a form lie as deep as their fields. */
const formErrors = (issues: readonly z.core.$ZodIssue[]): unknown => {
  const [first] = issues;
  const error: unknown = { _errors: [{ code: "BASE_TYPE_BAD", message: first?.message ?? "" }] };
  return (first?.path ?? []).toReversed().reduce((below, name) => ({ [String(name)]: below }), error);
};

const messageOf = async (c: Context<SandboxEnv>): Promise<Message | Response> => {
  const { data, error } = message.safeParse(await fieldsOf(c));
  if (error !== undefined) return problem(400, 50035, "Invalid Form Body", formErrors(error.issues));
  const isEmpty =
    (data.content ?? "").trim() === "" &&
    (data.embeds ?? []).every((embed) => !embed.title && !embed.description && !embed.image);
  return isEmpty ? problem(400, 50006, "Cannot send an empty message") : data;
};

/** As a reader sees it. */
const shown = (markdown: string): string =>
  markdown.replaceAll(
    /<(https?:[^<>]*)>|\\([^\p{L}\p{N}\s])/gu,
    (_, link: string | undefined, sign: string) => link ?? sign,
  );

const save = (context: EmulatorContext, account: Account, id: string, sent: Message, old?: TimelinePost) => {
  const [embed] = sent.embeds ?? [];
  const card =
    embed?.url === undefined
      ? null
      : {
          url: embed.url,
          title: shown(embed.title ?? ""),
          description: shown(embed.description ?? ""),
          ...(embed.image && { picture: embed.image.url }),
        };
  const url = `https://discord.com/channels/1/2/${id}`;
  return context.save(account, { id, text: shown(sent.content ?? ""), url, card, request: sent }, old);
};

const responseOf = (id: string, { content, embeds }: Message) => ({
  id,
  channel_id: "2",
  webhook_id: "100000000000000001",
  content: content ?? "",
  embeds: embeds ?? [],
});
