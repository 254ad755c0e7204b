import * as z from "zod";
import type { Outcome, Remote, StoredRequest } from "../domain/delivery.ts";
import { shorten } from "../domain/shorten.ts";
import { linksToPage, withTitle } from "../domain/snippet.ts";
import { day, type Instant, minute, second } from "../domain/time.ts";
import type { Connection, CopySearch, FoundPost, Identity, NoLogin } from "../ports/networks.ts";
import {
  type Attached,
  afterUploadError,
  attachedIn,
  attachedWhere,
  describePictures,
  lostBytes,
  type PictureStep,
  pictureForm,
  pictureSettings,
  picturesToSend,
} from "./attached-pictures.ts";
import { defineNetwork, type ParsedLogin, serverAddress } from "./define.ts";
import {
  answerReason,
  bodyIn,
  commonOutcome,
  type FetchResult,
  type JsonRequest,
  type JsonResponse,
  missingIf,
  notRead,
  readRetryAt,
  toOutcome,
  withId,
} from "./http.ts";
import {
  countedLinks,
  hasEqualLetters,
  isEqualText,
  linkedBy,
  linkInReply,
  linksIn,
  localMentions,
  replyWith,
  textBetween,
  threadSettings,
  withoutMentions,
  withoutTags,
  wordingBy,
} from "./network-text.ts";
import { fitThread, nextPost, otherThread, postAt, postsIn, type ThreadPost, unnamedParent } from "./thread.ts";

/** The limit of Mastodon itself. Many servers allow more. */
const usualLimit = 500;
/** `MediaAttachment::MAX_DESCRIPTION_LENGTH` in its source. */
const longestAlt = 1500;

/** Mastodon distinguishes these regions and scripts only (LanguagesHelper in its source). */
const regional = ["zh-CN", "zh-HK", "zh-TW", "pt-BR", "pt-PT", "en-GB", "es-AR", "es-MX", "fr-CA", "sr-Latn"];

const languageFor = (tag: string): string | undefined => {
  const [language = "", ...subtags] = tag.split("-");
  const candidates = subtags.map((subtag) => `${language}-${subtag}`.toLowerCase());
  const whole = regional.find((known) => candidates.includes(known.toLowerCase()));
  const script = language.toLowerCase() === "zh" && subtags.find((subtag) => /^han[st]$/i.test(subtag));
  if (whole !== undefined) return whole;
  if (script) return /t$/i.test(script) ? "zh-TW" : "zh-CN";
  return /^[a-z]{2,3}$/i.test(language) ? language.toLowerCase() : undefined;
};

/** Counts characters in Mastodon's way: every link counts as 23. */
const mastodonLength = (text: string): number => {
  const normal = text.normalize("NFC");
  const links = countedLinks(normal, false);
  const parts = textBetween(normal, links);
  // The server may know a top-level domain that twitter-text does not: the larger of both counts is used.
  const extra = parts.flatMap(linksIn).reduce((sum, { url }) => sum + Math.max(0, linkLength - characterCount(url)), 0);
  return parts.reduce((sum, part) => sum + characterCount(localMentions(part)), links.length * linkLength + extra);
};

/** A longer text does not fit into a delivery's row. */
const longestLimit = 100_000;

/** Mastodon and servers with its API. */
export const mastodon = defineNetwork({
  name: "mastodon",
  // The server remembers an Idempotency-Key for an hour. Clocks differ and a request takes time: ten minutes of margin.
  offers: "key",
  searchesFirst: true,
  connectsByClick: true,
  remembersFor: 50 * minute,
  contentWarning: "field",
  // The first request must have ended: a server that checks a key before storing it would make two posts.
  settle: 90 * second,
  settings: z.strictObject({
    server: serverAddress.default("https://mastodon.social"),
    /** Makes texts shorter than the server allows. */
    limit: z.int().min(100).max(longestLimit).optional(),
    visibility: z.enum(["public", "unlisted", "private"]).default("public"),
    hashtags: z.int().min(0).max(20).default(4),
    ...threadSettings,
    ...pictureSettings,
  }),
  credentials: z.object({ accessToken: z.string().min(1) }),
  server: ({ settings }) => settings.server,
  picture: attachedWhere,
  length: mastodonLength,
  reportsLongest: true,
  compose: (given, { limit: own, hashtags, visibility, thread, ...settings }, longest) => {
    const limit = Math.min(own ?? longest ?? usualLimit, longest ?? longestLimit);
    const snippet = linkedBy(withoutMentions(given), settings);
    const wording = wordingBy(snippet, settings, withTitle);
    const { contentWarning, sensitive } = snippet.content.social;
    const spoiler =
      contentWarning && shorten({ text: contentWarning, isCut: false }, (text) => characterCount(text) <= limit / 4);
    const hidden = characterCount(spoiler ?? "");
    const measure = (text: string) => mastodonLength(text) + hidden;
    const rules = { limit, maxTags: hashtags, measure };
    const { replies: parts, ...fitted } = fitThread({ ...snippet, ...wording }, rules, thread);
    const language = languageFor(snippet.language);
    const common = {
      visibility,
      ...(language === undefined ? {} : { language }),
      ...(spoiler ? { spoiler_text: spoiler } : {}),
      ...(sensitive ? { sensitive } : {}),
    };
    const link = linkInReply(given, settings);
    const replies = [...parts, ...replyWith(link, measure)];
    const attached = describePictures(given, longestAlt);
    return {
      ...fitted,
      ...(replies.length > 0 && { replies }),
      ...(attached.pictures && { pictures: attached.pictures.length }),
      request: {
        status: fitted.text,
        ...common,
        ...attached,
        ...(replies.length > 0 && { replies: replies.map(({ text }) => ({ status: text, ...common })) }),
      },
    };
  },
  connect: (login) => connectMastodon(login),
});

const statusBody = z.object({ id: z.string().min(1), url: z.string().nullish() });
const errorBody = z.object({ error: z.string() });
const accountBody = z.object({ id: z.string().min(1), acct: z.string().optional() });
const statusPage = z.array(
  statusBody.extend({
    created_at: z.string(),
    content: z.string(),
    in_reply_to_id: z.string().nullish(),
    card: z.object({ url: z.string() }).nullish(),
    media_attachments: z.array(z.object({ description: z.string().nullish() })).default([]),
  }),
);

interface Settings {
  readonly server: string;
}
interface Credentials {
  readonly accessToken: string;
}

type Login = ParsedLogin<Settings, Credentials>;

/** The requests of an account. Paths are relative to `/api/`. */
const mastodonApi = ({ settings, credentials, sandbox, fetchJson }: Login) => {
  const call = (path: string, { headers, ...request }: JsonRequest): Promise<FetchResult> =>
    fetchJson(`${sandbox ?? settings.server}/api/${path}`, {
      ...request,
      headers: { authorization: `Bearer ${credentials.accessToken}`, ...headers },
    });
  const write = async (
    path: string,
    request: JsonRequest,
    outcomeOf: (response: JsonResponse) => Outcome,
  ): Promise<Outcome> => toOutcome(await call(path, request), outcomeOf);
  return { call, write };
};
type Api = ReturnType<typeof mastodonApi>;

const connectMastodon = (login: Login): Connection => {
  const { settings, readPicture, clock } = login;
  const { call, write } = mastodonApi(login);
  const readLimit = mastodonLimit({ call, clock });
  const media = mastodonMedia({ call, readPicture, clock });
  const account = ownAccount(call, settings.server);
  return {
    whoAmI: async (signal, isCheck) => {
      const login = await account.identify(signal, isCheck);
      return login.kind === "identity" ? { ...login, longest: await readLimit(signal) } : login;
    },
    send: async (request, key, signal, progress) => {
      const pictures = picturesToSend(request, request.status, progress);
      if (pictures.next !== undefined) return media.upload(pictures.next, signal);
      const waiting = await media.whileProcessing(pictures.processed, signal);
      if (waiting !== undefined) return waiting;
      const post = nextPost(request, progress);
      if (post === undefined) return unnamedParent;
      const headers = { "idempotency-key": post.index === 0 ? key : `${key}-${post.index}` };
      return write(
        "v1/statuses",
        { method: "POST", json: sentStatus(post, pictures.ids), headers, signal },
        (response) => {
          const status = bodyIn(response, statusBody);
          return status === undefined
            ? pictures.afterRefusal(outcomeOfError(response))
            : post.outcome(remoteOf(status, request), { id: status.id });
        },
      );
    },
    edit: (remote, request, signal, part = { index: 0, sent: request }) =>
      withId(remote, unknownId, async (id) => {
        const post = postAt(request, part);
        if (post === undefined) return otherThread;
        const kept = part.index === 0 ? await media.mediaOf(id, part.sent, signal) : [];
        if ("kind" in kept) return kept;
        return write(statusPath(id), { method: "PUT", json: editedStatus(post, kept), signal }, (response) =>
          bodyIn(response, statusBody) === undefined
            ? missingIf(isMissing(response), outcomeOfError(response))
            : { kind: "done" },
        );
      }),
    remove: (remote, signal) =>
      withId(remote, unknownId, (id) =>
        write(statusPath(id), { method: "DELETE", signal }, (response) =>
          isRemoved(response) ? { kind: "done" } : outcomeOfError(response),
        ),
      ),
    find: async (sought, signal) => {
      const own = await account.readable(signal);
      if (own === undefined || own === "unreadable") return own;
      const path = `v1/accounts/${encodeURIComponent(own.id)}/statuses?exclude_reblogs=true&limit=40`;
      return findStatuses(sought, (maxId) => readStatuses(path + maxId, call, signal));
    },
  };
};

/** The account of the token. Its identity is requested until it is known. */
const ownAccount = (call: Api["call"], server: string) => {
  let own: z.infer<typeof accountBody> | undefined;
  let mayRead = true;
  const identify = async (signal: AbortSignal, isCheck = false): Promise<Identity | NoLogin> => {
    if (own === undefined || isCheck) {
      const result = await call("v1/accounts/verify_credentials", { method: "GET", signal });
      if (result.kind !== "response") return notRead(result);
      own = bodyIn(result.response, accountBody, result.response.status === 200);
      if (own === undefined) {
        const answer = withoutId(result.response);
        mayRead = answer.kind !== "identity";
        return answer;
      }
    }
    const { id, acct } = own;
    const handle = acct && `@${acct}@${new URL(server).host}`;
    return { kind: "identity", id: `${server}, account ${id}`, ...(handle && { handle }) };
  };
  return {
    identify,
    /** The account, if its statuses can be read. Undefined if that is not known yet. */
    readable: async (signal: AbortSignal) => {
      await identify(signal);
      return own ?? (mayRead ? undefined : "unreadable");
    },
  };
};

const sentStatus = ({ body, parent }: ThreadPost, media: readonly string[]) => ({
  ...body,
  ...(parent?.last.id !== undefined && { in_reply_to_id: parent.last.id }),
  ...(media.length > 0 && { media_ids: media }),
});

/** The visibility is left out: it cannot be edited, and servers refuse or ignore it. */
const editedStatus = (
  { status, language, spoiler_text = "", sensitive = false }: StoredRequest,
  media: readonly string[],
) => ({
  status,
  language,
  spoiler_text,
  sensitive,
  ...(media.length > 0 && { media_ids: media }),
});

const readStatuses = async (
  path: string,
  call: Api["call"],
  signal: AbortSignal,
): Promise<Statuses | "unreadable" | undefined> => {
  const result = await call(path, { method: "GET", signal });
  if (result.kind !== "response") return undefined;
  const { status, body } = result.response;
  if (isUnreadable.has(status)) return "unreadable";
  // A body that is not a list does not come from the server's timeline.
  return status === 200 && Array.isArray(body) ? (statusPage.safeParse(body).data ?? "unreadable") : undefined;
};

/** A 404 without an error comes from a server that has no such endpoint (snac2). */
const isMissing = ({ status, body }: JsonResponse): boolean =>
  (status === 404 || status === 410) && errorBody.safeParse(body).success;

const isRemoved = (response: JsonResponse): boolean =>
  isMissing(response) || (response.status < 300 && response.body !== undefined);

/** A 422 means that the token is an application's, which cannot post ("This method requires an authenticated user"). */
const isRefused: ReadonlySet<number> = new Set([401, 422]);

/** A token that may only write gets a 403, and a server may lack this endpoint: then the login has no known id. */
const withoutId = (response: JsonResponse): Identity | NoLogin => {
  const outcome = outcomeOfError(response);
  if (outcome.kind === "unanswered") return { kind: "unavailable", reason: outcome.reason };
  if (outcome.kind === "unavailable") return outcome;
  if (isRefused.has(response.status) && "reason" in outcome) return { kind: "unauthorised", reason: outcome.reason };
  return { kind: "identity", id: undefined };
};

/** The token may only write, or the server has no such endpoint. */
const isUnreadable: ReadonlySet<number> = new Set([403, 404, 410]);

const unknownId = "The copy's id is not known: change it on the server by hand";

const statusPath = (id: string): string => `v1/statuses/${encodeURIComponent(id)}`;

/** Only a public status is public: the link to an unlisted one is not to be published. */
const remoteOf = ({ id, url }: z.infer<typeof statusBody>, { visibility }: StoredRequest): Remote => ({
  id,
  url: url ?? null,
  public: visibility === "public",
});

type Statuses = z.infer<typeof statusPage>;

const maxPages = 10;

/** Reads statuses page by page until `since`. A list that is not complete proves nothing. */
const findStatuses = async (
  { request, url, since, progress }: CopySearch,
  readPage: (maxId: string) => Promise<Statuses | "unreadable" | undefined>,
): Promise<readonly FoundPost[] | "unreadable" | undefined> => {
  const all = new Map<string, Statuses[number]>();
  let maxId = "";
  let isWhole = false;
  for (let page = 0; page < maxPages && !isWhole; page += 1) {
    const statuses = await readPage(maxId);
    if (statuses === undefined || statuses === "unreadable") return statuses;
    // A server that ignores `max_id` (snac2) repeats its first page.
    const unseen = statuses.filter(({ id }) => !all.has(id));
    for (const status of unseen) all.set(status.id, status);
    const last = unseen.at(-1);
    isWhole = last === undefined || Date.parse(last.created_at) < since;
    maxId = `&max_id=${encodeURIComponent(last?.id ?? "")}`;
  }
  const post = nextPost(request, progress);
  if (post === undefined) return [];
  const parent = post.parent?.last.id ?? null;
  const sent = String(post.body.status);
  const links = linksIn(sent).map((link) => link.url);
  // The address keeps the parameters that the account adds. Without a link in the post, only the text identifies it.
  const [address = ""] = url.split("#");
  const hasParameters = (link: string) => link.startsWith(address) && /^[?&]utm_/.test(link.slice(address.length));
  const sentLinks = postsIn(request).flatMap(({ status }) => linksIn(String(status)).map((link) => link.url));
  const own = [url, ...sentLinks.filter(hasParameters)];
  const linksToOwn = (status: Statuses[number]) => own.some((link) => linksTo(status, link));
  const isLinked = linksToPage(request, url);
  const { kept } = picturesToSend(request, sent, progress);
  const isSame = ({ content, media_attachments: media }: Statuses[number]) => {
    if (sent === "" && kept.length > 0) return withoutTags(content).trim() === "" && hasEqualPictures(media, kept);
    return isLinked ? hasEqualLetters(content, sent) : isEqualText(content, sent);
  };
  // If the link is in a reply, the status that it replies to is the post, even if its text was edited.
  const replied = post.after(null).progress === undefined ? [] : [...all.values()].filter(linksToOwn);
  const before = new Set(replied.flatMap((status) => [...repliedBy(status, all)]));
  // A note, and a later part of a thread, may have links that the author wrote.
  const hasNoOwn = !isLinked || links.length === 0 || post.index > 0;
  const isOwn = (status: Statuses[number]) =>
    linksToOwn(status) || before.has(status.id) || (hasNoOwn && isSame(status));
  const found = [...all.values()]
    .filter((status) => Date.parse(status.created_at) >= since && (status.in_reply_to_id ?? null) === parent)
    .filter(isOwn);
  if (found.length === 0 && !isWhole) return "unreadable";
  return found.toReversed().map((status) => ({
    remote: post.remote(remoteOf(status, request)),
    madeAt: Date.parse(status.created_at),
    isSame: isSame(status),
    ...post.after({ id: status.id }),
  }));
};

/** A status of pictures alone is known by their alternative texts: the server scales the pictures. */
const hasEqualPictures = (media: Statuses[number]["media_attachments"], kept: readonly Attached[]): boolean =>
  media.length === kept.length && media.every(({ description }, at) => (description ?? "") === (kept[at]?.alt ?? ""));

/** The statuses that this one replies to, up to the beginning of its thread. */
const repliedBy = (
  { in_reply_to_id: id }: Statuses[number],
  all: ReadonlyMap<string, Statuses[number]>,
): ReadonlySet<string> => {
  const before = new Set<string>();
  let next = all.get(id ?? "");
  while (next !== undefined && !before.has(next.id)) {
    before.add(next.id);
    next = all.get(next.in_reply_to_id ?? "");
  }
  return before;
};

/** A status is HTML: the link is in an attribute, and its ampersands are escaped. */
const linksTo = ({ content, card }: Statuses[number], url: string): boolean => {
  const hrefs = [...content.matchAll(/href="([^"]*)"/g)].map(([, href]) => (href ?? "").replaceAll("&amp;", "&"));
  return card?.url === url || hrefs.includes(url);
};

const outcomeOfError = (response: JsonResponse): Outcome => {
  const reason = answerReason("Mastodon", response.status, errorBody.safeParse(response.body).data?.error);
  const common = commonOutcome(response, reason, readRetryAt(response, "x-ratelimit-reset"));
  if (common !== undefined) return common;
  // 403: the token lacks the scope write:statuses, or the account is suspended.
  if (response.status === 401 || response.status === 403) return { kind: "unauthorised", reason };
  return { kind: "rejected", reason };
};

const MediaAttachment = z.object({ id: z.string().min(1) });
const StatusMedia = z.object({ media_attachments: z.array(MediaAttachment).default([]) });

/** If a server takes longer, the status is posted without the picture. */
const longestProcessing = minute;

/** The pictures of statuses. An upload is not public and may be repeated: the server deletes media that no status has. */
const mastodonMedia = ({ call, readPicture, clock }: Pick<Api, "call"> & Pick<Login, "readPicture" | "clock">) => ({
  /** Uploads a picture. A server that processes it later answers 202. */
  upload: async (step: PictureStep, signal: AbortSignal): Promise<Outcome> => {
    const { picture, uploaded, without } = step;
    const bytes = await readPicture(picture);
    if (bytes === undefined) return without(lostBytes);
    const result = await call("v2/media", { method: "POST", ...(await pictureForm(bytes, picture)), signal });
    if (result.kind !== "response") return without(result);
    const { response } = result;
    const id = bodyIn(response, MediaAttachment)?.id;
    if (id !== undefined) return uploaded(id, response.status === 202 ? clock() : undefined);
    // 403: the token lacks the scope write:media.
    return afterUploadError(outcomeOfError(response), response.status === 401, step);
  },
  /** The outcome that replaces sending the status. Undefined if its pictures are ready, or it has none. */
  whileProcessing: async (steps: readonly PictureStep[], signal: AbortSignal): Promise<Outcome | undefined> => {
    for (const { medium, without } of steps) {
      const { id, since = 0 } = medium ?? {};
      const result = await call(`v1/media/${encodeURIComponent(id ?? "")}`, { method: "GET", signal });
      const status = result.kind === "response" ? result.response.status : undefined;
      if (status === 200) continue;
      if (status !== 206 || clock() - since >= longestProcessing)
        return without({ kind: "rejected", reason: "Mastodon did not process it in time" });
      return {
        kind: "unavailable",
        reason: "Mastodon is still processing the picture",
        retryAt: clock() + 5 * second,
      };
    }
    return undefined;
  },
  /**
   * The media of a status. An edit has to name them: the server removes all others. A status may have more than its
   * delivery has recorded: it was found by a search, or was edited to an article whose account attaches no picture.
   */
  mediaOf: async (id: string, sent: StoredRequest, signal: AbortSignal): Promise<readonly string[] | Outcome> => {
    const result = await call(statusPath(id), { method: "GET", signal });
    if (result.kind !== "response") return notRead(result);
    const { response } = result;
    const media = bodyIn(response, StatusMedia, response.status === 200);
    if (media !== undefined) return media.media_attachments.map((one) => one.id);
    // The edit itself decides what a missing status means.
    if (response.status === 404 || response.status === 410) return [];
    // The token may only write: what is recorded decides.
    if (response.status === 403 && attachedIn(sent).length === 0) return [];
    const outcome = outcomeOfError(response);
    return outcome.kind === "unanswered" ? notRead(outcome) : outcome;
  },
});

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
/** Counts the characters that a reader sees (grapheme clusters). */
const characterCount = (text: string): number => [...graphemes.segment(text)].length;
const linkLength = 23;

const instance = z.object({
  configuration: z.object({ statuses: z.object({ max_characters: z.int().min(100) }) }),
});

/** The server's limit of a text (docs.joinmastodon.org, "instance"), requested once a day. Undefined if it names none. */
export const mastodonLimit = ({ call, clock }: Pick<Api, "call"> & Pick<Login, "clock">) => {
  let known: { readonly limit: number | undefined; readonly until: Instant } | undefined;
  return async (signal: AbortSignal): Promise<number | undefined> => {
    if (known === undefined || known.until <= clock()) {
      const result = await call("v2/instance", { method: "GET", signal });
      const { data } = instance.safeParse(result.kind === "response" ? result.response.body : undefined);
      const limit = data && Math.min(data.configuration.statuses.max_characters, longestLimit);
      const isSaid = result.kind === "response" && result.response.status < 500 && result.response.status !== 429;
      known = { limit, until: clock() + (isSaid ? day : minute) };
    }
    return known.limit;
  };
};
