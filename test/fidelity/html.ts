import type { DefaultTreeAdapterTypes as Tree } from "parse5";

export type Element = Tree.Element;

export const isElement = (node: Tree.Node): node is Element => "tagName" in node;

/** All elements below a node, in the order of the document. */
export function* all(node: Tree.Node): Generator<Element> {
  if (!("childNodes" in node)) return;
  for (const child of node.childNodes) {
    if (isElement(child)) yield child;
    yield* all(child);
  }
}

export const attribute = (element: Element, name: string): string | undefined =>
  element.attrs.find((one) => one.name === name)?.value;
