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
const servedPath = (text: string): string => text.trim().replace(/^(?:@site|\.\.(?:\/\.\.){0,9})\/static\//, "/");

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

/** An SVG that has only these draws, and runs and loads nothing. */
const drawingElements = new Set(
  "svg g defs symbol path rect circle ellipse line polyline polygon text tspan title desc linearGradient radialGradient stop clipPath mask pattern".split(
    " ",
  ),
);
const drawingAttribute =
  /^(?:xmlns(?::xlink)?|version|id|class|role|aria-[a-z]+|viewBox|preserveAspectRatio|width|height|[xy][12]?|d[xy]?|c[xy]|f[xy]|r[xy]?|points|pathLength|transform|opacity|offset|display|visibility|color|(?:fill|stroke|stop|font|text|clip|mask|letter|word|shape|dominant|alignment)(?:-[a-z]+)*|(?:gradient|pattern|mask|clipPath)(?:Units|ContentUnits|Transform)|spreadMethod|textLength|lengthAdjust)$/;
/** A function with numbers, or a reference to another part of the same picture. */
const drawingFunction = /\b(?:matrix|translate|scale|rotate|skew[XY]|rgba?|hsla?)\([\d\s.,%+e-]*\)|\burl\(#[\w-]+\)/g;

const svgTag = /<\/?([A-Za-z]+)((?:\s+[\w:-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'))*)\s*\/?>/g;
const svgAttribute = /(?<![\w:-])([\w:-]+)\s*=\s*("[^"]*"|'[^']*')/g;

const isDrawing = (svg: string): boolean => {
  const isAllowed = (attributes: string): boolean =>
    Array.from(attributes.matchAll(svgAttribute)).every(
      ([, name = "", value = ""]) =>
        drawingAttribute.test(name) &&
        (name.startsWith("xmlns")
          ? /^.http:\/\/www\.w3\.org\/(?:2000\/svg|1999\/xlink).$/.test(value)
          : !/[&\\(]/.test(value.replaceAll(drawingFunction, ""))),
    );
  const rest = svg.replaceAll(svgTag, (tag, name, attributes) =>
    drawingElements.has(name) && isAllowed(attributes) ? "" : tag,
  );
  return /^<svg[\s>]/.test(svg) && !rest.includes("<");
};

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
  const svg = decoded(content, isBase64)?.replace(/^\s*(?:<\?xml[^<>]*>\s*)?/, "");
  if (svg === undefined || !isDrawing(svg)) return undefined;
  return `data:image/svg+xml,${encodeURIComponent(svg.toWellFormed())}`;
};

/** Returns the page of a video for the URL of its player. A video begins where its player does. */
export const pageOfPlayer = (url: string): string => {
  const youtube = /^https?:\/\/(?:www\.)?youtube(?:-nocookie)?\.com\/embed\/([\w-]+)/.exec(url);
  const vimeo = /^https?:\/\/player\.vimeo\.com\/video\/(\d+)/.exec(url);
  const [, start] = /[?&;](?:t|start)=(\d{1,6}s?)(?![\w])/.exec(url) ?? [];
  if (youtube !== null)
    return `https://www.youtube.com/watch?v=${youtube[1]}${start === undefined ? "" : `&t=${start}`}`;
  return vimeo === null ? url : `https://vimeo.com/${vimeo[1]}`;
};

/** The text of a link that stands for something embedded whose document gives it no title. */
export const embedLabels = {
  video: "Video",
  audio: "Audio",
  tweet: "Post on X",
  instagram: "Post on Instagram",
  page: "Embedded page",
} as const;

/** Returns the page of a gist for the URL of the script that shows it, or undefined for any other script. */
export const pageOfGist = (url: string): string | undefined =>
  /^https?:\/\/gist\.github\.com\/[\w-]+(?:\/[0-9a-f]+)?(?=\.js(?:\?|$))/.exec(url)?.[0];
