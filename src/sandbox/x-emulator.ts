import type { Hono } from "hono";
import type { Account } from "../domain/account.ts";
import { decodePercent } from "../domain/address.ts";
import { isRecord } from "../domain/json-value.ts";
import { day, second } from "../domain/time.ts";
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
import { bareDomain, replaceLinks } from "./sandbox-text.ts";
import x2 from "./schemas/x.json" with { type: "json" };
import { isLive } from "./timeline.ts";

const limit = 280;

/** Counts by docs.x.com, "Counting characters". */
export const xLength = (text: string): number => {
  const filler = "l".repeat(23);
  const unlinked = replaceLinks(text.normalize("NFC"), filler).replaceAll(bareDomain, filler);
  // An emoji of any kind weighs two, like one character of the private use area.
  const withoutEmoji = unlinked.replaceAll(/\p{RGI_Emoji}\uFE0F?|[0-9#*]\u20E3/gv, "\u{F0000}");
  const doubleWeight = withoutEmoji.replaceAll(/[\u0000-\u10FF\u2000-\u200D\u2010-\u201F\u2032-\u2037]/gu, "");
  return [...withoutEmoji].length + [...doubleWeight].length;
};

/** X's API v2. */
export const x: Emulator = {
  network: "x",
  title: "X",
  length: xLength,
  limit: () => limit,
  failure: (status, now) =>
    status === 429
      ? problem(429, "Too Many Requests", "Too Many Requests", {
          "x-rate-limit-limit": "100",
          "x-rate-limit-remaining": "0",
          "x-rate-limit-reset": String(Math.ceil(now / second) + 60),
        })
      : problem(status, status === 401 ? "Unauthorized" : "Service Unavailable"),
  schema: x2,
  refuse: ({ location, path, message }) =>
    invalid(`${location === "body" ? "$" : location}${path.map((name) => `.${name}`).join("")}: ${message}`),
  addRoutes: (api, context) => {
    api.use("/2/*", async (c, next) => {
      const oauth = parseOAuth(c.req.header("authorization"));
      const secret = sandboxSecret(c.get("account"));
      const isSignedFor = async (url: string): Promise<boolean> =>
        oauth.oauth_signature === (await oauthSignature(c.req.method, url, oauth, { app: secret, access: secret }));
      // Crier's client always signs for the real address. Other clients sign for the address that they request.
      const real = `https://api.x.com/${c.req.path.split("/").slice(5).join("/")}`;
      const isSigned = (await isSignedFor(real)) || (await isSignedFor(c.req.url.replace(/\?.*/, "")));
      return oauth.oauth_token === secret && isSigned ? next() : problem(401, "Unauthorized");
    });
    api.use("/2/*", context.checked);
    addMediaRoutes(api, context, invalid);
    api.post(
      "/2/tweets",
      context.write(async (c, account) => create(context, account, await readFields(c))),
    );
    api.delete(
      "/2/tweets/:id",
      context.write(async (c, account) => {
        const post = context.post(account, c.req.param("id") ?? "");
        if (post !== undefined) await context.remove(post);
        return json({ data: { deleted: true } });
      }),
    );
  },
};

const problem = (
  status: number,
  title: string,
  detail = title,
  headers: Readonly<Record<string, string>> = {},
): Response =>
  json({ title, detail, type: "about:blank", status }, status, {
    "content-type": "application/problem+json",
    ...headers,
  });

const invalid = (message: string): Response =>
  json(
    {
      errors: [{ message }],
      title: "Invalid Request",
      detail: message,
      type: "https://api.twitter.com/2/problems/invalid-request",
    },
    400,
  );

/** The same URL as in `src/networks/`. X also finds a post with `i` instead of the handle. */
const urlOf = ({ settings }: Account, id: string): string =>
  `https://x.com/${typeof settings.handle === "string" ? settings.handle : "i"}/status/${id}`;

const create = async (context: EmulatorContext, account: Account, body: Fields | undefined): Promise<Response> => {
  const text = body?.text;
  const parent = isRecord(body?.reply) ? String(body.reply.in_reply_to_tweet_id) : undefined;
  if (parent !== undefined && context.post(account, parent) === undefined)
    return problem(403, "Forbidden", "You attempted to reply to a Tweet that is deleted or not visible to you.");
  const mediaIds = mediaIdsIn(body?.media);
  const pictures = await attachedMedia(context).shown(account, mediaIds);
  if (pictures === undefined) return invalid("Your media IDs are invalid.");
  if (typeof text !== "string" || (text.trim() === "" && pictures.length === 0))
    return invalid("$.text: a post needs a text or media");
  const length = xLength(text);
  if (length > limit) return problem(403, "Forbidden", `Your Tweet text is too long (${length} of ${limit}).`);
  const since = context.clock() - day;
  // X does not document whether a picture's address makes a text different. Here it does, which is the worse case.
  const isDuplicate =
    mediaIds.length === 0 &&
    context.posts(account).some((post) => isLive(post) && post.text === text && Date.parse(post.createdAt) > since);
  if (isDuplicate) return problem(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.");
  const id = context.nextId();
  await context.save(account, { id, text, url: urlOf(account, id), request: body, pictures });
  return json({ data: { id, text, edit_history_tweet_ids: [id] } }, 201);
};

const maxMediaBytes = 5_000_000;

const altTextOf = (metadata: unknown): string | undefined => {
  const alt = isRecord(metadata) ? metadata.alt_text : undefined;
  return isRecord(alt) && typeof alt.text === "string" ? alt.text : undefined;
};

/** Adds `POST /2/media/upload` and `/2/media/metadata` (X's OpenAPI 2.167). */
const addMediaRoutes = (
  api: Hono<SandboxEnv>,
  context: EmulatorContext,
  invalid: (message: string) => Response,
): void => {
  const media = attachedMedia(context);
  media.addRoute(api);
  api.post(
    "/2/media/upload",
    context.write(async (c, account) => {
      const { media: file, media_category: category } = (await readFields(c)) ?? {};
      if (category !== "tweet_image") return invalid("$.media_category: must be tweet_image");
      const bytes = new Uint8Array(Buffer.from(String(file), "base64"));
      if (bytes.length === 0) return invalid("$.media: must be base64");
      if (bytes.length > maxMediaBytes) return invalid(`File size exceeds ${maxMediaBytes} bytes.`);
      const type = bytes[0] === 0x89 ? "image/png" : "image/jpeg";
      const id = await media.add(account, { type, bytes });
      return json({ data: { id, media_key: `3_${id}`, size: bytes.length, expires_after_secs: day / second } });
    }),
  );
  api.post(
    "/2/media/metadata",
    context.write(async (c, account) => {
      const body = await readFields(c);
      const id = String(body?.id);
      const blob = await media.read(account, id);
      const text = altTextOf(body?.metadata);
      if (blob === undefined) return invalid("$.id: is not a media of this user");
      if (text === undefined) return invalid("$.metadata.alt_text.text: is required");
      await media.put(account, id, { ...blob, alt: text });
      return json({ data: { id, associated_metadata: body?.metadata } });
    }),
  );
};

/** RFC 5849 §3.6 encodes more characters than encodeURIComponent. */
const percentEncode = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** The parameters of an OAuth 1.0a `Authorization` header (RFC 5849 §3.5.1). */
export const parseOAuth = (header: string | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...(header ?? "").matchAll(/(oauth_\w+)="([^"]*)"/g)].map(([, name, value]) => [
      name ?? "",
      decodePercent(value ?? ""),
    ]),
  );

/** HMAC-SHA1 (RFC 5849 §3.4.2) of a request without a query. Its body is JSON, so it is not signed. */
export const oauthSignature = async (
  method: string,
  url: string,
  oauth: Readonly<Record<string, string>>,
  secrets: { readonly app: string; readonly access: string },
): Promise<string> => {
  const signed = Object.entries(oauth).filter(([name]) => name !== "oauth_signature");
  const parameters = signed
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .sort()
    .join("&");
  const base = [method, url, parameters].map(percentEncode).join("&");
  const encoder = new TextEncoder();
  const secret = encoder.encode(`${percentEncode(secrets.app)}&${percentEncode(secrets.access)}`);
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-1" }, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", key, encoder.encode(base));
  return btoa(String.fromCharCode(...new Uint8Array(mac)));
};
