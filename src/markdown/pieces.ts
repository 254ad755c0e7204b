import type { Reference } from "../domain/reference.ts";
import type { DocumentContext } from "./context.ts";
import { embedOf } from "./embeds.ts";
import { escapePunctuation, matchAt, withoutJsx } from "./syntax.ts";
import { attributeOf, type Tag, tagOfComponent, tagOfShortcode } from "./tag.ts";

/** Something in a text that a site generator would replace. */
export interface Piece {
  readonly length: number;
  /** Absent where it is neither a tag nor a component. */
  readonly tag?: Tag;
  /** It prints a value, as `{{ page.size }}` does. */
  readonly isValue?: boolean;
  /** What a reader is shown instead, as Markdown. Undefined where only the site knows it: then there is a warning. */
  show(context: DocumentContext): string | undefined;
}

const shorten = (text: string): string => text.trim().replaceAll(/\s+/g, " ").slice(0, 60);

/** Warns that something of the site's templates is not in the HTML. */
export const leaveOut = (what: string, { found }: DocumentContext): undefined =>
  found.warn("template-dropped", "body", `${what} was left out: Crier does not run the site's templates.`);

/** The address of the site: it is removed, and the rest of the URL is resolved against the URL of the post. */
const siteAddress =
  /^(?:(?:\$?\.?site|page|config|page\.root)\.(?:base_?url|url|root|github\.url|permalink)|\.(?:rel)?permalink|base_?url)(?:\s*\|\s*\w+)*$/i;

/** `{{ "/a.png" | relative_url }}`. */
const filteredUrl =
  /^(["'])([^"'{}]*)\1\s*(?:\|\s*(?:relative_url|absolute_url|url|prepend|append|asset_url|escape|strip)\b[^|]*)*$/;

/** The document that a tag of Jekyll, Hugo or Hexo refers to. */
const referenceOf = (tag: Tag): Reference | undefined => {
  const given = attributeOf(tag, "path") ?? tag.positional[0] ?? "";
  if (given === "") return undefined;
  if (/^post_(?:url|link|path)$/.test(tag.name)) return { kind: "post", name: given };
  if (/^(?:rel)?ref$/.test(tag.name)) return { kind: "ref", target: given };
  return tag.name === "link" && tag.positional.length === 1 && !/^[a-z]+:/i.test(given)
    ? { kind: "file", path: given.replace(/^\/?/, "/") }
    : undefined;
};

/** The text of a tag that stands for a URL; undefined where it does not, or where no post is known. */
const urlOf = (inside: string, tag: Tag, { resolve }: DocumentContext): string | undefined => {
  if (siteAddress.test(inside)) return "";
  const reference = referenceOf(tag);
  return filteredUrl.exec(inside)?.[2] ?? (reference === undefined ? undefined : resolve(reference));
};

const annotation = /^\{%\s*(?:\.[\w-]|[\w-]+=)/;

const templateAt = (text: string, at: number): Piece | undefined => {
  const [whole, ...parts] = matchAt("tag", text, at) ?? [];
  if (whole === undefined) return undefined;
  const inside = (parts.find((part) => part !== undefined) ?? "").trim();
  const tag = tagOfShortcode(inside);
  const show = (context: DocumentContext): string | undefined => {
    // `{{</* … */>}}` shows the tag itself.
    if (/^\/\*[\s\S]*\*\/$/.test(inside) && /^\{\{[<%]/.test(whole))
      return escapePunctuation(whole.replace("/*", "").replace("*/", ""));
    const url = urlOf(inside, tag, context);
    const [first = "", ...title] = tag.positional;
    if (tag.name === "post_link")
      return url === undefined ? title.join(" ") || first : `[${title.join(" ") || first}](<${url}>)`;
    if (url !== undefined) return escapePunctuation(url);
    // The opening tag has its warning already, and a comment and the classes of Markdoc (`{% #id .class a="b" %}`) need none.
    if (tag.part === "closing" || /^(?:\/[*/]|#)/.test(inside) || annotation.test(whole)) return "";
    return embedOf(tag) ?? leaveOut(`The tag \`${shorten(inside.split(/[\s(]/, 1)[0] ?? "")}\``, context);
  };
  return { length: whole.length, tag, isValue: tag.name === "param" || /^\{\{(?![<%])/.test(whole), show };
};

/** Comments and expressions of MDX. `{' '}` is also in the Markdown of sites that read it as MDX. */
const expressionAt = (text: string, at: number, isMdx: boolean): Piece | undefined => {
  const [comment, note = ""] = matchAt("comment", text, at) ?? [];
  if (comment !== undefined)
    return { length: comment.length, show: () => (/^\s*(?:more|truncate)\s*$/i.test(note) ? "<!--more-->" : "") };
  const [literal, , value = ""] = matchAt("literal", text, at) ?? [];
  if (literal !== undefined && (isMdx || value.trim() === ""))
    return { length: literal.length, show: () => escapePunctuation(value) };
  const [expression] = isMdx && !/^\{[{%]/.test(text.slice(at, at + 2)) ? (matchAt("expression", text, at) ?? []) : [];
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
/** The tags of these are removed: their content is a fence, or is not text. */
const ignored = new Set(["codeblock", "codesnippet", "highlight", "translate", "trans", "head", "br", ""]);

const elementOf = (tag: Tag, name: string, attributes = ""): string => {
  if (tag.part === "self-closing") return "";
  return tag.part === "closing" ? `</${name}>` : `<${name}${attributes}>`;
};

const componentAt = (text: string, at: number, isMdx: boolean): Piece | undefined => {
  const [whole] = matchAt("component", text, at) ?? [];
  if (whole === undefined) return undefined;
  // `Option<T>` in prose is not a component.
  if (!isMdx && /^<[A-Z]\w*>$/.test(whole) && /\w/.test(text.charAt(at - 1)))
    return { length: whole.length, show: () => escapePunctuation(whole) };
  const tag = tagOfComponent(whole);
  const show = (context: DocumentContext): string | undefined => {
    const href = attributeOf(tag, "href", "to");
    if (links.has(tag.name) && (href !== undefined || tag.part === "closing"))
      return elementOf(tag, "a", href === undefined ? "" : ` href="${escapePunctuation(href)}"`);
    if (code.has(tag.name)) return elementOf(tag, "code");
    if (ignored.has(tag.name) || tag.part === "closing") return "";
    return embedOf(tag) ?? leaveOut(`The component <${shorten(/[\w.]+/.exec(whole)?.[0] ?? "")}>`, context);
  };
  return { length: whole.length, tag, show };
};

/** An element of HTML that only a script shows, or with JavaScript in its attributes. */
const elementAt = (text: string, at: number): Piece | undefined => {
  const [element] = matchAt("element", text, at) ?? [];
  if (element === undefined) return undefined;
  const shown = (/^<[a-z]+-/.test(element) ? embedOf(tagOfComponent(element)) : undefined) ?? withoutJsx(element);
  return shown === element ? undefined : { length: element.length, show: () => shown };
};

/** What a site generator would replace at this position. */
export const pieceAt = (text: string, at: number, isMdx: boolean): Piece | undefined => {
  const first = text.charAt(at);
  if (first === "{") return expressionAt(text, at, isMdx) ?? templateAt(text, at);
  return first === "<" ? (componentAt(text, at, isMdx) ?? elementAt(text, at)) : undefined;
};
