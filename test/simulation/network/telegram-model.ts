import { canonicalJson } from "../../../src/domain/json-value.ts";
import { type Instant, second } from "../../../src/domain/time.ts";
import {
  addCopy,
  copiesOf,
  type Ledger,
  type Login,
  type ModelRequest,
  type NetworkModel,
  noteMissing,
  parseFields,
  type Reply,
} from "./network-model.ts";

const problem = (status: number, description: string, parameters: object = {}): Reply => ({
  status,
  body: { ok: false, error_code: status, description, parameters },
});

const done = (result: unknown): Reply => ({ status: 200, body: { ok: true, result } });

/**
 * Telegram's Bot API: each message makes a post, which can be changed by its id, and a bot cannot read its own
 * messages.
 */
export const telegramModel = (ledger: Ledger): NetworkModel => {
  const change = (login: Login, method: string, id: string, content: string): Reply => {
    const copy = copiesOf(ledger, "telegram", login).find((one) => one.id === id && !one.deleted);
    if (method === "deleteMessage") {
      if (copy === undefined) return problem(400, "Bad Request: message to delete not found");
      copy.deleted = true;
      return done(true);
    }
    if (copy === undefined) {
      noteMissing(ledger.copies, id);
      return problem(400, "Bad Request: message to edit not found");
    }
    if (copy.content === content) return problem(400, "Bad Request: message is not modified");
    copy.content = content;
    return done({});
  };

  const handle = (request: ModelRequest, now: Instant): Reply => {
    const [, token, method = ""] = /^\/bot([^/]+)\/(\w+)$/.exec(request.url.pathname) ?? [];
    const login = ledger.logins.find(({ secret }) => secret.token === token);
    if (login === undefined || !login.valid) return problem(401, "Unauthorized");
    // The chat of a bot has its number.
    const bot = Number(token?.split(":")[0]);
    if (method === "getMe") return done({ id: bot, is_bot: true });
    const { chat_id: _, message_id: message, ...post } = parseFields(request.body);
    const content = canonicalJson(post);
    if (method !== "sendMessage") return change(login, method, `-${bot}/${String(message)}`, content);
    const id = ledger.nextId();
    addCopy(ledger, login, { network: "telegram", id: `-${bot}/${id}`, content }, request, now);
    const chat = { id: -bot, type: "channel", username: login.secret.chat?.slice(1) };
    return done({ message_id: Number(id), chat });
  };

  return {
    network: "telegram",
    handle,
    tooMany: (_, wait) => problem(429, "Too Many Requests", { retry_after: wait / second }),
  };
};
