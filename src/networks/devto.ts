import * as z from "zod";
import type { Outcome, Remote, StoredRequest } from "../domain/delivery.ts";
import { htmlTree, textIn } from "../domain/html-tree.ts";
import type { Image, PostContent } from "../domain/post.ts";
import { shorten } from "../domain/shorten.ts";
import { fit, withTitle } from "../domain/snippet.ts";
import { minute } from "../domain/time.ts";
import type { Connection, CopySearch, FoundPost } from "../ports/networks.ts";
import { defineNetwork, type ParsedLogin, serverAddress } from "./define.ts";
import { foremArticle } from "./forem-article.ts";
import { externalLink } from "./html-to-markdown.ts";
import {
  answerReason,
  bodyIn,
  commonOutcome,
  type JsonRequest,
  type JsonResponse,
  readIdentity,
  readRetryAt,
  toOutcome,
  withId,
} from "./http.ts";
import { warningLine } from "./network-text.ts";

/** The limit of the text that `crier plan` shows. The article itself is sent. */
const limit = 5000;
const maxTitle = 128;
/** In bytes. A delivery's row has room for two bodies: the one that was sent, and an edit. */
const maxBody = 128 * 1024;

/** Counts code points. */
const devtoLength = (text: string): number => [...text].length;

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** A plain text as Markdown. */
const paragraph = (text: string): string => foremArticle(`<p>${escapeHtml(text)}</p>`);

/** A tag has only letters and digits (forem/forem, `Tag`). */
const isTag = (name: string): boolean => /^[\p{L}\p{N}]{1,30}$/u.test(name);

/** Articles on dev.to and other Forem servers. An article is the whole post, and names its page as the original. */
export const devto = defineNetwork({
  name: "devto",
  needsTitle: () => true,
  // DEV refuses a second article with the same canonical_url: "Canonical url has already been taken".
  offers: "refuse",
  searchesFirst: true,
  contentWarning: "text",
  settle: minute,
  settings: z.strictObject({
    server: serverAddress.default("https://dev.to"),
    hashtags: z.int().min(0).max(4).default(4),
    /** The number of the organisation that publishes the article. */
    organization: z.int().positive().optional(),
  }),
  credentials: z.object({ apiKey: z.string().min(1) }),
  server: ({ settings }) => settings.server,
  length: devtoLength,
  compose: (snippet, { hashtags, organization }) => {
    const rules = { limit, maxTags: 0, measure: devtoLength };
    const warning = warningLine(snippet, rules);
    const fitted = fit({ ...snippet, ...withTitle(snippet), warning, tags: [] }, rules);
    const { content } = snippet;
    const [image, ...others] = warning === "" && !content.social.sensitive ? snippet.images : [];
    const body = foremArticle(withoutTitle(content) + picturesBelow(others, content.html));
    const isWhole = Buffer.byteLength(JSON.stringify(body)) <= maxBody;
    const tags = snippet.tags.map((tag) => tag.replaceAll(/[#_]/g, "").toLowerCase()).filter(isTag);
    const whole = body + externalLink(content);
    const about = isWhole ? whole : `${paragraph(content.summary)}\n\n[${snippet.url}](${snippet.url})`;
    const text = withMark(warning === "" ? about : `${paragraph(warning)}\n\n${about}`);
    return {
      ...fitted,
      article: devtoLength(text),
      request: {
        title: shorten({ text: snippet.title, isCut: false }, (text) => devtoLength(text) <= maxTitle),
        body_markdown: text,
        canonical_url: snippet.url,
        // Without one, DEV shows the beginning of the article.
        description: warning || snippet.summary,
        tags: [...new Set(tags)].slice(0, hashtags),
        ...(image === undefined ? {} : { main_image: image.url }),
        ...(organization === undefined ? {} : { organization_id: organization }),
      },
    };
  },
  connect: (login) => connectDevto(login),
});

/** DEV shows the title above the article: a heading that repeats it is left out. */
const withoutTitle = ({ title, html }: Pick<PostContent, "title" | "html">): string => {
  const [heading = ""] = /^\s*<h1\b[^<>]*>[^<>]*<\/h1>\s*/.exec(html) ?? [];
  return htmlTree(heading).map(textIn).join("").trim() === title ? html.slice(heading.length) : html;
};

/** An article has one cover: the others are below its text, unless the text shows them. */
const picturesBelow = (images: readonly Image[], html: string): string => {
  const missing = images.filter(({ url }) => !html.includes(`"${escapeHtml(url)}"`));
  return missing
    .map(({ url, alt = "" }) => `\n<p><img src="${escapeHtml(url)}" alt="${escapeHtml(alt)}"></p>`)
    .join("");
};

interface Settings {
  readonly server: string;
}
interface Credentials {
  readonly apiKey: string;
}

const user = z.object({ id: z.number(), username: z.string().optional() });
/** A response shows by one of these fields whether the article is published, or has none of them. */
const article = z.object({
  id: z.number(),
  url: z.string().nullish(),
  published: z.boolean().optional(),
  published_timestamp: z.string().nullish(),
  canonical_url: z.string().nullish(),
  title: z.string().nullish(),
  body_markdown: z.string().nullish(),
});
const ownArticles = z.array(article);
const problem = z.object({ error: z.string().optional(), errors: z.unknown().optional() });

type Article = z.infer<typeof article>;

/** Articles in one page of an account's list, which includes their texts. */
const perPage = 1000;
const largestPage = 16 * 1024 * 1024;

/** The requests of an account. Paths are relative to `/api/`. */
const devtoApi = ({ settings, credentials, sandbox, fetchJson }: ParsedLogin<Settings, Credentials>) => {
  const call = (method: string, path: string, signal: AbortSignal, more: Pick<JsonRequest, "json" | "maxBytes"> = {}) =>
    fetchJson(`${sandbox ?? settings.server}/api/${path}`, {
      method,
      signal,
      headers: { "api-key": credentials.apiKey, accept: "application/vnd.forem.api-v1+json" },
      ...more,
    });
  const write = async (
    method: string,
    path: string,
    request: StoredRequest,
    signal: AbortSignal,
    outcomeOf: (response: JsonResponse) => Outcome,
  ): Promise<Outcome> => toOutcome(await call(method, path, signal, { json: { article: request } }), outcomeOf);
  return { call, write };
};
type Api = ReturnType<typeof devtoApi>;

const connectDevto = (login: ParsedLogin<Settings, Credentials>): Connection => {
  const api = devtoApi(login);
  const { call, write } = api;
  return {
    whoAmI: async (signal) =>
      readIdentity(
        await call("GET", "users/me", signal),
        ({ body }) => readUser(body, login.settings.server),
        outcomeOfError,
        "DEV",
      ),
    send: async (request, _key, signal) => {
      const outcome = await write("POST", "articles", { ...request, published: true }, signal, (response) =>
        isTaken(response)
          ? { kind: "duplicate", remote: unknown, reason: reasonOfResponse(response) }
          : posted(response),
      );
      return outcome.kind === "duplicate" ? sendAgain(request, outcome.reason, api, signal) : outcome;
    },
    // `published` is left out: an article that a person has unpublished stays so.
    edit: (remote, request, signal) =>
      withId(remote, unknownId, (id) =>
        write("PUT", articlePath(id), request, signal, (response) => {
          const changed = readArticle(response);
          if (changed !== undefined && isPublished(changed)) return { kind: "done" };
          const gone = changed !== undefined || response.status === 404;
          return gone ? { kind: "missing", reason: "The article is not published any more" } : outcomeOfError(response);
        }),
      ),
    // Nobody can delete an article by the API, and only moderators have its endpoint `unpublish`.
    remove: (remote, signal) =>
      withId(remote, unknownId, (id) =>
        write("PUT", articlePath(id), { published: false }, signal, (response) =>
          response.status === 404 || readArticle(response) !== undefined ? { kind: "done" } : outcomeOfError(response),
        ),
      ),
    find: (sought, signal) => findCopy(sought, api, signal),
  };
};

const posted = (response: JsonResponse): Outcome => {
  const made = readArticle(response);
  return made === undefined ? outcomeOfError(response) : { kind: "posted", remote: remoteOf(made) };
};

/** The account's article with this address: DEV accepts an address once. Undefined if there is no answer. */
const findOwn = async (
  address: unknown,
  api: Api,
  signal: AbortSignal,
  page = 1,
): Promise<Article | "none" | "unreadable" | undefined> => {
  const path = `articles/me/all?per_page=${perPage}&page=${page}`;
  const result = await api.call("GET", path, signal, { maxBytes: largestPage });
  if (result.kind !== "response" || result.response.status !== 200) return undefined;
  if (!Array.isArray(result.response.body)) return undefined;
  const own = ownArticles.safeParse(result.response.body).data;
  if (own === undefined) return "unreadable";
  const same = own.find(({ canonical_url: url }) => url === address);
  return same ?? (own.length < perPage ? "none" : findOwn(address, api, signal, page + 1));
};

/** Changes the article that has the address already, but only if Crier made it. */
const sendAgain = async (request: StoredRequest, reason: string, api: Api, signal: AbortSignal): Promise<Outcome> => {
  const same = await findOwn(request.canonical_url, api, signal);
  if (same === undefined || same === "unreadable")
    return { kind: "unavailable", reason: `${reason}; and the account's articles could not be read` };
  if (same === "none") return { kind: "rejected", reason: `${reason}: by an article of another account` };
  const which = same.url ?? `number ${same.id}`;
  if (!isByCrier(same))
    return {
      kind: "rejected",
      reason: `${reason}: by an article that Crier did not make (${which}): delete it there, or give it another canonical URL`,
    };
  if (isPublished(same)) return { kind: "duplicate", remote: remoteOf(same), reason: `${reason}: by ${which}` };
  // It was unpublished before: now it is published again, without the picture that it had then.
  return api.write("PUT", `articles/${same.id}`, { main_image: null, ...request, published: true }, signal, posted);
};

const findCopy = async (
  { request, url, since }: CopySearch,
  api: Api,
  signal: AbortSignal,
): Promise<readonly FoundPost[] | "unreadable" | undefined> => {
  const same = await findOwn(url, api, signal);
  if (same === undefined || same === "unreadable") return same;
  // An article that Crier unpublished is not a copy: a send publishes it again.
  if (same === "none" || (isByCrier(same) && !isPublished(same))) return [];
  const madeAt = Date.parse(same.published_timestamp ?? "");
  const remote = { ...remoteOf(same), url: same.url ?? null };
  const found = { remote, madeAt: Number.isNaN(madeAt) ? since : madeAt };
  if (!isByCrier(same)) return [{ ...found, isSame: false }];
  return [{ ...found, isSame: true, request: { ...request, ...contentOf(same, request) } }];
};

const readUser = (body: unknown, server: string) => {
  const { id, username } = user.safeParse(body).data ?? {};
  return id === undefined ? undefined : { id: `${server}, user ${id}`, ...(username && { handle: `@${username}` }) };
};

const unknown: Remote = { id: null, url: null, public: true };

const readArticle = (response: JsonResponse): Article | undefined => bodyIn(response, article);

const isPublished = ({ published, published_timestamp: at }: Article): boolean => published ?? at !== "";

const isByCrier = ({ body_markdown: body }: Article): boolean => hasMark(body ?? "");

/** Title and text of an article, which may have been made from an earlier state of the post. */
const contentOf = ({ title, body_markdown: body }: Article, request: StoredRequest): StoredRequest => ({
  title: title ?? request.title,
  body_markdown: body?.trim() === String(request.body_markdown).trim() ? request.body_markdown : body,
});

/** A server may hold an article back, from a new account for example: then it is not public yet. */
const remoteOf = (made: Article): Remote => ({
  id: String(made.id),
  url: isPublished(made) ? (made.url ?? null) : null,
  public: isPublished(made),
});

const unknownId = "The article's id is not known: change it on DEV by hand";

const articlePath = (id: string): string => `articles/${encodeURIComponent(id)}`;

const reasonOfResponse = ({ status, body }: JsonResponse): string => {
  const { error, errors } = problem.safeParse(body).data ?? {};
  const listed = z.array(z.string()).safeParse(errors).data?.join(", ");
  return answerReason("DEV", status, error ?? listed);
};

/** True if this account has an article with the same address, or with the same title and body. */
const isTaken = (response: JsonResponse): boolean =>
  response.status === 422 && /(?:canonical.url|body.markdown) has already been taken/i.test(reasonOfResponse(response));

const outcomeOfError = (response: JsonResponse): Outcome => {
  const reason = reasonOfResponse(response);
  const common = commonOutcome(response, reason, readRetryAt(response));
  if (common !== undefined) return common;
  if (response.status === 401 || response.status === 403) return { kind: "unauthorised", reason };
  return { kind: "rejected", reason };
};

/**
 * The last line of every article that Crier makes. DEV leaves comments out of its pages. Articles that were imported from
 * the feed or written by hand may have the post's address, too: without this mark, Crier does not change them.
 */
const articleMark = "<!-- Crier -->";

const withMark = (body: string): string => `${body}\n\n${articleMark}`;

const hasMark = (body: string): boolean => body.trimEnd().endsWith(articleMark);
