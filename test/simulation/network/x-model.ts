import * as z from "zod";
import { type Instant, second } from "../../../src/domain/time.ts";
import {
  addCopy,
  type Copy,
  copiesOf,
  type Ledger,
  type Login,
  type ModelRequest,
  type NetworkModel,
  parseFields,
  partAfter,
  type Reply,
} from "./network-model.ts";

const problem = (status: number, title: string, detail = title): Reply => ({
  status,
  headers: { "content-type": "application/problem+json" },
  body: { title, detail, type: "about:blank", status },
});

const mediaOf = z.object({ media_ids: z.array(z.string()) });

const pictureIdsIn = (media: unknown): readonly string[] => mediaOf.safeParse(media).data?.media_ids ?? [];

export interface XRules {
  /** The time for which it refuses an equal text, in ms. */
  readonly refusesFor: number;
  /** True if it refuses the text even after the first post was deleted. */
  readonly refusesDeleted: boolean;
}

/** X. It has no keys and no edits, and refuses a text that the account has posted within a while, without saying which post that was. */
export const xModel = (ledger: Ledger, { refusesFor, refusesDeleted }: XRules): NetworkModel => {
  const mine = (login: Login): readonly Copy[] => copiesOf(ledger, "x", login);
  const pictures = new Set<string>();

  /** A picture, or its alternative text. Nobody sees it before a post has it. */
  const upload = (path: string): Reply => {
    const id = ledger.nextId();
    if (path.endsWith("/upload")) pictures.add(id);
    return { status: 200, body: { data: { id } } };
  };

  const create = (login: Login, request: ModelRequest, now: Instant): Reply => {
    const { text, reply, media } = parseFields(request.body);
    const content = String(text);
    const ids = pictureIdsIn(media);
    const picture = ids.length === 0 ? undefined : ids.join(" ");
    // A picture has an address of its own, which is a part of the text.
    const isEqual = (copy: Copy): boolean =>
      picture === undefined &&
      copy.picture === undefined &&
      copy.content === content &&
      now - copy.arrivedAt < refusesFor &&
      (refusesDeleted || !copy.deleted);
    if (mine(login).some(isEqual))
      return problem(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.");
    const parent = reply === undefined ? undefined : parseFields(JSON.stringify(reply)).in_reply_to_tweet_id;
    const part = partAfter(mine(login), parent);
    if (part === undefined) return problem(403, "Forbidden", "You attempted to reply to a Tweet that is deleted.");
    if (!ids.every((id) => pictures.has(id))) return problem(400, "Invalid Request", "Your media IDs are invalid.");
    const id = ledger.nextId();
    const made = { network: "x", id, content, part, ...(picture !== undefined && { picture }) };
    const copy = addCopy(ledger, login, made, request, now);
    return { status: 201, body: { data: { id: copy.id, text: content } } };
  };

  return {
    network: "x",
    handle: (request, now) => {
      const token = /oauth_token="([^"]+)"/.exec(request.headers.get("authorization") ?? "")?.[1];
      const login = ledger.logins.find(({ secret, valid }) => valid && secret.accessToken === token);
      if (login === undefined) return problem(401, "Unauthorized");
      const { pathname } = request.url;
      if (pathname.includes("/media/")) return upload(pathname);
      if (request.method === "POST") return create(login, request, now);
      const copy = mine(login).find(({ id }) => id === pathname.split("/").at(-1));
      if (copy !== undefined) copy.deleted = true;
      return { status: 200, body: { data: { deleted: true } } };
    },
    tooMany: (now, wait) => ({
      ...problem(429, "Too Many Requests"),
      headers: { "x-rate-limit-reset": String(Math.ceil((now + wait) / second)) },
    }),
  };
};
