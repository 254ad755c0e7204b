import type { Context } from "hono";
import { isRecord } from "../domain/json-value.ts";
import type { Blobs } from "./blobs.ts";
import type { SandboxEnv } from "./emulator.ts";

/** The largest thumb of a card (app.bsky.embed.external). */
const maxThumb = 1_000_000;

const letters = "abcdefghijklmnopqrstuvwxyz234567";

/** The codecs of a CID: a file, and a record. */
const codecs = { raw: "55", "dag-cbor": "71" } as const;

/** CIDv1, SHA-256, in base32: counted on one large number, in another way than `src/networks/` does. */
export const cidOfBytes = async (
  bytes: Uint8Array<ArrayBuffer>,
  codec: keyof typeof codecs = "raw",
): Promise<string> => {
  const digest = Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex");
  // 288 bits are 57 letters and three bits: two more bits make 58 whole letters.
  let rest = BigInt(`0x01${codecs[codec]}1220${digest}`) << 2n;
  let cid = "";
  for (let count = 0; count < 58; count += 1) {
    cid = letters.charAt(Number(rest & 31n)) + cid;
    rest >>= 5n;
  }
  return `b${cid}`;
};

/** Stores an uploaded file, as `com.atproto.repo.uploadBlob` does: the type is what the client says. */
export const uploadBlob = async (c: Context<SandboxEnv>, blobs: Blobs) => {
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  const type = c.req.header("content-type") ?? "application/octet-stream";
  const cid = await cidOfBytes(bytes);
  await blobs.put(cid, { type, bytes });
  return { blob: { $type: "blob", ref: { $link: cid }, mimeType: type, size: bytes.length } };
};

const thumbOf = (record: unknown): unknown => {
  const embed = isRecord(record) ? record.embed : undefined;
  const external = isRecord(embed) ? embed.external : undefined;
  return isRecord(external) ? external.thumb : undefined;
};

/** The id of the picture in a record's card; undefined where it has none. */
export const thumbIdOf = (record: unknown): string | undefined => {
  const thumb = thumbOf(record);
  const ref = isRecord(thumb) ? thumb.ref : undefined;
  return isRecord(ref) && typeof ref.$link === "string" ? ref.$link : undefined;
};

interface BlobError {
  readonly error: "BlobNotFound" | "InvalidRequest";
  readonly message: string;
}

/** What is wrong with the picture of a record: it must be uploaded before, and be what the record says. */
export const thumbError = async (record: unknown, blobs: Blobs): Promise<BlobError | undefined> => {
  const thumb = thumbOf(record);
  if (thumb === undefined) return undefined;
  const invalid = (message: string): BlobError => ({ error: "InvalidRequest", message });
  const id = thumbIdOf(record);
  if (id === undefined || !isRecord(thumb)) return invalid("Record/embed/external/thumb must be a blob ref");
  const blob = await blobs.read(id);
  if (blob === undefined) return { error: "BlobNotFound", message: `Could not find blob: ${id}` };
  if (thumb.$type !== "blob" || thumb.mimeType !== blob.type || thumb.size !== blob.bytes.length)
    return invalid("Record/embed/external/thumb does not describe its blob");
  if (!blob.type.startsWith("image/")) return invalid("Record/embed/external/thumb must be image/*");
  return blob.bytes.length > maxThumb ? invalid(`Record/embed/external/thumb must be <= ${maxThumb} bytes`) : undefined;
};
