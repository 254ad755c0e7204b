import { isRecord } from "../../domain/json-value.ts";
import type { Objects } from "../../ports/feeds.ts";
import type { Blobs } from "../../sandbox/blobs.ts";

/** An id is no file name everywhere: to Windows `x:1` is a file on another drive. */
const fileOf = (id: string): string => encodeURIComponent(id).replaceAll(".", "%2E");

const typeOf = (bytes: Uint8Array): string => (bytes[0] === 0x89 ? "image/png" : "image/jpeg");

const altIn = (bytes: Uint8Array): string | undefined => {
  try {
    const described: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isRecord(described) && typeof described.alt === "string" ? described.alt : undefined;
  } catch {
    return undefined;
  }
};

/** The uploaded pictures as files, and beside each that has one its alternative text. Their type is what their first bytes are. */
export const blobFiles = (objects: Objects): Blobs => ({
  read: async (id) => {
    const stored = await objects.read(fileOf(id));
    const description = stored && (await objects.read(`${fileOf(id)}.json`));
    const alt = description && altIn(description.bytes);
    return stored && { type: typeOf(stored.bytes), bytes: new Uint8Array(stored.bytes), ...(alt && { alt }) };
  },
  put: async (id, { type, bytes, alt }) => {
    const description = `${fileOf(id)}.json`;
    if (alt !== undefined) {
      const over = (await objects.read(description))?.etag;
      await objects.put(description, Buffer.from(JSON.stringify({ alt })), { contentType: "application/json", over });
    }
    await objects.put(fileOf(id), bytes, { contentType: type, over: undefined });
  },
});
