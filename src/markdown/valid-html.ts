/**
 * Corrects sanitised HTML where a browser would build another tree than it says (HTML §13.2.6, "Tree construction"), and
 * where an element is in one that cannot have it (§4, "Content model"). Its tags are balanced, and its attributes have
 * neither `<` nor `>`.
 */

const set = (names: string): ReadonlySet<string> => new Set(names.split(" "));

/** A paragraph ends before these. */
const endsParagraph = set("blockquote details div dl figure h1 h2 h3 h4 h5 h6 hr ol p pre table ul");
const inline = set(
  "a abbr b bdi bdo cite code del dfn em i ins kbd mark picture q rp rt ruby s samp small span strong sub sup time u var",
);
const voidElements = set("br col hr img source wbr");
/** A paragraph outside of these is another one. */
const scopes = set("table td th caption");
const headings = /^h[1-6]$/;

/** The elements that an element may be directly in. */
const parentsOf: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["caption", set("table")],
  ["colgroup", set("table")],
  ["col", set("table colgroup")],
  ["thead", set("table")],
  ["tbody", set("table")],
  ["tfoot", set("table")],
  ["tr", set("table thead tbody tfoot")],
  ["td", set("tr")],
  ["th", set("tr")],
  ["li", set("ul ol")],
  ["dt", set("dl")],
  ["dd", set("dl")],
  ["figcaption", set("figure")],
  ["summary", set("details")],
  ["rt", set("ruby")],
  ["rp", set("ruby")],
  ["source", set("picture")],
]);

/** Outside of their parents these are blocks. The tags of the others are left out. */
const blocks = set("caption td th li dt dd figcaption summary");

/** The elements that are added around what an element may not have directly. */
const addedTo: ReadonlyMap<string, string> = new Map([
  ...["table", "thead", "tbody", "tfoot"].map((name) => [name, "tr"] as const),
  ["tr", "td"],
  ["ul", "li"],
  ["ol", "li"],
  ["dl", "dd"],
]);

interface Open {
  readonly name: string;
  /** The name with its attributes. */
  readonly tag: string;
  /** The opening tag that its closing tag belongs to; absent if it was added. */
  readonly of: number | undefined;
  /** The number of the parts of the result before it. */
  readonly start: number;
}

type IsName = (name: string) => boolean;

const isLink: IsName = (name) => name === "a";
const isHeading: IsName = (name) => headings.test(name);
const isParagraph: IsName = (name) => name === "p";
const isScope: IsName = (name) => scopes.has(name);

/** The result, and the elements that are open at its end. */
const openTree = () => {
  const out: string[] = [];
  const open: Open[] = [];

  const top = (): string => open.at(-1)?.name ?? "";
  const push = (name: string, tag: string, of?: number): void => {
    open.push({ name, tag, of, start: out.length });
    out.push(`<${tag}>`);
  };
  /** Removes inline elements that are empty, except the links of the author, and choices of pictures that have none. */
  const pop = (isSplit = false): void => {
    const last = open.pop();
    if (last === undefined) return;
    const isEmpty =
      last.name === "picture"
        ? !out.slice(last.start).some((one) => one.startsWith("<img"))
        : inline.has(last.name) && out.length === last.start + 1 && (isSplit || last.name !== "a");
    if (isEmpty) out.length = last.start;
    else out.push(`</${last.name}>`);
  };
  const popTo = (index: number, isSplit = false): readonly Open[] => {
    const closed = open.slice(index);
    while (open.length > index) pop(isSplit);
    return closed;
  };
  return {
    out,
    open,
    top,
    push,
    popTo,
    /** Ends an element around the current position. The inline elements in it begin again after it. */
    end: (index: number): void => {
      const [, ...inner] = popTo(index, true);
      for (const { name, tag, of } of inner) if (inline.has(name)) push(name, tag, of);
    },
    /** Returns the innermost open element with such a name that is not outside of another one with `stops`. */
    find: (names: IsName, stops: IsName): number => {
      for (let at = open.length - 1; at >= 0; at -= 1) {
        const name = open[at]?.name ?? "";
        if (names(name)) return at;
        if (stops(name)) return -1;
      }
      return -1;
    },
    /** Adds the elements that content of any kind needs around it here. */
    addParents: (): void => {
      if (top() === "colgroup" || top() === "picture") pop();
      for (let name = addedTo.get(top()); name !== undefined; name = addedTo.get(top())) push(name, name);
    },
    /** Ends the elements that were added, where one follows that they cannot have. */
    endAdded: (parents: ReadonlySet<string>): void => {
      const isAdded = (): boolean => open.length > 0 && open.at(-1)?.of === undefined;
      while (isAdded() && !parents.has(top())) pop();
    },
  };
};

type Tree = ReturnType<typeof openTree>;

/** Returns the name under which the element is opened, or undefined if its tags are left out. */
const place = (name: string, tree: Tree): string | undefined => {
  const parents = parentsOf.get(name);
  if (parents !== undefined) return placeInParents(name, parents, tree);
  if (name === "div" && tree.top() === "dl") return undefined;
  if (name !== "img" || tree.top() !== "picture") tree.addParents();
  if (name === "a") return placeLink(tree);
  return endsParagraph.has(name) ? placeBlock(name, tree) : name;
};

const placeInParents = (name: string, parents: ReadonlySet<string>, tree: Tree): string | undefined => {
  tree.endAdded(parents);
  if (parents.has("tr") && addedTo.get(tree.top()) === "tr") tree.push("tr", "tr");
  if (parents.has(tree.top())) return name;
  return blocks.has(name) ? place("div", tree) : undefined;
};

/** A link ends the one around it, unless that has no text yet, or begins outside of a block. */
const placeLink = ({ out, open, find, end }: Tree): string | undefined => {
  const outer = find(isLink, () => false);
  if (outer < 0) return "a";
  const isEmpty = out.length === (open[outer]?.start ?? 0) + 1;
  if (isEmpty || open.slice(outer + 1).some((one) => !inline.has(one.name))) return undefined;
  end(outer);
  return "a";
};

const placeBlock = (name: string, { find, end }: Tree): string | undefined => {
  if (isHeading(name) && find(isHeading, isScope) >= 0) return undefined;
  const paragraph = find(isParagraph, isScope);
  if (paragraph >= 0) end(paragraph);
  return name;
};

/** Returns the same HTML with a tree that is valid, in a time that is linear in its length. */
export const validHtml = (html: string): string => {
  const tree = openTree();
  const { out, open, push, popTo } = tree;
  /** The positions of the elements that are open in the source. */
  const source: number[] = [];
  let copied = 0;

  const addText = (text: string): void => {
    if (text.trim() !== "") tree.addParents();
    if (text !== "") out.push(text);
  };

  for (const { 0: whole, 1: slash, 2: name = "", 3: rest = "", index } of html.matchAll(
    /<(\/?)([a-z][a-z0-9]*)((?:[ /][^<>]*)?)>/g,
  )) {
    addText(html.slice(copied, index));
    copied = index + whole.length;
    if (slash === "/") {
      const at = source.pop();
      const opened = open.findLastIndex(({ of }) => of === at);
      if (at !== undefined && opened >= 0) popTo(opened);
      continue;
    }
    const placed = place(name, tree);
    if (voidElements.has(name)) {
      if (placed !== undefined) out.push(whole);
      continue;
    }
    source.push(index);
    if (placed !== undefined) push(placed, placed === name ? `${name}${rest}` : placed, index);
  }
  addText(html.slice(copied));
  popTo(0);
  return out.join("");
};
