import type { Attributes, Tag } from "sanitize-html";
import { pageOfPlayer, webUrl } from "./urls.ts";
import { writtenAttribute } from "./written-attribute.ts";

/** A link to the page in a frame: feed readers do not show frames. */
export const frameToLink =
  (base: string) =>
  (_tagName: string, given: Attributes): Tag => {
    const src = given.src ?? given["data-src"] ?? given.data;
    const target = src === undefined || src.trim() === "" ? undefined : webUrl(src, base);
    if (target === undefined) return { tagName: "a", attribs: {} };
    const page = pageOfPlayer(target);
    return { tagName: "a", attribs: { href: page }, text: given.title?.trim() || page };
  };

/**
 * Replaces videos and recordings by links, with their poster: most readers remove players. The HTML comes from the
 * sanitiser: every tag is closed, and no attribute contains `<` or `>`.
 */
export const withoutPlayers = (html: string): string =>
  html.replaceAll(
    /<(video|audio)((?: [^<>]*)?)>((?:(?!<video|<audio)[\s\S])*?)<\/\1>/g,
    (_, kind: string, own: string, inside: string) => {
      const rest = inside.replaceAll(/<source [^<>]*>/g, "").trim();
      const src =
        writtenAttribute(own, "src") ?? writtenAttribute(/<source [^<>]*src="[^<>]*>/.exec(inside)?.[0] ?? "", "src");
      if (src === undefined) return rest;
      const label = writtenAttribute(own, "title") ?? (kind === "video" ? "Video" : "Audio");
      const poster = writtenAttribute(own, "poster");
      return `<a href="${src}">${poster === undefined ? label : `<img src="${poster}" alt="${label}" />`}</a>`;
    },
  );
