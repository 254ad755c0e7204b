import type { TwitterApi } from "twitter-api-v2";
import * as z from "zod";
import type { Outcome } from "../domain/delivery.ts";
import type { ReadPicture } from "../ports/pictures.ts";
import { type Attached, afterUploadError, lostBytes, uploaded, withoutPicture } from "./attached-picture.ts";
import type { FetchResult, JsonResponse } from "./http.ts";

const Uploaded = z.object({ data: z.object({ id: z.string().regex(/^\d{1,19}$/) }) });

type Client = TwitterApi["v2"];

interface MediaPorts {
  readonly call: (request: (v2: Client) => Promise<unknown>, signal: AbortSignal) => Promise<FetchResult>;
  readonly outcomeOfError: (response: JsonResponse) => Outcome;
  readonly readPicture: ReadPicture;
}

/**
 * Uploads a picture with its alternative text (docs.x.com, "Media upload"). It is not public, and may be repeated: X forgets
 * within a day what no post has. A picture without its text is not used: who cannot see it would not know what it shows.
 */
export const xMedia =
  ({ call, outcomeOfError, readPicture }: MediaPorts) =>
  async (picture: Attached, signal: AbortSignal): Promise<Outcome> => {
    const bytes = await readPicture(picture);
    if (bytes === undefined) return withoutPicture(lostBytes);
    const file = { media: Buffer.from(bytes).toString("base64"), media_category: "tweet_image" };
    const result = await call((v2) => v2.post("media/upload", file), signal);
    if (result.kind !== "response") return withoutPicture(result.reason);
    const { response } = result;
    const id = response.status < 300 ? Uploaded.safeParse(response.body).data?.data.id : undefined;
    if (id === undefined) return afterUploadError(outcomeOfError(response), response.status === 401);
    if (picture.alt === undefined) return uploaded(id);
    const text = { id, metadata: { alt_text: { text: picture.alt } } };
    const described = await call((v2) => v2.post("media/metadata", text), signal);
    return described.kind === "response" && described.response.status < 300
      ? uploaded(id)
      : withoutPicture("X did not take its alternative text");
  };
