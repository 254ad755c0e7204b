import type { Context } from "hono";
import * as z from "zod";
import type { Account } from "../domain/account.ts";
import { canonicalJson } from "../domain/json-value.ts";
import { type Emulator, type EmulatorContext, json, readFields, type SandboxEnv, sandboxSecret } from "./emulator.ts";
import botApi from "./schemas/telegram.json" with { type: "json" };
import type { TimelinePost } from "./timeline.ts";

const limit = 4096;
const chatId = -1_001_000_000_001;

/** Counts UTF-16 units as half the bytes of that encoding. */
const telegramLength = (text: string): number => Buffer.byteLength(text, "utf16le") / 2;

const content = {
  text: z.string(),
  entities: z.array(z.looseObject({ offset: z.int(), length: z.int() })).optional(),
  link_preview_options: z.looseObject({ url: z.url({ protocol: /^https?$/ }).optional() }).optional(),
};
const chat = z.union([z.int(), z.string().min(1)]);
const message = z.looseObject({ chat_id: chat, message_thread_id: z.int().optional(), ...content });
const edit = z.looseObject({ chat_id: chat, message_id: z.int(), ...content });
const deletion = z.looseObject({ chat_id: chat, message_id: z.int() });

/** Telegram's Bot API with a public channel. */
export const telegram: Emulator = {
  network: "telegram",
  title: "Telegram",
  style: "--accent: light-dark(#1b76ad, #6fc3f2); --on: light-dark(#fff, #08202e)",
  length: telegramLength,
  limit: () => limit,
  failure: (status) => {
    if (status === 429) return problem(429, "Too Many Requests: retry after 60", { parameters: { retry_after: 60 } });
    return problem(status, status === 401 ? "Unauthorized" : "Internal Server Error");
  },
  schema: botApi,
  refuse: ({ path, message }) => problem(400, `Bad Request: the request is not valid: ${path.join(".")} ${message}`),
  addRoutes: (api, context) => {
    api.use("/:bot/*", async (c, next) =>
      c.req.param("bot") === `bot1:${sandboxSecret(c.get("account"))}` ? next() : problem(401, "Unauthorized"),
    );
    api.use(context.checked);
    api.on(["GET", "POST"], "/:bot/getMe", (c) =>
      json({ ok: true, result: { id: 1, is_bot: true, first_name: c.get("account").name, username: "sandbox_bot" } }),
    );
    api.post(
      "/:bot/sendMessage",
      context.write(async (c, account) => {
        const { data } = message.safeParse(await readFields(c));
        if (data === undefined) return problem(400, "Bad Request: the request is not valid");
        if (!isChat(data.chat_id)) return problem(400, "Bad Request: chat not found");
        if (data.message_thread_id !== account.settings.thread)
          return problem(400, "Bad Request: message thread not found");
        return save(context, account, context.nextId(), data);
      }),
    );
    api.post(
      "/:bot/editMessageText",
      context.write(async (c, account) => {
        const { data } = edit.safeParse(await readFields(c));
        if (data === undefined) return problem(400, "Bad Request: the request is not valid");
        const old = findPost(context, c, data);
        if (old === undefined) return problem(400, "Bad Request: message to edit not found");
        if (canonicalJson(old.request) === canonicalJson(contentOf(data)))
          return problem(400, "Bad Request: message is not modified: the new content is the same as the old one");
        return save(context, account, String(data.message_id), data, old);
      }),
    );
    api.post(
      "/:bot/deleteMessage",
      context.write(async (c) => {
        const { data } = deletion.safeParse(await readFields(c));
        const old = data && findPost(context, c, data);
        if (old === undefined) return problem(400, "Bad Request: message to delete not found");
        await context.remove(old);
        return json({ ok: true, result: true });
      }),
    );
  },
};

const problem = (status: number, description: string, more: object = {}): Response =>
  json({ ok: false, error_code: status, description, ...more }, status);

const isChat = (id: number | string): boolean => ["@sandbox", String(chatId)].includes(String(id));

const findPost = (
  context: EmulatorContext,
  c: Context<SandboxEnv>,
  { chat_id, message_id }: z.infer<typeof deletion>,
): TimelinePost | undefined =>
  isChat(chat_id) ? context.post(c.get("account"), `${chatId}/${message_id}`) : undefined;

/** An entity must cover a part of the text, and must not split a character. */
const isInText = (text: string, offset: number, length: number): boolean =>
  offset + length <= text.length && text.slice(offset, offset + length).isWellFormed();

const contentOf = ({ text, entities = [], link_preview_options }: z.infer<typeof message>) => ({
  text,
  entities,
  link_preview_options,
});

const save = async (
  context: EmulatorContext,
  account: Account,
  id: string,
  given: z.infer<typeof message>,
  old?: TimelinePost,
): Promise<Response> => {
  const request = contentOf(given);
  const { text, entities } = request;
  if (text.trim() === "") return problem(400, "Bad Request: message text is empty");
  if (telegramLength(text) > limit) return problem(400, "Bad Request: message is too long");
  if (!entities.every(({ offset, length }) => isInText(text, offset, length)))
    return problem(400, "Bad Request: can't parse entities: an entity is not in the text");
  const { thread: topic } = account.settings;
  const url = `https://t.me/sandbox/${topic === undefined ? "" : `${topic}/`}${id}`;
  // A large preview of an address that is not in the text is a picture.
  const { url: shown = "", prefer_large_media: isLarge = false } = request.link_preview_options ?? {};
  const pictures = isLarge && !text.includes(shown) ? [{ path: shown, alt: "" }] : [];
  await context.save(account, { id: `${chatId}/${id}`, text, url, request, pictures }, old);
  const channel = { id: chatId, type: "channel", title: account.name, username: "sandbox" };
  const inTopic = topic === undefined ? {} : { message_thread_id: topic, is_topic_message: true };
  return json({ ok: true, result: { message_id: Number(id), ...inTopic, date: 0, chat: channel, text, entities } });
};
