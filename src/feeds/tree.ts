import { SaxesParser } from "saxes";

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Node[];
}

export type Node = Element | string;

/**
 * Thrown if the text is not well-formed XML. `open` has the elements that contain the error, the outermost first. `nth`
 * counts the siblings with the same name, from 0.
 */
export class XmlError extends Error {
  readonly open: readonly { readonly name: string; readonly nth: number }[];

  constructor(cause: unknown, open: XmlError["open"]) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = "XmlError";
    this.open = open;
  }
}

/** Attributes without a value are left out. */
export const element = (
  name: string,
  attributes: Readonly<Record<string, string | undefined>> = {},
  children: readonly Node[] = [],
): Element => ({
  name,
  attributes: Object.fromEntries(
    Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  ),
  children,
});

export const elements = (parent: Pick<Element, "children"> | undefined, name?: string): readonly Element[] =>
  (parent?.children ?? []).filter(
    (node): node is Element => typeof node !== "string" && (name === undefined || node.name === name),
  );

export const child = (parent: Element | undefined, name: string): Element | undefined => elements(parent, name)[0];

/** Returns the text in an element, or undefined without an element. */
export const textIn = (node: Node | undefined): string | undefined =>
  node === undefined || typeof node === "string" ? node : node.children.map(textIn).join("");

/** Tests every attribute and text in an element, except in elements with the name `except`. */
export const everyString = (node: Node, predicate: (text: string) => boolean, except?: string): boolean =>
  typeof node === "string"
    ? predicate(node)
    : Object.values(node.attributes).every(predicate) &&
      node.children.every(
        (child) => (typeof child !== "string" && child.name === except) || everyString(child, predicate, except),
      );

interface OpenElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Node[];
  text: string;
}

/** Parses well-formed XML with namespaces, without the white space between elements. Throws `XmlError`. */
export const parseXml = (text: string): Element => {
  const parser = new SaxesParser({ xmlns: true });
  const document: OpenElement = { name: "", attributes: {}, children: [], text: "" };
  const stack = [document];
  const top = () => stack.at(-1) ?? document;
  const flush = () => {
    const open = top();
    if (/\S/.test(open.text)) open.children.push(open.text);
    open.text = "";
  };
  const addText = (more: string) => {
    top().text += more;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("opentag", ({ name, attributes }) => {
    flush();
    const values: Record<string, string> = {};
    for (const key in attributes) values[key] = attributes[key]?.value ?? "";
    stack.push({ name, attributes: values, children: [], text: "" });
  });
  parser.on("closetag", () => {
    flush();
    const { name, attributes, children } = top();
    stack.pop();
    top().children.push({ name, attributes, children });
  });
  try {
    parser.write(text).close();
  } catch (cause) {
    throw new XmlError(
      cause,
      stack.slice(1).map(({ name }, depth) => ({ name, nth: elements(stack[depth], name).length })),
    );
  }
  const root = document.children.find((node) => typeof node !== "string");
  if (root === undefined || typeof root === "string") throw new XmlError("there is no element", []);
  return root;
};

const escapeText = (text: string) =>
  /[&<>]/.test(text) ? text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;") : text;

// Tabs and newlines in an attribute are read as spaces unless they are written as references (XML 1.0 §3.3.3).
const escapeAttribute = (text: string) =>
  /[&<>"\t\n]/.test(text)
    ? escapeText(text).replaceAll('"', "&quot;").replaceAll("\t", "&#9;").replaceAll("\n", "&#10;")
    : text;

const cdata = (text: string) => `<![CDATA[${text.replaceAll("]]>", "]]]]><![CDATA[>")}]]>`;

/** Writes an element inside others. Elements with a name in `inCdata` contain HTML, which is readable as CDATA. */
export const writeElement = (root: Element, inCdata: ReadonlySet<string>, indentation: string): string => {
  // With `+=` a long body is copied once; with `join` it is copied at each depth.
  let text = "";
  const write = ({ name, attributes, children }: Element, indent: string): void => {
    text += `${indent}<${name}`;
    for (const [key, value] of Object.entries(attributes)) text += ` ${key}="${escapeAttribute(value)}"`;
    text += children.length === 0 ? "/>" : ">";
    for (const node of children) {
      if (typeof node !== "string") write(node, `${indent}  `);
      else text += inCdata.has(name) ? cdata(node) : escapeText(node);
    }
    if (children.length > 0) text += `${typeof children.at(-1) === "string" ? "" : indent}</${name}>`;
  };
  write(root, indentation);
  return text;
};

export const writeXml = (root: Element, inCdata: ReadonlySet<string>): string =>
  `<?xml version="1.0" encoding="utf-8"?>${writeElement(root, inCdata, "\n")}\n`;
