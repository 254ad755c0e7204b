import { escapePunctuation } from "./maths.ts";
import { attributeOf, type Tag } from "./tag.ts";

const kinds: ReadonlyMap<string, string> = new Map([
  ..."note tip info warning caution danger important success error hint example question abstract todo"
    .split(" ")
    .map((kind) => [kind, kind.charAt(0).toUpperCase() + kind.slice(1)] as const),
  ["warn", "Warning"],
  ["pitfall", "Pitfall"],
  ["deepdive", "Deep dive"],
]);
const boxes = new Set("callout admonition alert aside notice box panel banner".split(" "));
const quotes = new Set("quote blockquote pullquote".split(" "));
/** Layouts: their content is kept, some with a heading. */
const layouts = new Set(
  "tabs tab tabitem tabpane tabpanel tabgroup codegroup codetabs steps step card cards cardgroup cardgrid columns column grid center left right raw details expand accordion accordiongroup accordionitem collapse collapsible intro layout fragment div span section".split(
    " ",
  ),
);

/** A bold paragraph in HTML, which is not used as the first sentence of the post. */
const heading = (label: string | undefined): readonly string[] =>
  label === undefined || label.trim() === "" ? [] : [`<p><strong>${escapePunctuation(label.trim())}</strong></p>`];

/** A block of lines, with the indentation of the list or quotation that the tag is in. */
export const asBlock = (lines: readonly string[], indent: string, isMidLine = false): string =>
  lines.length === 0
    ? indent
    : `${isMidLine ? "\n" : ""}${["", ...lines, "", ""].map((line) => `${indent}${line}`).join("\n")}`;

const titledLayouts = /^(tab|tabitem|tabpane|details|expand|collapse|accordion|accordionitem|step|card)$/;

const labelOf = (tag: Tag): string | undefined => {
  const title =
    attributeOf(tag, "title", "label", "heading", "summary", "header") ?? tag.positional.find((one) => /\s/.test(one));
  if (title !== undefined) return title;
  if (layouts.has(tag.name))
    return titledLayouts.test(tag.name) ? (attributeOf(tag, "value", "name") ?? tag.positional[0]) : undefined;
  return [attributeOf(tag, "type", "kind", "variant", "intent", "level"), tag.positional[0], tag.name]
    .map((one) => kinds.get((one ?? "").toLowerCase()))
    .find((one) => one !== undefined);
};

/** `{% blockquote David Levithan, Wide Awake https://… %}`. */
const authorOf = (tag: Tag): readonly string[] => {
  const words = [attributeOf(tag, "author", "by", "source"), ...tag.positional].filter((one) => one !== undefined);
  const name = words.filter((one) => !/^https?:/.test(one)).join(" ");
  return !/^(block)?quote$/.test(tag.name) || name === "" ? [] : ["", `<p>— ${escapePunctuation(name)}</p>`];
};

const closers = /(?:<\/|\{\{[<%]\s*\/\s*|\{%-?\s*end)([\w-]+)|^[ \t>]*(:{3,})[ \t]*$/gm;

interface Open {
  readonly lines: readonly string[];
  readonly indent: string;
}

export interface Boxes {
  /** The Markdown that replaces a tag; undefined where it is not a tag of a box. `indent` is undefined within a line. */
  render(tag: Tag, indent: string | undefined): string | undefined;
  /** Closes the boxes that are still open. */
  closeAll(): string;
}

/** A `:::tip` of Docusaurus is a tag with this attribute: `:::` closes a box of any name. */
export const colons = ":::";

/** The boxes of one document. A tag without a closing tag does not open a box, which would contain the rest of the document. */
export const boxesOf = (body: string): Boxes => {
  const closersLeft = new Map<string, number>();
  for (const [, name] of body.matchAll(closers)) {
    const key = (name ?? colons).toLowerCase();
    closersLeft.set(key, (closersLeft.get(key) ?? 0) + 1);
  }
  const opened = new Map<string, (Open | undefined)[]>();
  let depth = 0;

  const close = (key: string, indent: string | undefined): string => {
    closersLeft.set(key, (closersLeft.get(key) ?? 0) - 1);
    const box = opened.get(key)?.pop();
    if (box === undefined) return indent ?? "";
    depth -= 1;
    return asBlock(box.lines, box.indent, indent === undefined);
  };

  return {
    render(tag, indent) {
      const name = tag.name.replaceAll(/[_-]/g, "");
      const isColons = tag.attributes.has(colons);
      const isQuote = quotes.has(name);
      const isBox = isQuote || boxes.has(name) || kinds.has(name) || (isColons && !layouts.has(name));
      if (!isBox && !isColons && !layouts.has(name)) return undefined;
      const key = isColons ? colons : tag.name;
      if (tag.part === "closing") return close(key, indent);
      const isOpening = tag.part === "opening" && (closersLeft.get(key) ?? 0) > 0;
      const box = isBox && indent !== undefined ? { lines: [...authorOf(tag), "</blockquote>"], indent } : undefined;
      if (isOpening) {
        const waiting = opened.get(key) ?? [];
        waiting.push(box);
        opened.set(key, waiting);
      }
      if (indent === undefined) return "";
      const head = isQuote ? [] : heading(labelOf({ ...tag, name }) ?? (isColons && isBox ? tag.name : undefined));
      if (!isOpening || box === undefined) return asBlock(head, indent);
      depth += 1;
      return asBlock(["<blockquote>", ...head], indent);
    },
    closeAll: () => (depth === 0 ? "" : `\n\n${"</blockquote>".repeat(depth)}\n`),
  };
};
