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

/** An object's key has the hash of the body: a reader of an older row still finds the body of that row. */
export const compressedBodies = (objects: Objects): Bodies => ({
  pack: async (html, { site, id, others }) => {
    const body = brotliCompressSync(html, quality);
    if (body.length + Buffer.byteLength(others) <= maxRowSize) return { body, bodyKey: undefined };
    const hash = createHash("sha256").update(html).digest("hex");
    const bodyKey = `${encodeURIComponent(site.toWellFormed())}/${encodeURIComponent(id.toWellFormed())}/${hash}`;
    await objects.put(bodyKey, body, { contentType: "text/html; charset=utf-8", encoding: "br", over: undefined });
    return { body: undefined, bodyKey };
  },
  unpack: async ({ body, bodyKey }) => {
    if (body !== undefined) return brotliDecompressSync(body).toString();
    if (bodyKey === undefined)
      throw new Error("a post's row holds neither a body nor the key of one: save its document again");
    const stored = await objects.read(bodyKey);
    if (stored === undefined)
      throw new Error(`the body ${bodyKey} is missing from the object store: save its document again`);
    return brotliDecompressSync(stored.bytes).toString();
  },
});
