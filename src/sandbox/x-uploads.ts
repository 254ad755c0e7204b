import type { Hono } from "hono";
import { isRecord } from "../domain/records.ts";
import { day, second } from "../domain/time.ts";
import { attachedMedia } from "./attached-media.ts";
import { type EmulatorContext, type Fields, fieldsOf, json, type SandboxEnv } from "./emulator.ts";

const maxBytes = 5_000_000;
const maxAlt = 1000;

const unknownIn = (fields: Fields, known: readonly string[]): string | undefined =>
  Object.keys(fields).find((field) => !known.includes(field));

const textOf = (metadata: unknown): string | undefined => {
  const alt = isRecord(metadata) ? metadata.alt_text : undefined;
  return isRecord(alt) && typeof alt.text === "string" ? alt.text : undefined;
};

/** `POST /2/media/upload` and `POST /2/media/metadata` (MediaUploadRequest, CreateMediaMetadataRequest in X's OpenAPI 2.167). */
export const addMediaRoutes = (
  api: Hono<SandboxEnv>,
  context: EmulatorContext,
  invalid: (message: string) => Response,
): void => {
  const media = attachedMedia(context);
  media.addRoute(api);
  api.post(
    "/2/media/upload",
    context.write(async (c, account) => {
      const body = await fieldsOf(c);
      if (body === undefined) return invalid("The body must be a JSON object");
      const unknown = unknownIn(body, ["additional_owners", "media", "media_category"]);
      if (unknown !== undefined) return invalid(`$.${unknown}: is not defined in the schema`);
      if (body.media_category !== "tweet_image") return invalid("$.media_category: must be tweet_image");
      if (typeof body.media !== "string" || !/^[\w+/]+={0,2}$/.test(body.media))
        return invalid("$.media: must be base64");
      const bytes = new Uint8Array(Buffer.from(body.media, "base64"));
      if (bytes.length > maxBytes) return invalid(`File size exceeds ${maxBytes} bytes.`);
      const type = bytes[0] === 0x89 ? "image/png" : "image/jpeg";
      const id = await media.add(account, { type, bytes });
      return json({ data: { id, media_key: `3_${id}`, size: bytes.length, expires_after_secs: day / second } });
    }),
  );
  api.post(
    "/2/media/metadata",
    context.write(async (c, account) => {
      const body = await fieldsOf(c);
      const id = String(body?.id);
      const blob = await media.read(account, id);
      const text = textOf(body?.metadata);
      if (blob === undefined) return invalid("$.id: is not a media of this user");
      if (text === undefined || [...text].length > maxAlt)
        return invalid("$.metadata.alt_text.text: 1 to 1000 characters");
      await media.put(account, id, { ...blob, alt: text });
      return json({ data: { id, associated_metadata: body?.metadata } });
    }),
  );
};
