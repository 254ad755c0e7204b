import type { ITwitterApiBeforeRequestHookArgs, TwitterApi } from "twitter-api-v2";
import * as z from "zod";
import type { Outcome } from "../domain/delivery.ts";
import type { Instant } from "../domain/time.ts";
import type { Connection } from "../ports/networks.ts";
import { mediumIn, uploadedFirst, withoutMedium } from "./attached-picture.ts";
import type { ParsedLogin } from "./define.ts";
import { clockNote, commonOutcome, type FetchResult, type JsonResponse, reasonOf, retryAt } from "./http.ts";
import { nextPost, unnamedParent } from "./thread.ts";
import { xMedia } from "./x-media.ts";

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

export const connectX = ({
  settings: { handle },
  credentials,
  sandbox,
  fetchJson,
  readPicture,
}: ParsedLogin<Settings, Credentials>): Connection => {
  const ask = async (request: (v2: Client) => Promise<unknown>, signal: AbortSignal): Promise<FetchResult> => {
    const { url, method, headers, body } = await signedRequest(credentials, request);
    const sent = { method, headers, signal, ...(body === undefined ? {} : { body }) };
    return fetchJson(`${sandbox ?? url.origin}${url.pathname}`, sent);
  };
  const call = async (
    request: (v2: Client) => Promise<unknown>,
    signal: AbortSignal,
    outcomeOf: (response: JsonResponse) => Outcome,
  ): Promise<Outcome> => {
    const result = await ask(request, signal);
    return result.kind === "response" ? outcomeOf(result.response) : result;
  };
  const upload = xMedia({ call: ask, outcomeOfError, readPicture });
  return {
    // An access token of OAuth 1.0a begins with the account's id (docs.x.com, "Obtaining access tokens"): X bills each request.
    whoAmI: async () => ({ kind: "identity", id: /^\d+(?=-)/.exec(credentials.accessToken)?.[0] }),
    send: async (request, _key, signal, progress) => {
      const picture = uploadedFirst(request, progress);
      if (picture !== undefined) return upload(picture, signal);
      const medium = mediumIn(progress);
      const media = medium?.medium ? { media: { media_ids: [medium.medium] } } : {};
      const post = nextPost(request, progress);
      if (post === undefined) return unnamedParent;
      const { id: parent } = post.parent?.last ?? {};
      const reply = parent === undefined ? {} : { reply: { in_reply_to_tweet_id: parent } };
      return call(
        (v2) => v2.post("tweets", { ...post.body, ...media, ...reply }),
        signal,
        (response) => {
          const id = response.status < 300 ? createdPost.safeParse(response.body).data?.data.id : undefined;
          if (id !== undefined)
            return post.outcome({ id, url: `https://x.com/${handle}/status/${id}`, public: true }, { id });
          const outcome = withoutMedium(outcomeOfError(response), medium);
          // X does not say which post it is equal to.
          return outcome.kind === "duplicate" ? { ...outcome, ...post.after(null) } : outcome;
        },
      );
    },
    remove: async ({ id }, signal) =>
      id === null
        ? { kind: "rejected", reason: "X reported a duplicate without its id: delete the post on X by hand" }
        : call(
            (v2) => v2.delete(`tweets/${encodeURIComponent(id)}`),
            signal,
            (response) => (isDeleted(response) ? { kind: "done" } : outcomeOfError(response)),
          ),
  };
};

type Client = TwitterApi["v2"];

/**
 * The request as the client makes and signs it. Like every network's it is sent by `fetchJson`: the client waits for
 * its hook, and sends nothing itself.
 */
const signedRequest = async (
  credentials: Credentials,
  request: (v2: Client) => Promise<unknown>,
): Promise<ITwitterApiBeforeRequestHookArgs["computedParams"]> => {
  // Imported here, so that a function which only composes or counts does not load the client.
  const { TwitterApi } = await import("twitter-api-v2");
  return new Promise((resolve, reject) => {
    const onBeforeRequest = ({ computedParams }: ITwitterApiBeforeRequestHookArgs): Promise<void> => {
      resolve(computedParams);
      return new Promise(() => undefined);
    };
    request(new TwitterApi({ ...credentials }, { plugins: [{ onBeforeRequest }] }).v2).catch(reject);
  });
};

const isDeleted = ({ status, body }: JsonResponse): boolean =>
  status === 404 || (status < 300 && deletedPost.safeParse(body).success);

const outcomeOfError = (response: JsonResponse): Outcome => {
  const { detail, title, type } = problem.safeParse(response.body).data ?? {};
  const { status } = response;
  const reason = reasonOf("X", status, detail ?? title);
  const common = commonOutcome(response, reason, rateLimitReset(response));
  if (common !== undefined) return common;
  if (status === 403 && /duplicate content/i.test(detail ?? ""))
    return { kind: "duplicate", remote: { id: null, url: null, public: true }, reason };
  // These 403s are about the app or its keys, not about the post. 402: the account has no credits left.
  const isLogin = /client-forbidden|unsupported-authentication|oauth1-permissions|client-not-enrolled/.test(type ?? "");
  // Each request is signed with the time.
  if (status === 401) return { kind: "unauthorised", reason: reason + clockNote(response) };
  if (status === 402 || (status === 403 && isLogin)) return { kind: "unauthorised", reason };
  return { kind: "rejected", reason };
};

/** A daily limit that is used up lasts longer than the window of 15 minutes. */
const rateLimitReset = (response: JsonResponse): Instant | undefined => {
  const limits = ["x-rate-limit", "x-app-limit-24hour", "x-user-limit-24hour"];
  const spent = limits.filter((name) => name === "x-rate-limit" || response.headers.get(`${name}-remaining`) === "0");
  const resets = spent.flatMap((name) => retryAt(response, `${name}-reset`) ?? []);
  return resets.length === 0 ? undefined : Math.max(...resets);
};
