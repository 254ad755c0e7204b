import sanitizeHtml, { type Attributes, type IOptions, type Tag } from "sanitize-html";
import type { ResolveReference } from "../domain/reference.ts";
import { cleanText } from "../domain/text.ts";
import { checkOpenTags } from "./bounds.ts";
import { dataPicture, embedLabels, isSourcePath, linkUrl, mediaUrl, pageOfGist, pageOfPlayer, webUrl } from "./urls.ts";
import { validHtml } from "./valid-html.ts";

const inline = [
  ..."a abbr b bdi bdo br cite code del dfn em i ins kbd mark q rp rt ruby s samp small strong sub sup time u var wbr".split(
    " ",
  ),
];

const blocks = [
  ..."h1 h2 h3 h4 h5 h6 p blockquote pre hr ul ol li dl dt dd div figure figcaption details summary img picture source video audio".split(
    " ",
  ),
  ..."table caption colgroup col thead tbody tfoot tr th td".split(" "),
];

/** Elements whose content is not text of the article. */
const nonTextTags = [
  ..."script style textarea option select button form noscript template svg math object embed applet title iframe head canvas".split(
    " ",
  ),
];

const attributes = {
  "*": ["dir", "lang"],
  a: ["href", "title", "id"],
  abbr: ["title"],
  audio: ["src", "title"],
  img: ["src", "srcset", "sizes", "alt", "title", "width", "height"],
  li: ["id"],
  ol: ["start", "reversed", "type"],
  source: ["src", "srcset", "sizes", "type", "media"],
  td: ["colspan", "rowspan", "align"],
  th: ["colspan", "rowspan", "align", "scope"],
  time: ["datetime"],
  video: ["src", "poster", "title"],
};

/** Reads `a.png 1x, b.png 2x` and keeps the candidates with an http(s) URL. */
const absoluteSrcset = (srcset: string, base: string): string =>
  candidatesIn(srcset)
    .flatMap(({ url, size }) => {
      const absolute = mediaUrl(url, base);
      if (absolute === undefined || !/^(?:[\d.]{1,20}[wxh])?$/.test(size)) return [];
      return [size === "" ? absolute : `${absolute} ${size}`];
    })
    .join(", ");

const withUrl = (attribs: Attributes, name: string, url: string | undefined): Attributes => {
  const { [name]: _, ...others } = attribs;
  return url === undefined || url === "" ? others : { ...others, [name]: url };
};

const absoluteMedia =
  (base: string) =>
  (tagName: string, given: Attributes): Tag => {
    const lazy = given["data-src"];
    const src = given.src ?? lazy;
    const withSrc = withUrl(given, "src", src === undefined || src.trim() === "" ? undefined : mediaUrl(src, base));
    const withPoster = given.poster === undefined ? withSrc : withUrl(withSrc, "poster", mediaUrl(given.poster, base));
    const withSet =
      given.srcset === undefined ? withPoster : withUrl(withPoster, "srcset", absoluteSrcset(given.srcset, base));
    return { tagName, attribs: withSet };
  };

/**
 * WordPress shows an emoji as a picture of 72 pixels, whose size is in its style, and has smileys of its own
 * (`:mrgreen:`). Other programs give the class `emoji` to pictures of other things, too.
 */
const isEmoji = ({ class: names = "", alt = "" }: Attributes): boolean =>
  /(?:^|\s)wp-smiley(?:\s|$)/.test(names)
    ? alt !== ""
    : /(?:^|\s)(?:emoji|twemoji)(?:\s|$)/.test(names) && /^[\p{Extended_Pictographic}\p{RI}]/u.test(alt);

/**
 * A picture of an emoji is replaced by that emoji. A picture that is written into the document stays if every reader may
 * show it, and is otherwise a link to the page.
 */
const picture =
  (base: string) =>
  (tagName: string, given: Attributes): Tag => {
    if (isEmoji(given)) return { tagName: "bdi", attribs: { dir: "auto" }, text: given.alt ?? "" };
    const own = withUrl(given, "dir", undefined);
    const written = (given.src ?? given["data-src"] ?? "").trim();
    if (!/^data:/i.test(written)) return absoluteMedia(base)(tagName, own);
    const src = dataPicture(written);
    return src === undefined
      ? { tagName: "a", attribs: { href: base }, text: given.alt?.trim() || base }
      : { tagName, attribs: { ...withUrl(own, "srcset", undefined), src } };
  };

/** `./other.md#part` is the file of a document, which is not on the site. */
const documentLink = /^(?![a-z][a-z\d+.-]*:|\/\/)([^?#]+\.(?:md|mdx|mdoc|markdown))(#[^#]*)?$/i;

const resolveLink = (href: string, base: string, resolve: ResolveReference): string | undefined => {
  const [, path, part = ""] = documentLink.exec(href.trim()) ?? [];
  if (path === undefined) return href.trim() === "" || isSourcePath(href) ? undefined : linkUrl(href, base);
  const url = resolve({ kind: "file", path });
  return url === undefined ? undefined : linkUrl(url + part, base);
};

const absoluteLink =
  (base: string, resolve: ResolveReference, keepIds: (given: Attributes) => Attributes) =>
  (_tagName: string, given: Attributes): Tag => {
    const href = resolveLink(given.href ?? "", base, resolve);
    return { tagName: "a", attribs: href === undefined ? {} : withUrl(keepIds(given), "href", href) };
  };

const options = (
  base: string,
  allowedTags: readonly string[],
  resolve: ResolveReference = () => undefined,
  keepIds = keepFootnoteIds(base),
): IOptions => ({
  allowedTags: [...allowedTags],
  allowedAttributes: attributes,
  allowedClasses: { code: ["language-*"] },
  allowedSchemes: ["http", "https", "mailto"],
  // `picture` has checked them.
  allowedSchemesByTag: { img: ["http", "https", "data"] },
  allowProtocolRelative: false,
  // A frame is turned into a link before its content is removed.
  nonTextTags: nonTextTags.filter((tag) => !/^(iframe|object|embed)$/.test(tag)),
  nestingLimit: 100,
  parseStyleAttributes: false,
  selfClosing: ["img", "br", "hr", "source", "col", "wbr"],
  transformTags: {
    a: absoluteLink(base, resolve, keepIds),
    li: (tagName, given) => ({ tagName, attribs: keepIds(given) }),
    iframe: frameToLink(base),
    embed: frameToLink(base),
    object: frameToLink(base),
    script: scriptToLink(base),
    img: picture(base),
    source: absoluteMedia(base),
    video: absoluteMedia(base),
    audio: absoluteMedia(base),
  },
  // `tag` is the name before the transformation.
  exclusiveFilter: ({ tag, attribs }) => {
    if (tag === "img") return [attribs.src, attribs.dir, attribs.href].every((one) => one === undefined);
    if (/^(iframe|object|embed)$/.test(tag)) return attribs.href === undefined;
    return tag === "source" && attribs.src === undefined && attribs.srcset === undefined;
  },
});

const emptyElement = /<(div|p|figure|figcaption|h[1-6]|blockquote|ul|ol|li|dl|dt|dd)(?: [^<>]*)?>\s*<\/\1>/g;

/** Removes empty elements, which only a stylesheet can show. The nesting limit limits the recursion. */
const withoutEmpty = (html: string): string => {
  const shorter = html.replaceAll(emptyElement, "");
  return shorter === html ? html : withoutEmpty(shorter);
};

/**
 * Replaces a link without an address by its text, because a reader cannot follow it. The HTML comes from the sanitiser.
 */
const withoutDeadLinks = (html: string): string => {
  const open: boolean[] = [];
  return html.replaceAll(/<(\/?)a(?: [^<>]*)?>/g, (tag, slash) => {
    if (slash === "") open.push(tag.includes(' href="'));
    return (slash === "" ? open.at(-1) : open.pop()) ? tag : "";
  });
};

/** Throws TooCostly if too many elements are open at once. */
const sanitise = (html: string, allowed: IOptions): string => {
  checkOpenTags(html);
  return cleanText(sanitizeHtml(html, allowed));
};

/** The elements that a body may have. */
export const bodyTags: readonly string[] = [...inline, ...blocks];

/**
 * Sanitises a body: only allowed elements remain, and their URLs are absolute. `>` is escaped, so that it never
 * contains `]]>`.
 */
export const sanitiseBody = (html: string, base: string, resolve?: ResolveReference): string =>
  withoutEmpty(validHtml(withoutPlayers(withoutDeadLinks(sanitise(html, options(base, bodyTags, resolve)))))).trim();

/** Sanitises one line, such as the credit of a picture, and keeps its links. */
export const sanitiseLine = (html: string, base: string): string =>
  withoutDeadLinks(sanitise(html, options(base, inline))).trim();

const entities = new Map([
  ["&amp;", "&"],
  ["&lt;", "<"],
  ["&gt;", ">"],
  ["&quot;", '"'],
]);

/** Escapes a text as the sanitiser does, so that it may be in an element or in an attribute. */
export const escapeHtml = (text: string): string =>
  [...entities].reduce((escaped, [entity, character]) => escaped.replaceAll(character, entity), text);

/**
 * Returns the text of sanitised HTML, with a space between blocks. Every `<` and `>` in its texts and attributes is
 * escaped: a tag is the part between the two, or at the end of HTML that was cut.
 */
export const textOfHtml = (html: string): string =>
  html
    .replaceAll(
      /<(?:br|hr)\b[^<>]*>|<\/?(?:p|[uo]l|li|d[ltd]|h[1-6]|div|blockquote|figure|figcaption|table|td|th|pre)\b[^<>]*>/g,
      " ",
    )
    .replaceAll(/<[^<>]*(?:>|$)/g, "")
    .replaceAll(/&(?:amp|lt|gt|quot);/g, (entity) => entities.get(entity) ?? entity)
    .replaceAll(/[ \t\n]+/g, " ")
    .trim();

/** The limit in characters: the sanitiser reads its own output a second time. */
const maxUrl = 2048;

interface Candidate {
  readonly url: string;
  /** The descriptor `2x` or `640w`, or "" if the candidate has none. */
  readonly size: string;
}

const isSpace = (text: string, at: number): boolean => /[\t\n\f\r ]/.test(text.charAt(at));

/**
 * Returns the candidates of a `srcset` whose addresses are not too long (HTML §4.8.4.2.2, "Parse a srcset attribute").
 * Each character is read once.
 */
export const candidatesIn = (srcset: string): readonly Candidate[] => {
  const candidates: Candidate[] = [];
  let at = 0;
  const add = (url: string, size: string): void => {
    if (url.length <= maxUrl) candidates.push({ url, size });
  };
  const skip = (isSkipped: () => boolean): void => {
    while (at < srcset.length && isSkipped()) at += 1;
  };
  for (;;) {
    skip(() => isSpace(srcset, at) || srcset[at] === ",");
    if (at >= srcset.length) return candidates;
    const start = at;
    skip(() => !isSpace(srcset, at));
    let end = at;
    while (srcset[end - 1] === ",") end -= 1;
    const url = srcset.slice(start, end);
    if (end < at) {
      add(url, "");
      continue;
    }
    // A comma within brackets does not end the descriptors.
    let depth = 0;
    const from = at;
    skip(() => {
      if (srcset[at] === "(") depth += 1;
      if (srcset[at] === ")") depth = 0;
      return depth > 0 || srcset[at] !== ",";
    });
    add(url, srcset.slice(from, at).trim());
  }
};

/** Makes a link to the page in a frame: feed readers do not show frames. */
const frameToLink =
  (base: string) =>
  (_tagName: string, given: Attributes): Tag => {
    const src = given.src ?? given["data-src"] ?? given.data;
    const target = src === undefined || src.trim() === "" ? undefined : webUrl(src, base);
    if (target === undefined) return { tagName: "a", attribs: {} };
    const page = pageOfPlayer(target);
    return { tagName: "a", attribs: { href: page }, text: given.title?.trim() || page };
  };

/** Makes a link to the page of a gist. The sanitiser removes any other script with its content. */
const scriptToLink =
  (base: string) =>
  (tagName: string, given: Attributes): Tag => {
    const page = pageOfGist(webUrl(given.src ?? "", base) ?? "");
    return page === undefined ? { tagName, attribs: {} } : { tagName: "a", attribs: { href: page }, text: page };
  };

/** Returns a link to a video or recording, or what is in its element if it has no address. */
const linkToPlayer = (kind: string, tag: string, inside: string): string => {
  const src =
    writtenAttribute(tag, "src") ?? writtenAttribute(/<source [^<>]*src="[^<>]*>/.exec(inside)?.[0] ?? "", "src");
  if (src === undefined) return inside.replaceAll(/<source [^<>]*>/g, "").trim();
  const label = writtenAttribute(tag, "title") ?? (kind === "video" ? embedLabels.video : embedLabels.audio);
  const poster = writtenAttribute(tag, "poster");
  return `<a href="${src}">${poster === undefined ? label : `<img src="${poster}" alt="${label}" />`}</a>`;
};

/**
 * Replaces videos and recordings by links, with their poster: most readers remove players. The HTML comes from the
 * sanitiser: every tag is closed, and no attribute contains `<` or `>`.
 */
const withoutPlayers = (html: string): string => {
  const open: { readonly tag: string; inside: string }[] = [{ tag: "", inside: "" }];
  let copied = 0;
  const add = (text: string): void => {
    const last = open.at(-1);
    if (last !== undefined) last.inside += text;
  };
  for (const { 0: tag, 1: slash, 2: kind = "", index } of html.matchAll(/<(\/?)(video|audio)(?: [^<>]*)?>/g)) {
    add(html.slice(copied, index));
    copied = index + tag.length;
    if (slash === "") open.push({ tag, inside: "" });
    else {
      const player = open.pop();
      add(linkToPlayer(kind, player?.tag ?? "", player?.inside ?? ""));
    }
  }
  add(html.slice(copied));
  return open[0]?.inside ?? "";
};

/** Returns the prefix of the ids of a post's footnotes: a reader may show several posts on one page. */
export const anchorPrefix = (base: string): string =>
  `fn${new URL(base).pathname.replaceAll(/[^A-Za-z0-9]+/g, "-")}`.replace(/-$/, "");

/** Keeps the ids of footnotes, each once. Any other `id` may also be in another post on the page. */
const keepFootnoteIds = (base: string) => {
  const anchors = `${anchorPrefix(base)}-`;
  const seen = new Set<string>();
  return (given: Attributes): Attributes => {
    const { id, ...others } = given;
    if (id === undefined || !id.startsWith(anchors) || !/^[\w-]+$/.test(id) || seen.has(id)) return others;
    seen.add(id);
    return given;
  };
};

export interface HtmlBlock {
  /** The element's name; `p` for text outside of any block. */
  readonly tag: string;
  readonly html: string;
}

const blockTag = /<(\/?)(p|blockquote|pre|ul|ol|dl|div|figure|table|details|video|audio|h[1-6])\b[^<>]*>|<hr\b[^<>]*>/g;

/**
 * Returns the first blocks of sanitised HTML, in which `>` is escaped in attributes. The content of a `div` is not one
 * block.
 */
export const htmlBlocks = (html: string, limit: number): readonly HtmlBlock[] => {
  const blocks: HtmlBlock[] = [];
  let start = 0;
  let depth = 0;
  const add = (tag: string, end: number) => {
    const text = html.slice(start, end).trim();
    if (text !== "") blocks.push({ tag, html: text });
  };
  for (const { 0: found, 1: slash, 2: tag = "hr", index } of html.matchAll(blockTag)) {
    if (blocks.length >= limit) return blocks;
    const end = index + found.length;
    const isBoundary = tag === "div" || tag === "hr";
    if (depth === 0) {
      add("p", index);
      start = isBoundary ? end : index;
    }
    if (isBoundary) continue;
    depth += slash === "" ? 1 : -1;
    if (depth === 0) {
      add(tag, end);
      start = end;
    }
  }
  add("p", html.length);
  return blocks;
};

/** Returns the first blocks of sanitised HTML, which have at most `limit` characters together. */
export const firstBlocks = (html: string, limit: number): string => {
  let [end, divsAtEnd] = [0, 0];
  let [blocks, divs] = [0, 0];
  const endAt = (at: number): void => {
    if (blocks === 0 && at <= limit) [end, divsAtEnd] = [at, divs];
  };
  for (const { 0: found, 1: slash, 2: tag = "hr", index } of html.matchAll(blockTag)) {
    if (index > limit) break;
    endAt(index);
    const step = slash === "" ? 1 : -1;
    if (tag === "div") divs += step;
    else if (tag !== "hr") blocks += step;
    endAt(index + found.length);
  }
  return html.slice(0, end) + "</div>".repeat(divsAtEnd);
};

/**
 * Returns the value of an attribute in a tag of sanitised HTML, which writes each after a space and in double quotes.
 * Returns undefined for an empty value.
 */
export const writtenAttribute = (tag: string, name: string): string | undefined => {
  const begin = ` ${name}="`;
  const at = tag.indexOf(begin);
  if (at < 0) return undefined;
  const value = tag.slice(at + begin.length);
  return value.slice(0, Math.max(0, value.indexOf('"'))) || undefined;
};

const rightToLeft = new Set("Adlm Arab Hebr Mand Mend Nkoo Rohg Samr Syrc Thaa Yezi".split(" "));

/** Readers show an entry in the direction of their user interface, unless the HTML sets another. */
export const withDirection = (html: string, language: string): string =>
  html !== "" && rightToLeft.has(new Intl.Locale(language).maximize().script ?? "")
    ? `<div dir="rtl">${html}</div>`
    : html;
