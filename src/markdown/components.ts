import { asBlock, type Boxes } from "./boxes.ts";
import { embedOf } from "./embeds.ts";
import { attributeOf, type Tag } from "./tag.ts";

const links = new Set(["link", "a", "navlink", "anchor", "nextlink", "externallink", "button", "linkbutton"]);
const code = new Set(["code", "inlinecode"]);
/** The tags of these are removed: their content is a fence, or is not text. */
const ignored = new Set(["codeblock", "codesnippet", "highlight", "translate", "trans", "head", "br"]);

const escapeQuotes = (value: string): string => value.replaceAll('"', "&quot;").replaceAll("<", "&lt;");

/** A component of MDX as Markdown. Undefined where it is unknown: its tags are left out, and its content is kept. */
export const renderComponent = (tag: Tag, boxes: Boxes, indent: string | undefined): string | undefined => {
  const start = indent ?? "";
  const element = (name: string, attributes = "") =>
    tag.part === "self-closing" ? start : `${start}<${tag.part === "closing" ? `/${name}` : `${name}${attributes}`}>`;
  const href = attributeOf(tag, "href", "to");
  if (links.has(tag.name) && (href !== undefined || tag.part === "closing"))
    return element("a", href === undefined ? "" : ` href="${escapeQuotes(href)}"`);
  if (code.has(tag.name)) return element("code");
  if (ignored.has(tag.name)) return start;
  return boxes.render(tag, indent) ?? renderEmbed(tag, indent);
};

/** A player, a picture or a link: a paragraph of its own where it is at the start of a line. */
export const renderEmbed = (tag: Tag, indent: string | undefined): string | undefined => {
  const embed = embedOf(tag);
  if (embed === undefined) return undefined;
  return indent !== undefined && embed.isBlock
    ? asBlock(embed.markdown.split("\n"), indent)
    : `${indent ?? ""}${embed.markdown.replaceAll("\n", " ")}`;
};
