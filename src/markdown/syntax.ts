/**
 * Finds where tags, components and expressions of site generators end, whatever their length. The time is linear in the
 * length of the text: each closing mark is found once for all that may begin before it, and a scan that comes to where
 * another one was has the end of that one.
 */

/** Marks that close something, each as a pattern of its first character. */
const closings = {
  value: /\}(?=\})/g,
  block: /%(?=\})/g,
  shortcode: /[>%](?=\}\})/g,
  jsxComment: /\*(?=\/\})/g,
  comment: /\{(?=%-?\s*(?:end|\/\s*)comment\s*-?%\})/g,
  '"': /"/g,
  "'": /'/g,
} as const;
type Closing = keyof typeof closings;

/** The end of a tag of HTML or JSX, and whether it has braces: of JSX (`a={b}`, `{...b}`), and others. */
interface TagEnd {
  readonly end: number;
  readonly hasJsx: boolean;
  readonly hasOtherBraces: boolean;
}

interface TextIndex {
  readonly text: string;
  /** The positions of each closing mark, in order. */
  readonly closings: Map<Closing, readonly number[]>;
  /** The position of the brace that closes each brace. */
  braces: ReadonlyMap<number, number> | undefined;
  /** The end of the tag for each position in a tag where a scan was; undefined if it has none. */
  readonly tagEnds: Map<number, TagEnd | undefined>;
}

/** A text is read while the one that contains it is: at most as many as levels that a body may have. */
const maxIndexes = 200;
const indexes = new Map<string, TextIndex>();

const textIndex = (text: string): TextIndex => {
  const index = indexes.get(text) ?? { text, closings: new Map(), braces: undefined, tagEnds: new Map() };
  indexes.delete(text);
  indexes.set(text, index);
  const [oldest] = indexes.size > maxIndexes ? indexes.keys() : [];
  if (oldest !== undefined) indexes.delete(oldest);
  return index;
};

/** Returns the first position of a closing mark that is not before `from`. */
const nextClosing = (index: TextIndex, closing: Closing, from: number): number | undefined => {
  const known = index.closings.get(closing);
  const positions = known ?? Array.from(index.text.matchAll(closings[closing]), (found) => found.index);
  if (known === undefined) index.closings.set(closing, positions);
  let [low, high] = [0, positions.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((positions[middle] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return positions[low];
};

/** Returns the position of the brace that closes the one at this position. */
const closingBrace = (index: TextIndex, at: number): number | undefined => {
  if (index.braces === undefined) {
    const [braces, open]: [Map<number, number>, number[]] = [new Map(), []];
    for (const { 0: brace, index: position } of index.text.matchAll(/[{}]/g)) {
      if (brace === "{") {
        open.push(position);
        continue;
      }
      const opening = open.pop();
      if (opening !== undefined) braces.set(opening, position);
    }
    index.braces = braces;
  }
  return index.braces.get(at);
};

/** A part of a text, from the position that was asked for. */
interface Part {
  readonly whole: string;
  readonly inside: string;
}

const part = (text: string, at: number, begin: number, close: number | undefined, end: number, limit: number) =>
  close === undefined || close + end > limit
    ? undefined
    : ({ whole: text.slice(at, close + end), inside: text.slice(begin, close) } satisfies Part);

const startsAt = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
};

/** Returns the tag of a template at this position: `{{< … >}}`, `{{% … %}}`, `{{ … }}`, `{% … %}`. It ends at `limit` at the latest. */
export const tagAt = (text: string, at: number, limit = text.length): Part | undefined => {
  if (text.charAt(at) !== "{") return undefined;
  const second = text.charAt(at + 1);
  const index = textIndex(text);
  const isHyphen = (position: number): number => (text.charAt(position) === "-" ? 1 : 0);
  if (second === "{" && /[<%]/.test(text.charAt(at + 2))) {
    const found = part(text, at, at + 3, nextClosing(index, "shortcode", at + 3), 3, limit);
    if (found !== undefined) return found;
  }
  if (second !== "{" && second !== "%") return undefined;
  const begin = at + 2 + isHyphen(at + 2);
  const close = nextClosing(index, second === "{" ? "value" : "block", begin);
  const found = part(text, at, begin, close, 2, limit);
  return found && { ...found, inside: found.inside.replace(/-$/, "") };
};

/** Returns a comment of MDX or Liquid: `{/* … *\/}`, `{% comment %} … {% endcomment %}`. Only the first has an inside. */
export const commentAt = (text: string, at: number, limit = text.length): Part | undefined => {
  if (text.startsWith("{/*", at))
    return part(text, at, at + 3, nextClosing(textIndex(text), "jsxComment", at + 3), 3, limit);
  const open = startsAt(/\{%-?\s*comment\s*-?%\}/y, text, at);
  if (open === undefined) return undefined;
  const close = nextClosing(textIndex(text), "comment", at + open.length);
  const end = close === undefined ? undefined : text.indexOf("}", close) + 1;
  return end === undefined || end > limit ? undefined : { whole: text.slice(at, end), inside: "" };
};

/** Returns a text in braces: `{"a"}`, ``{`a`}``. */
export const literalAt = (text: string, at: number, limit = text.length): Part | undefined => {
  const pattern = /\{\s*(["'`])((?:(?!\1)[^\\$])*)\1\s*\}/y;
  pattern.lastIndex = at;
  const [whole, , inside = ""] = pattern.exec(text) ?? [];
  return whole === undefined || at + whole.length > limit ? undefined : { whole, inside };
};

/** Returns an expression of JavaScript, with its braces. */
export const expressionAt = (text: string, at: number, limit = text.length): string | undefined => {
  const close = text.charAt(at) === "{" ? closingBrace(textIndex(text), at) : undefined;
  return close === undefined || close >= limit ? undefined : text.slice(at, close + 1);
};

/** Finds the end of a tag after its name, or after a part of its attributes. */
const findTagEnd = (index: TextIndex, from: number): TagEnd | undefined => {
  const { text, tagEnds } = index;
  const seen: { readonly at: number; readonly isJsx?: boolean }[] = [];
  let at = from;
  let found: TagEnd | undefined;
  for (;;) {
    if (tagEnds.has(at)) {
      found = tagEnds.get(at);
      break;
    }
    const next = at + (startsAt(/[^<>"'{}]+/y, text, at)?.length ?? 0);
    const mark = text.charAt(next);
    if (mark === ">") found = { end: next + 1, hasJsx: false, hasOtherBraces: false };
    const close =
      mark === "{"
        ? closingBrace(index, next)
        : mark === '"' || mark === "'"
          ? nextClosing(index, mark, next + 1)
          : undefined;
    const isJsx = mark === "{" ? text.charAt(next - 1) === "=" || text.startsWith("{...", next) : undefined;
    seen.push(isJsx === undefined ? { at } : { at, isJsx });
    if (close === undefined) break;
    at = close + 1;
  }
  for (const step of seen.toReversed()) {
    if (found !== undefined && step.isJsx === true) found = { ...found, hasJsx: true };
    if (found !== undefined && step.isJsx === false) found = { ...found, hasOtherBraces: true };
    tagEnds.set(step.at, found);
  }
  return found;
};

const htmlTag = (name: RegExp, text: string, at: number, limit: number) => {
  const found = text.charAt(at) === "<" ? startsAt(name, text, at) : undefined;
  const tag = found === undefined ? undefined : findTagEnd(textIndex(text), at + found.length);
  return tag === undefined || tag.end > limit ? undefined : { ...tag, whole: text.slice(at, tag.end) };
};

/** Returns the tag of a component: `<Name a={b}>`, `</Name>`, `<>`. */
export const componentAt = (text: string, at: number, limit = text.length): string | undefined =>
  startsAt(/<\/?>/y, text, at) ?? htmlTag(/<\/?[A-Z][\w.]{0,80}(?=[\s/>])/y, text, at, limit)?.whole;

/** Returns the opening tag of an element that has attributes, with the kinds of its braces. */
export const elementAt = (text: string, at: number, limit = text.length) =>
  htmlTag(/<[a-z][\w-]*(?=\s)/y, text, at, limit);

const jsxText = /\{\s*(["'`])([^"'`{}]*)\1\s*\}/y;

/** Attributes in braces are JSX: those with a text are kept, those with code are removed. */
export const withoutJsx = (element: string): string => {
  const index = textIndex(element);
  const pattern = /"[^"]*"|'[^']*'|(\s[^\s"'<>{}=]+)?=\{|\{\.\.\.|\{/g;
  let result = "";
  let copied = 0;
  for (let found = pattern.exec(element); found !== null; found = pattern.exec(element)) {
    const { 0: mark, 1: name = "", index: start } = found;
    const brace = start + mark.lastIndexOf("{");
    const close = mark.includes("{") && !/^["']/.test(mark) ? closingBrace(index, brace) : undefined;
    if (close === undefined) continue;
    pattern.lastIndex = close + 1;
    if (mark === "{") continue;
    jsxText.lastIndex = brace;
    const [whole, , value] = jsxText.exec(element) ?? [];
    const isText = name !== "" && whole?.length === close + 1 - brace;
    result += element.slice(copied, start) + (isText ? `${name}="${value}"` : "");
    copied = close + 1;
  }
  return result + element.slice(copied);
};

/** Forgets the texts that were read: a process lives longer than its documents. */
export const forgetTexts = (): void => indexes.clear();
