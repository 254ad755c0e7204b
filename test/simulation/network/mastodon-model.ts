import { hour, type Instant, iso } from "../../../src/domain/time.ts";
import {
  type Copy,
  type Ledger,
  type Login,
  type ModelRequest,
  type NetworkModel,
  noteMissing,
  parseFields,
  partAfter,
  type Reply,
  slugIn,
} from "./network-model.ts";

const problem = (status: number, error: string): Reply => ({ status, body: { error } });

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** Its links shortened, as Mastodon shows them. */
const html = (text: string): string =>
  `<p>${escaped(text)
    .replaceAll(
      /https?:\/\/[^\s<]+/g,
      (url) => `<a href="${url}" rel="nofollow">${url.replace(/^https?:\/\//, "").slice(0, 30)}</a>`,
    )
    .replaceAll("\n\n", "</p><p>")}</p>`;

/** A Mastodon server. It remembers an Idempotency-Key for an hour from its first use, and then makes a second status of it. */
export const mastodonModel = (ledger: Ledger): NetworkModel => {
  const keys = new Map<string, { readonly id: string; readonly until: Instant }>();

  const statusOf = ({ id, content, arrivedAt, parent = null }: Copy) => ({
    id,
    url: `https://social.example/@ada/${id}`,
    created_at: iso(arrivedAt),
    content: html(content),
    in_reply_to_id: parent,
    card: null,
  });

  const mine = (login: Login): readonly Copy[] =>
    ledger.copies.filter(
      ({ network, identity, deleted }) => network === "mastodon" && identity === login.identity && !deleted,
    );

  const create = (login: Login, request: ModelRequest, now: Instant): Reply => {
    const key = request.headers.get("idempotency-key");
    const name = `${login.identity} ${key}`;
    const known = key === null ? undefined : keys.get(name);
    if (known !== undefined && now < known.until) {
      const copy = mine(login).find(({ id }) => id === known.id);
      return copy === undefined ? problem(404, "Record not found") : { status: 200, body: statusOf(copy) };
    }
    const { account, identity } = login;
    const { status, in_reply_to_id: parent } = parseFields(request.body);
    const part = partAfter(mine(login), parent);
    if (part === undefined) return problem(404, "Record not found");
    const content = String(status);
    const made = { network: "mastodon", account, identity, content, slug: slugIn(content), sentAt: request.sentAt };
    const copy: Copy = {
      ...made,
      part,
      parent: parent === undefined ? null : String(parent),
      id: ledger.nextId(),
      arrivedAt: now,
      deleted: false,
      byPerson: false,
    };
    ledger.copies.push(copy);
    if (key !== null) keys.set(name, { id: copy.id, until: now + hour });
    ledger.onCopy(copy);
    return { status: 200, body: statusOf(copy) };
  };

  const timeline = (login: Login, query: URLSearchParams): Reply => {
    const before = query.get("max_id");
    const all = [...mine(login)].toReversed().filter(({ id }) => before === null || Number(id) < Number(before));
    return { status: 200, body: all.slice(0, Number(query.get("limit") ?? 20)).map(statusOf) };
  };

  const change = (login: Login, { method, url, body }: ModelRequest): Reply => {
    const id = url.pathname.split("/").at(-1) ?? "";
    const copy = mine(login).find((one) => one.id === id);
    if (copy === undefined) {
      if (method === "PUT") noteMissing(ledger.copies, id);
      return problem(404, "Record not found");
    }
    if (method === "DELETE") copy.deleted = true;
    else copy.content = String(parseFields(body).status);
    return { status: 200, body: statusOf(copy) };
  };

  return {
    network: "mastodon",
    handle: (request, now) => {
      const { method, url, headers } = request;
      const token = headers.get("authorization")?.slice("Bearer ".length);
      const login = ledger.logins.find(
        ({ secret, identity }) => secret.accessToken === token && identity.startsWith(`${url.origin},`),
      );
      if (login === undefined || !login.valid) return problem(401, "The access token is invalid");
      if (url.pathname.endsWith("/verify_credentials"))
        return { status: 200, body: { id: login.identity.split(" ").at(-1), username: "ada" } };
      if (method === "GET") return timeline(login, url.searchParams);
      return method === "POST" ? create(login, request, now) : change(login, request);
    },
    tooMany: (now, wait) => ({
      ...problem(429, "Too many requests"),
      headers: { "x-ratelimit-reset": iso(now + wait) },
    }),
  };
};
