import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Encode } from "../ports/feeds.ts";

/** CloudFront compresses neither Atom nor JSON Feed by itself, so each file is also stored compressed. */
export const encode: Encode = (text) => {
  const bytes = Buffer.from(text);
  const brotli = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 5,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  return [
    { suffix: ".br", encoding: "br", bytes: brotli },
    { suffix: ".gz", encoding: "gzip", bytes: gzipSync(bytes, { level: 6 }) },
    { suffix: "", bytes },
  ];
};
