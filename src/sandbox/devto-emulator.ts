import * as z from "zod";
import type { Account } from "../domain/account.ts";
import { type Emulator, type EmulatorContext, json, readFields, sandboxSecret } from "./emulator.ts";
import forem from "./schemas/devto.json" with { type: "json" };
import { isLive, type TimelinePost } from "./timeline.ts";

/** The limit of the text that `crier plan` shows. DEV has none for it. */
const limit = 5000;
const codePoints = (text: string): number => Array.from(text).length;

const url = z
  .url({ protocol: /^https?$/ })
  .regex(/^\S*$/)
  .nullish();

/** The validations of forem/forem's `Article` and `Tag`. */
const article = z.looseObject({
  title: z
    .string()
    .min(1)
    .refine((title) => codePoints(title) <= 128, "is too long (maximum is 128 characters)"),
  // Front matter would override the other fields.
  body_markdown: z.string().regex(/^(?!---\s*\n)/),
  canonical_url: url,
  description: z.string().optional(),
  tags: z
    .preprocess(
      (tags) => (typeof tags === "string" ? tags.split(",").map((tag) => tag.trim()) : tags),
      z.array(z.string().regex(/^[\p{L}\p{N}]{1,30}$/u)).max(4),
    )
    .optional(),
  main_image: url,
  published: z.boolean().optional(),
});

type Article = z.infer<typeof article>;

/** The requests of DEV's API, version 1, that an author uses. */
export const devto: Emulator = {
  network: "devto",
  title: "DEV",
  style: "--accent: light-dark(#1f1f1f, #e6e6e6); --on: light-dark(#fff, #111); --round: .3rem",
  length: codePoints,
  limit: () => limit,
  failure: (status) =>
    problem(status, status === 401 ? "unauthorized" : "error", status === 429 ? { "retry-after": "60" } : {}),
  schema: forem,
  refuse: ({ path, message }) => problem(422, `${path.join(" ")} ${message}`),
  addRoutes: (api, context) => {
    api.use("/api/*", (c, next) =>
      c.req.header("api-key") === sandboxSecret(c.get("account"))
        ? next()
        : Promise.resolve(problem(401, "unauthorized")),
    );
    api.use("/api/*", context.checked);
    api.get("/api/users/me", (c) => json({ type_of: "user", id: 1, username: c.get("account").name }));
    api.get("/api/articles/me/all", (c) =>
      json(
        context.posts(c.get("account")).map((post) => {
          const { title, body_markdown } = fieldsIn(post.request);
          return { ...responseOf(post), title, body_markdown };
        }),
      ),
    );
    api.post(
      "/api/articles",
      context.write(async (c, account) => {
        const sent = article.safeParse((await readFields(c))?.article);
        if (sent.data === undefined) return problem(422, errorOf(sent.error));
        const page = sent.data.canonical_url;
        const isTaken = page && context.posts(account).some(({ request }) => fieldsIn(request).canonical_url === page);
        if (isTaken) return problem(422, "Canonical url has already been taken");
        const saved = await save(context, account, sent.data);
        const isDraft = !sent.data.published;
        if (isDraft) await context.remove(saved);
        return json(responseOf({ ...saved, deletedAt: isDraft ? "now" : null }), 201);
      }),
    );
    api.put(
      "/api/articles/:id",
      context.write(async (c, account) => {
        const old = context.posts(account).find(({ id }) => id === c.req.param("id"));
        if (old === undefined) return problem(404, "not found");
        const changed = article.partial().safeParse((await readFields(c))?.article);
        if (changed.data === undefined) return problem(422, errorOf(changed.error));
        const whole = article.safeParse({ published: isLive(old), ...Object(old.request), ...changed.data });
        if (whole.data === undefined) return problem(422, errorOf(whole.error));
        const published = changed.data.published ?? isLive(old);
        const saved = await save(context, account, { ...whole.data, published }, old);
        if (!published) await context.remove(saved);
        return json(responseOf({ ...saved, deletedAt: published ? null : "now" }));
      }),
    );
  },
};

const problem = (status: number, error: string, headers: Readonly<Record<string, string>> = {}): Response =>
  json({ error, status }, status, headers);

const errorOf = ({ issues: [first] }: z.ZodError): string => `${first?.path.join(" ")} ${first?.message}`;

const fieldsIn = (request: unknown) => article.partial().safeParse(request).data ?? {};

const save = (context: EmulatorContext, account: Account, sent: Article, old?: TimelinePost): Promise<TimelinePost> => {
  const id = old?.id ?? context.nextId();
  const { title, description = "", canonical_url: page, body_markdown: body, main_image: picture } = sent;
  const url = `https://dev.to/${account.name}/${id}`;
  const card = { url: page ?? url, title, description, ...(picture && { picture }) };
  const text = body.replaceAll(/<!--.*?-->/gs, "").trim();
  return context.save(account, { id, text, url, card, request: sent }, old);
};

const responseOf = (post: TimelinePost) => ({
  type_of: "article",
  id: Number(post.id),
  url: post.url,
  published: isLive(post),
  canonical_url: fieldsIn(post.request).canonical_url,
});
