import { gunzipSync } from "node:zlib";

/** In bytes, decompressed. */
export const maxFeed = 10_000_000;

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Some servers send gzip without the header that says so: the bytes decide. Throws where they are not valid, or too many. */
export const decompress = (bytes: Uint8Array): Uint8Array =>
  isGzip(bytes) ? gunzipSync(bytes, { maxOutputLength: maxFeed }) : bytes;

const markedEncoding = ([first, second, third]: Uint8Array): string | undefined => {
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  // UTF-16 with a byte order mark, or without one before `<`.
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return "utf-16le";
  return (first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c) ? "utf-16be" : undefined;
};

const decode = (bytes: Uint8Array, encoding: string, fatal: boolean): string | undefined => {
  try {
    return new TextDecoder(encoding, { fatal }).decode(bytes);
  } catch {
    return undefined;
  }
};

const declaredIn = (bytes: Uint8Array, contentType: string): readonly string[] => {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 1024));
  const inXml = /^\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(start)?.[1];
  const inHeader = /charset\s*=\s*["']?([\w.:-]+)/i.exec(contentType)?.[1];
  return [inXml, inHeader].flatMap((name) => (name === undefined ? [] : [name.toLowerCase()]));
};

/**
 * The text of a feed. A declared encoding is wrong so often that the bytes come first: what is valid UTF-8 is UTF-8,
 * which text in another encoding almost never is. ISO-2022-JP alone is valid as ASCII.
 */
export const decodeText = (bytes: Uint8Array, contentType: string): string => {
  const marked = markedEncoding(bytes);
  if (marked !== undefined) return decode(bytes, marked, false) ?? "";
  const declared = declaredIn(bytes, contentType);
  const iso2022 = declared.find((name) => name.startsWith("iso-2022-"));
  const utf8 = iso2022 === undefined ? decode(bytes, "utf-8", true) : undefined;
  if (utf8 !== undefined) return utf8;
  const others = declared.filter((name) => !/^utf-?(?:8|16)|^unicode/.test(name));
  for (const name of others) {
    const text = decode(bytes, name, false);
    if (text !== undefined) return text;
  }
  return withStrayBytes(bytes);
};

/** UTF-8 with single bytes of Windows-1252, as a database that was converted in part has them: each is read as what it is. */
const withStrayBytes = (bytes: Uint8Array): string => {
  const text = new TextDecoder("utf-8").decode(bytes);
  const replaced = text.match(/\uFFFD/g)?.length ?? 0;
  const valid = text.match(/[^\0-\x7F\uFFFD]/gu)?.length ?? 0;
  return valid > replaced ? text : new TextDecoder("windows-1252").decode(bytes);
};
