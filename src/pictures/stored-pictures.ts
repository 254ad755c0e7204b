import * as z from "zod";
import { type Picture, type PictureRecord, pictureFolder, pictureTypes } from "../domain/picture.ts";
import type { Objects } from "../ports/feeds.ts";
import type { PictureStore } from "../ports/pictures.ts";
import type { Hash } from "../ports/runtime.ts";

const instant = z.number();
const Stored = z.object({
  url: z.string(),
  pictures: z.array(
    z.object({
      cap: z.object({ maxBytes: z.number(), maxSide: z.number() }),
      picture: z.object({
        hash: z.string(),
        mediaType: z.enum(pictureTypes),
        size: z.number(),
        width: z.number(),
        height: z.number(),
      }),
    }),
  ),
  problem: z.string().optional(),
  isFinal: z.boolean(),
  since: instant,
  attempts: z.number(),
  next: instant,
});

const extensions = { "image/jpeg": "jpg", "image/png": "png" } as const;

/** The path of a prepared picture beside the feeds. */
export const pictureKey = ({ hash, mediaType }: Pick<Picture, "hash" | "mediaType">): string =>
  `${pictureFolder}${hash}.${extensions[mediaType]}`;

const parse = (bytes: Uint8Array): PictureRecord | undefined => {
  try {
    const { data } = Stored.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return data && { ...data, problem: data.problem };
  } catch {
    return undefined;
  }
};

/** Stores pictures by the hash of their bytes, and the record of a URL by the hash of the URL. */
export const storedPictures = (objects: Objects, hash: Hash): PictureStore => {
  const recordKey = (url: string): string => `${pictureFolder}${hash(url)}.json`;
  const find: PictureStore["find"] = async (url) => {
    const stored = await objects.read(recordKey(url));
    return { record: stored && parse(stored.bytes), etag: stored?.etag };
  };
  return {
    find,
    save: (record, over) =>
      objects.put(recordKey(record.url), new TextEncoder().encode(JSON.stringify(record)), {
        contentType: "application/json; charset=utf-8",
        over,
      }),
    put: async ({ bytes, mediaType, width, height }) => {
      const picture = { hash: hash(bytes), mediaType, size: bytes.length, width, height };
      const stored = await objects.read(pictureKey(picture));
      // An object with this key has the same bytes, unless it was damaged.
      if (stored === undefined || hash(stored.bytes) !== picture.hash)
        await objects.put(pictureKey(picture), bytes, { contentType: mediaType, over: stored?.etag });
      return picture;
    },
    read: async (picture) => {
      const stored = await objects.read(pictureKey(picture));
      return stored !== undefined && hash(stored.bytes) === picture.hash ? stored.bytes : undefined;
    },
    pathOf: async (url) => {
      const [prepared] = (await find(url)).record?.pictures ?? [];
      return prepared && `/${pictureKey(prepared.picture)}`;
    },
  };
};
