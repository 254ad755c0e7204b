import * as z from "zod";
import type { Outcome } from "../domain/delivery.ts";
import { minute, second } from "../domain/time.ts";
import type { ReadPicture } from "../ports/pictures.ts";
import type { Clock } from "../ports/runtime.ts";
import {
  type Attached,
  afterUploadError,
  lostBytes,
  type MediumProgress,
  uploaded,
  withoutPicture,
} from "./attached-picture.ts";
import type { FetchResult, JsonRequest, JsonResponse } from "./http.ts";

const MediaAttachment = z.object({ id: z.string().min(1) });
const StatusMedia = z.object({ media_attachments: z.array(MediaAttachment).default([]) });

interface MediaPorts {
  /** `path`: below `/api/`. */
  readonly call: (path: string, request: JsonRequest) => Promise<FetchResult>;
  readonly outcomeOfError: (response: JsonResponse) => Outcome;
  readonly readPicture: ReadPicture;
  readonly clock: Clock;
}

/** A server that is slower posts without the picture. */
const longestProcessing = minute;

const formOf = async (bytes: Uint8Array, { mediaType, alt }: Attached) => {
  const form = new FormData();
  const extension = mediaType === "image/png" ? "png" : "jpg";
  form.set("file", new Blob([Uint8Array.from(bytes)], { type: mediaType }), `picture.${extension}`);
  if (alt !== undefined) form.set("description", alt);
  const encoded = new Response(form);
  const body = Buffer.from(await encoded.arrayBuffer());
  return { body, headers: { "content-type": encoded.headers.get("content-type") ?? "" } };
};

/** The pictures of statuses. An upload is not public, and may be repeated: the server forgets what no status has. */
export const mastodonMedia = ({ call, outcomeOfError, readPicture, clock }: MediaPorts) => ({
  /** A server that processes it later answers 202. */
  upload: async (picture: Attached, signal: AbortSignal): Promise<Outcome> => {
    const bytes = await readPicture(picture);
    if (bytes === undefined) return withoutPicture(lostBytes);
    const result = await call("v2/media", { method: "POST", ...(await formOf(bytes, picture)), signal });
    if (result.kind !== "response") return withoutPicture(result.reason);
    const { status, body } = result.response;
    const id = status < 300 ? MediaAttachment.safeParse(body).data?.id : undefined;
    if (id !== undefined) return uploaded(id, status === 202 ? clock() : undefined);
    // 403: the token lacks the scope write:media.
    return afterUploadError(outcomeOfError(result.response), status === 401);
  },
  /** What to do instead of sending the status; undefined where its picture is ready, or it has none. */
  whileProcessing: async ({ medium, since }: MediumProgress, signal: AbortSignal): Promise<Outcome | undefined> => {
    if (medium === null || since === undefined) return undefined;
    const result = await call(`v1/media/${encodeURIComponent(medium)}`, { method: "GET", signal });
    const status = result.kind === "response" ? result.response.status : undefined;
    if (status === 200) return undefined;
    if (status !== 206 || clock() - since >= longestProcessing)
      return withoutPicture("Mastodon did not process it in time");
    return {
      kind: "unavailable",
      reason: "Mastodon is still processing the picture",
      retryAt: clock() + 5 * second,
    };
  },
  /** The media of a status, which an edit has to name: the server removes those that it does not. */
  mediaOf: async (id: string, signal: AbortSignal): Promise<readonly string[] | Outcome> => {
    const result = await call(`v1/statuses/${encodeURIComponent(id)}`, { method: "GET", signal });
    if (result.kind !== "response") return { ...result, kind: "unavailable" };
    const media = result.response.status === 200 ? StatusMedia.safeParse(result.response.body).data : undefined;
    if (media !== undefined) return media.media_attachments.map((one) => one.id);
    // The edit says what it means that the status is not there.
    if (result.response.status === 404 || result.response.status === 410) return [];
    const outcome = outcomeOfError(result.response);
    return outcome.kind === "unanswered" ? { ...outcome, kind: "unavailable" } : outcome;
  },
});
