import type { Post } from "../domain/post.ts";
import { escapeHtml, optionalLine } from "./characters.ts";
import { webUrl } from "./web-url.ts";

export interface ImageView {
  readonly url: string;
  /** Absent where it is known neither from a measurement nor from the URL. */
  readonly mediaType: string | undefined;
  /** In bytes, where it was measured. */
  readonly length: number | undefined;
  readonly alt: string | undefined;
  readonly credit: string | undefined;
  /** The target of the first link in the credit. */
  readonly creditUrl: string | undefined;
}

export interface EnclosureView {
  readonly url: string;
  readonly mediaType: string;
  readonly length: number | undefined;
}

const mediaTypes: Readonly<Record<string, string>> = {
  avif: "image/avif",
  gif: "image/gif",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  png: "image/png",
  svg: "image/svg+xml",
  webp: "image/webp",
};

/** By the path's extension, else by the `fm` or `format` of image servers (imgix, Unsplash, Contentful). */
const mediaTypeOf = (url: URL): string | undefined =>
  [/\.(\w+)$/.exec(url.pathname)?.[1], url.searchParams.get("fm"), url.searchParams.get("format")]
    .map((name) => mediaTypes[name?.toLowerCase() ?? ""])
    .find((type) => type !== undefined);

const isPicture = (type: string | undefined): boolean => type !== undefined && /^image\/[a-z0-9.+-]+$/.test(type);

/** In sanitised HTML all attributes are in double quotes. */
const firstLinkIn = (html: string): string | undefined => {
  const [, href] = /<a [^<>]*?href="([^"]*)"/.exec(html) ?? [];
  return href === undefined ? undefined : webUrl(href.replaceAll("&amp;", "&"));
};

/** The picture of a post; undefined where its URL is not valid. */
export const imageView = ({ image, enclosure }: Post): ImageView | undefined => {
  const url = image === undefined ? undefined : webUrl(image.url);
  if (image === undefined || url === undefined) return undefined;
  // A measurement of another URL, or of an error page, says nothing about the picture.
  const measured = enclosure?.url === image.url && isPicture(enclosure.mediaType) ? enclosure : undefined;
  return {
    url,
    mediaType: measured?.mediaType ?? mediaTypeOf(new URL(url)),
    length: measured?.length === undefined || measured.length <= 0 ? undefined : Math.trunc(measured.length),
    alt: optionalLine(image.alt),
    credit: optionalLine(image.credit),
    creditUrl: firstLinkIn(image.creditHtml ?? ""),
  };
};

const isShown = (url: string, html: string): boolean =>
  html.includes(`"${url}"`) || html.includes(`"${escapeHtml(url)}"`);

/** The post's own attachment; else the picture, unless the HTML shows it. A feed has room for one. */
export const enclosureView = (
  image: ImageView | undefined,
  post: Post,
  shownHtml: string,
): EnclosureView | undefined => {
  const { attachment } = post;
  const url = attachment && webUrl(attachment.url);
  if (attachment !== undefined && url !== undefined) return { ...attachment, url };
  return image?.mediaType === undefined ||
    [image.url, post.image?.url ?? image.url].some((shown) => isShown(shown, shownHtml))
    ? undefined
    : { url: image.url, mediaType: image.mediaType, length: image.length };
};
