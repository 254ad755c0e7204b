import * as z from "zod";
import type { Outcome, Remote, StoredRequest } from "../domain/delivery.ts";
import { canonicalJson } from "../domain/json-value.ts";
import type { LinkedText } from "../domain/note-text.ts";
import { linksToPage, type Snippet } from "../domain/snippet.ts";
import { minute } from "../domain/time.ts";
import type { Composed, Connection, CopySearch, FoundPost } from "../ports/networks.ts";
import { defineNetwork, type ParsedLogin, serverAddress } from "./define.ts";
import {
  answerReason,
  bodyIn,
  commonOutcome,
  type FetchResult,
  type JsonResponse,
  notRead,
  readIdentity,
  readRetryAt,
  retryInSeconds,
  toOutcome,
} from "./http.ts";
import { composeHtml, composeNote, textSettings } from "./network-text.ts";

/**
 * Bytes. An event has at most 65,536 (Matrix specification, "Size limits"), and each byte of the text is up to two of
 * `body` and five of `formatted_body`.
 */
const limit = 8000;

export const matrixLength = (text: string): number => Buffer.byteLength(text);

const settings = z.strictObject({
  /** The homeserver of the bot. */
  server: serverAddress,
  /** The internal id of the room. An alias may be given to another room. */
  room: z.string().regex(/^![^\s:]{1,200}(?::[^\s]{1,200})?$/, 'a room\'s internal id, such as "!abc:example.org"'),
  hashtags: z.int().min(0).max(10).default(3),
  ...textSettings,
});

/** A room on Matrix that is not encrypted, in which the bot may speak. */
export const matrix = defineNetwork({
  name: "matrix",
  // A key is one of a device: with a new login the same one makes a second message. The room tells what is there.
  offers: "read",
  searchesFirst: true,
  contentWarning: "text",
  settle: minute,
  settings,
  sandboxSettings: { server: "https://matrix.example", room: "!sandbox:matrix.example" },
  credentials: z.object({ accessToken: z.string().min(1) }),
  server: ({ settings: own }) => own.server,
  length: matrixLength,
  compose: (post, own) => {
    const composed = composeMessage(post, own);
    const named = composeNote(post, { emphasis: true }, (given, note) => composeMessage(given, own, note));
    // Programs that show no HTML, such as notifications, get the text with its addresses.
    const { formatted_body: html } = named.request;
    return html === undefined
      ? composed
      : { ...composed, request: { ...composed.request, format: htmlFormat, formatted_body: html } };
  },
  key: (seed, copy) => `${seed}-${copy}`,
  connect: (login) => connectMatrix(login),
});

type Settings = z.output<typeof settings>;

const htmlFormat = "org.matrix.custom.html";

const composeMessage = (given: Snippet, { hashtags, ...own }: Settings, note?: LinkedText): Composed => {
  const rules = { limit, maxTags: hashtags, measure: matrixLength };
  const { fitted, isMarked, html } = composeHtml(given, own, rules, note);
  return {
    ...fitted,
    request: {
      msgtype: "m.text",
      body: fitted.text,
      ...(isMarked && { format: htmlFormat, formatted_body: html }),
      // A name in the text notifies nobody.
      "m.mentions": {},
    },
  };
};

const owner = z.object({ user_id: z.string().min(1) });
const sent = z.object({ event_id: z.string().min(1) });
const event = z.object({
  event_id: z.string(),
  type: z.string(),
  sender: z.string(),
  origin_server_ts: z.number(),
  content: z.record(z.string(), z.unknown()),
});
const page = z.object({ chunk: z.array(z.unknown()), end: z.string().optional() });
const problem = z.object({
  errcode: z.string().optional(),
  error: z.string().optional(),
  retry_after_ms: z.number().optional(),
});

interface Credentials {
  readonly accessToken: string;
}

const connectMatrix = ({
  settings: own,
  credentials,
  sandbox,
  fetchJson,
  clock,
}: ParsedLogin<Settings, Credentials>): Connection => {
  const { room } = own;
  // An edit needs a key of its own: a text may be edited and edited back. One worker changes a delivery at a time.
  const newKey = (eventId: string): string => encodeURIComponent(`${eventId}-${clock()}`);
  const client = `${sandbox ?? own.server}/_matrix/client/v3`;
  const inRoom = `/rooms/${encodeURIComponent(room)}`;
  const call = (method: string, path: string, signal: AbortSignal, json?: StoredRequest): Promise<FetchResult> =>
    fetchJson(client + path, {
      method,
      signal,
      headers: { authorization: `Bearer ${credentials.accessToken}` },
      ...(json && { json }),
    });
  const sendEvent = (path: string, content: StoredRequest, signal: AbortSignal) =>
    call("PUT", inRoom + path, signal, content);
  return {
    whoAmI: async (signal) => {
      const encryption = await call("GET", `${inRoom}/state/m.room.encryption`, signal);
      if (encryption.kind === "response" && encryption.response.status === 200)
        return {
          kind: "unauthorised",
          reason: `the room ${room} is encrypted, and Crier cannot write there: name a room without encryption`,
        };
      // Whoever is in the room may read its state.
      if (encryption.kind === "response" && encryption.response.status === 403)
        return { kind: "unauthorised", reason: `the bot is not in the room ${room}: invite it, and accept as the bot` };
      return readIdentity(
        await call("GET", "/account/whoami", signal),
        (response) => {
          const user = bodyIn(response, owner, response.status === 200)?.user_id;
          return user === undefined ? undefined : { id: `${user} in ${room}`, handle: user };
        },
        outcomeOfError,
        "Matrix",
      );
    },
    send: async (request, key, signal) =>
      toOutcome(await sendEvent(`/send/m.room.message/${encodeURIComponent(key)}`, request, signal), (response) => {
        const made = bodyIn(response, sent, response.status === 200);
        return made === undefined
          ? outcomeOfError(response)
          : { kind: "posted", remote: remoteOf(room, made.event_id) };
      }),
    edit: (remote, request, signal) =>
      change(remote, async (eventId) => {
        // A server takes the edit of a message that is deleted, and shows nothing of it.
        const copy = await call("GET", `${inRoom}/event/${encodeURIComponent(eventId)}`, signal);
        if (copy.kind !== "response") return notRead(copy);
        const { content } = bodyIn(copy.response, event, copy.response.status === 200) ?? {};
        if (copy.response.status === 404 || (content !== undefined && content.body === undefined)) return gone;
        if (content === undefined) return outcomeOfError(copy.response);
        const path = `/send/m.room.message/${newKey(eventId)}`;
        return toOutcome(await sendEvent(path, editOf(eventId, request), signal), changed);
      }),
    remove: (remote, signal) =>
      change(remote, async (eventId) => {
        const path = `/redact/${encodeURIComponent(eventId)}/${newKey(eventId)}`;
        return toOutcome(await sendEvent(path, {}, signal), changed);
      }),
    find: async (sought, signal) => {
      const who = await call("GET", "/account/whoami", signal);
      const user =
        who.kind === "response" ? bodyIn(who.response, owner, who.response.status === 200)?.user_id : undefined;
      return user === undefined
        ? undefined
        : findMessages(sought, user, room, (query) => call("GET", `${inRoom}/messages?${query}`, signal));
    },
  };
};

const change = async ({ id }: Remote, act: (eventId: string) => Promise<Outcome>): Promise<Outcome> => {
  const [, eventId] = (id ?? "").split(" ");
  return eventId === undefined
    ? { kind: "rejected", reason: "The message's id is not known: change it on Matrix by hand" }
    : act(eventId);
};

const changed = (response: JsonResponse): Outcome =>
  bodyIn(response, sent, response.status === 200) === undefined ? outcomeOfError(response) : { kind: "done" };

const gone: Outcome = { kind: "missing", reason: "Matrix has no such message: it was deleted" };

/** Only the members of the room are known to see a message. */
const remoteOf = (room: string, eventId: string): Remote => ({ id: `${room} ${eventId}`, url: null, public: false });

/** An edit replaces a message, and programs that do not know edits show it as another one. */
const editOf = (eventId: string, request: StoredRequest): StoredRequest => ({
  ...request,
  body: `* ${String(request.body)}`,
  ...(request.formatted_body !== undefined && { formatted_body: `* ${String(request.formatted_body)}` }),
  "m.new_content": request,
  "m.relates_to": { rel_type: "m.replace", event_id: eventId },
});

const pageSize = 100;

/** Reads the user's messages, newest first, back to the first moment at which a copy can have been made. */
const findMessages = async (
  sought: CopySearch,
  user: string,
  room: string,
  read: (query: URLSearchParams) => Promise<FetchResult>,
): Promise<readonly FoundPost[] | "unreadable" | undefined> => {
  const filter = JSON.stringify({ types: ["m.room.message"], senders: [user] });
  const found: FoundPost[] = [];
  for (let from: string | undefined = ""; from !== undefined; ) {
    const query = new URLSearchParams({ dir: "b", limit: String(pageSize), filter, ...(from !== "" && { from }) });
    const result = await read(query);
    if (result.kind !== "response") return undefined;
    if (result.response.status === 403) return "unreadable";
    const listed = bodyIn(result.response, page, result.response.status === 200);
    if (listed === undefined) return undefined;
    const events = listed.chunk.flatMap((one) => event.safeParse(one).data ?? []);
    for (const one of events.filter(({ sender }) => sender === user)) found.push(...copyIn(one, sought, room));
    const isOver = events.some(({ origin_server_ts: at }) => at < sought.since);
    from = isOver ? undefined : listed.end;
  }
  return found.toReversed();
};

/** A message that was deleted has no content, and an edit is no message of its own. */
const copyIn = (
  { event_id: id, content, origin_server_ts: madeAt }: z.output<typeof event>,
  { request, url, since }: CopySearch,
  room: string,
): readonly FoundPost[] => {
  const isSame = canonicalJson(content) === canonicalJson(request);
  const isEdit = content["m.relates_to"] !== undefined;
  if (madeAt < since || isEdit || !(isSame || linksToPage(content, url))) return [];
  return [{ remote: remoteOf(room, id), madeAt, isSame, ...(isSame && { request: content }) }];
};

const outcomeOfError = (response: JsonResponse): Outcome => {
  const { errcode, error, retry_after_ms: wait } = problem.safeParse(response.body).data ?? {};
  const { status } = response;
  const reason = answerReason("Matrix", status, [errcode, error].filter((part) => part !== undefined).join(": "));
  const retryAt = retryInSeconds(response, wait === undefined ? undefined : wait / 1000) ?? readRetryAt(response);
  const common = commonOutcome(response, reason, retryAt);
  if (common !== undefined) return common;
  // 403: the bot is not in the room, or may not speak there. 404: the server does not know the room.
  if (status === 401 || status === 403 || status === 404) return { kind: "unauthorised", reason };
  return { kind: "rejected", reason };
};
