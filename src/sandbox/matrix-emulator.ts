import type { Context } from "hono";
import type { Account } from "../domain/account.ts";
import { isRecord } from "../domain/json-value.ts";
import {
  type Emulator,
  type EmulatorContext,
  type Fields,
  json,
  readFields,
  type SandboxEnv,
  sandboxSecret,
} from "./emulator.ts";
import { byteCount } from "./sandbox-text.ts";
import clientServerApi from "./schemas/matrix.json" with { type: "json" };
import { isLive, type TimelinePost } from "./timeline.ts";

/** The limit of a text. Matrix has one for the whole event. */
const limit = 8000;
const maxEvent = 65_536;

const user = "@crier:matrix.example";

/** A homeserver of Matrix with one room, which the bot is in. */
export const matrix: Emulator = {
  network: "matrix",
  title: "Matrix",
  style: "--accent: light-dark(#0b7a5c, #5fd6b3); --on: light-dark(#fff, #06251c)",
  length: byteCount,
  limit: () => limit,
  failure: (status) => {
    if (status === 429) return problem(429, "M_LIMIT_EXCEEDED", "Too Many Requests", { retry_after_ms: 60_000 });
    return status === 401
      ? problem(401, "M_UNKNOWN_TOKEN", "Invalid access token passed.")
      : problem(status, "M_UNKNOWN", "Internal server error");
  },
  schema: clientServerApi,
  refuse: ({ path, message }) => problem(400, "M_BAD_JSON", `${path.join(".")} ${message}`),
  addRoutes: (api, context) => {
    const at = "/_matrix/client/v3";
    api.use(`${at}/*`, (c, next) =>
      c.req.header("authorization") === `Bearer ${sandboxSecret(c.get("account"))}`
        ? next()
        : Promise.resolve(problem(401, "M_UNKNOWN_TOKEN", "Invalid access token passed.")),
    );
    api.use(context.checked);
    api.use(`${at}/rooms/:room/*`, (c, next) =>
      c.req.param("room") === c.get("account").settings.room
        ? next()
        : Promise.resolve(problem(403, "M_FORBIDDEN", `User ${user} not in room`)),
    );
    api.get(`${at}/account/whoami`, () => json({ user_id: user, device_id: "SANDBOX" }));
    api.get(`${at}/rooms/:room/state/:type`, () => problem(404, "M_NOT_FOUND", "Event not found."));
    api.get(`${at}/rooms/:room/messages`, (c) => listMessages(c, context));
    api.get(`${at}/rooms/:room/event/:event`, (c) => {
      const found = context.posts(c.get("account")).find((post) => idIn(post) === c.req.param("event"));
      return found === undefined ? problem(404, "M_NOT_FOUND", "Event not found.") : json(eventOf(found));
    });
    api.put(
      `${at}/rooms/:room/send/m.room.message/:key`,
      context.write(async (c, account) => {
        const key = c.req.param("key") ?? null;
        const same = context.posts(account).find((post) => post.key === key);
        return same === undefined ? save(context, account, key, await readFields(c)) : json({ event_id: idIn(same) });
      }),
    );
    api.put(
      `${at}/rooms/:room/redact/:event/:key`,
      context.write(async (c, account) => {
        const old = context.posts(account).find((post) => idIn(post) === c.req.param("event"));
        if (old === undefined) return problem(404, "M_NOT_FOUND", "Event not found.");
        if (isLive(old)) await context.remove(old);
        return json({ event_id: `$${context.nextId()}` });
      }),
    );
  },
};

const problem = (status: number, errcode: string, error: string, more: object = {}): Response =>
  json({ errcode, error, ...more }, status);

/** The id of the event, without that of the room. */
const idIn = ({ id }: TimelinePost): string => id.split(" ")[1] ?? "";

/** A deleted message has no content. */
const eventOf = (post: TimelinePost) => ({
  event_id: idIn(post),
  type: "m.room.message",
  sender: user,
  origin_server_ts: Date.parse(post.createdAt),
  content: isLive(post) ? post.request : {},
});

const listMessages = (c: Context<SandboxEnv>, context: EmulatorContext): Response => {
  const before = Number(c.req.query("from") ?? Number.MAX_SAFE_INTEGER);
  const size = Number(c.req.query("limit") ?? 10);
  const older = context
    .posts(c.get("account"))
    .toReversed()
    .filter((post) => Number(idIn(post).slice(1)) < before);
  const shown = older.slice(0, size);
  return json({
    chunk: shown.map(eventOf),
    ...(older.length > size && { end: shown.map(idIn).at(-1)?.slice(1) }),
  });
};

const save = async (
  context: EmulatorContext,
  account: Account,
  key: string | null,
  sent: Fields | undefined,
): Promise<Response> => {
  if (byteCount(JSON.stringify(sent)) > maxEvent) return problem(413, "M_TOO_LARGE", "event too large");
  const relation = isRecord(sent?.["m.relates_to"]) ? sent["m.relates_to"] : undefined;
  const old = context.posts(account).find((post) => idIn(post) === relation?.event_id);
  const shown = relation === undefined ? sent : sent?.["m.new_content"];
  const body = isRecord(shown) ? shown.body : undefined;
  if (typeof body !== "string" || body.trim() === "") return problem(400, "M_BAD_JSON", "body is empty");
  const number = context.nextId();
  // An edit of a message that is deleted changes nothing, and is answered as any other one.
  if (relation !== undefined && (old === undefined || !isLive(old))) return json({ event_id: `$${number}` });
  const id = old?.id ?? `${String(account.settings.room)} $${number}`;
  const url = `https://matrix.to/#/${encodeURIComponent(id.replace(" ", "/"))}`;
  await context.save(account, { id, text: body, url, key: old?.key ?? key, request: shown }, old);
  return json({ event_id: `$${number}` });
};
