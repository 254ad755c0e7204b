import * as z from "zod";
import { attachedFile } from "../domain/attachment.ts";
import type { Outcome } from "../domain/delivery.ts";
import { ownTitle } from "../domain/post.ts";
import { fit, type Snippet, withTitle } from "../domain/snippet.ts";
import { iso, second } from "../domain/time.ts";
import { isWebhookSecret, webhookHeaders } from "../outside/webhook-signature.ts";
import type { Connection } from "../ports/networks.ts";
import { defineNetwork, type ParsedLogin, secureAddress } from "./define.ts";
import {
  answerReason,
  clockNote,
  commonOutcome,
  type FetchResult,
  type JsonResponse,
  readRetryAt,
  toOutcome,
  withId,
} from "./http.ts";

const limit = 5000;
/** In bytes. A delivery's row has room for two bodies: the one that was sent, and an edit. */
const maxBody = 128 * 1024;

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const webhookLength = (text: string): number => [...graphemes.segment(text)].length;

interface Credentials {
  readonly url: string;
  readonly secret: string;
}

/** The owner's own server. It receives the whole post, signed as Standard Webhooks specifies. */
export const webhook = defineNetwork({
  name: "webhook",
  placeBy: "credentials",
  sendsPost: true,
  // A receiver can recognise a message by its id, but none is required to do so.
  offers: "none",
  contentWarning: "field",
  settle: second,
  settings: z.strictObject({}),
  credentials: z.object({
    /** The URL is often a secret itself: it grants access to the receiver. */
    url: secureAddress,
    secret: z.string().refine(isWebhookSecret, "whsec_ and 24 to 64 bytes in base64"),
  }),
  sandboxCredentials: ({ name }) => ({
    url: "https://receiver.example/",
    secret: `whsec_${btoa(encodeURIComponent(`sandbox-${name}`).padEnd(24, "-"))}`,
  }),
  // The server's address is in the secret, so the account's name stands for it.
  server: ({ name }) => name,
  length: webhookLength,
  compose: (snippet) => {
    const fitted = fit({ ...snippet, ...withTitle(snippet) }, { limit, maxTags: 0, measure: webhookLength });
    return { ...fitted, request: toPayload(snippet, fitted.text) };
  },
  connect: (login) => connectWebhook(login),
});

/** Uses the names of JSON Feed 1.1, which has none for `image_alt`, `images`, `content_warning` and `sensitive`. */
const toPayload = ({ content: post, images }: Snippet, text: string) => ({
  url: post.url,
  external_url: post.external,
  kind: post.isNote === true ? "note" : "article",
  title: ownTitle(post) ?? null,
  label: post.title,
  text,
  summary: post.summary,
  content_html: Buffer.byteLength(JSON.stringify(post.html)) > maxBody ? null : post.html,
  language: post.language,
  date_published: post.published === undefined ? undefined : iso(post.published),
  date_modified: post.updated === undefined ? undefined : iso(post.updated),
  tags: post.categories.map(({ name }) => name),
  authors: post.authors.map(({ name, url }) => ({ name, url })),
  image: images[0]?.url,
  image_alt: images[0]?.alt,
  images: images.map(({ url, alt }) => ({ url, alt })),
  content_warning: post.social.contentWarning,
  sensitive: post.social.sensitive,
  attachments: [attachedFile(post) ?? []].flat().map(({ url, mediaType, length }) => ({
    url,
    mime_type: mediaType,
    size_in_bytes: length,
  })),
});

const connectWebhook = ({
  credentials: { url, secret },
  sandbox,
  fetchJson,
  clock,
}: ParsedLogin<unknown, Credentials>): Connection => {
  const post = async (
    type: "post.created" | "post.updated" | "post.deleted",
    id: string | undefined,
    data: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<FetchResult> => {
    const at = clock();
    const body = JSON.stringify({ type, timestamp: iso(at), data });
    // An edit or deletion may be repeated without effect, so each try has its own message id.
    const signature = await webhookHeaders({ id: id ?? `${data.id}-${at}`, at, body, secret });
    const headers = { "content-type": "application/json", ...signature };
    return fetchJson(sandbox ?? url, { method: "POST", headers, body, signal });
  };
  return {
    whoAmI: async () => ({ kind: "identity", id: new URL(url).origin }),
    send: async (request, key, signal) => {
      const posted: Outcome = { kind: "posted", remote: { id: key, url: null, public: false } };
      const result = await post("post.created", key, { id: key, ...request }, signal);
      return toOutcome(result, (response) => outcomeOf(response, posted));
    },
    edit: (remote, request, signal) =>
      withId(remote, unknownId, async (id) =>
        toOutcome(await post("post.updated", undefined, { id, ...request }, signal), (response) =>
          isMissing(response)
            ? { kind: "missing", reason: answerReason("The receiver", response.status, readMessage(response.body)) }
            : outcomeOf(response, { kind: "done" }),
        ),
      ),
    remove: (remote, signal) =>
      withId(remote, unknownId, async (id) =>
        toOutcome(await post("post.deleted", undefined, { id }, signal), (response) =>
          isMissing(response) ? { kind: "done" } : outcomeOf(response, { kind: "done" }),
        ),
      ),
  };
};

const unknownId = "The copy's id is not known: change it at the receiver by hand";

const isMissing = ({ status }: JsonResponse): boolean => status === 404 || status === 410;

/** The receiver's own message. Receivers answer in any form, most with nothing. */
const readMessage = (body: unknown): string | undefined => {
  const fields = z.record(z.string(), z.unknown()).safeParse(body).data ?? {};
  return [fields.detail, fields.message, fields.error].find((value) => typeof value === "string");
};

/** Any 2xx means that the message was accepted, whatever its body is (Standard Webhooks, "Webhook response"). */
const outcomeOf = (answer: JsonResponse, taken: Outcome): Outcome => {
  const { status, body } = answer;
  if (status >= 200 && status < 300) return taken;
  const reason = answerReason("The receiver", status, readMessage(body));
  const common = commonOutcome(answer, reason, readRetryAt(answer));
  if (common !== undefined) return common;
  // The receiver does not exist or refuses the secret: the error is not about the post.
  const isRefused = [401, 403, 404, 405, 410].includes(status);
  return isRefused ? { kind: "unauthorised", reason: reason + clockNote(answer) } : { kind: "rejected", reason };
};
