import { canonicalJson } from "../../../src/domain/json-value.ts";
import type { Instant } from "../../../src/domain/time.ts";
import {
  addCopy,
  type Copy,
  copiesOf,
  type Ledger,
  type Login,
  type ModelRequest,
  type NetworkModel,
  noteMissing,
  parseFields,
  type Reply,
} from "./network-model.ts";

const problem = (status: number, errcode: string, more: object = {}): Reply => ({
  status,
  body: { errcode, error: "Said.", ...more },
});

const done = (body: object): Reply => ({ status: 200, body });

/**
 * A homeserver of Matrix that remembers no key, as it does not for another login: each message makes a post, and the room
 * has all of them. It takes edits of deleted messages, which show nothing.
 */
export const matrixModel = (ledger: Ledger): NetworkModel => {
  const eventOf = (room: string, user: string) => (copy: Copy) => ({
    event_id: copy.id.slice(room.length + 1),
    type: "m.room.message",
    sender: user,
    origin_server_ts: copy.arrivedAt,
    content: copy.deleted ? {} : parseFields(copy.content),
  });

  const list = (copies: readonly Copy[], { url }: ModelRequest, toEvent: ReturnType<typeof eventOf>): Reply => {
    const from = Number(url.searchParams.get("from") ?? 0);
    const size = Number(url.searchParams.get("limit"));
    const chunk = copies.toReversed().slice(from, from + size);
    return done({ chunk: chunk.map(toEvent), ...(copies.length > from + size && { end: String(from + size) }) });
  };

  const write = (login: Login, room: string, request: ModelRequest, now: Instant): Reply => {
    const content = parseFields(request.body);
    const relation = parseFields(JSON.stringify(content["m.relates_to"] ?? {}));
    if (relation.event_id === undefined) {
      const id = `$${ledger.nextId()}`;
      const made = { network: "matrix", id: `${room} ${id}`, content: canonicalJson(content) };
      addCopy(ledger, login, made, request, now);
      return done({ event_id: id });
    }
    const copy = copiesOf(ledger, "matrix", login).find(({ id }) => id === `${room} ${String(relation.event_id)}`);
    if (copy !== undefined && !copy.deleted) copy.content = canonicalJson(content["m.new_content"]);
    return done({ event_id: `$${ledger.nextId()}` });
  };

  const handle = (request: ModelRequest, now: Instant): Reply => {
    const { method, url, headers } = request;
    const token = headers.get("authorization")?.replace("Bearer ", "");
    const login = ledger.logins.find(({ secret }) => secret.accessToken === token);
    if (login === undefined || !login.valid) return problem(401, "M_UNKNOWN_TOKEN");
    const [user = ""] = login.identity.split(" ");
    const [, , , , , room = "", act, id] = url.pathname.split("/").map(decodeURIComponent);
    if (url.pathname.endsWith("/account/whoami")) return done({ user_id: user });
    const copies = copiesOf(ledger, "matrix", login);
    if (method === "GET" && act === "messages") return list(copies, request, eventOf(room, user));
    if (act === "state") return problem(404, "M_NOT_FOUND");
    if (act === "send") return write(login, room, request, now);
    const copy = copies.find((one) => one.id === `${room} ${String(id)}`);
    if (copy === undefined) return problem(404, "M_NOT_FOUND");
    if (act === "event") {
      if (copy.deleted) noteMissing(ledger.copies, copy.id);
      return done(eventOf(room, user)(copy));
    }
    copy.deleted = true;
    return done({ event_id: `$${ledger.nextId()}` });
  };

  return {
    network: "matrix",
    handle,
    tooMany: (_, wait) => problem(429, "M_LIMIT_EXCEEDED", { retry_after_ms: wait }),
  };
};
