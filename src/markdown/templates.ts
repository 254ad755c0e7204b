import type { Reference } from "../domain/reference.ts";
import type { DocumentContext } from "./rules.ts";
import {
  commentAt,
  componentAt,
  elementAt,
  expressionAt,
  type IndexedText,
  literalAt,
  tagAt,
  withoutJsx,
} from "./syntax.ts";
import { embedLabels, pageOfPlayer } from "./urls.ts";

/** A part of a text that a site generator would replace. */
export interface TemplateToken {
  readonly length: number;
  /** The name of a tag or component in lower case. Absent if it is neither. */
  readonly name?: string;
  /** Reads the tag or component. It takes a time that grows with its length. */
  readonly readTag?: () => Tag;
  /** True if it prints a value, as `{{ page.size }}` does. */
  readonly isValue?: boolean;
  /** True if generators find it before they read Markdown, so that an empty line in it does not end it. */
  readonly precedesMarkdown?: boolean;
  /**
   * Returns Markdown that a reader is shown instead. Returns undefined if only the site knows it, and adds a warning.
   */
  show(context: DocumentContext): string | undefined;
}

const shorten = (text: string): string => text.trim().replaceAll(/\s+/g, " ").slice(0, 60);

/** Warns that a part of the site's templates is missing in the HTML. */
export const leaveOut = (what: string, { found }: DocumentContext): undefined =>
  found.warn("template-dropped", "body", `${what} was left out: Crier does not run the site's templates.`);

/** Matches the address of the site: it is removed, and the rest of the URL is resolved against the URL of the post. */
const siteAddress =
  /^(?:(?:\$?\.?site|page|config|page\.root)\.(?:base_?url|url|root|github\.url|permalink)|\.(?:rel)?permalink|base_?url)(?:\s*\|\s*\w+)*$/i;

/** Matches `{{ "/a.png" | relative_url }}`. */
const filteredUrl =
  /^(["'])([^"'{}]*)\1\s*(?:\|\s*(?:relative_url|absolute_url|url|prepend|append|asset_url|escape|strip)\b[^|]*)*$/;

/** Returns the document that a tag of Jekyll, Hugo or Hexo refers to. */
const parseReference = (tag: Tag): Reference | undefined => {
  const given = firstAttribute(tag, "path") ?? tag.positional[0] ?? "";
  if (given === "") return undefined;
  if (/^post_(?:url|link|path)$/.test(tag.name)) return { kind: "post", name: given };
  if (/^(?:rel)?ref$/.test(tag.name)) return { kind: "ref", target: given };
  return tag.name === "link" && tag.positional.length === 1 && !/^[a-z]+:/i.test(given)
    ? { kind: "file", path: given.replace(/^\/?/, "/") }
    : undefined;
};

/** Returns the URL that a tag stands for, or undefined if it stands for none or no post is known. */
const tagUrl = (inside: string, tag: Tag, { resolve }: DocumentContext): string | undefined => {
  if (siteAddress.test(inside)) return "";
  const reference = parseReference(tag);
  return filteredUrl.exec(inside)?.[2] ?? (reference === undefined ? undefined : resolve(reference));
};

/** No tag has a longer name. */
const maxName = 200;

const annotation = /^\{%\s*(?:\.[\w-]|[\w-]+=)/;

const templateToken = (index: IndexedText, at: number, limit?: number): TemplateToken | undefined => {
  const found = tagAt(index, at, limit);
  if (found === undefined) return undefined;
  const { whole } = found;
  const { name } = parseShortcode(found.inside.trimStart().slice(0, maxName));
  const isValue = /^\{\{(?![<%])/.test(whole);
  const readTag = (): Tag => parseShortcode(found.inside.trim());
  const show = (context: DocumentContext): string | undefined => {
    const inside = found.inside.trim();
    const tag = readTag();
    // `{{</* … */>}}` shows the tag itself.
    if (/^\/\*[\s\S]*\*\/$/.test(inside) && /^\{\{[<%]/.test(whole))
      return escapePunctuation(whole.replace("/*", "").replace("*/", ""));
    // `{{ "{{" }}` prints braces.
    const [, , literal] = isValue ? (/^(["'])([^"'\n]*)\1$/.exec(inside) ?? []) : [];
    if (literal !== undefined) return escapePunctuation(literal);
    const url = tagUrl(inside, tag, context);
    const [first = "", ...title] = tag.positional;
    if (tag.name === "post_link")
      return url === undefined ? title.join(" ") || first : `[${title.join(" ") || first}](<${url}>)`;
    if (url !== undefined) return escapePunctuation(url);
    // The opening tag has its warning already, and a comment and the classes of Markdoc (`{% #id .class a="b" %}`) need none.
    if (tag.part === "closing" || /^(?:\/[*/]|#)/.test(inside) || annotation.test(whole)) return "";
    return renderEmbed(tag) ?? leaveOut(`The tag \`${shorten(inside.split(/[\s(]/, 1)[0] ?? "")}\``, context);
  };
  return {
    length: whole.length,
    name,
    readTag,
    isValue: isValue || name === "param",
    precedesMarkdown: true,
    show,
  };
};

/** Reads comments and expressions of MDX. `{' '}` is also in the Markdown of sites that parse it as MDX. */
const expressionToken = (index: IndexedText, at: number, isMdx: boolean, limit?: number): TemplateToken | undefined => {
  const comment = commentAt(index, at, limit);
  if (comment !== undefined)
    return {
      length: comment.whole.length,
      precedesMarkdown: true,
      show: () => (/^\s*(?:more|truncate)\s*$/i.test(comment.inside) ? "<!--more-->" : ""),
    };
  const literal = literalAt(index, at, limit);
  if (literal !== undefined && (isMdx || literal.inside.trim() === ""))
    return { length: literal.whole.length, show: () => escapePunctuation(literal.inside) };
  const expression =
    isMdx && !/^\{[{%]/.test(index.text.slice(at, at + 2)) ? expressionAt(index, at, limit) : undefined;
  return expression === undefined
    ? undefined
    : {
        length: expression.length,
        isValue: true,
        show: (context) => leaveOut(`The expression \`${shorten(expression)}\``, context),
      };
};

const links = new Set(["link", "a", "navlink", "anchor", "nextlink", "externallink", "button", "linkbutton"]);
const code = new Set(["code", "inlinecode"]);
/** These tags are removed: their content is a fence, or is not text. */
const ignored = new Set(
  "codeblock codesnippet highlight terminal terminalblock translate trans head br".split(" ").concat(""),
);

const writeElement = (tag: Tag, name: string, attributes = ""): string => {
  if (tag.part === "self-closing") return "";
  return tag.part === "closing" ? `</${name}>` : `<${name}${attributes}>`;
};

const componentToken = (index: IndexedText, at: number, isMdx: boolean, limit?: number): TemplateToken | undefined => {
  const whole = componentAt(index, at, limit);
  if (whole === undefined) return undefined;
  // `Option<T>` in prose is not a component.
  if (!isMdx && /^<[A-Z]\w*>$/.test(whole) && /\w/.test(index.text.charAt(at - 1)))
    return { length: whole.length, show: () => escapePunctuation(whole) };
  const show = (context: DocumentContext): string | undefined => {
    const tag = parseComponent(whole);
    const href = firstAttribute(tag, "href", "to");
    if (links.has(tag.name) && (href !== undefined || tag.part === "closing"))
      return writeElement(tag, "a", href === undefined ? "" : ` href="${escapePunctuation(href)}"`);
    if (code.has(tag.name)) return writeElement(tag, "code");
    if (ignored.has(tag.name) || tag.part === "closing") return "";
    const what = `The component <${shorten(/[\w.]+/.exec(whole)?.[0] ?? "")}>`;
    return renderEmbed(tag) ?? leaveOut(tag.part === "opening" ? `${what}, but not its content,` : what, context);
  };
  return { length: whole.length, name: componentName(whole), readTag: () => parseComponent(whole), show };
};

/** Reads an HTML element that only a script shows, or that has JavaScript in its attributes. */
const elementToken = (index: IndexedText, at: number, limit?: number): TemplateToken | undefined => {
  const found = elementAt(index, at, limit);
  if (found === undefined) return undefined;
  const { whole, end, hasJsx, hasOtherBraces } = found;
  const embed = /^<[a-z]+-/.test(whole) && !hasOtherBraces ? renderEmbed(parseComponent(whole)) : undefined;
  if (embed === undefined && !hasJsx) return undefined;
  return { length: whole.length, show: () => embed ?? withoutJsx(index, at, end) };
};

/** Reads the part that a site generator would replace at this position. It ends at `limit` at the latest. */
export const templateTokenAt = (
  index: IndexedText,
  at: number,
  { isMdx }: DocumentContext,
  limit?: number,
): TemplateToken | undefined => {
  const first = index.text.charAt(at);
  if (first === "{") return expressionToken(index, at, isMdx, limit) ?? templateToken(index, at, limit);
  return first === "<" ? (componentToken(index, at, isMdx, limit) ?? elementToken(index, at, limit)) : undefined;
};

/** A template tag or a component: `{{< figure src="a.png" >}}`, `{% img a.png %}`, `<Figure src="a.png" />`. */
export interface Tag {
  /** The name in lower case. */
  readonly name: string;
  readonly part: "opening" | "closing" | "self-closing";
  /** The values by name in lower case. A value that is code of the site is absent. */
  readonly attributes: ReadonlyMap<string, string>;
  /** The values without a name, without quotes. */
  readonly positional: readonly string[];
  /** The source behind the name, with its quotation marks and commas. */
  readonly text: string;
}

const withoutQuotes = (text: string): string => text.replaceAll(/^["'`]|["'`]$/g, "");

/** Reads the text between the braces of `{% … %}`, `{{ … }}`, `{{< … >}}` or `{{% … %}}`. */
export const parseShortcode = (inside: string): Tag => {
  const closing = /^\s*(?:\/\s*|end)([\w-]+)/.exec(inside)?.[1];
  const [first = "", ...rest] =
    inside.match(/(?<![\w-])[\w-]+=(?:"[^"]*"|'[^']*'|[^\s"']+)|"[^"]*"|'[^']*'|`[^`]*`|[^\s"'`(),]+/g) ?? [];
  const attributes = new Map<string, string>();
  const positional: string[] = [];
  const text = inside.slice(inside.indexOf(first) + first.length);
  for (const part of rest) {
    const pair = /^([\w-]+)=(.*)$/s.exec(part);
    if (pair?.[1] === undefined || pair[2] === undefined) positional.push(withoutQuotes(part));
    else attributes.set(pair[1].toLowerCase(), withoutQuotes(pair[2]));
  }
  return closing === undefined
    ? {
        name: first.toLowerCase(),
        part: /(?:^|\s)\/\s*$/.test(inside) ? "self-closing" : "opening",
        attributes,
        positional,
        text,
      }
    : { name: closing.toLowerCase(), part: "closing", attributes, positional, text };
};

const attribute =
  /(?<![\w:-])([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|\{\s*(?:"([^"{}]*)"|'([^'{}]*)'|`([^`{}]*)`|(\d[\d.]*))\s*\})/g;

const componentName = (text: string): string => (/^<\/?([\w.-]+)/.exec(text)?.[1] ?? "").toLowerCase();

/** Reads `<Name a="b" c={"d"}>`, `<Name … />` and `</Name>`. */
export const parseComponent = (text: string): Tag => ({
  name: componentName(text),
  part: text.startsWith("</") ? "closing" : text.endsWith("/>") ? "self-closing" : "opening",
  attributes: new Map(
    [...text.matchAll(attribute)].map(([, name = "", ...values]) => [
      name.toLowerCase(),
      values.find((value) => value !== undefined) ?? "",
    ]),
  ),
  positional: [],
  text: "",
});

/** Returns the first of these attributes that is not empty. */
export const firstAttribute = (tag: Tag, ...names: readonly string[]): string | undefined =>
  names.map((name) => tag.attributes.get(name)?.trim()).find((value) => value !== undefined && value !== "");

const asLabel = (text: string | undefined): string => (text ?? "").replaceAll(/[[\]<>\n]/g, "");

const linkTarget = (text: string): string => `<${text.replaceAll(/[<>\s]/g, "")}>`;

const markdownLink = (text: string | undefined, url: string): string =>
  `[${asLabel(text) || asLabel(url)}](${linkTarget(url)})`;

const isUrl = (text: string | undefined): text is string => /^https?:\/\//i.test(text ?? "");

/** The words that are written behind the name of a tag, with their punctuation where none of them is in quotes. */
const wordsOf = ({ text, positional }: Tag): readonly string[] =>
  /(?:^|\s)["'`]|[=`]/.test(text) ? positional : text.trim().split(/\s+/);

/**
 * Returns the words after an address, as Hexo reads them: `{% video /talk.mp4 640 480 The author's talk, 2026 %}`. Numbers
 * before them are sizes, and one word alone is an option.
 */
const wordsAfterUrl = (tag: Tag): string | undefined => {
  const words = wordsOf(tag);
  const url = words.findIndex((one) => /[./]/.test(one));
  const start = words.findIndex((one, at) => at > url && /\p{L}/u.test(one));
  const title = words.slice(start);
  return url === -1 || start === -1 || title.length < 2 ? undefined : title.join(" ");
};

/** Returns `title="The talk"`, or words without a name. */
const titleOf = (tag: Tag): string | undefined =>
  firstAttribute(tag, "title", "label", "playlabel", "caption", "alt", "name") ??
  tag.positional.find((one) => /\S\s+\S/.test(one) && !isUrl(one)) ??
  wordsAfterUrl(tag);

type Embedder = (tag: Tag) => string | undefined;

/** Makes a link to the page of an id, or to the URL that is given instead of the id. */
const linkEmbed =
  (label: string, page: (id: string) => string, id: RegExp): Embedder =>
  (tag) => {
    const given =
      firstAttribute(tag, "id", "videoid", "tweetid", "src", "url", "href", "tweetlink") ??
      tag.positional.find(Boolean);
    const title = titleOf(tag) ?? label;
    if (isUrl(given)) return markdownLink(title, pageOfPlayer(given));
    return given !== undefined && id.test(given) ? markdownLink(title, page(given)) : undefined;
  };

const youtube = linkEmbed(embedLabels.video, (id) => `https://www.youtube.com/watch?v=${id}`, /^[\w-]{6,20}$/);

/** Reads `id="1"`, `user="a" id="1"`, `a 1` and `tweetLink="a/status/1"`: X finds a post by its id alone. */
const tweet: Embedder = (tag) => {
  const given = [firstAttribute(tag, "id", "tweetid", "tweetlink", "url"), ...tag.positional].find((part) =>
    /\d{2}$/.test(part ?? ""),
  );
  const id = /(\d{2,20})$/.exec(given ?? "")?.[1];
  return id === undefined ? undefined : markdownLink(embedLabels.tweet, `https://x.com/i/status/${id}`);
};

const gist: Embedder = (tag) => {
  const path = tag.positional.slice(0, 2).join("/");
  return /^[\w-]+(\/[0-9a-f]+)?$|^[\w-]+\/[\w-]+$/.test(path)
    ? markdownLink(undefined, `https://gist.github.com/${path}`)
    : undefined;
};

const fileAttributes = ["src", "url", "file", "image_path", "path", "link"] as const;

const figure: Embedder = (tag) => {
  const src = firstAttribute(tag, ...fileAttributes);
  if (src === undefined) return undefined;
  const caption = asLabel(firstAttribute(tag, "caption", "title")).replaceAll("*", "");
  return `![${asLabel(firstAttribute(tag, "alt"))}](${linkTarget(src)})${caption === "" ? "" : `\n*${caption}*`}`;
};

/** Reads `{% img class /a.png 300 200 An alt %}` and `<Image src="/a.png" alt="An alt" />`. */
const image: Embedder = (tag) => {
  const source = firstAttribute(tag, "src", "url", "path");
  const parts = wordsOf(tag);
  const at = parts.findIndex((part) => /[./]/.test(part));
  const src = source ?? parts[at];
  if (src === undefined) return undefined;
  const words = parts.slice(at + 1).filter((part) => !/^\d+$/.test(part));
  const alt = asLabel(source === undefined ? words.join(" ") : firstAttribute(tag, "alt"));
  return `![${alt}](${linkTarget(src)})`;
};

/** Reads `{% link A text https://example.org/ %}` of Hexo. */
const textLink: Embedder = (tag) => {
  const words = wordsOf(tag);
  const at = words.findIndex(isUrl);
  const url = words[at];
  return url === undefined ? undefined : markdownLink(words.slice(0, at).join(" "), url);
};

const mediaFile =
  (label: string): Embedder =>
  (tag) => {
    const src =
      firstAttribute(tag, "src", "url", "mp4", "webm", "file") ?? tag.positional.find((part) => /[./]/.test(part));
    return src === undefined ? undefined : markdownLink(titleOf(tag) ?? label, pageOfPlayer(src));
  };

/** The names of Jekyll's includes differ between themes. */
const include: Embedder = (tag) => {
  const [file = ""] = tag.positional;
  const rest = { ...tag, positional: tag.positional.slice(1) };
  if (/youtube/i.test(file)) return youtube(rest);
  if (/vimeo/i.test(file)) return vimeo(rest);
  return /fig|image|img|picture/i.test(file) ? figure(rest) : undefined;
};

const vimeo = linkEmbed(embedLabels.video, (id) => `https://vimeo.com/${id}`, /^\d+$/);

const embeds: ReadonlyMap<string, Embedder> = new Map<string, Embedder>([
  ...["youtube", "youtubeembed", "youtubeiframe", "youtubevideo", "youtubelite", "liteyoutube", "liteyoutubeembed"].map(
    (name) => [name, youtube] as const,
  ),
  ...["vimeo", "vimeoembed", "vimeovideo"].map((name) => [name, vimeo] as const),
  ...["tweet", "twitter", "x", "twittertweetembed", "tweetembed"].map((name) => [name, tweet] as const),
  ...["figure", "figurecaption"].map((name) => [name, figure] as const),
  ...["img", "image", "asset_img", "nextimage"].map((name) => [name, image] as const),
  ...["video", "videoplayer", "reactplayer", "player"].map((name) => [name, mediaFile(embedLabels.video)] as const),
  ...["audio", "audioplayer", "podcast"].map((name) => [name, mediaFile(embedLabels.audio)] as const),
  ...["iframe", "embed", "codepen", "codesandbox", "stackblitz", "spotify", "loom", "bilibili"].map(
    (name) => [name, linkEmbed(embedLabels.page, (url) => url, /^https?:\/\//)] as const,
  ),
  ["instagram", linkEmbed(embedLabels.instagram, (id) => `https://www.instagram.com/p/${id}/`, /^[\w-]{5,20}$/)],
  ["gist", gist],
  ["link", textLink],
  ["include", include],
]);

/** Reads an unknown tag with a file or a page. */
const linked: Embedder = (tag) => {
  const target = firstAttribute(tag, "url", "src");
  if (target === undefined || /\s/.test(target) || !/^(?:https?:\/\/|[^\s:]*[/.])\S/i.test(target)) return undefined;
  const isPicture = /\.(?:avif|gif|jpe?g|png|svg|webp)(?:\?|$)/i.test(target);
  return isPicture ? figure(tag) : markdownLink(titleOf(tag), pageOfPlayer(target));
};

/**
 * Returns the content of a tag or component as Markdown, or undefined if it is unknown or does not say what to show. A
 * player becomes a link to its page.
 */
export const renderEmbed = (tag: Tag): string | undefined =>
  tag.part === "closing" ? undefined : (embeds.get(tag.name.replaceAll("-", ""))?.(tag) ?? linked(tag));

/** Escapes ASCII punctuation as character references, so that neither Markdown nor a template syntax is found in the text. */
const escapePunctuation = (text: string): string =>
  text.replaceAll(/[!-/:-@[-`{-~]/g, (mark) => `&#${mark.charCodeAt(0)};`);

/** Replaces a brace that is text. Unicode assigns no character to this code point. */
const brace = "\uFDD0";

/** Reads `{% raw %}` … `{% endraw %}` of Liquid, which also works in code: the braces between them are text. */
export const hideRaw = (body: string): string => {
  const parts = body.split(/(\{%-?\s*(?:end)?raw\s*-?%\})/);
  const isRaw = (at: number): boolean => /^\{%-?\s*raw/.test(parts[at - 1] ?? "") && /endraw/.test(parts[at + 1] ?? "");
  return parts
    .map((part, at) => {
      if (at % 2 === 0) return isRaw(at) ? part.replaceAll("{", brace) : part;
      return isRaw(part.includes("end") ? at - 1 : at + 1) ? "" : part;
    })
    .join("");
};

export const showRaw = (html: string): string => html.replaceAll(brace, "{");
