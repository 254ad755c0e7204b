import type { Context } from "hono";
import * as z from "zod";
import type { Account } from "../domain/account.ts";
import { type Emulator, type EmulatorContext, json, readFields, type SandboxEnv, sandboxSecret } from "./emulator.ts";
import type { Violation } from "./request-check.ts";
import api10 from "./schemas/discord.json" with { type: "json" };
import type { TimelinePost } from "./timeline.ts";

const limit = 2000;

/** The server counts code points. */
const discordLength = (text: string): number => [...text].length;

const url = z.url({ protocol: /^https?$/, error: "Not a well formed URL." }).nullish();
const media = z.looseObject({ url }).nullish();

/** The fields of a message that the timeline shows, with the rules that the schema lacks. */
const message = z.looseObject({
  content: z.string().nullish(),
  embeds: z
    .array(
      z.looseObject({
        title: z.string().nullish(),
        url,
        description: z.string().nullish(),
        image: media,
        thumbnail: media,
      }),
    )
    .nullish(),
});

type Message = z.infer<typeof message>;

/** Discord's webhooks, API version 10. Discord ignores unknown fields; the sandbox refuses them. */
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
  schema: api10,
  formats: { snowflake: /^\d{1,20}$/ },
  refuse: (violation) =>
    violation.keyword === "media-type"
      ? problem(400, 50109, "The request body contains invalid JSON.")
      : problem(400, 50035, "Invalid Form Body", formErrors(violation.path, messageOfViolation(violation))),
  addRoutes: (api, context) => {
    const at = "/api/v10/webhooks/:id/:token";
    for (const path of [at, `${at}/*`])
      api.use(path, async (c, next) =>
        c.req.param("token") === sandboxSecret(c.get("account"))
          ? next()
          : problem(401, 50027, "Invalid Webhook Token"),
      );
    api.use(context.checked);
    api.get(at, (c) =>
      json({ id: c.req.param("id"), type: 1, name: c.get("account").name, guild_id: "1", channel_id: "2" }),
    );
    api.post(
      at,
      context.write(async (c, account) => {
        const sent = await readMessage(c);
        if (sent instanceof Response) return sent;
        const misplaced = placeProblem(account, sent.thread_name, c.req.query("thread_id"));
        if (misplaced !== undefined) return misplaced;
        const id = context.nextId();
        await save(context, account, id, sent);
        // Discord returns the message's id only with `wait=true`.
        return c.req.query("wait") === "true"
          ? json(responseOf(id, sent, account))
          : new Response(null, { status: 204 });
      }),
    );
    api.patch(
      `${at}/messages/:message`,
      context.write(async (c, account) => {
        const old = findPost(context, account, c);
        if (old === undefined) return problem(404, 10008, "Unknown Message");
        const sent = await readMessage(c);
        if (sent instanceof Response) return sent;
        const id = c.req.param("message") ?? "";
        await save(context, account, id, sent, old);
        return json(responseOf(id, sent, account));
      }),
    );
    api.delete(
      `${at}/messages/:message`,
      context.write(async (c, account) => {
        const old = findPost(context, account, c);
        if (old === undefined) return problem(404, 10008, "Unknown Message");
        await context.remove(old);
        return new Response(null, { status: 204 });
      }),
    );
  },
};

const problem = (status: number, code: number, message: string, errors?: unknown): Response =>
  json({ message, code, ...(errors === undefined ? {} : { errors }) }, status);

/** The webhook of an account with a thread is one of a forum channel. */
const placeProblem = ({ settings }: Account, name: unknown, id: string | undefined): Response | undefined => {
  if (name !== undefined && id !== undefined)
    return problem(400, 220_002, "Webhooks posted to forum channels cannot have both a thread_name and thread_id");
  if (settings.thread === undefined && name !== undefined)
    return problem(400, 220_003, "Webhooks can only create threads in forum channels");
  if (settings.thread !== undefined && name === undefined && id === undefined)
    return problem(400, 220_001, "Webhooks posted to forum channels must have a thread_name or thread_id");
  return undefined;
};

/** A thread that a webhook begins has the id of its first message. */
const threadOf = ({ settings: { thread } }: Account, id: string): unknown => (thread === "new" ? id : thread);

const placeOf = (thread: unknown, id: string): string => (thread === undefined ? id : `${thread}/${id}`);

/** A message is found in its channel, or in the thread that the request names. */
const findPost = (context: EmulatorContext, account: Account, c: Context<SandboxEnv>): TimelinePost | undefined =>
  context.post(account, placeOf(c.req.query("thread_id"), c.req.param("message") ?? ""));

const messageOfViolation = ({ keyword, limit, message }: Violation): string => {
  if (keyword === "maxLength" || keyword === "maxItems") return `Must be ${limit} or fewer in length.`;
  if (keyword === "required") return "This field is required";
  return keyword === "format" ? "Not a well formed URL." : message;
};

/** The errors of a form, which are nested like its fields. */
const formErrors = (path: readonly PropertyKey[], text: string): unknown => {
  const error: unknown = { _errors: [{ code: "BASE_TYPE_BAD", message: text }] };
  return path.toReversed().reduce((below, name) => ({ [String(name)]: below }), error);
};

const readMessage = async (c: Context<SandboxEnv>): Promise<Message | Response> => {
  const { data, error } = message.safeParse(await readFields(c));
  const [issue] = error?.issues ?? [];
  if (issue !== undefined) return problem(400, 50035, "Invalid Form Body", formErrors(issue.path, issue.message));
  const isEmpty =
    (data?.content ?? "").trim() === "" &&
    (data?.embeds ?? []).every((embed) => !embed.title && !embed.description && !embed.image);
  return isEmpty || data === undefined ? problem(400, 50006, "Cannot send an empty message") : data;
};

/** The text that a reader sees. */
const shown = (markdown: string): string =>
  markdown.replaceAll(
    /<(?<link>https?:[^<>]*)>|(?<address>https?:[^\s<>\\]*)|\\(?<sign>[^\p{L}\p{N}\s])|(?<fence>`+)(?: (?=.*`)|\n)?(?<code>.*?)[ \n]?\k<fence>(?!`)|\*{1,3}|~~|\[|\]\(<[^<>]*>\)/gsu,
    (...matched) => {
      const { link = "", address = "", sign = "", code = "" } = matched.at(-1);
      return link + address + sign + code;
    },
  );

const save = (context: EmulatorContext, account: Account, id: string, sent: Message, old?: TimelinePost) => {
  const [embed] = sent.embeds ?? [];
  const card =
    embed?.url === undefined || embed.url === null
      ? null
      : {
          url: embed.url,
          title: shown(embed.title ?? ""),
          description: shown(embed.description ?? ""),
          ...(embed.image?.url && { picture: embed.image.url }),
        };
  const url = `https://discord.com/channels/1/2/${id}`;
  // An embed that has no title is its picture.
  const pictures = (sent.embeds ?? []).flatMap(({ title, image }) =>
    title || !image?.url ? [] : [{ path: image.url, alt: "" }],
  );
  const place = placeOf(threadOf(account, id), id);
  return context.save(account, { id: place, text: shown(sent.content ?? ""), url, card, pictures, request: sent }, old);
};

const responseOf = (id: string, { content, embeds }: Message, account: Account) => ({
  id,
  channel_id: threadOf(account, id) ?? "2",
  webhook_id: "100000000000000001",
  content: content ?? "",
  embeds: embeds ?? [],
});
