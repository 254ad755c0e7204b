import { cleanText } from "../domain/text.ts";

const parseUrl = (text: string, base: string): URL | undefined => {
  // Like browsers: line breaks in a scheme and spaces before it are ignored.
  const clean = cleanText(text)
    .replaceAll(/[\t\n]/g, "")
    .replace(/^[\s\p{Z}\p{C}]+/u, "")
    .trim();
  return URL.canParse(clean, base) ? new URL(clean, base) : undefined;
};

/** Absolute, http or https; undefined for anything else. */
export const webUrl = (text: string, base: string): string | undefined => {
  const url = parseUrl(text, base);
  return url !== undefined && /^https?:$/.test(url.protocol) ? url.href : undefined;
};

/** Absolute, http, https or mailto; undefined for anything else. */
export const linkUrl = (text: string, base: string): string | undefined => {
  const url = parseUrl(text, base);
  return url !== undefined && /^(https?|mailto):$/.test(url.protocol) ? url.href : undefined;
};

/** Docusaurus serves what is in this folder. */
const servedPath = (text: string): string => text.trim().replace(/^@site\/static\//, "/");

/** `/src/assets/a.png`, `~/a.png`, `@/a.png`: a file of the sources, which a bundler puts at an address of its own. */
export const isSourcePath = (text: string): boolean =>
  /^(?:(?:\.{0,2}\/)*src\/(?:assets|content|images|lib)\/|(?:~|@\w*|\$lib)\/)/.test(servedPath(text));

/** The URL of a picture or a recording: absolute, http or https; undefined for anything else. */
export const mediaUrl = (text: string, base: string): string | undefined =>
  isSourcePath(text) ? undefined : webUrl(servedPath(text), base);

/** The page of a video, for the URL of its player. */
export const pageOfPlayer = (url: string): string => {
  const youtube = /^https?:\/\/(?:www\.)?youtube(?:-nocookie)?\.com\/embed\/([\w-]+)/.exec(url);
  const vimeo = /^https?:\/\/player\.vimeo\.com\/video\/(\d+)/.exec(url);
  if (youtube !== null) return `https://www.youtube.com/watch?v=${youtube[1]}`;
  return vimeo === null ? url : `https://vimeo.com/${vimeo[1]}`;
};
