import type { Context } from "hono";
import * as z from "zod";
import type { Account } from "../domain/account.ts";
import { type Emulator, type EmulatorContext, json, readFields, type SandboxEnv, sandboxSecret } from "./emulator.ts";
import type { ShownLink } from "./sandbox-text.ts";
import micropubApi from "./schemas/micropub.json" with { type: "json" };
import { isLive, type TimelinePost } from "./timeline.ts";

/** The timeline of Micro.blog cuts a longer note. */
const limit = 300;

const properties = z.looseObject({
  content: z.array(z.union([z.string(), z.object({ html: z.string() })])).optional(),
  photo: z.array(z.union([z.string(), z.object({ value: z.string(), alt: z.string().default("") })])).optional(),
  "mp-slug": z.array(z.string()).optional(),
});
const written = z.object({
  action: z.enum(["create", "update", "delete"]).default("create"),
  url: z.string().default(""),
  properties: properties.default({}),
  replace: properties.default({}),
  delete: z.array(z.string()).default([]),
});

type Properties = z.output<typeof properties>;

/** A site with a Micropub endpoint that takes slugs and lists its posts. A note with a picture has another address. */
export const micropub: Emulator = {
  network: "micropub",
  title: "Micropub",
  style: "--accent: light-dark(#c2410c, #ff9e64); --on: light-dark(#fff, #2b1100)",
  length: (text) => Array.from(text).length,
  limit: () => limit,
  links: ({ request }) => linksOf(request),
  failure: (status) => {
    const headers = { "retry-after": "60" };
    if (status === 429) return problem(429, "too_many_requests", "Wait a minute", headers);
    return problem(status, status === 401 ? "unauthorized" : "server_error", "Said.");
  },
  schema: micropubApi,
  refuse: ({ path, message }) => problem(400, "invalid_request", `${path.join(".")} ${message}`),
  addRoutes: (api, context) => {
    api.use("/micropub", (c, next) =>
      c.req.header("authorization") === `Bearer ${sandboxSecret(c.get("account"))}`
        ? next()
        : Promise.resolve(problem(401, "unauthorized", "the token is not valid")),
    );
    api.use(context.checked);
    api.get("/micropub", (c) => query(c, context));
    api.post(
      "/micropub",
      context.write(async (c, account) => {
        const sent = written.parse(await readFields(c));
        if (sent.action === "create") return create(context, account, sent.properties);
        const old = context.posts(account).find((post) => post.id === sent.url && isLive(post));
        if (old === undefined) return problem(404, "not_found", sent.url);
        if (sent.action === "delete") {
          await context.remove(old);
          return json({ success: "delete" });
        }
        const kept = Object.entries(propertiesOf(old)).filter(([name]) => !sent.delete.includes(name));
        return update(context, account, old, { ...Object.fromEntries(kept), ...sent.replace });
      }),
    );
  },
};

const problem = (
  status: number,
  error: string,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): Response => json({ error, error_description: description }, status, headers);

const propertiesOf = ({ request }: Pick<TimelinePost, "request">): Properties =>
  properties.safeParse(request).data ?? {};

const query = (c: Context<SandboxEnv>, context: EmulatorContext): Response => {
  const account = c.get("account");
  const posts = context.posts(account);
  if (c.req.query("q") === "config") return json({ destination: [{ uid: siteOf(account), name: account.name }] });
  const url = c.req.query("url");
  if (url !== undefined) {
    const post = posts.find(({ id }) => id === url);
    return post === undefined ? problem(404, "not_found", url) : json(entryOf(post));
  }
  const older = posts.filter(isLive).toReversed();
  const start = older.findIndex(({ id }) => id === c.req.query("after")) + 1;
  const shown = older.slice(start, start + Number(c.req.query("limit") ?? 20));
  const isMore = older.length > start + shown.length;
  return json({ items: shown.map(entryOf), paging: isMore ? { after: shown.at(-1)?.id } : {} });
};

const entryOf = (post: TimelinePost) => ({
  type: ["h-entry"],
  properties: {
    ...propertiesOf(post),
    url: [post.url],
    published: [post.createdAt],
    ...(!isLive(post) && { deleted: [post.deletedAt] }),
  },
});

const siteOf = ({ name }: Account): string => `https://${name}.micro.example/`;

const addressOf = (account: Account, { photo, "mp-slug": [slug = ""] = [] }: Properties): string =>
  `${siteOf(account)}${photo === undefined ? "notes" : "photos"}/${slug}/`;

const isEmpty = ({ text, photo }: { readonly text: string; readonly photo: Properties["photo"] }): boolean =>
  text.trim() === "" && photo === undefined;

const empty = (): Response => problem(400, "invalid_request", "the post has no content");

const create = async (context: EmulatorContext, account: Account, sent: Properties): Promise<Response> => {
  if (isEmpty({ text: textOf(sent), photo: sent.photo })) return empty();
  const [asked = context.nextId()] = sent["mp-slug"] ?? [];
  // What the slug of another post repeats is another post, so that it shows.
  const isTaken = context.posts(account).some((post) => propertiesOf(post)["mp-slug"]?.[0] === asked);
  const post = { ...sent, "mp-slug": [isTaken ? `${asked}-${context.nextId()}` : asked] };
  const { url } = await save(context, account, post);
  return json({ success: "create" }, 201, { location: url });
};

const update = async (
  context: EmulatorContext,
  account: Account,
  old: TimelinePost,
  changed: Properties,
): Promise<Response> => {
  if (isEmpty({ text: textOf(changed), photo: changed.photo })) return empty();
  const isMoved = addressOf(account, changed) !== old.id;
  if (isMoved) await context.remove(old);
  const { url } = await save(context, account, changed, isMoved ? undefined : old);
  return json({ success: "update" }, isMoved ? 201 : 200, { location: url });
};

const save = (
  context: EmulatorContext,
  account: Account,
  post: Properties,
  old?: TimelinePost,
): Promise<TimelinePost> => {
  const url = addressOf(account, post);
  const pictures = post.photo?.map((one) =>
    typeof one === "string" ? { path: one, alt: "" } : { path: one.value, alt: one.alt },
  );
  const saved = { id: url, text: textOf(post), url, key: post["mp-slug"]?.[0] ?? null, request: post };
  return context.save(account, { ...saved, ...(pictures && { pictures }) }, old);
};

const htmlOf = ({ content: [first = ""] = [] }: Properties): string =>
  typeof first === "string" ? escaped(first) : first.html;

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\n", "<br>");

const signs: Readonly<Record<string, string>> = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&" };

const visible = (html: string): string =>
  html
    .replaceAll(/<br ?\/?>/g, "\n")
    .replaceAll(/<[^<>]*>/g, "")
    .replaceAll(/&(?:lt|gt|quot|amp);/g, (sign) => signs[sign] ?? sign);

const textOf = (post: Properties): string => visible(htmlOf(post));

const linksOf = (request: unknown): readonly ShownLink[] =>
  [...htmlOf(propertiesOf({ request })).matchAll(/<a href="([^"]*)">(.*?)<\/a>/gs)].map(
    ([, href = "", inner = ""]) => ({
      text: visible(inner),
      url: visible(href),
    }),
  );
