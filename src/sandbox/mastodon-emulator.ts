import type { Hono } from "hono";
import type { Account } from "../domain/account.ts";
import { isRecord } from "../domain/json-value.ts";
import { hour, iso, minute } from "../domain/time.ts";
import {
  attachedMedia,
  type Emulator,
  type EmulatorContext,
  type Fields,
  json,
  mediaIdsIn,
  readFields,
  type SandboxEnv,
  sandboxSecret,
} from "./emulator.ts";
import { graphemeCount, replaceLinks, textPieces } from "./sandbox-text.ts";
import api47 from "./schemas/mastodon.json" with { type: "json" };
import { isLive, type TimelinePost } from "./timeline.ts";

/** Counts by docs.joinmastodon.org, "Posting to your profile". */
export const mastodonLength = (text: string): number =>
  graphemeCount(replaceLinks(text.normalize("NFC"), "l".repeat(23)).replaceAll(/(@\w+)@(?:[\w-]+\.)+\w+/gu, "$1"));

const limitOf = ({ settings }: Account): number => (typeof settings.limit === "number" ? settings.limit : 500);

/** The requests of Mastodon 4.7's API that an account uses for posting. */
export const mastodon: Emulator = {
  network: "mastodon",
  title: "Mastodon",
  style: "--accent: light-dark(#5b4bdb, #a79bff); --on: light-dark(#fff, #14102e); --round: .6rem",
  length: mastodonLength,
  limit: limitOf,
  failure: (status, now) =>
    status === 429
      ? problem(429, "Too many requests", {
          "x-ratelimit-limit": "300",
          "x-ratelimit-remaining": "0",
          "x-ratelimit-reset": iso(now + minute),
        })
      : problem(status, status === 401 ? "The access token is invalid" : "Remote data could not be fetched"),
  schema: api47,
  refuse: ({ path, message }) => problem(422, `Validation failed: ${[path.join("."), message].join(" ").trim()}`),
  addRoutes: (api, context) => {
    api.use("/api/*", (c, next) =>
      c.req.header("authorization") === `Bearer ${sandboxSecret(c.get("account"))}`
        ? next()
        : Promise.resolve(problem(401, "The access token is invalid")),
    );
    api.use("/api/*", context.checked);
    addMediaRoutes(api, context);
    api.get("/api/v1/statuses/:id", (c) => {
      const post = context.post(c.get("account"), c.req.param("id"));
      return post === undefined ? problem(404, "Record not found") : json(statusJson(post));
    });
    api.get("/api/v2/instance", (c) =>
      json({ domain: "mastodon.example", configuration: { statuses: { max_characters: limitOf(c.get("account")) } } }),
    );
    api.get("/api/v1/accounts/verify_credentials", (c) => json(accountJson(c.get("account"))));
    api.get("/api/v1/accounts/:id/statuses", (c) => {
      const before = c.req.query("max_id");
      const size = Math.min(40, Number(c.req.query("limit") ?? 20));
      const posts = context.posts(c.get("account")).filter(isLive).toReversed();
      const older = before === undefined ? posts : posts.filter(({ id }) => BigInt(id) < BigInt(before));
      return json(older.slice(0, size).map(statusJson));
    });
    api.post(
      "/api/v1/statuses",
      context.write(async (c, account) => {
        const key = c.req.header("idempotency-key") ?? null;
        const since = context.clock() - hour;
        const same = context
          .posts(account)
          .find((post) => key !== null && post.key === key && Date.parse(post.createdAt) > since);
        return same === undefined ? save(context, account, await readFields(c), key) : json(statusJson(same));
      }),
    );
    api.put(
      "/api/v1/statuses/:id",
      context.write(async (c, account) => {
        const post = context.post(account, c.req.param("id") ?? "");
        return post === undefined
          ? problem(404, "Record not found")
          : save(context, account, await readFields(c), post.key, post);
      }),
    );
    api.delete(
      "/api/v1/statuses/:id",
      context.write(async (c, account) => {
        const post = context.post(account, c.req.param("id") ?? "");
        if (post === undefined) return problem(404, "Record not found");
        await context.remove(post);
        return json({ ...statusJson(post), text: post.text });
      }),
    );
  },
};

const problem = (status: number, error: string, headers: Readonly<Record<string, string>> = {}): Response =>
  json({ error }, status, headers);

const save = async (
  context: EmulatorContext,
  account: Account,
  body: Fields | undefined,
  key: string | null,
  old?: TimelinePost,
): Promise<Response> => {
  const { status: text, language, spoiler_text: spoiler = "" } = body ?? {};
  const parent = body?.in_reply_to_id;
  const isReply = parent !== undefined && parent !== null;
  if (isReply && context.post(account, String(parent)) === undefined) return problem(404, "Record not found");
  const mediaIds = mediaIdsIn(body);
  if (typeof text !== "string" || (text.trim() === "" && mediaIds.length === 0))
    return problem(422, "Validation failed: Text can't be blank");
  const limit = limitOf(account);
  if (mastodonLength(String(spoiler) + text) > limit)
    return problem(422, `Validation failed: Text character limit of ${limit} exceeded`);
  if (language !== undefined && !/^[a-z]{2,3}(-[A-Za-z]{2,4})?$/.test(String(language))) {
    return problem(422, "Validation failed: Language is invalid");
  }
  const pictures = await attachedMedia(context).shown(account, mediaIds);
  const isTaken = context
    .posts(account)
    .some((post) => post.id !== old?.id && mediaIdsIn(post.request).some((one) => mediaIds.includes(one)));
  if (pictures === undefined || isTaken)
    return problem(422, `Media ${mediaIds.join(", ")} not found, or already attached to another post`);
  const id = old?.id ?? context.nextId();
  const url = old?.url ?? `https://mastodon.example/@${account.name}/${id}`;
  // An edit neither names nor changes the status that this one replies to.
  const before = isRecord(old?.request) ? { in_reply_to_id: old.request.in_reply_to_id } : {};
  const request = { ...before, ...body };
  return json(statusJson(await context.save(account, { id, text, url, key, request, pictures }, old)));
};

const accountJson = ({ name }: Account) => ({
  id: "1",
  username: name,
  acct: name,
  url: `https://mastodon.example/@${name}`,
});

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const statusJson = ({ account, id, url, createdAt, editedAt, text, request, pictures = [] }: TimelinePost) => ({
  id,
  url,
  uri: url,
  created_at: createdAt,
  edited_at: editedAt,
  in_reply_to_id: isRecord(request) ? (request.in_reply_to_id ?? null) : null,
  account: { id: "1", username: account, acct: account },
  content: `<p>${textPieces(text)
    .map(({ kind, text, url }) =>
      kind === "link"
        ? `<a href="${escaped(url ?? text)}" rel="nofollow noopener">${escaped(text)}</a>`
        : escaped(text),
    )
    .join("")}</p>`,
  card: null,
  media_attachments: mediaIdsIn(request).map((one, at) => ({
    id: one,
    type: "image",
    description: pictures[at]?.alt || null,
  })),
});

/** `MediaAttachment::IMAGE_LIMIT` and `MAX_DESCRIPTION_LENGTH` in Mastodon's source. */
const maxMediaBytes = 16_777_216;
const maxDescription = 1500;
const mediaTypes = ["image/jpeg", "image/png", "image/gif", "image/webp"];

/** Adds `POST /api/v2/media` and `GET /api/v1/media/:id` (Mastodon's OpenAPI 4.7). Images are processed at once. */
const addMediaRoutes = (api: Hono<SandboxEnv>, context: EmulatorContext): void => {
  const media = attachedMedia(context);
  const refuse = (error: string) => json({ error: `Validation failed: ${error}` }, 422);
  const attachment = (id: string, description: string | undefined) =>
    json({ id, type: "image", url: `https://files.mastodon.example/${id}`, description: description ?? null });
  media.addRoute(api);
  api.post(
    "/api/v2/media",
    context.write(async (c, account) => {
      const { file, description } = await c.req.parseBody();
      if (!(file instanceof File)) return refuse("File can't be blank");
      if (!mediaTypes.includes(file.type)) return refuse("File content type is invalid");
      if (file.size > maxMediaBytes) return refuse("File file size must be less than 16 MB");
      const alt = typeof description === "string" ? description : undefined;
      // Mastodon's validation counts code points, not grapheme clusters.
      if ([...(alt ?? "")].length > maxDescription)
        return refuse(`Description is too long (maximum is ${maxDescription})`);
      const bytes = new Uint8Array(await file.arrayBuffer());
      const id = await media.add(account, { type: file.type, bytes, ...(alt !== undefined && { alt }) });
      return attachment(id, alt);
    }),
  );
  api.get("/api/v1/media/:id", async (c) => {
    const id = c.req.param("id");
    const blob = await media.read(c.get("account"), id);
    return blob === undefined ? json({ error: "Record not found" }, 404) : attachment(id, blob.alt);
  });
};
