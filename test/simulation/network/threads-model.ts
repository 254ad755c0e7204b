import { canonicalJson } from "../../../src/domain/json-value.ts";
import { hour, type Instant, iso } from "../../../src/domain/time.ts";
import {
  addCopy,
  type Copy,
  copiesOf,
  type Ledger,
  type Login,
  type ModelRequest,
  type NetworkModel,
  type Reply,
} from "./network-model.ts";

const problem = (code: number, more: object = {}, status = 400): Reply => ({
  status,
  body: { error: { message: "Said.", type: "OAuthException", code, ...more } },
});
const missing = problem(100, { error_subcode: 33 });
const done = (body: object): Reply => ({ status: 200, body });

interface Container {
  readonly identity: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly madeAt: Instant;
  isPublished: boolean;
}

const tokenLife = 60 * 24 * 3600;

/** How long a post is public before it is listed. */
const listedAfter = 20_000;

/** Threads: a container, then its publication. Each publication of a container makes a post, and the list is late. */
export const threadsModel = (ledger: Ledger): NetworkModel => {
  const containers = new Map<string, Container>();

  const statusOf = ({ isPublished, madeAt }: Container, now: Instant): string => {
    if (isPublished) return "PUBLISHED";
    return now - madeAt > 24 * hour ? "EXPIRED" : "FINISHED";
  };

  const shown = ({ id, content, arrivedAt }: Copy) => ({
    id,
    text: JSON.parse(content).text,
    permalink: `https://www.threads.com/p/${id}`,
    timestamp: iso(arrivedAt),
  });

  const list = (login: Login, { url }: ModelRequest, now: Instant): Reply => {
    const from = Number(url.searchParams.get("after") ?? 0);
    const size = Number(url.searchParams.get("limit"));
    const listed = copiesOf(ledger, "threads", login)
      .filter(({ deleted, arrivedAt }) => !deleted && now - arrivedAt >= listedAfter)
      .toReversed();
    const data = listed.slice(from, from + size);
    const isMore = listed.length > from + size;
    return done({
      data: data.map(shown),
      paging: { cursors: { after: String(from + size) }, ...(isMore && { next: "https://graph.threads.net/" }) },
    });
  };

  const make = ({ identity }: Login, fields: Readonly<Record<string, string>>, now: Instant): Reply => {
    const id = ledger.nextId();
    containers.set(id, { identity, fields, madeAt: now, isPublished: false });
    return done({ id });
  };

  const publish = (
    login: Login,
    request: ModelRequest,
    fields: Readonly<Record<string, string>>,
    now: Instant,
  ): Reply => {
    const container = containers.get(fields.creation_id ?? "");
    if (container?.identity !== login.identity || now - container.madeAt > 24 * hour)
      return problem(24, { error_subcode: 4279009 });
    container.isPublished = true;
    const id = ledger.nextId();
    addCopy(ledger, login, { network: "threads", id, content: canonicalJson(container.fields) }, request, now);
    return done({ id });
  };

  const handle = (request: ModelRequest, now: Instant): Reply => {
    const { method, url, body } = request;
    const query = method === "POST" ? new URLSearchParams(body) : url.searchParams;
    const { access_token: token, ...fields } = Object.fromEntries(query);
    const login = ledger.logins.find(({ secret }) => secret.accessToken === token);
    if (login === undefined || !login.valid) return problem(190);
    const [, , what = "", which] = url.pathname.split("/");
    if (url.pathname === "/refresh_access_token") return done({ access_token: token, expires_in: tokenLife });
    if (what === "me" && which === undefined) return done({ id: login.identity.split(" ").at(-1), username: "ada" });
    if (what === "me" && method === "GET") return list(login, request, now);
    if (what === "me") return which === "threads" ? make(login, fields, now) : publish(login, request, fields, now);
    const container = containers.get(what);
    if (container?.identity === login.identity) return done({ id: what, status: statusOf(container, now) });
    const copy = copiesOf(ledger, "threads", login).find(({ id }) => id === what);
    if (copy === undefined || copy.deleted) return missing;
    if (method === "GET") return done(shown(copy));
    copy.deleted = true;
    return done({ success: true, deleted_id: what });
  };

  return {
    network: "threads",
    handle,
    tooMany: (_, wait) => ({ ...problem(4), headers: { "retry-after": String(Math.ceil(wait / 1000)) } }),
  };
};
