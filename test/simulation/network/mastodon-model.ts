import { hour, type Instant, iso, second } from "../../../src/domain/time.ts";
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
  partAfter,
  type Reply,
} from "./network-model.ts";

const problem = (status: number, error: string): Reply => ({ status, body: { error } });

const idsIn = (ids: unknown): readonly string[] => (Array.isArray(ids) ? ids.map(String) : []);

const pictureIn = (ids: unknown): string | undefined => idsIn(ids).join(" ") || undefined;

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

  const statusOf = ({ id, content, arrivedAt, parent = null, picture }: Copy) => ({
    id,
    url: `https://social.example/@ada/${id}`,
    created_at: iso(arrivedAt),
    content: html(content),
    in_reply_to_id: parent,
    card: null,
    media_attachments: (picture ?? "").split(" ").flatMap((one) => (one === "" ? [] : [{ id: one }])),
  });

  const mine = (login: Login): readonly Copy[] => copiesOf(ledger, "mastodon", login).filter(({ deleted }) => !deleted);

  /** The moment until which a picture is processed, by its id. Nobody sees it before a status has it. */
  const media = new Map<string, Instant>();

  const upload = (now: Instant): Reply => {
    const id = ledger.nextId();
    // Every third is large.
    const isSlow = Number(id) % 3 === 0;
    media.set(id, isSlow ? now + 8 * second : now);
    return { status: isSlow ? 202 : 200, body: { id } };
  };

  const readMedia = (id: string, now: Instant): Reply => {
    const until = media.get(id);
    if (until === undefined) return problem(404, "Record not found");
    return { status: now < until ? 206 : 200, body: { id } };
  };

  const create = (login: Login, request: ModelRequest, now: Instant): Reply => {
    const key = request.headers.get("idempotency-key");
    const name = `${login.identity} ${key}`;
    const known = key === null ? undefined : keys.get(name);
    if (known !== undefined && now < known.until) {
      const copy = mine(login).find(({ id }) => id === known.id);
      return copy === undefined ? problem(404, "Record not found") : { status: 200, body: statusOf(copy) };
    }
    const { status, in_reply_to_id: parent, media_ids } = parseFields(request.body);
    const part = partAfter(mine(login), parent);
    if (part === undefined) return problem(404, "Record not found");
    const picture = pictureIn(media_ids);
    const isReady = idsIn(media_ids).every((id) => (media.get(id) ?? Number.POSITIVE_INFINITY) <= now);
    if (!isReady) return problem(422, "Cannot attach files that have not finished processing. Try again in a moment!");
    const made = { network: "mastodon", id: ledger.nextId(), content: String(status), part };
    const replied = { parent: parent === undefined ? null : String(parent), ...(picture !== undefined && { picture }) };
    const copy = addCopy(ledger, login, { ...made, ...replied }, request, now);
    if (key !== null) keys.set(name, { id: copy.id, until: now + hour });
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
    if (method === "PUT") {
      const { status, media_ids } = parseFields(body);
      copy.content = String(status);
      // It removes a picture that an edit does not name.
      if (copy.picture !== undefined) copy.picture = pictureIn(media_ids) ?? null;
    }
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
      if (url.pathname.endsWith("/instance"))
        return { status: 200, body: { configuration: { statuses: { max_characters: 500 } } } };
      const [, mediaId] = /\/media\/(\d+)$/.exec(url.pathname) ?? [];
      if (mediaId !== undefined) return readMedia(mediaId, now);
      if (url.pathname.endsWith("/media")) return upload(now);
      if (/\/statuses\/\d+$/.test(url.pathname)) return change(login, request);
      if (method === "GET") return timeline(login, url.searchParams);
      return create(login, request, now);
    },
    tooMany: (now, wait) => ({
      ...problem(429, "Too many requests"),
      headers: { "x-ratelimit-reset": iso(now + wait) },
    }),
  };
};
