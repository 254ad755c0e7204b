import type { ITwitterApiBeforeRequestHookArgs, TwitterApi } from "twitter-api-v2";
import * as z from "zod";
import type { Outcome } from "../domain/delivery.ts";
import { withTitle } from "../domain/snippet.ts";
import { hour, type Instant, minute } from "../domain/time.ts";
import type { Connection } from "../ports/networks.ts";
import type { ReadPicture } from "../ports/pictures.ts";
import {
  afterUploadError,
  attachedIn,
  attachedWhere,
  describePictures,
  lostBytes,
  type PictureStep,
  pictureSettings,
  picturesToSend,
} from "./attached-pictures.ts";
import { defineNetwork, type ParsedLogin } from "./define.ts";
import {
  answerReason,
  bodyIn,
  clockNote,
  commonOutcome,
  type FetchResult,
  type JsonResponse,
  readRetryAt,
  toOutcome,
  withId,
} from "./http.ts";
import {
  countedLinks,
  linkedBy,
  linkInReply,
  replyWith,
  textBetween,
  threadSettings,
  warningLine,
  withoutMentions,
  wordingBy,
} from "./network-text.ts";
import { fitThread, nextPost, unnamedParent } from "./thread.ts";

/** twitter-text configuration v3: a code point in these ranges weighs 1, any other 2; an emoji weighs 2 and a link 23. */
const singleWeight = [
  [0, 4351],
  [8192, 8205],
  [8208, 8223],
  [8242, 8247],
] as const;
const linkWeight = 23;
const emojiWeight = 2;

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

// twitter-text knows the emoji of 2020; the runtime's Unicode tables are current. Some editors add a variation selector
// to an emoji that needs none (`⚡️`).
const emoji = /\p{RGI_Emoji}\uFE0F?|[0-9#*]\u20E3/gv;

const codePointWeight = (character: string): number => {
  const code = character.codePointAt(0) ?? 0;
  return singleWeight.some(([first, last]) => first <= code && code <= last) ? 1 : 2;
};

const graphemeWeight = (grapheme: string): number => {
  const others = grapheme.replaceAll(emoji, "");
  const emojis = others.length === grapheme.length ? 0 : (grapheme.match(emoji)?.length ?? 0);
  return [...others].reduce((sum, character) => sum + codePointWeight(character), emojis * emojiWeight);
};

/** The length that X counts, which is at most 280 (docs.x.com, "Counting characters"). */
export const weightedLength = (text: string): number => {
  const normal = text.normalize("NFC");
  const links = countedLinks(normal, true);
  return textBetween(normal, links)
    .flatMap((piece) => [...graphemes.segment(piece)])
    .reduce((sum, { segment }) => sum + graphemeWeight(segment), links.length * linkWeight);
};

const limit = 280;
/** The limit of `alt_text.text` in CreateMediaMetadataRequest (X's OpenAPI 2.167). */
const longestAlt = 1000;
const price = z.number().min(0).max(100);

/** X, formerly Twitter. API v2 with the user's own OAuth 1.0a keys, which do not expire. */
export const x = defineNetwork({
  name: "x",
  // X refuses an equal text: "You are not allowed to create a Tweet with duplicate content."
  offers: "refuse",
  // X does not document how long it refuses an equal text.
  remembersFor: 6 * hour,
  // With a picture, X may regard an equal text as another post, because the picture's URL is part of the text.
  offersTo: (request) => (attachedIn(request).length > 0 ? "none" : "refuse"),
  keepsTexts: true,
  contentWarning: "text",
  settle: minute,
  settings: z.strictObject({
    /** The handle without `@`. It makes the URLs of posts readable. */
    handle: z
      .string()
      .regex(/^\w{1,15}$/, "a handle without @, at most 15 letters, digits or _")
      .optional(),
    hashtags: z.int().min(0).max(10).default(2),
    ...threadSettings,
    ...pictureSettings,
    /** US dollars per post (docs.x.com, "Pricing"). */
    prices: z.strictObject({ withLink: price.default(0.2), withoutLink: price.default(0.015) }).prefault({}),
  }),
  credentials: z.object({
    appKey: z.string().min(1),
    appSecret: z.string().min(1),
    accessToken: z.string().min(1),
    accessSecret: z.string().min(1),
  }),
  picture: attachedWhere,
  length: weightedLength,
  compose: (given, { hashtags, prices, thread, ...settings }) => {
    // X rejects a text that contains one of these (twitter-text's invalid characters).
    const clean = (text: string): string => text.replaceAll(/[\uFFFE\uFEFF\uFFFF]/g, "");
    const snippet = linkedBy(withoutMentions(given), settings);
    const { text, more = "", ...layout } = wordingBy(snippet, settings, withTitle);
    const rules = { limit, maxTags: hashtags, measure: weightedLength };
    const wording = { text: clean(text), more: clean(more), ...layout, warning: clean(warningLine(snippet, rules)) };
    const { replies: parts, ...fitted } = fitThread({ ...snippet, ...wording }, rules, thread);
    const made = snippet.disclosure === undefined ? {} : { made_with_ai: true };
    const link = linkInReply(given, settings);
    const replies = [...parts, ...replyWith(link, weightedLength)];
    const costs = [fitted, ...replies].map(({ text }) =>
      countedLinks(text, true).length > 0 ? prices.withLink : prices.withoutLink,
    );
    const attached = wording.warning === "" ? describePictures(given, longestAlt) : {};
    return {
      ...fitted,
      ...(replies.length > 0 && { replies }),
      ...(attached.pictures && { pictures: attached.pictures.length }),
      cost: costs.reduce((sum, one) => sum + one, 0),
      request: {
        text: fitted.text,
        ...made,
        ...attached,
        ...(replies.length > 0 && { replies: replies.map(({ text }) => ({ text, ...made })) }),
      },
    };
  },
  server: () => "x.com",
  key: (seed) => seed,
  connect: ({ settings: { handle = "i" }, ...login }) => connectX({ ...login, settings: { handle } }),
});

interface Settings {
  readonly handle: string;
}
interface Credentials {
  readonly appKey: string;
  readonly appSecret: string;
  readonly accessToken: string;
  readonly accessSecret: string;
}

const createdPost = z.object({ data: z.object({ id: z.string().regex(/^\d{1,19}$/) }) });
const deletedPost = z.object({ data: z.object({ deleted: z.boolean() }) });
const problem = z.object({ detail: z.string().optional(), title: z.string().optional(), type: z.string().optional() });

const connectX = ({
  settings: { handle },
  credentials,
  sandbox,
  fetchJson,
  readPicture,
}: ParsedLogin<Settings, Credentials>): Connection => {
  const sendSigned = async (request: (v2: Client) => Promise<unknown>, signal: AbortSignal): Promise<FetchResult> => {
    const { url, method, headers, body } = await signedRequest(credentials, request);
    const sent = { method, headers, signal, ...(body === undefined ? {} : { body }) };
    return fetchJson(`${sandbox ?? url.origin}${url.pathname}`, sent);
  };
  const call = async (
    request: (v2: Client) => Promise<unknown>,
    signal: AbortSignal,
    outcomeOf: (response: JsonResponse) => Outcome,
  ): Promise<Outcome> => toOutcome(await sendSigned(request, signal), outcomeOf);
  const upload = xMedia({ call: sendSigned, outcomeOfError, readPicture });
  return {
    // The access token begins with the account's id (docs.x.com, "Obtaining access tokens"). A request would be billed.
    whoAmI: async () => ({ kind: "identity", id: /^\d+(?=-)/.exec(credentials.accessToken)?.[0] }),
    send: async (request, _key, signal, progress) => {
      const pictures = picturesToSend(request, request.text, progress);
      if (pictures.next !== undefined) return upload(pictures.next, signal);
      const media = pictures.ids.length > 0 ? { media: { media_ids: pictures.ids } } : {};
      const post = nextPost(request, progress);
      if (post === undefined) return unnamedParent;
      const { id: parent } = post.parent?.last ?? {};
      const reply = parent === undefined ? {} : { reply: { in_reply_to_tweet_id: parent } };
      return call(
        (v2) => v2.post("tweets", { ...post.body, ...media, ...reply }),
        signal,
        (response) => {
          const id = bodyIn(response, createdPost)?.data.id;
          if (id !== undefined)
            return post.outcome({ id, url: `https://x.com/${handle}/status/${id}`, public: true }, { id });
          const outcome = pictures.afterRefusal(outcomeOfError(response));
          // X does not name the post that has the equal text.
          return outcome.kind === "duplicate" ? { ...outcome, ...post.after(null) } : outcome;
        },
      );
    },
    remove: (remote, signal) =>
      withId(remote, "X reported a duplicate without its id: delete the post on X by hand", (id) =>
        call(
          (v2) => v2.delete(`tweets/${encodeURIComponent(id)}`),
          signal,
          (response) => (isDeleted(response) ? { kind: "done" } : outcomeOfError(response)),
        ),
      ),
  };
};

type Client = TwitterApi["v2"];

/**
 * The request that the client makes and signs. It is sent by `fetchJson`, like the requests of every network: the client's
 * hook never resolves, so the client sends nothing itself.
 */
const signedRequest = async (
  credentials: Credentials,
  request: (v2: Client) => Promise<unknown>,
): Promise<ITwitterApiBeforeRequestHookArgs["computedParams"]> => {
  // Imported here, so that functions on AWS that only compose or count do not load the client.
  const { TwitterApi } = await import("twitter-api-v2");
  return new Promise((resolve, reject) => {
    const onBeforeRequest = ({ computedParams }: ITwitterApiBeforeRequestHookArgs): Promise<void> => {
      resolve(computedParams);
      return new Promise(() => undefined);
    };
    request(new TwitterApi({ ...credentials }, { plugins: [{ onBeforeRequest }] }).v2).catch(reject);
  });
};

const isDeleted = (response: JsonResponse): boolean =>
  response.status === 404 || bodyIn(response, deletedPost) !== undefined;

const outcomeOfError = (response: JsonResponse): Outcome => {
  const { detail, title, type } = problem.safeParse(response.body).data ?? {};
  const { status } = response;
  const reason = answerReason("X", status, detail ?? title);
  const common = commonOutcome(response, reason, rateLimitReset(response));
  if (common !== undefined) return common;
  if (status === 403 && /duplicate content/i.test(detail ?? ""))
    return { kind: "duplicate", remote: { id: null, url: null, public: true }, reason };
  // These 403s are about the app or its keys, not about the post. After a 402 the account has no credits left.
  const isLogin = /client-forbidden|unsupported-authentication|oauth1-permissions|client-not-enrolled/.test(type ?? "");
  // The signature contains the time.
  if (status === 401) return { kind: "unauthorised", reason: reason + clockNote(response) };
  if (status === 402 || (status === 403 && /credits/.test(type ?? ""))) return pausedForCredits(response.body, reason);
  if (status === 403 && isLogin) return { kind: "unauthorised", reason };
  if (status === 403 && /\baccount\b.*\b(?:locked|suspended)\b|user-suspended/is.test(`${detail} ${title} ${type}`))
    return { kind: "unauthorised", reason, remedy: "log in to X and unlock the account" };
  return { kind: "rejected", reason };
};

const spendingCap = z.object({ reset_date: z.string().optional(), detail: z.string().optional() });

/**
 * The account has reached the spending cap of its billing cycle, or has no credits. The date of the next cycle is in a
 * field of its own, or in the sentence.
 */
const pausedForCredits = (body: unknown, reason: string): Outcome => {
  const { reset_date: reset, detail = "" } = spendingCap.safeParse(body).data ?? {};
  const until = Date.parse(reset ?? /\b\d{4}-\d{2}-\d{2}\b/.exec(detail)?.[0] ?? "");
  const remedy = "raise the spending cap or buy credits in X's developer console, then `crier retry` a post of it";
  return { kind: "unauthorised", reason, remedy, ...(Number.isNaN(until) ? {} : { until }) };
};

/** An exhausted daily limit lasts longer than the window of 15 minutes. */
const rateLimitReset = (response: JsonResponse): Instant | undefined => {
  const limits = ["x-rate-limit", "x-app-limit-24hour", "x-user-limit-24hour"];
  const spent = limits.filter((name) => name === "x-rate-limit" || response.headers.get(`${name}-remaining`) === "0");
  const resets = spent.flatMap((name) => readRetryAt(response, `${name}-reset`) ?? []);
  return resets.length === 0 ? undefined : Math.max(...resets);
};

const Uploaded = z.object({ data: z.object({ id: z.string().regex(/^\d{1,19}$/) }) });

interface MediaPorts {
  readonly call: (request: (v2: Client) => Promise<unknown>, signal: AbortSignal) => Promise<FetchResult>;
  readonly outcomeOfError: (response: JsonResponse) => Outcome;
  readonly readPicture: ReadPicture;
}

/**
 * Uploads a picture with its alternative text (docs.x.com, "Media upload"). An upload is not public and may be repeated: X
 * deletes media that no post has within a day. A picture whose text is not stored is not used: it would not be accessible.
 */
const xMedia =
  ({ call, outcomeOfError, readPicture }: MediaPorts) =>
  async (step: PictureStep, signal: AbortSignal): Promise<Outcome> => {
    const { picture, uploaded, without } = step;
    const bytes = await readPicture(picture);
    if (bytes === undefined) return without(lostBytes);
    const file = { media: Buffer.from(bytes).toString("base64"), media_category: "tweet_image" };
    const result = await call((v2) => v2.post("media/upload", file), signal);
    if (result.kind !== "response") return without(result);
    const { response } = result;
    const id = bodyIn(response, Uploaded)?.data.id;
    if (id === undefined) return afterUploadError(outcomeOfError(response), response.status === 401, step);
    if (picture.alt === undefined) return uploaded(id);
    const text = { id, metadata: { alt_text: { text: picture.alt } } };
    const described = await call((v2) => v2.post("media/metadata", text), signal);
    return described.kind === "response" && described.response.status < 300
      ? uploaded(id)
      : without({ kind: "rejected", reason: "X did not take its alternative text" });
  };
