import * as z from "zod";
import type { Outcome, Remote, StoredRequest } from "../domain/delivery.ts";
import { fit, linksToPage, withTitle } from "../domain/snippet.ts";
import { hour, minute, second } from "../domain/time.ts";
import type { Connection, CopySearch, FoundPost, Identity, NoLogin } from "../ports/networks.ts";
import { pictureSettings, shortAlt } from "./attached-pictures.ts";
import { defineNetwork, type ParsedLogin } from "./define.ts";
import {
  answerReason,
  bodyIn,
  commonOutcome,
  type FetchResult,
  type JsonResponse,
  readIdentity,
  readRetryAt,
  withId,
} from "./http.ts";
import { linkedBy, linksIn, textSettings, warningLine, withoutMentions, wordingBy } from "./network-text.ts";
import { loginEnd, oauthAccess } from "./oauth-access.ts";

/** The limits of a post (developers.facebook.com/docs/threads, "Create Posts"). */
const limit = 500;
const maxLinks = 5;
const maxAlt = 1000;

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Threads counts characters, and an emoji as the bytes of its UTF-8. */
const threadsLength = (text: string): number =>
  [...graphemes.segment(text)].reduce((length, { segment }) => {
    const isEmoji = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(segment);
    return length + (isEmoji ? Buffer.byteLength(segment) : [...segment].length);
  }, 0);

/** A text with more links than a post may have is too long, so that it is cut before one of them. */
const measure = (text: string): number => {
  const links = new Set(linksIn(text).map(({ url }) => url));
  return links.size > maxLinks ? limit + links.size : threadsLength(text);
};

const settings = z.strictObject({
  /** The first hashtag of a post is its topic, and Threads has no others. */
  hashtags: z.int().min(0).max(1).default(1),
  ...textSettings,
  /** Shows the post's picture, and no preview of the page: Threads has one of the two. */
  ...pictureSettings,
});

/** A profile on Threads. */
export const threads = defineNetwork({
  name: "threads",
  connectsByClick: true,
  // A second container makes a second post. What became of the first one can be read.
  offers: "read",
  keepsTexts: true,
  searchesFirst: true,
  contentWarning: "text",
  settle: minute,
  settings,
  credentials: z.object({
    accessToken: z.string().min(1),
    expiresAt: loginEnd,
  }),
  sandboxCredentials: ({ name }) => ({ accessToken: `sandbox-${name}` }),
  server: () => "graph.threads.net",
  length: threadsLength,
  compose: (given, { hashtags, image, ...own }) => {
    const snippet = linkedBy(withoutMentions(given), own);
    const rules = { limit, maxTags: hashtags, measure };
    const warning = warningLine(snippet, rules);
    const fitted = fit({ ...snippet, ...wordingBy(snippet, own, withTitle), warning }, rules);
    const isHidden = snippet.content.social.sensitive || warning !== "";
    const [picture] = (image || snippet.isGallery) && !isHidden ? snippet.images : [];
    const alt = shortAlt(picture?.alt ?? "", maxAlt);
    return {
      ...fitted,
      ...(picture && { pictures: 1 }),
      request: {
        media_type: picture ? "IMAGE" : "TEXT",
        text: fitted.text,
        ...(picture && { image_url: picture.url, ...(alt !== "" && { alt_text: alt }) }),
        ...(!picture && !isHidden && snippet.url !== "" && { link_attachment: snippet.url }),
      },
    };
  },
  connect: (login) => connectThreads(login),
});

const made = z.object({ id: z.string().min(1) });
const profile = made.extend({ username: z.string().min(1).optional() });
const post = made.extend({ permalink: z.string().optional(), text: z.string().optional(), timestamp: z.string() });
const page = z.object({
  data: z.array(z.unknown()),
  paging: z.object({ next: z.string().optional(), cursors: z.object({ after: z.string() }).optional() }).optional(),
});
const deleted = z.object({ success: z.literal(true) });
const problem = z.object({
  error: z.object({
    message: z.string().optional(),
    code: z.number().optional(),
    error_subcode: z.number().optional(),
    is_transient: z.boolean().optional(),
    error_user_msg: z.string().optional(),
  }),
});

/** A post that nobody sees yet. */
const container = z.object({ container: z.string(), madeAt: z.number() });

/** A container expires after 24 hours. */
const containerLife = 22 * hour;
/** Threads names half a minute for a container to be known to all of its servers. */
const knownAfter = 30 * second;
const unknownAfter = 10 * minute;

type Query = Readonly<Record<string, string>>;
interface Credentials {
  readonly accessToken: string;
  readonly expiresAt?: string | undefined;
}

const connectThreads = (login: ParsedLogin<unknown, Credentials>): Connection => {
  const { sandbox, clock, fetchJson } = login;
  const base = sandbox ?? "https://graph.threads.net";
  const access = oauthAccess({
    ...login,
    network: "Threads",
    refresh: ({ accessToken = "" }) => ({
      url: `${base}/refresh_access_token?${new URLSearchParams({ grant_type: "th_refresh_token", access_token: accessToken })}`,
      method: "GET",
    }),
    readRefusal: (response) => {
      const { code, message } = errorIn(response);
      return { message, isFinal: isLogin(code) };
    },
  });

  const call = async (
    method: string,
    path: string,
    query: Query,
    signal: AbortSignal,
  ): Promise<FetchResult | NoLogin> => {
    const given = await access.get(signal);
    if ("kind" in given) return given;
    // Threads takes a token in the body, or in the address of a request that has none.
    const fields = new URLSearchParams({ ...query, access_token: given.token });
    const url = `${base}/v1.0/${path}`;
    if (method !== "POST") return fetchJson(`${url}?${fields}`, { method, signal });
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return fetchJson(url, { method, signal, body: String(fields), headers });
  };
  const read = (path: string, query: Query, signal: AbortSignal) => call("GET", path, query, signal);

  const make = async (request: StoredRequest, signal: AbortSignal): Promise<Outcome> => {
    const result = await call("POST", "me/threads", fieldsOf(request), signal);
    if (result.kind !== "response") return result;
    const id = bodyIn(result.response, made, result.response.status === 200)?.id;
    return id === undefined
      ? outcomeOfError(result.response)
      : { kind: "progressed", progress: { container: id, madeAt: clock() } };
  };

  /** Threads fetches the picture itself. One that it cannot get must never prevent a post. */
  const makeWithPicture = async (request: StoredRequest, signal: AbortSignal): Promise<Outcome> => {
    const outcome = await make(request, signal);
    return outcome.kind === "rejected" && hasPicture(request) ? make(withoutPicture(request), signal) : outcome;
  };

  /** The post is public: that its address cannot be read is no reason to fail. */
  const remoteOf = async (id: string, signal: AbortSignal): Promise<Remote> => {
    const result = await read(encodeURIComponent(id), { fields: "id,permalink,timestamp" }, signal);
    const found = result.kind === "response" ? bodyIn(result.response, post) : undefined;
    return { id, url: found?.permalink ?? null, public: true };
  };

  const publish = async (
    request: StoredRequest,
    { container: id, madeAt }: z.output<typeof container>,
    signal: AbortSignal,
  ): Promise<Outcome> => {
    const result = await call("POST", "me/threads_publish", { creation_id: id }, signal);
    if (result.kind !== "response") return result;
    const { response } = result;
    const published = bodyIn(response, made, response.status === 200)?.id;
    if (published !== undefined) return { kind: "posted", remote: await remoteOf(published, signal) };
    const outcome = outcomeOfError(response);
    const isLost = clock() - madeAt > unknownAfter;
    if (isNotReady(response) && !isLost && "reason" in outcome)
      return { kind: "unavailable", reason: outcome.reason, retryAt: clock() + knownAfter };
    if (isNotReady(response)) return make(withoutPicture(request), signal);
    return outcome.kind === "rejected" && hasPicture(request) ? make(withoutPicture(request), signal) : outcome;
  };

  return {
    whoAmI: async (signal) => {
      const given = await access.get(signal);
      if ("kind" in given) return given;
      const result = await read("me", { fields: "id,username" }, signal);
      if (result.kind === "unauthorised") return result;
      return readIdentity(result, (response) => identityIn(response, given.notRenewed), outcomeOfError, "Threads");
    },
    send: async (request, _key, signal, progress) => {
      const known = container.safeParse(progress).data;
      return known === undefined || clock() - known.madeAt > containerLife
        ? makeWithPicture(request, signal)
        : publish(request, known, signal);
    },
    remove: (remote, signal) =>
      withId(remote, "The post's id is not known: delete it on Threads by hand", async (id) => {
        const result = await call("DELETE", encodeURIComponent(id), {}, signal);
        if (result.kind !== "response") return result;
        const isDone = bodyIn(result.response, deleted) !== undefined || isMissing(result.response);
        return isDone ? { kind: "done" } : outcomeOfError(result.response);
      }),
    find: (sought, signal) => findPosts(sought, (path, query) => read(path, query, signal)),
  };
};

const fieldsOf = (request: StoredRequest): Query =>
  Object.fromEntries(
    Object.entries(request).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
  );

const hasPicture = (request: StoredRequest): boolean => request.image_url !== undefined;

const withoutPicture = ({ image_url: _, alt_text: __, ...request }: StoredRequest): StoredRequest => ({
  ...request,
  media_type: "TEXT",
});

const identityIn = (
  response: JsonResponse,
  notRenewed: Pick<Identity, "endsAt" | "problem"> | undefined,
): Omit<Identity, "kind"> | undefined => {
  const me = bodyIn(response, profile, response.status === 200);
  if (me === undefined) return undefined;
  return { id: `threads.net, user ${me.id}`, ...(me.username && { handle: `@${me.username}` }), ...notRenewed };
};

const pageSize = 100;

/**
 * What a container says of itself is proof, and what the list of posts lacks is none: the list may be late. Undefined where
 * neither tells.
 */
const findPosts = async (
  { request, url, since, progress }: CopySearch,
  read: (path: string, query: Query) => Promise<FetchResult | NoLogin>,
): Promise<readonly FoundPost[] | "unreadable" | undefined> => {
  const known = container.safeParse(progress).data;
  const status = known && (await read(encodeURIComponent(known.container), { fields: "status" }));
  const state = status?.kind === "response" ? statusIn(status.response) : undefined;
  if (state !== undefined && state !== "PUBLISHED" && state !== "missing") return [];
  const found: FoundPost[] = [];
  for (let after: string | undefined = ""; after !== undefined; ) {
    const query = { fields: "id,permalink,text,timestamp", limit: String(pageSize), ...(after !== "" && { after }) };
    const result = await read("me/threads", query);
    if (result.kind !== "response") return undefined;
    if (result.response.status === 400 && isPermission(errorIn(result.response).code)) return "unreadable";
    const listed = bodyIn(result.response, page, result.response.status === 200);
    if (listed === undefined) return undefined;
    const posts = listed.data.flatMap((one) => post.safeParse(one).data ?? []);
    for (const one of posts) found.push(...copyIn(one, request, url, since));
    const isOver = posts.some(({ timestamp }) => Date.parse(timestamp) < since);
    after = isOver || listed.paging?.next === undefined ? undefined : listed.paging.cursors?.after;
  }
  const isUnsure = known !== undefined && state !== "missing";
  return found.length === 0 && isUnsure ? undefined : found.toReversed();
};

const copyIn = (
  { id, permalink, text = "", timestamp }: z.output<typeof post>,
  request: StoredRequest,
  url: string,
  since: number,
): readonly FoundPost[] => {
  const madeAt = Date.parse(timestamp);
  const isSame = text.trim() === String(request.text).trim();
  if (madeAt < since || !(isSame || linksToPage({ text }, url))) return [];
  return [{ remote: { id, url: permalink ?? null, public: true }, madeAt, isSame }];
};

const statusBody = z.object({ status: z.string() });

const statusIn = (response: JsonResponse): string | undefined =>
  isMissing(response) ? "missing" : bodyIn(response, statusBody, response.status === 200)?.status;

const errorIn = ({ body }: JsonResponse) => problem.safeParse(body).data?.error ?? {};

/** Nothing was published: the container is not known to all of Threads yet, or its picture is not loaded. */
const isNotReady = (response: JsonResponse): boolean => {
  const { code, error_subcode: subcode } = errorIn(response);
  return (code === 24 && subcode === 4279009) || code === 9007;
};

const isMissing = (response: JsonResponse): boolean => {
  const { code, error_subcode: subcode } = errorIn(response);
  return (code === 100 && subcode === 33) || (code === 24 && subcode === 4279009);
};

/** The app or the profile has sent too much (Graph API, "Handle Errors"). Threads answers 400. */
const rates: ReadonlySet<number | undefined> = new Set([4, 17, 32, 613]);

const isPermission = (code = 0): boolean => code === 10 || (code >= 200 && code < 300);
const isLogin = (code: number | undefined): boolean => code === 190 || isPermission(code);

const outcomeOfError = (response: JsonResponse): Outcome => {
  const { code, message, error_user_msg: said, is_transient: isTransient } = errorIn(response);
  const reason = answerReason("Threads", response.status, said ?? message);
  const retryAt = readRetryAt(response);
  const isRate = rates.has(code);
  if (isRate)
    return { kind: "unavailable", reason: `${reason} (rate limit)`, ...(retryAt !== undefined && { retryAt }) };
  const common = commonOutcome(response, reason, retryAt);
  if (common !== undefined) return common;
  if (response.status === 401 || isLogin(code)) return { kind: "unauthorised", reason };
  return isTransient === true ? { kind: "unavailable", reason } : { kind: "rejected", reason };
};
