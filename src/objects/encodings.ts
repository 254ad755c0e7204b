import { promisify } from "node:util";
import { brotliCompress, brotliCompressSync, constants, gzip, gzipSync } from "node:zlib";
import type { Encode } from "../ports/feeds.ts";

export type Encoding = "br" | "gzip";

const brotliOptions = (bytes: Uint8Array) => ({
  params: {
    [constants.BROTLI_PARAM_QUALITY]: 5,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  },
});

const gzipOptions = { level: 6 };

const [brotliInThread, gzipInThread] = [promisify(brotliCompress), promisify(gzip)];

/** Compresses in other threads, so that a server's event loop is not blocked. */
export const encoders: Readonly<Record<Encoding, (bytes: Uint8Array) => Promise<Uint8Array>>> = {
  br: (bytes) => brotliInThread(bytes, brotliOptions(bytes)),
  gzip: (bytes) => gzipInThread(bytes, gzipOptions),
};

/** CloudFront compresses neither Atom nor JSON Feed by itself, so each file is also stored compressed. */
export const encode: Encode = (text) => {
  const bytes = Buffer.from(text);
  return [
    { suffix: ".br", encoding: "br", bytes: brotliCompressSync(bytes, brotliOptions(bytes)) },
    { suffix: ".gz", encoding: "gzip", bytes: gzipSync(bytes, gzipOptions) },
    { suffix: "", bytes },
  ];
};

/** Stores no compressed files, for a server that compresses only requested files. */
export const plain: Encode = (text) => [{ suffix: "", bytes: Buffer.from(text) }];
