import type { Context } from "hono";
import type { Account } from "../domain/account.ts";
import type { Instant } from "../domain/time.ts";
import { type Emulator, type EmulatorContext, json, type SandboxEnv, sandboxSecret } from "./emulator.ts";
import api from "./schemas/threads.json" with { type: "json" };
import { isLive, type TimelinePost } from "./timeline.ts";

const limit = 500;
const maxLinks = 5;
const maxAlt = 1000;
const hour = 3_600_000;
const tokenLife = 60 * 24 * hour;

const emoji = /\p{RGI_Emoji}/gv;

/** Emoji count as the bytes of their UTF-8. */
const threadsLength = (text: string): number => {
  const bytes = [...text.matchAll(emoji)].reduce((sum, [one]) => sum + new TextEncoder().encode(one).byteLength, 0);
  return bytes + [...text.replaceAll(emoji, "")].length;
};

interface Container {
  readonly fields: Readonly<Record<string, string>>;
  readonly madeAt: Instant;
  published: boolean;
}

/** The Threads API with one profile. What a second publication does is not documented: here it makes a second post. */
export const threads: Emulator = {
  network: "threads",
  title: "Threads",
  style: "--accent: light-dark(#000, #fff); --on: light-dark(#fff, #000)",
  length: threadsLength,
  limit: () => limit,
  failure: (status) => {
    if (status === 429) return problem(400, 4, "Application request limit reached", {}, { "retry-after": "60" });
    if (status === 401) return problem(400, 190, "Error validating access token: Session has expired");
    return problem(status, 2, "An unexpected error has occurred. Please retry your request later.", {
      is_transient: true,
    });
  },
  schema: api,
  refuse: ({ path, message }) => problem(400, 100, `(#100) Param ${path.join(".")} ${message}`),
  addRoutes: (routes, context) => {
    const containers = new Map<string, Container>();
    routes.use(async (c, next) => {
      const fields = await fieldsIn(c);
      const { endsAt = 0 } = tokenOf(c.get("account"), fields.access_token) ?? {};
      return endsAt > context.clock()
        ? next()
        : problem(400, 190, "Error validating access token: the session is invalid");
    });
    routes.use(context.checked);
    routes.get("/refresh_access_token", (c) => {
      const now = context.clock();
      const account = c.get("account");
      const { madeAt = now } = tokenOf(account, c.req.query("access_token")) ?? {};
      if (now - madeAt < 24 * hour) return problem(400, 100, "The token is less than 24 hours old");
      const token = `${sandboxSecret(account)}~${now}`;
      return json({ access_token: token, token_type: "bearer", expires_in: tokenLife / 1000 });
    });
    const at = "/v1.0";
    routes.get(`${at}/me`, (c) => json({ id: "1784", username: c.get("account").name }));
    routes.get(`${at}/me/threads`, (c) => listPosts(c, context));
    routes.post(
      `${at}/me/threads`,
      context.write(async (c) => {
        const { access_token: _, ...fields } = await fieldsIn(c);
        const refusal = refusalOf(fields);
        if (refusal !== undefined) return problem(400, 100, refusal);
        const id = context.nextId();
        containers.set(id, { fields, madeAt: context.clock(), published: false });
        return json({ id });
      }),
    );
    routes.post(
      `${at}/me/threads_publish`,
      context.write(async (c, account) => {
        const container = containers.get((await fieldsIn(c)).creation_id ?? "");
        if (container === undefined || hasExpired(container, context.clock()))
          return problem(400, 24, "The requested resource does not exist", { error_subcode: 4279009 });
        const id = context.nextId();
        const url = `https://www.threads.com/@${account.name}/post/${id}`;
        container.published = true;
        const { fields } = container;
        const pictures = fields.image_url === undefined ? [] : [{ path: fields.image_url, alt: fields.alt_text ?? "" }];
        await context.save(account, { id, text: fields.text ?? "", url, request: fields, pictures });
        return json({ id });
      }),
    );
    routes.get(`${at}/:id`, (c) => {
      const id = c.req.param("id");
      const container = containers.get(id);
      if (container !== undefined) return json({ id, status: statusOf(container, context.clock()) });
      const post = context.post(c.get("account"), id);
      return post === undefined ? missing() : json(shown(post));
    });
    routes.delete(
      `${at}/:id`,
      context.write(async (c, account) => {
        const post = context.post(account, c.req.param("id") ?? "");
        if (post === undefined) return missing();
        await context.remove(post);
        return json({ success: true, deleted_id: post.id });
      }),
    );
  },
};

const problem = (status: number, code: number, message: string, more: object = {}, headers = {}): Response =>
  json({ error: { message, type: "OAuthException", code, ...more } }, status, headers);

const missing = (): Response => problem(400, 100, "Object does not exist, or cannot be loaded", { error_subcode: 33 });

const fieldsIn = async (c: Context<SandboxEnv>): Promise<Readonly<Record<string, string>>> => {
  if (c.req.method !== "POST") return c.req.query();
  const entries = [...(await c.req.formData())];
  return Object.fromEntries(entries.flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])));
};

/** The account's first token has no age. Each later one has its moment in it, and ends 60 days after it. */
const tokenOf = (account: Account, token = ""): { readonly madeAt: Instant; readonly endsAt: Instant } | undefined => {
  const [secret, moment] = token.split("~");
  if (secret !== sandboxSecret(account)) return undefined;
  if (moment === undefined) return { madeAt: 0, endsAt: Number.POSITIVE_INFINITY };
  return { madeAt: Number(moment), endsAt: Number(moment) + tokenLife };
};

const hasExpired = ({ madeAt }: Container, now: Instant): boolean => now - madeAt > 24 * hour;

const statusOf = (container: Container, now: Instant): string => {
  if (container.published) return "PUBLISHED";
  return hasExpired(container, now) ? "EXPIRED" : "FINISHED";
};

const refusalOf = ({
  media_type: type,
  text = "",
  link_attachment: link,
  image_url: image,
  alt_text: alt = "",
}: Readonly<Record<string, string>>): string | undefined => {
  if (type === "TEXT" && text.trim() === "") return "Param text must be a non-empty string";
  if (type !== "TEXT" && image === undefined) return "Param image_url is required";
  if (type !== "TEXT" && link !== undefined) return "Param link_attachment is for text posts";
  if (threadsLength(text) > limit) return `Param text must be at most ${limit} characters long`;
  if ([...alt].length > maxAlt) return `Param alt_text must be at most ${maxAlt} characters long`;
  const links = new Set([...(text.match(/https?:\/\/\S+/g) ?? []), ...(link === undefined ? [] : [link])]);
  return links.size > maxLinks ? "THREADS_API__LINK_LIMIT_EXCEEDED" : undefined;
};

const shown = ({ id, text, url, createdAt }: TimelinePost) => ({ id, text, permalink: url, timestamp: createdAt });

/** The newest first. */
const listPosts = (c: Context<SandboxEnv>, context: EmulatorContext): Response => {
  const before = Number(c.req.query("after") ?? Number.MAX_SAFE_INTEGER);
  const size = Number(c.req.query("limit") ?? 25);
  const posts = context.posts(c.get("account")).filter(isLive).toReversed();
  const older = posts.filter(({ id }) => Number(id) < before);
  const data = older.slice(0, size);
  const after = data.at(-1)?.id ?? "";
  return json({
    data: data.map(shown),
    paging: { cursors: { after }, ...(older.length > size && { next: `https://graph.threads.net/?after=${after}` }) },
  });
};
