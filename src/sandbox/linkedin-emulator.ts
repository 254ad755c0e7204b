import type { Context, Hono } from "hono";
import type { Account } from "../domain/account.ts";
import { isRecord } from "../domain/json-value.ts";
import { day } from "../domain/time.ts";
import {
  attachedMedia,
  type Emulator,
  type EmulatorContext,
  type Fields,
  json,
  readFields,
  type SandboxEnv,
  sandboxSecret,
} from "./emulator.ts";
import { textPieces } from "./sandbox-text.ts";
import linkedinApi from "./schemas/linkedin.json" with { type: "json" };
import { isLive, type TimelinePost } from "./timeline.ts";

const limit = 3000;

/** Versions before this month are switched off. */
const oldestVersion = "202511";

const member = "SANDBOX";
const author = `urn:li:person:${member}`;

const reserved = "\\|{}@[]()<>#*_~";

/** Counts the text as it is sent: with a backslash before each reserved sign, and hashtags in their longer form. */
const sentLength = (text: string): number => {
  const tags = textPieces(text).filter(({ kind, text: tag }) => kind === "tag" && /\p{L}/u.test(tag));
  const signs = text.split("").filter((sign) => reserved.includes(sign));
  return text.length + signs.length + tags.length * "{hashtag||}".length;
};

/** The text that readers see. LinkedIn shows nothing behind a reserved sign that is not escaped. */
const shownText = (commentary: string): string => {
  let shown = "";
  let rest = commentary;
  while (rest !== "") {
    const [whole = "", tag] = /^\{hashtag\|\\?[#＃]\|((?:\\.|[^\\|{}])+)\}/su.exec(rest) ?? [];
    if (tag !== undefined) {
      shown += `#${tag.replaceAll(/\\(.)/gs, "$1")}`;
      rest = rest.slice(whole.length);
    } else if (rest.startsWith("\\") && rest.length > 1) {
      shown += rest.charAt(1);
      rest = rest.slice(2);
    } else if (reserved.includes(rest.charAt(0))) {
      return shown;
    } else {
      shown += rest.charAt(0);
      rest = rest.slice(1);
    }
  }
  return shown;
};

/** The Posts and Images API of LinkedIn, for a member whose app may also read posts. */
export const linkedin: Emulator = {
  network: "linkedin",
  title: "LinkedIn",
  style: "--accent: light-dark(#0a66c2, #71b7fb); --on: light-dark(#fff, #06213a); --round: .2rem",
  length: sentLength,
  limit: () => limit,
  failure: (status) => {
    if (status === 429)
      return problem(429, "TOO_MANY_REQUESTS", "Resource level throttle limit reached", { "retry-after": "60" });
    return status === 401
      ? problem(401, "REVOKED_ACCESS_TOKEN", "The token used in the request has been revoked by the user")
      : problem(status, "INTERNAL_SERVER_ERROR", "Internal Server Error");
  },
  schema: linkedinApi,
  refuse: ({ path, message }) => problem(400, "MISSING_OR_INVALID_FIELD", `${path.join("/")} ${message}`),
  addRoutes: (api, context) => {
    attachedMedia(context).addRoute(api);
    api.use("*", (c, next) =>
      c.req.header("authorization") === `Bearer ${sandboxSecret(c.get("account"))}`
        ? next()
        : Promise.resolve(problem(401, "INVALID_ACCESS_TOKEN", "Invalid access token")),
    );
    api.use("/rest/*", (c, next) => {
      const version = c.req.header("linkedin-version") ?? oldestVersion;
      return version >= oldestVersion
        ? next()
        : Promise.resolve(problem(426, "NONEXISTENT_VERSION", `Requested version ${version} is not active`));
    });
    api.use(context.checked);
    api.get("/v2/userinfo", (c) => json({ sub: member, name: c.get("account").name }));
    addImageRoutes(api, context);
    addPostRoutes(api, context);
  },
};

const problem = (
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response => json({ status, code, message }, status, headers);

const notFound = (): Response => problem(404, "NOT_FOUND", "Could not find entity");

/** The images are uploaded to an address that the answer names. */
const addImageRoutes = (api: Hono<SandboxEnv>, context: EmulatorContext): void => {
  const media = attachedMedia(context);
  api.post(
    "/rest/images",
    context.write(async (c) => {
      const { initializeUploadRequest: begun } = (await readFields(c)) ?? {};
      if (!isRecord(begun) || begun.owner !== author) return forbidden("images.ACTION.initializeUpload");
      const id = context.nextId();
      const uploadUrl = c.req.url.replace(/\/rest\/images\b.*$/s, `/dms-uploads/${id}/uploaded-image`);
      return json({ value: { uploadUrl, image: `urn:li:image:${id}` } });
    }),
  );
  api.put(
    "/dms-uploads/:id/uploaded-image",
    context.write(async (c, account) => {
      const bytes = new Uint8Array(await c.req.arrayBuffer());
      const type = bytes[0] === 0x89 ? "image/png" : "image/jpeg";
      await media.put(account, c.req.param("id") ?? "", { type, bytes });
      return new Response(null, { status: 201 });
    }),
  );
};

const forbidden = (what: string): Response =>
  problem(403, "ACCESS_DENIED", `Not enough permissions to access: ${what}.202610`);

const addPostRoutes = (api: Hono<SandboxEnv>, context: EmulatorContext): void => {
  const find = (c: Context<SandboxEnv>) => context.post(c.get("account"), c.req.param("urn") ?? "");
  api.post(
    "/rest/posts",
    context.write(async (c, account) => create(context, account, await readFields(c))),
  );
  api.get("/rest/posts/:urn", (c) => {
    const post = find(c);
    return post === undefined ? notFound() : json({ ...Object(post.request), id: post.id });
  });
  api.post(
    "/rest/posts/:urn",
    context.write(async (c, account) => {
      const old = find(c);
      if (old === undefined) return notFound();
      const { patch } = (await readFields(c)) ?? {};
      const set = isRecord(patch) && isRecord(patch.$set) ? patch.$set : {};
      await save(context, account, { ...Object(old.request), ...set }, old);
      return new Response(null, { status: 204 });
    }),
  );
  api.delete(
    "/rest/posts/:urn",
    context.write(async (c) => {
      const post = find(c);
      if (post !== undefined) await context.remove(post);
      return new Response(null, { status: 204 });
    }),
  );
};

const create = async (context: EmulatorContext, account: Account, sent: Fields | undefined): Promise<Response> => {
  if (sent?.author !== author) return forbidden("posts.CREATE");
  if (sent.commentary === "" && sent.content === undefined)
    return problem(422, "UNPROCESSABLE_ENTITY", "A post needs a commentary or a content");
  const since = context.clock() - day;
  const equal = context
    .posts(account)
    .findLast(
      ({ request, createdAt }) =>
        isRecord(request) &&
        sent.commentary !== "" &&
        request.commentary === sent.commentary &&
        Date.parse(createdAt) > since,
    );
  // The text of a deleted post is refused, too, with the URN of a post that nobody has.
  if (equal !== undefined) return duplicate(isLive(equal) ? equal.id : `urn:li:share:${context.nextId()}`);
  const saved = await save(context, account, sent);
  return saved === undefined
    ? problem(400, "INVALID_CONTENT", "An image of the content does not exist")
    : new Response(null, { status: 201, headers: { "x-restli-id": saved.id } });
};

const duplicate = (urn: string): Response =>
  json(
    {
      errorDetailType: "com.linkedin.common.error.BadRequest",
      message: `com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate of ${urn}`,
      errorDetails: {
        inputErrors: [{ description: "Duplicate post is detected", input: {}, code: "DUPLICATE_POST" }],
      },
      status: 422,
    },
    422,
  );

const fieldsOf = (value: unknown): Fields => (isRecord(value) ? value : {});

/** Saves a post. Undefined if one of its images does not exist. */
const save = async (
  context: EmulatorContext,
  account: Account,
  request: Fields,
  old?: TimelinePost,
): Promise<TimelinePost | undefined> => {
  const { article, media, multiImage } = fieldsOf(request.content);
  const listed = fieldsOf(multiImage).images;
  const images = [media ?? [], Array.isArray(listed) ? listed : []].flat().map(fieldsOf);
  const { source, title, description, thumbnail } = fieldsOf(article);
  const ids = [thumbnail ?? [], images.map(({ id }) => id)].flat().map((id) => String(id).split(":").at(-1) ?? "");
  const found = await attachedMedia(context).shown(account, ids);
  if (found === undefined) return undefined;
  const id = old?.id ?? `urn:li:share:${context.nextId()}`;
  const picture = thumbnail === undefined ? undefined : found[0]?.path;
  const card = { url: String(source), title: String(title), description: String(description ?? "") };
  return context.save(
    account,
    {
      id,
      text: shownText(String(request.commentary)),
      url: `https://www.linkedin.com/feed/update/${id}/`,
      request,
      ...(article !== undefined && { card: { ...card, ...(picture !== undefined && { picture }) } }),
      pictures:
        thumbnail === undefined ? found.map(({ path }, at) => ({ path, alt: String(images[at]?.altText ?? "") })) : [],
    },
    old,
  );
};
