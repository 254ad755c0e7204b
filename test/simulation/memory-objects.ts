import type { Objects, StoredObject } from "../../src/ports/feeds.ts";

/** S3 in memory: a put writes over the etag that it names, or where there is nothing. */
export const memoryObjects = () => {
  const objects = new Map<string, StoredObject>();
  let etags = 0;
  return {
    objects,
    read: (key: string): StoredObject | undefined => objects.get(key),
    /** A fault of the disk: half of the object is left, or nothing. */
    damage: (key: string, isLost: boolean): void => {
      const stored = objects.get(key);
      if (stored === undefined) return;
      etags += 1;
      if (isLost) objects.delete(key);
      else objects.set(key, { bytes: stored.bytes.slice(0, stored.bytes.length / 2), etag: `"${etags}"` });
    },
    put: (key: string, bytes: Uint8Array, over: string | undefined): boolean => {
      if (objects.get(key)?.etag !== over) return false;
      etags += 1;
      objects.set(key, { bytes, etag: `"${etags}"` });
      return true;
    },
  };
};

export type MemoryObjects = ReturnType<typeof memoryObjects>;

export const objectsOfProcess = (
  { read, put }: MemoryObjects,
  name: string,
  call: <T>(label: string, act: () => T) => Promise<T>,
): Objects => ({
  read: (key) => call(`read ${name} ${key}`, () => read(key)),
  put: (key, bytes, { over }) => call(`put ${name} ${key}`, () => put(key, bytes, over)),
});
