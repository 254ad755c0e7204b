import { type DefaultTreeAdapterTypes, defaultTreeAdapter, parse, parseFragment, serialize } from "parse5";

type Node = DefaultTreeAdapterTypes.ChildNode;
type Element = DefaultTreeAdapterTypes.Element;

/** Elements that run, fetch, restyle, redirect, or ask for what a reader types. */
const live = new Set(
  "script iframe frame frameset object embed applet portal fencedframe form input button select textarea svg math style base meta link template noscript xmp plaintext noembed noframes marquee dialog slot".split(
    " ",
  ),
);

/** Attributes that run, restyle or send by themselves; `on…` are the events. */
const acting = /^(?:on.*|style|srcdoc|action|formaction|ping|background|http-equiv|data|code|codebase|manifest|is)$/;

const addresses = new Set(["href", "src", "poster", "cite", "longdesc", "usemap", "xlink:href", "lowsrc", "dynsrc"]);

const faultOfUrl = (value: string): boolean => {
  const url = URL.parse(value);
  return url === null || !/^(?:https?|mailto):$/.test(url.protocol);
};

const urlsOfSet = (srcset: string): readonly string[] =>
  srcset.split(/,\s+/).map((candidate) => candidate.trim().split(/\s+/)[0] ?? "");

const faultsOfAttribute = (name: string, value: string): readonly string[] => {
  if (acting.test(name)) return [name];
  const urls = addresses.has(name) ? [value] : name === "srcset" ? urlsOfSet(value) : [];
  return urls.filter(faultOfUrl).map((url) => `${name}="${url.slice(0, 60)}"`);
};

const faultsOfElement = ({ tagName, attrs, namespaceURI }: Element): readonly string[] => [
  ...(live.has(tagName) || namespaceURI !== "http://www.w3.org/1999/xhtml" ? [`<${tagName}>`] : []),
  ...attrs.flatMap(({ prefix, name, value }) =>
    faultsOfAttribute((prefix ? `${prefix}:${name}` : name).toLowerCase(), value).map(
      (fault) => `<${tagName} ${fault}>`,
    ),
  ),
];

const faultsBelow = (nodes: readonly Node[]): readonly string[] =>
  nodes.flatMap((node): readonly string[] => {
    // Old browsers read conditions in comments; a sanitised body has no use for one.
    if (defaultTreeAdapter.isCommentNode(node)) return ["a comment"];
    return defaultTreeAdapter.isElementNode(node) ? [...faultsOfElement(node), ...faultsBelow(node.childNodes)] : [];
  });

/**
 * What would run, load as code, or lead elsewhere than to a page, in a fragment as browsers parse it; and as they parse
 * it once more after a reader wrote it out again, where mutation XSS shows.
 */
export const liveIn = (html: string): readonly string[] => {
  const once = parseFragment(html);
  const again = parseFragment(serialize(once));
  return [...new Set([...faultsBelow(once.childNodes), ...faultsBelow(again.childNodes)])];
};

const child = (node: { readonly childNodes: readonly Node[] } | undefined, name: string): Element | undefined =>
  node?.childNodes.filter(defaultTreeAdapter.isElementNode).find(({ tagName }) => tagName === name);

const attribute = ({ attrs }: Element, name: string): string =>
  attrs.find((attr) => attr.name === name)?.value.toLowerCase() ?? "";

/** What the page's own head is made of; its styles are the project's. */
const belongsInHead = (element: Element): boolean => {
  const { tagName } = element;
  if (tagName === "meta") return attribute(element, "http-equiv") === "";
  if (tagName === "link") return /^(?:canonical|alternate|hub|license)$/.test(attribute(element, "rel"));
  return tagName === "title" || tagName === "style";
};

/** The same for the page for people: its head's own metadata are no fault. */
export const liveInPage = (page: string): readonly string[] => {
  const root = child(parse(page), "html");
  const head = (child(root, "head")?.childNodes ?? []).filter(defaultTreeAdapter.isElementNode);
  const isOwnComment = (node: Node) => defaultTreeAdapter.isCommentNode(node) && node.data.trim() === "crier:strip";
  const body = (child(root, "body")?.childNodes ?? []).filter((node) => !isOwnComment(node));
  return [
    ...head.filter((element) => !belongsInHead(element)).map(({ tagName }) => `<${tagName}>`),
    ...faultsBelow(body),
  ];
};
