import { type DefaultTreeAdapterTypes, defaultTreeAdapter, parse, parseFragment, serialize } from "parse5";

type Node = DefaultTreeAdapterTypes.ChildNode;
type Element = DefaultTreeAdapterTypes.Element;

/** Elements that run code, load, restyle or redirect, or that ask the reader for input. */
const activeElements = new Set(
  "script iframe frame frameset object embed applet portal fencedframe form input button select textarea svg math style base meta link template noscript xmp plaintext noembed noframes marquee dialog slot".split(
    " ",
  ),
);

/** Attributes that run code, restyle or send something; `on…` are the events. */
const activeAttributes =
  /^(?:on.*|style|srcdoc|action|formaction|ping|background|http-equiv|data|code|codebase|manifest|is)$/;

const urlAttributes = new Set([
  "href",
  "src",
  "poster",
  "cite",
  "longdesc",
  "usemap",
  "xlink:href",
  "lowsrc",
  "dynsrc",
]);

/** A picture in a `data:` URL. An SVG has nothing that a script could be in. */
const isDataPicture = (value: string): boolean =>
  /^data:image\/(?:png|gif|jpe?g|webp|avif);base64,[\w+/-]+={0,2}$/.test(value) ||
  (value.startsWith("data:image/svg+xml,") &&
    !/script|\son\w+\s*=|https?:(?!\/\/www\.w3\.org\/)/i.test(decodeURIComponent(value)));

const isForbiddenUrl = (value: string): boolean => {
  const url = URL.parse(value);
  return url === null || !/^(?:https?|mailto):$/.test(url.protocol);
};

const urlsOfSrcset = (srcset: string): readonly string[] =>
  srcset.split(/,\s+/).map((candidate) => candidate.trim().split(/\s+/)[0] ?? "");

const faultsOfAttribute = (tag: string, name: string, value: string): readonly string[] => {
  if (tag === "img" && name === "src" && isDataPicture(value)) return [];
  if (activeAttributes.test(name)) return [name];
  const urls = urlAttributes.has(name) ? [value] : name === "srcset" ? urlsOfSrcset(value) : [];
  return urls.filter(isForbiddenUrl).map((url) => `${name}="${url.slice(0, 60)}"`);
};

const faultsOfElement = ({ tagName, attrs, namespaceURI }: Element): readonly string[] => [
  ...(activeElements.has(tagName) || namespaceURI !== "http://www.w3.org/1999/xhtml" ? [`<${tagName}>`] : []),
  ...attrs.flatMap(({ prefix, name, value }) =>
    faultsOfAttribute(tagName, (prefix ? `${prefix}:${name}` : name).toLowerCase(), value).map(
      (fault) => `<${tagName} ${fault}>`,
    ),
  ),
];

const faultsBelow = (nodes: readonly Node[]): readonly string[] =>
  nodes.flatMap((node): readonly string[] => {
    // Old browsers run conditional comments. A sanitised body has no comments.
    if (defaultTreeAdapter.isCommentNode(node)) return ["a comment"];
    return defaultTreeAdapter.isElementNode(node) ? [...faultsOfElement(node), ...faultsBelow(node.childNodes)] : [];
  });

/**
 * Returns the parts of a fragment that would run, load code, or link to something other than a page. The fragment is
 * parsed like in a browser, then serialised and parsed again, which finds mutation XSS.
 */
export const activeContentIn = (html: string): readonly string[] => {
  const parsed = parseFragment(html);
  const reparsed = parseFragment(serialize(parsed));
  return [...new Set([...faultsBelow(parsed.childNodes), ...faultsBelow(reparsed.childNodes)])];
};

const child = (node: { readonly childNodes: readonly Node[] } | undefined, name: string): Element | undefined =>
  node?.childNodes.filter(defaultTreeAdapter.isElementNode).find(({ tagName }) => tagName === name);

const attribute = ({ attrs }: Element, name: string): string =>
  attrs.find((attr) => attr.name === name)?.value.toLowerCase() ?? "";

/** True for the elements that the page's own head has. */
const belongsInHead = (element: Element): boolean => {
  const { tagName } = element;
  if (tagName === "meta") return attribute(element, "http-equiv") === "";
  if (tagName === "link") return /^(?:canonical|alternate|hub|icon|license)$/.test(attribute(element, "rel"));
  // A description for search engines, which no browser runs.
  if (tagName === "script") return attribute(element, "type") === "application/ld+json" && element.attrs.length === 1;
  return tagName === "title" || tagName === "style";
};

/** The same for the page for people, except for the elements of its own head. */
export const activeContentInPage = (page: string): readonly string[] => {
  const root = child(parse(page), "html");
  const head = (child(root, "head")?.childNodes ?? []).filter(defaultTreeAdapter.isElementNode);
  const isOwnComment = (node: Node) => defaultTreeAdapter.isCommentNode(node) && node.data.trim() === "crier:strip";
  const body = (child(root, "body")?.childNodes ?? []).filter((node) => !isOwnComment(node));
  return [
    ...head.filter((element) => !belongsInHead(element)).map(({ tagName }) => `<${tagName}>`),
    ...faultsBelow(body),
  ];
};
