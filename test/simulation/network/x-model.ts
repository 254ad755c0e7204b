import { type Instant, second } from "../../../src/domain/time.ts";
import {
  type Copy,
  type Ledger,
  type Login,
  type ModelRequest,
  type NetworkModel,
  parseFields,
  partAfter,
  type Reply,
  slugIn,
} from "./network-model.ts";

const problem = (status: number, title: string, detail = title): Reply => ({
  status,
  headers: { "content-type": "application/problem+json" },
  body: { title, detail, type: "about:blank", status },
});

export interface XRules {
  /** For how long it refuses an equal text, in ms. */
  readonly refusesFor: number;
  /** Also after the first one was deleted. */
  readonly refusesDeleted: boolean;
}

/** X. It has no keys and no edits, and refuses a text that the account has posted within a while, without saying which post that was. */
export const xModel = (ledger: Ledger, { refusesFor, refusesDeleted }: XRules): NetworkModel => {
  const mine = (login: Login): readonly Copy[] =>
    ledger.copies.filter(({ network, identity }) => network === "x" && identity === login.identity);

  const create = (login: Login, request: ModelRequest, now: Instant): Reply => {
    const { text, reply } = parseFields(request.body);
    const content = String(text);
    const isEqual = (copy: Copy): boolean =>
      copy.content === content && now - copy.arrivedAt < refusesFor && (refusesDeleted || !copy.deleted);
    if (mine(login).some(isEqual))
      return problem(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.");
    const parent = reply === undefined ? undefined : parseFields(JSON.stringify(reply)).in_reply_to_tweet_id;
    const part = partAfter(mine(login), parent);
    if (part === undefined) return problem(403, "Forbidden", "You attempted to reply to a Tweet that is deleted.");
    const { account, identity } = login;
    const made = { part, network: "x", account, identity, content, slug: slugIn(content), sentAt: request.sentAt };
    const copy: Copy = { ...made, id: ledger.nextId(), arrivedAt: now, deleted: false, byPerson: false };
    ledger.copies.push(copy);
    ledger.onCopy(copy);
    return { status: 201, body: { data: { id: copy.id, text: content } } };
  };

  return {
    network: "x",
    handle: (request, now) => {
      const token = /oauth_token="([^"]+)"/.exec(request.headers.get("authorization") ?? "")?.[1];
      const login = ledger.logins.find(({ secret, valid }) => valid && secret.accessToken === token);
      if (login === undefined) return problem(401, "Unauthorized");
      if (request.method === "POST") return create(login, request, now);
      const copy = mine(login).find(({ id }) => id === request.url.pathname.split("/").at(-1));
      if (copy !== undefined) copy.deleted = true;
      return { status: 200, body: { data: { deleted: true } } };
    },
    tooMany: (now, wait) => ({
      ...problem(429, "Too Many Requests"),
      headers: { "x-rate-limit-reset": String(Math.ceil((now + wait) / second)) },
    }),
  };
};
