import { canonicalJson } from "../../../src/domain/json-value.ts";
import { type Instant, iso, second } from "../../../src/domain/time.ts";
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

const problem = (status: number, error: string): Reply => ({ status, body: { error } });

/**
 * A site with Micropub that lists its posts. The slug is in the address, but makes no two requests one post. Every other
 * edit moves a post to another address, and the one before is forgotten.
 */
export const micropubModel = (ledger: Ledger): NetworkModel => {
  const entryOf = ({ id, content, arrivedAt, deleted }: Copy) => ({
    type: ["h-entry"],
    properties: {
      url: [id],
      published: [iso(arrivedAt)],
      ...(deleted ? { deleted: [iso(arrivedAt)] } : parseFields(content)),
    },
  });

  const list = (copies: readonly Copy[], { url }: ModelRequest): Reply => {
    const newest = copies.toReversed();
    const from = newest.findIndex(({ id }) => id === url.searchParams.get("after")) + 1;
    const items = newest.slice(from, from + Number(url.searchParams.get("limit")));
    const isMore = newest.length > from + items.length;
    return { status: 200, body: { items: items.map(entryOf), paging: isMore ? { after: items.at(-1)?.id } : {} } };
  };

  const create = (login: Login, site: string, request: ModelRequest, now: Instant): Reply => {
    const { "mp-slug": slugs, ...properties } = parseFields(JSON.stringify(parseFields(request.body).properties));
    const [slug] = Array.isArray(slugs) ? slugs.map(String) : [];
    const id = `${site}${slug}/${ledger.nextId()}/`;
    addCopy(ledger, login, { network: "micropub", id, former: [], content: canonicalJson(properties) }, request, now);
    return { status: 202, headers: { location: id }, body: {} };
  };

  const update = (copy: Copy, { body }: ModelRequest): Reply => {
    const { replace, delete: names } = parseFields(body);
    const removed = Array.isArray(names) ? names.map(String) : [];
    const kept = Object.entries(parseFields(copy.content)).filter(([name]) => !removed.includes(name));
    copy.content = canonicalJson({ ...Object.fromEntries(kept), ...parseFields(JSON.stringify(replace)) });
    const number = Number(ledger.nextId());
    if (number % 2 === 0) return { status: 204, body: undefined };
    copy.former?.push(copy.id);
    copy.id = copy.id.replace(/\d+\/$/, `${number}/`);
    return { status: 201, headers: { location: copy.id }, body: undefined };
  };

  const handle = (request: ModelRequest, now: Instant): Reply => {
    const { method, url, headers } = request;
    const token = headers.get("authorization")?.replace("Bearer ", "");
    const login = ledger.logins.find(
      ({ secret, identity }) => secret.accessToken === token && identity.startsWith(`${url.origin}/`),
    );
    if (login === undefined || !login.valid) return problem(401, "unauthorized");
    const site = login.identity.split(", ")[1] ?? "";
    const copies = copiesOf(ledger, "micropub", login);
    if (method === "GET" && url.searchParams.get("q") === "config")
      return { status: 200, body: { destination: [{ uid: site }] } };
    const fields = parseFields(request.body);
    const address = method === "GET" ? url.searchParams.get("url") : fields.url;
    if (address === null) return list(copies, request);
    if (method === "POST" && fields.action === undefined) return create(login, site, request, now);
    const copy = copies.find(({ id }) => id === address);
    if (method === "GET") {
      if (copy?.deleted === true) noteMissing(ledger.copies, copy.id);
      return copy === undefined ? problem(400, "invalid_request") : { status: 200, body: entryOf(copy) };
    }
    if (copy === undefined || copy.deleted) {
      if (fields.action === "update") noteMissing(ledger.copies, String(address));
      return problem(404, "not_found");
    }
    if (fields.action === "update") return update(copy, request);
    copy.deleted = true;
    return { status: 204, body: undefined };
  };

  return {
    network: "micropub",
    handle,
    tooMany: (_, wait) => ({
      ...problem(429, "too_many_requests"),
      headers: { "retry-after": String(wait / second) },
    }),
  };
};
