import { createHash } from "node:crypto";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import type { Objects } from "../ports/feeds.ts";

/** The body in a post's row: compressed, or the key of its object. */
export interface Packed {
  readonly body: Uint8Array | undefined;
  readonly bodyKey: string | undefined;
}

export interface Bodies {
  /** `others`: the rest of the row, as text. */
  pack(html: string, post: { readonly site: string; readonly id: string; readonly others: string }): Promise<Packed>;
  unpack(packed: Packed): Promise<string>;
}

/** DynamoDB limits a row to 400 KB, which includes the names of attributes and the keys. */
const maxRowSize = 350 * 1024;

/**
 * Quality 5 compresses a body to within 10 % of the best at a hundredth of its time: an import packs thousands. In this
 * thread: for the usual 10 KB that is as fast as in another, and its result does not depend on the order of threads.
 */
const quality = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT },
};

/** In UTF-16 units. */
const maxKept = 1_000_000;

/** The bytes of the bodies that were packed or unpacked last: most saves of a post leave its body as it was read. */
const recentBodies = () => {
  const kept = new Map<string, Uint8Array>();
  let size = 0;
  return {
    bytesOf: (html: string): Uint8Array | undefined => kept.get(html),
    keep: (html: string, bytes: Uint8Array): void => {
      if (kept.has(html)) return;
      kept.set(html, bytes);
      size += html.length;
      for (const oldest of kept.keys()) {
        if (size <= maxKept) return;
        kept.delete(oldest);
        size -= oldest.length;
      }
    },
  };
};

/** An object's key has the hash of the body: a reader of an older row still finds the body of that row. */
export const compressedBodies = (objects: Objects): Bodies => {
  const recent = recentBodies();
  const decompress = (bytes: Uint8Array): string => {
    const html = brotliDecompressSync(bytes).toString();
    recent.keep(html, bytes);
    return html;
  };
  return {
    pack: async (html, { site, id, others }) => {
      const body = recent.bytesOf(html) ?? brotliCompressSync(html, quality);
      recent.keep(html, body);
      if (body.length + Buffer.byteLength(others) <= maxRowSize) return { body, bodyKey: undefined };
      const hash = createHash("sha256").update(html).digest("hex");
      const bodyKey = `${encodeURIComponent(site.toWellFormed())}/${encodeURIComponent(id.toWellFormed())}/${hash}`;
      await objects.put(bodyKey, body, { contentType: "text/html; charset=utf-8", encoding: "br", over: undefined });
      return { body: undefined, bodyKey };
    },
    unpack: async ({ body, bodyKey }) => {
      if (body !== undefined) return decompress(body);
      if (bodyKey === undefined)
        throw new Error("a post's row holds neither a body nor the key of one: save its document again");
      const stored = await objects.read(bodyKey);
      if (stored === undefined)
        throw new Error(`the body ${bodyKey} is missing from the object store: save its document again`);
      return decompress(stored.bytes);
    },
  };
};
