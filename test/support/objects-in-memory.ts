import { createHash } from "node:crypto";
import type { Objects, StoredObject } from "../../src/ports/feeds.ts";

/** Objects in memory. As in S3, the same bytes have the same etag. */
export const objectsInMemory = (): Objects => {
  const stored = new Map<string, StoredObject>();
  return {
    read: async (key) => stored.get(key),
    put: async (key, bytes, { over }) => {
      if (stored.get(key)?.etag !== over) return false;
      stored.set(key, { bytes, etag: createHash("sha256").update(bytes).digest("hex") });
      return true;
    },
  };
};
