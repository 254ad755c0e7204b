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

const problem = (status: number, error: string): Reply => ({ status, body: { error, status } });

/** DEV. An address is taken once. An article is not deleted but taken back, and may be published again: each time it is a copy of its own. */
export const devtoModel = (ledger: Ledger): NetworkModel => {
  /** The newest copy of each article. */
  const articlesOf = (copies: readonly Copy[]): readonly Copy[] => [
    ...new Map(copies.map((copy) => [copy.id, copy])).values(),
  ];
  const addressOf = ({ content }: Copy): unknown => parseFields(content).canonical_url;

  const answer = (copy: Copy, status = 200): Reply => ({ status, body: shown(copy) });
  const shown = (copy: Copy) => ({
    id: Number(copy.id),
    url: `https://dev.example/ada/${copy.id}`,
    published: !copy.deleted,
    published_timestamp: copy.deleted ? "" : iso(copy.arrivedAt),
    ...parseFields(copy.content),
  });

  const taken = problem(422, "Validation failed: Canonical url has already been taken");
  /** True if another article of the server has the address. */
  const isTaken = (address: unknown, { url }: ModelRequest, own?: string): boolean => {
    const isOnServer = ({ network, identity }: Copy) => network === "devto" && identity.startsWith(`${url.origin},`);
    return articlesOf(ledger.copies.filter(isOnServer)).some((copy) => copy.id !== own && addressOf(copy) === address);
  };

  const create = (login: Login, request: ModelRequest, now: Instant): Reply => {
    const { published: _, ...article } = articleIn(request);
    if (isTaken(article.canonical_url, request)) return taken;
    const made = { network: "devto", id: ledger.nextId(), content: canonicalJson(article) };
    return answer(addCopy(ledger, login, made, request, now), 201);
  };

  const change = (login: Login, request: ModelRequest, now: Instant): Reply => {
    const id = request.url.pathname.split("/").at(-1);
    const copy = articlesOf(copiesOf(ledger, "devto", login)).find((one) => one.id === id);
    if (copy === undefined) return problem(404, "not found");
    const { published = !copy.deleted, ...article } = articleIn(request);
    if (article.canonical_url !== undefined && isTaken(article.canonical_url, request, copy.id)) return taken;
    const { main_image: picture, ...changed }: Readonly<Record<string, unknown>> = {
      ...parseFields(copy.content),
      ...article,
    };
    // Null takes the picture away.
    const content = canonicalJson({
      ...changed,
      ...(typeof picture === "string" && { main_image: picture }),
    });
    if (copy.deleted && published === true)
      return answer(addCopy(ledger, login, { network: "devto", id: copy.id, content }, request, now));
    if (copy.deleted && published !== false) noteMissing(ledger.copies, copy.id);
    if (!copy.deleted) copy.deleted = published === false;
    copy.content = content;
    return answer(copy);
  };

  return {
    network: "devto",
    handle: (request, now) => {
      const { method, url, headers } = request;
      const key = headers.get("api-key");
      const login = ledger.logins.find(
        ({ secret, identity }) => secret.apiKey === key && identity.startsWith(`${url.origin},`),
      );
      if (login === undefined || !login.valid) return problem(401, "unauthorized");
      if (url.pathname.endsWith("/users/me"))
        return { status: 200, body: { id: Number(login.identity.split(" ").at(-1)) } };
      if (method === "GET") return { status: 200, body: articlesOf(copiesOf(ledger, "devto", login)).map(shown) };
      return method === "POST" ? create(login, request, now) : change(login, request, now);
    },
    tooMany: (_, wait) => ({
      ...problem(429, "Rate limit reached, try again in 30 seconds"),
      headers: { "retry-after": String(wait / second) },
    }),
  };
};

const articleIn = ({ body }: ModelRequest): Readonly<Record<string, unknown>> =>
  parseFields(JSON.stringify(parseFields(body).article));
