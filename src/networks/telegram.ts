import * as z from "zod";
import type { Outcome, Remote, StoredRequest } from "../domain/delivery.ts";
import type { LinkedText } from "../domain/note-text.ts";
import type { Image } from "../domain/post.ts";
import { shorten } from "../domain/shorten.ts";
import { fit, type Snippet, withTitle } from "../domain/snippet.ts";
import { minute } from "../domain/time.ts";
import type { Composed, Connection } from "../ports/networks.ts";
import { pictureSettings } from "./attached-pictures.ts";
import { defineNetwork, type ParsedLogin } from "./define.ts";
import {
  answerReason,
  commonOutcome,
  type JsonResponse,
  missingIf,
  readIdentity,
  readRetryAt,
  retryInSeconds,
  toOutcome,
} from "./http.ts";
import { composeNote, linkedBy, textSettings, titleLength, withoutMentions, wordingBy } from "./network-text.ts";

const limit = 4096;
const maxWarning = 200;

/** Telegram counts UTF-16 units (core.telegram.org/bots/api, "MessageEntity"). */
const telegramLength = (text: string): number => text.length;

const settings = z.strictObject({
  hashtags: z.int().min(0).max(10).default(3),
  /** The number of a topic of the group. Telegram finds no topic with the number of "General". */
  thread: z.int().min(2, { error: 'the topic "General" has no number here: leave "thread" out' }).optional(),
  ...textSettings,
  ...pictureSettings,
});

/** A channel, group or chat on Telegram. A bot that may write there sends the posts. */
export const telegram = defineNetwork({
  name: "telegram",
  // A second request makes a second message, and a bot does not read what it has sent.
  offers: "none",
  contentWarning: "spoiler",
  settle: minute,
  settings,
  credentials: z.object({
    /** @BotFather issues it. */
    token: z.string().regex(/^\d+:[\w%-]+$/),
    /** `@name` of a public channel or group, or the number of another. */
    chat: z.string().regex(/^(?:@\w{4,32}|-?\d{1,20})$/),
  }),
  sandboxCredentials: ({ name }) => ({ token: `1:sandbox-${encodeURIComponent(name)}`, chat: "@sandbox" }),
  server: () => "api.telegram.org",
  length: telegramLength,
  compose: (post, own) => composeNote(post, { emphasis: true }, (given, note) => composeMessage(given, own, note)),
  connect: (login) => connectTelegram(login),
});

const composeMessage = (
  given: Snippet,
  { hashtags, image: showsPicture, ...own }: z.output<typeof settings>,
  note: LinkedText | undefined,
): Composed => {
  const snippet = linkedBy(withoutMentions(given), own);
  const { contentWarning, sensitive } = snippet.content.social;
  const warning =
    contentWarning === undefined
      ? ""
      : `${shorten({ text: contentWarning, isCut: false }, (text) => text.length <= maxWarning)}\n\n`;
  const measure = (text: string): number => telegramLength(warning + text);
  const wording = wordingBy(snippet, own, withTitle);
  const fitted = fit({ ...snippet, ...wording }, { limit, maxTags: hashtags, measure });
  const offset = warning.length;
  const title = titleLength(fitted.text, snippet);
  const entities = [
    ...(title === 0 ? [] : [{ type: "bold", offset, length: title }]),
    ...(warning === "" ? [] : [{ type: "spoiler", offset, length: fitted.text.length }]),
    ...(note === undefined ? [] : noteEntities(note, offset, warning !== "")),
  ];
  // Sensitive content is not shown next to its warning.
  const isHidden = sensitive || warning !== "";
  const [picture] = showsPicture || snippet.isGallery ? snippet.images : [];
  return {
    ...fitted,
    request: {
      text: warning + fitted.text,
      // No parse mode is set, so that the text is shown literally.
      entities,
      link_preview_options: isHidden ? { is_disabled: true } : linkPreview(snippet, picture),
    },
  };
};

const types = { bold: "bold", code: "code", italic: "italic", strike: "strikethrough" } as const;

/** The links of a note, and what its author emphasised. Code is neither within another entity nor around one. */
const noteEntities = ({ links, emphasis }: LinkedText, offset: number, isSpoiler: boolean) => {
  const entities = [
    ...links.map(({ start, end, url }) => ({ type: "text_link", start, end, url })),
    ...emphasis.map(({ start, end, as }) => ({ type: types[as], start, end })),
  ];
  const isAlone = (one: (typeof entities)[number]): boolean =>
    !isSpoiler && entities.every((other) => other === one || other.end <= one.start || other.start >= one.end);
  return entities
    .filter((one) => one.type !== "code" || isAlone(one))
    .toSorted((a, b) => a.start - b.start || b.end - a.end)
    .map(({ start, end, ...entity }) => ({ ...entity, offset: offset + start, length: end - start }));
};

/** The preview of the page or of the picture, which Telegram loads. A caption would have at most 1,024 characters. */
const linkPreview = ({ url }: Snippet, picture: Image | undefined) => {
  if (picture !== undefined) return { url: picture.url, prefer_large_media: true, show_above_text: true };
  return url === "" ? { is_disabled: true } : { url };
};

interface Credentials {
  readonly token: string;
  readonly chat: string;
}

const done = z.object({ ok: z.literal(true) });
const bot = done.extend({ result: z.object({ id: z.number(), username: z.string().optional() }) });
const sent = done.extend({
  result: z.object({
    message_id: z.number(),
    message_thread_id: z.number().optional(),
    is_topic_message: z.boolean().optional(),
    chat: z.object({ id: z.number(), type: z.string().optional(), username: z.string().optional() }),
  }),
});
const problem = z.object({
  description: z.string().optional(),
  parameters: z.object({ retry_after: z.number().optional(), migrate_to_chat_id: z.int().optional() }).optional(),
});

const connectTelegram = (login: ParsedLogin<z.output<typeof settings>, Credentials>): Connection => {
  const { credentials, sandbox, fetchJson } = login;
  const { token, chat } = credentials;
  const { thread } = login.settings;
  const address = `${sandbox ?? "https://api.telegram.org"}/bot${token}`;
  const call = async (
    method: string,
    json: StoredRequest,
    signal: AbortSignal,
    outcomeOf: (response: JsonResponse) => Outcome,
  ): Promise<Outcome> => {
    const result = await fetchJson(`${address}/${method}`, { method: "POST", json, signal });
    return toOutcome(result, outcomeOf);
  };
  return {
    whoAmI: async (signal) =>
      readIdentity(
        await fetchJson(`${address}/getMe`, { method: "GET", signal }),
        ({ body }) => {
          const { id, username } = bot.safeParse(body).data?.result ?? {};
          if (id === undefined) return undefined;
          const topic = thread === undefined ? "" : `, topic ${thread}`;
          return { id: `telegram.org, bot ${id}, chat ${chat}${topic}`, ...(username && { handle: `@${username}` }) };
        },
        outcomeOfError,
        "Telegram",
      ),
    send: (request, _key, signal) =>
      call(
        "sendMessage",
        { chat_id: chat, ...(thread && { message_thread_id: thread }), ...request },
        signal,
        (response) => {
          const message = sent.safeParse(response.body).data?.result;
          return message === undefined ? outcomeOfError(response) : { kind: "posted", remote: remoteOf(message) };
        },
      ),
    edit: (remote, request, signal) =>
      withIds(remote, (ids) =>
        call("editMessageText", { ...ids, ...request }, signal, (response) => {
          if (done.safeParse(response.body).success || says(response, /message is not modified/i))
            return { kind: "done" };
          const isMissing = says(response, /message to edit not found|MESSAGE_ID_INVALID/i);
          return missingIf(isMissing, outcomeOfError(response));
        }),
      ),
    remove: (remote, signal) =>
      withIds(remote, (ids) =>
        call("deleteMessage", ids, signal, (response) =>
          done.safeParse(response.body).success || says(response, /message to delete not found|MESSAGE_ID_INVALID/i)
            ? { kind: "done" }
            : outcomeOfError(response),
        ),
      ),
  };
};

/** Only a message in a public channel or group has a URL. The id has the chat, too: the account may move to another one. */
const remoteOf = ({ message_id: id, chat, ...message }: z.infer<typeof sent>["result"]): Remote => {
  const isOpen = chat.username !== undefined && chat.type !== "private";
  const path = message.is_topic_message === true ? `${message.message_thread_id}/${id}` : id;
  return {
    id: `${chat.id}/${id}`,
    url: isOpen ? `https://t.me/${chat.username}/${path}` : null,
    public: isOpen,
  };
};

const withIds = async (
  { id }: Remote,
  act: (ids: { readonly chat_id: string; readonly message_id: number }) => Promise<Outcome>,
): Promise<Outcome> => {
  const [, chat, message] = /^(-?\d+)\/(\d+)$/.exec(id ?? "") ?? [];
  return chat === undefined
    ? { kind: "rejected", reason: "The message's id is not known: change it on Telegram by hand" }
    : act({ chat_id: chat, message_id: Number(message) });
};

const says = ({ status, body }: JsonResponse, pattern: RegExp): boolean =>
  status === 400 && pattern.test(problem.safeParse(body).data?.description ?? "");

/** These errors are about the bot, its chat or the topic, not about the post. */
const chatErrors =
  /chat not found|thread not found|not enough rights|need administrator rights|have no rights|upgraded to a supergroup|TOPIC_(?:CLOSED|DELETED|ID_INVALID)|CHAT_WRITE_FORBIDDEN|CHAT_RESTRICTED|CHAT_ADMIN_REQUIRED|PEER_ID_INVALID/i;

/** A group that becomes a supergroup has another number. */
const withNewChat = (reason: string, chat: number | undefined): string =>
  chat === undefined ? reason : `${reason}. The number of the chat is ${chat} now`;

const outcomeOfError = (response: JsonResponse): Outcome => {
  const { status } = response;
  const { description, parameters } = problem.safeParse(response.body).data ?? {};
  const reason = withNewChat(answerReason("Telegram", status, description), parameters?.migrate_to_chat_id);
  const common = commonOutcome(
    response,
    reason,
    retryInSeconds(response, parameters?.retry_after) ?? readRetryAt(response),
  );
  if (common !== undefined) return common;
  // 403: the bot was removed from the chat. 404: no bot has this token.
  if (status === 401 || status === 403 || status === 404 || says(response, chatErrors))
    return { kind: "unauthorised", reason };
  return { kind: "rejected", reason };
};
