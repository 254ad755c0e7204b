import { createHash } from "node:crypto";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import type { Objects } from "../ports/feeds.ts";

/** The body in a post's row, which is compressed there or in an object with this key. */
export interface Packed {
  readonly body: Uint8Array | undefined;
  readonly bodyKey: string | undefined;
}

export interface Bodies {
  /** Compresses a body. `others`: the rest of the row, as text. */
  pack(html: string, post: { readonly site: string; readonly id: string; readonly others: string }): Promise<Packed>;
  /** Throws `UnreadableBody`. */
  unpack(packed: Packed): Promise<string>;
}

/** Thrown where a body is missing or damaged. The message says why. */
export class UnreadableBody extends Error {
  override readonly name = "UnreadableBody";
}

/** DynamoDB limits a row to 400 KB, which includes the names of attributes and the keys. */
const maxRowSize = 350 * 1024;

/**
 * Quality 5 compresses a body to within 10 % of the best quality in a hundredth of its time: an import packs thousands. It
 * runs in this thread: for the usual 10 KB that is as fast as another thread, and the order of results is deterministic.
 */
const quality = {
  [constants.BROTLI_PARAM_QUALITY]: 5,
  [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
};

/** Node allocates 16 KB for a result by default, and these results are kept. */
const expecting = (bytes: number) => ({ chunkSize: Math.max(256, Math.ceil(bytes)) });

const compress = (html: string): Uint8Array =>
  brotliCompressSync(html, { params: quality, ...expecting(html.length / 2) });

/** Text has three to four times the size of its compressed bytes. */
const decompress = (bytes: Uint8Array): string => {
  try {
    return brotliDecompressSync(bytes, expecting(bytes.length * 4)).toString();
  } catch (cause) {
    throw new UnreadableBody("its stored body is damaged", { cause });
  }
};

/** The size of all kept bodies in UTF-16 units. */
const maxKept = 1_000_000;

/**
 * Keeps the bodies that were packed or unpacked last: most saves of a post do not change its body, and a saved post is read
 * again to be published.
 */
const recentBodies = () => {
  const kept = new Map<string, Uint8Array>();
  const htmlByKey = new Map<string, string>();
  let size = 0;
  const keyOf = (bytes: Uint8Array): string =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  return {
    bytesOf: (html: string): Uint8Array | undefined => kept.get(html),
    htmlOf: (bytes: Uint8Array): string | undefined => htmlByKey.get(keyOf(bytes)),
    keep: (html: string, bytes: Uint8Array): void => {
      // Lone surrogates are not stored, so the body that is read back would differ.
      if (kept.has(html) || !html.isWellFormed()) return;
      kept.set(html, bytes);
      htmlByKey.set(keyOf(bytes), html);
      size += html.length;
      for (const [oldest, packed] of kept) {
        if (size <= maxKept) return;
        kept.delete(oldest);
        htmlByKey.delete(keyOf(packed));
        size -= oldest.length;
      }
    },
  };
};

/** An object's key has the hash of the body, so that a worker that has read an earlier row still finds that row's body. */
export const compressedBodies = (objects: Objects): Bodies => {
  const recent = recentBodies();
  const open = (bytes: Uint8Array): string => {
    const html = recent.htmlOf(bytes) ?? decompress(bytes);
    recent.keep(html, bytes);
    return html;
  };
  return {
    pack: async (html, { site, id, others }) => {
      const body = recent.bytesOf(html) ?? compress(html);
      recent.keep(html, body);
      if (body.length + Buffer.byteLength(others) <= maxRowSize) return { body, bodyKey: undefined };
      const hash = createHash("sha256").update(html).digest("hex");
      const bodyKey = `${encodeURIComponent(site.toWellFormed())}/${encodeURIComponent(id.toWellFormed())}/${hash}`;
      const write = (over: string | undefined) =>
        objects.put(bodyKey, body, { contentType: "text/html; charset=utf-8", encoding: "br", over });
      if (!(await write(undefined))) {
        // An object with this key has the same bytes, unless it was damaged.
        const stored = await objects.read(bodyKey);
        if (stored === undefined || !Buffer.from(body).equals(stored.bytes)) await write(stored?.etag);
      }
      return { body: undefined, bodyKey };
    },
    unpack: async ({ body, bodyKey }) => {
      if (body !== undefined) return open(body);
      if (bodyKey === undefined) throw new UnreadableBody("its row holds neither a body nor the key of one");
      const stored = await objects.read(bodyKey);
      if (stored === undefined) throw new UnreadableBody(`its body ${bodyKey} is missing from the object store`);
      return open(stored.bytes);
    },
  };
};
