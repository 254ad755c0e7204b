import type { Hono } from "hono";
import { isRecord } from "../domain/json-value.ts";
import { day, second } from "../domain/time.ts";
import { attachedMedia } from "./attached-media.ts";
import { type EmulatorContext, fieldsOf, json, type SandboxEnv } from "./emulator.ts";

const maxBytes = 5_000_000;

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
      const { media: file, media_category: category } = (await fieldsOf(c)) ?? {};
      if (category !== "tweet_image") return invalid("$.media_category: must be tweet_image");
      const bytes = new Uint8Array(Buffer.from(String(file), "base64"));
      if (bytes.length === 0) return invalid("$.media: must be base64");
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
      if (text === undefined) return invalid("$.metadata.alt_text.text: is required");
      await media.put(account, id, { ...blob, alt: text });
      return json({ data: { id, associated_metadata: body?.metadata } });
    }),
  );
};
