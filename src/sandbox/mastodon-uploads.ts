import type { Hono } from "hono";
import { attachedMedia } from "./attached-media.ts";
import { type EmulatorContext, json, type SandboxEnv } from "./emulator.ts";

/** `MediaAttachment::IMAGE_LIMIT` and `MAX_DESCRIPTION_LENGTH` in Mastodon's source. */
const maxBytes = 16_777_216;
const maxDescription = 1500;
const types = ["image/jpeg", "image/png", "image/gif", "image/webp"];

/** `POST /api/v2/media` and `GET /api/v1/media/:id` (Mastodon's OpenAPI 4.7). Images are processed at once. */
export const addMediaRoutes = (api: Hono<SandboxEnv>, context: EmulatorContext): void => {
  const media = attachedMedia(context);
  const refuse = (error: string) => json({ error: `Validation failed: ${error}` }, 422);
  const attachment = (id: string, description: string | undefined) =>
    json({ id, type: "image", url: `https://files.mastodon.example/${id}`, description: description ?? null });
  media.addRoute(api);
  api.post(
    "/api/v2/media",
    context.write(async (c, account) => {
      const { file, description } = await c.req.parseBody();
      if (!(file instanceof File)) return refuse("File can't be blank");
      if (!types.includes(file.type)) return refuse("File content type is invalid");
      if (file.size > maxBytes) return refuse("File file size must be less than 16 MB");
      const alt = typeof description === "string" ? description : undefined;
      // Its validation counts code points, and not what a reader takes for a character.
      if ([...(alt ?? "")].length > maxDescription)
        return refuse(`Description is too long (maximum is ${maxDescription})`);
      const bytes = new Uint8Array(await file.arrayBuffer());
      const id = await media.add(account, { type: file.type, bytes, ...(alt !== undefined && { alt }) });
      return attachment(id, alt);
    }),
  );
  api.get("/api/v1/media/:id", async (c) => {
    const id = c.req.param("id");
    const blob = await media.read(c.get("account"), id);
    return blob === undefined ? json({ error: "Record not found" }, 404) : attachment(id, blob.alt);
  });
};
