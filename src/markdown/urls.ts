import { cleanText } from "../domain/text.ts";

const parseUrl = (text: string, base: string): URL | undefined => {
  // Line breaks in a scheme and spaces before it are ignored, as in browsers.
  const clean = cleanText(text)
    .replaceAll(/[\t\n]/g, "")
    .replace(/^[\s\p{Z}\p{C}]+/u, "")
    .trim();
  return URL.parse(clean, base) ?? undefined;
};

/** Returns an absolute http(s) URL, or undefined for anything else. */
export const webUrl = (text: string, base: string): string | undefined => {
  const url = parseUrl(text, base);
  return url !== undefined && /^https?:$/.test(url.protocol) ? url.href : undefined;
};

/** Returns an absolute http, https or mailto URL, or undefined for anything else. */
export const linkUrl = (text: string, base: string): string | undefined => {
  const url = parseUrl(text, base);
  return url !== undefined && /^(https?|mailto):$/.test(url.protocol) ? url.href : undefined;
};

/** Docusaurus serves the files in this folder. */
const servedPath = (text: string): string => text.trim().replace(/^@site\/static\//, "/");

/**
 * `/src/assets/a.png`, `~/a.png` and `@/a.png` are files of the sources. A bundler puts them at an address of its own.
 */
export const isSourcePath = (text: string): boolean =>
  /^(?:(?:\.{0,2}\/)*src\/(?:assets|content|images|lib)\/|(?:~|@\w*|\$lib)\/)/.test(servedPath(text));

/** Returns the absolute http(s) URL of a picture or a recording, or undefined for anything else. */
export const mediaUrl = (text: string, base: string): string | undefined =>
  isSourcePath(text) ? undefined : webUrl(servedPath(text), base);

/** The limit in characters: each feed has a copy of the picture. */
const maxDataUrl = 32_768;

/** Matches what may run or load something in an SVG. */
const activeSvg =
  /<script|<foreignobject|<iframe|<!entity|\son[a-z]+\s*=|(?:href|src)\s*=\s*["']?(?!["']?[#\s])|javascript:|url\((?!["']?#)/i;

const decoded = (text: string, isBase64: boolean): string | undefined => {
  try {
    const plain = decodeURIComponent(text);
    return isBase64 ? Buffer.from(plain, "base64").toString("utf8") : plain;
  } catch {
    return undefined;
  }
};

/**
 * Returns the `data:` URL of a picture (RFC 2397) that is small and runs and loads nothing, or undefined for anything
 * else.
 */
export const dataPicture = (text: string): string | undefined => {
  if (text.length > maxDataUrl) return undefined;
  const [, type = "", options = "", content = ""] =
    /^data:image\/(png|gif|jpe?g|webp|avif|svg\+xml)((?:;[^;,]*)*),(.*)$/is.exec(text) ?? [];
  const isBase64 = /;\s*base64\s*$/i.test(options);
  if (type.toLowerCase() !== "svg+xml") {
    const bytes = content.replaceAll(/\s+/g, "");
    return isBase64 && /^[\w+/-]+={0,2}$/.test(bytes) ? `data:image/${type.toLowerCase()};base64,${bytes}` : undefined;
  }
  const svg = decoded(content, isBase64);
  if (svg === undefined || !/^\s*(?:<\?xml[^<>]*>\s*)?<svg[\s>]/i.test(svg) || activeSvg.test(svg)) return undefined;
  return `data:image/svg+xml,${encodeURIComponent(svg.toWellFormed())}`;
};

/** Returns the page of a video for the URL of its player. */
export const pageOfPlayer = (url: string): string => {
  const youtube = /^https?:\/\/(?:www\.)?youtube(?:-nocookie)?\.com\/embed\/([\w-]+)/.exec(url);
  const vimeo = /^https?:\/\/player\.vimeo\.com\/video\/(\d+)/.exec(url);
  if (youtube !== null) return `https://www.youtube.com/watch?v=${youtube[1]}`;
  return vimeo === null ? url : `https://vimeo.com/${vimeo[1]}`;
};
