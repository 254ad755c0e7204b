/**
 * Finds where tags, components and expressions of site generators end, whatever their length. The time is linear in the
 * length of the text: each mark is found once for all that may begin before it, and a scan that comes to where another
 * one was has the end of that one.
 */

/** Marks that close or limit something, each as a pattern of its first character. */
const marks = {
  value: /\}(?=\})/g,
  block: /%(?=\})/g,
  shortcode: /[>%](?=\}\})/g,
  jsxComment: /\*(?=\/\})/g,
  comment: /\{(?=%-?\s*(?:end|\/\s*)comment\s*-?%\})/g,
  emptyLine: /\n(?=[ \t]*\n)/g,
  // In a quotation an empty line has the mark of the quotation.
  quotedEmptyLine: /\n(?=[ \t>]*\n)/g,
  markdownAttribute: /\s(?=markdown=["']?(?:1|block|span)["']?[\s>])/g,
  angle: /[<>]/g,
  equals: /=/g,
  backtick: /`/g,
  '"': /"/g,
  "'": /'/g,
} as const;
type Mark = keyof typeof marks;

/** The end of a tag of HTML or JSX, and whether it has braces: of JSX (`a={b}`, `{...b}`), and others. */
interface TagEnd {
  readonly end: number;
  readonly hasJsx: boolean;
  readonly hasOtherBraces: boolean;
  /** True if there is `<` or `>` in the other braces. */
  readonly hasMarkup: boolean;
}

/** A text with the positions that were found in it. */
export interface IndexedText {
  readonly text: string;
  /** The positions of each mark, in order. */
  readonly marks: Map<Mark, readonly number[]>;
  /** The positions of the runs of as many backticks, in order. */
  backticks: ReadonlyMap<number, readonly number[]> | undefined;
  /** The position of the brace that closes each brace. */
  braces: ReadonlyMap<number, number> | undefined;
  /** The end of the tag for each position in a tag where a scan was; undefined if it has none. */
  readonly tagEnds: Map<number, TagEnd | undefined>;
  /** For each kind of tag a part in which none begins. */
  readonly refused: Map<Kind, { readonly from: number; readonly to: number }>;
}

export const indexText = (text: string): IndexedText => ({
  text,
  marks: new Map(),
  backticks: undefined,
  braces: undefined,
  tagEnds: new Map(),
  refused: new Map(),
});

/** The limit of quotations in each other whose marks are known: each has its own copy of the text. */
const maxQuotations = 5;

/** Returns a text with spaces for the marks of as many quotations. */
const withoutMarks = (text: string, quotations: number): string =>
  text.replaceAll(/^[ \t>]+/gm, (begin) => {
    let left = quotations;
    return begin.replaceAll(">", (mark) => {
      left -= 1;
      return left >= 0 ? " " : mark;
    });
  });

/** Indexes a text of a document, each once. In as many quotations as `quotations` their marks are spaces. */
export type IndexOf = (text: string, quotations?: number) => IndexedText;

export const textIndexes = (): IndexOf => {
  const indexes = Array.from({ length: maxQuotations + 1 }, () => new Map<string, IndexedText>());
  let last: { readonly text: string; readonly quotations: number; readonly index: IndexedText } | undefined;
  return (text, given = 0) => {
    const quotations = Math.min(given, maxQuotations);
    // Nearly all that is read is in the text that was read before.
    if (last?.text === text && last.quotations === quotations) return last.index;
    const index = indexes[quotations]?.get(text) ?? indexText(quotations === 0 ? text : withoutMarks(text, quotations));
    indexes[quotations]?.set(text, index);
    last = { text, quotations, index };
    return index;
  };
};

const firstFrom = (positions: readonly number[], from: number): number | undefined => {
  let [low, high] = [0, positions.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((positions[middle] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return positions[low];
};

/** Returns the first position of a mark that is not before `from`. */
const nextMark = (index: IndexedText, mark: Mark, from: number): number | undefined => {
  const known = index.marks.get(mark);
  const positions = known ?? Array.from(index.text.matchAll(marks[mark]), (found) => found.index);
  if (known === undefined) index.marks.set(mark, positions);
  return firstFrom(positions, from);
};

/** True if a part of a text has a mark. */
export const hasMark = (index: IndexedText, mark: Mark, from: number, end: number): boolean =>
  (nextMark(index, mark, from) ?? end) < end;

/** Returns the end of the code span (CommonMark §6.1) that begins with `length` backticks at this position. */
export const codeSpanEnd = (index: IndexedText, at: number, length: number): number | undefined => {
  if (index.backticks === undefined) {
    const runs = new Map<number, number[]>();
    for (const { 0: run, index: position } of index.text.matchAll(/`+/g)) {
      const positions = runs.get(run.length);
      if (positions === undefined) runs.set(run.length, [position]);
      else positions.push(position);
    }
    index.backticks = runs;
  }
  const close = firstFrom(index.backticks.get(length) ?? [], at + length);
  return close === undefined || hasMark(index, "quotedEmptyLine", at, close) ? undefined : close + length;
};

/** Returns the position of the brace that closes the one at this position. */
const closingBrace = (index: IndexedText, at: number): number | undefined => {
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

/** Matches a string, or what is in no tag: a mark that opens another one of its kind, and a fence. */
const openings = {
  value: /"[^"\n]*"|'[^'\n]*'|(?<=[^{])\{\{|\n[ \t>]*(?:```|~~~)/g,
  block: /"[^"\n]*"|'[^'\n]*'|\{%|\n[ \t>]*(?:```|~~~)/g,
  shortcode: /"[^"]*"|'[^']*'|`[^`]*`|\{\{[<%]/g,
} as const;
type Kind = keyof typeof openings;

/** True if a part of a text cannot be the inside of a tag. Then no tag begins before what is in none. */
const hasOpening = ({ text, refused }: IndexedText, kind: Kind, begin: number, close: number): boolean => {
  const { from, to } = refused.get(kind) ?? { from: 0, to: 0 };
  if (begin >= from && begin < to) return true;
  for (const { 0: found, index } of text.slice(begin, close).matchAll(openings[kind]))
    if (!/^["'`]/.test(found)) {
      refused.set(kind, { from: begin, to: begin + index });
      return true;
    }
  return false;
};

/**
 * Returns the tag of a template at this position: `{{< … >}}`, `{{% … %}}`, `{{ … }}`, `{% … %}`. It ends at `limit` at
 * the latest. Only the first two may have an empty line: `{{` and `{%` are also in prose that has no end for them.
 */
export const tagAt = (index: IndexedText, at: number, limit = index.text.length): Part | undefined => {
  const { text } = index;
  if (text.charAt(at) !== "{") return undefined;
  const second = text.charAt(at + 1);
  if (second === "{" && /[<%]/.test(text.charAt(at + 2))) {
    const found = part(text, at, at + 3, nextMark(index, "shortcode", at + 3), 3, limit);
    if (found !== undefined && !hasOpening(index, "shortcode", at + 3, at + found.whole.length - 3)) return found;
  }
  if (second !== "{" && second !== "%") return undefined;
  const kind = second === "{" ? "value" : "block";
  const begin = at + 2 + (text.charAt(at + 2) === "-" ? 1 : 0);
  const close = nextMark(index, kind, begin);
  if (close === undefined || hasMark(index, "quotedEmptyLine", at, close)) return undefined;
  const found = part(text, at, begin, close, 2, limit);
  if (found === undefined || hasOpening(index, kind, begin, close)) return undefined;
  return found.inside.endsWith("-") ? { ...found, inside: found.inside.slice(0, -1) } : found;
};

/** Returns a comment of MDX or Liquid: `{/* … *\/}`, `{% comment %} … {% endcomment %}`. Only the first has an inside. */
export const commentAt = (index: IndexedText, at: number, limit = index.text.length): Part | undefined => {
  const { text } = index;
  if (text.startsWith("{/*", at)) return part(text, at, at + 3, nextMark(index, "jsxComment", at + 3), 3, limit);
  const open = startsAt(/\{%-?\s*comment\s*-?%\}/y, text, at);
  if (open === undefined) return undefined;
  const close = nextMark(index, "comment", at + open.length);
  const end = close === undefined ? undefined : text.indexOf("}", close) + 1;
  return end === undefined || end > limit ? undefined : { whole: text.slice(at, end), inside: "" };
};

/** Returns a text in braces: `{"a"}`, ``{`a`}``. */
export const literalAt = ({ text }: IndexedText, at: number, limit = text.length): Part | undefined => {
  const pattern = /\{\s*(["'`])((?:(?!\1)[^\\$])*)\1\s*\}/y;
  pattern.lastIndex = at;
  const [whole, , inside = ""] = pattern.exec(text) ?? [];
  return whole === undefined || at + whole.length > limit ? undefined : { whole, inside };
};

/** Returns an expression of JavaScript, with its braces. */
export const expressionAt = (index: IndexedText, at: number, limit = index.text.length): string | undefined => {
  const close = index.text.charAt(at) === "{" ? closingBrace(index, at) : undefined;
  return close === undefined || close >= limit ? undefined : index.text.slice(at, close + 1);
};

/** Finds the end of a tag after its name, or after a part of its attributes. */
const findTagEnd = (index: IndexedText, from: number): TagEnd | undefined => {
  const { text, tagEnds } = index;
  const seen: { readonly at: number; readonly isJsx?: boolean; readonly hasMarkup?: boolean }[] = [];
  let at = from;
  let found: TagEnd | undefined;
  for (;;) {
    if (tagEnds.has(at)) {
      found = tagEnds.get(at);
      break;
    }
    // An empty line is in a tag only within quotes and braces.
    const next = at + (startsAt(/(?:[^<>"'{}\n]|\n(?![ \t]*\n))+/y, text, at)?.length ?? 0);
    const mark = text.charAt(next);
    if (mark === ">") found = { end: next + 1, hasJsx: false, hasOtherBraces: false, hasMarkup: false };
    const close =
      mark === "{"
        ? closingBrace(index, next)
        : mark === '"' || mark === "'"
          ? nextMark(index, mark, next + 1)
          : undefined;
    if (mark === "{" && close !== undefined)
      seen.push({
        at,
        isJsx: text.charAt(next - 1) === "=" || text.startsWith("{...", next),
        hasMarkup: hasMark(index, "angle", next, close),
      });
    else seen.push({ at });
    if (close === undefined) break;
    at = close + 1;
  }
  for (const step of seen.toReversed()) {
    if (found !== undefined && step.isJsx === true) found = { ...found, hasJsx: true };
    if (found !== undefined && step.isJsx === false)
      found = { ...found, hasOtherBraces: true, hasMarkup: found.hasMarkup || step.hasMarkup === true };
    tagEnds.set(step.at, found);
  }
  return found;
};

const htmlTag = (name: RegExp, index: IndexedText, at: number, limit: number) => {
  const { text } = index;
  const found = text.charAt(at) === "<" ? startsAt(name, text, at) : undefined;
  const tag = found === undefined ? undefined : findTagEnd(index, at + found.length);
  return tag === undefined || tag.end > limit ? undefined : { ...tag, whole: text.slice(at, tag.end) };
};

/** Returns the tag of a component: `<Name a={b}>`, `</Name>`, `<>`. */
export const componentAt = (index: IndexedText, at: number, limit = index.text.length): string | undefined =>
  startsAt(/<\/?>/y, index.text, at) ?? htmlTag(/<\/?[A-Z][\w.]{0,80}(?=[\s/>])/y, index, at, limit)?.whole;

/** Returns the opening tag of an element that has attributes, with the kinds of its braces. */
export const elementAt = (index: IndexedText, at: number, limit = index.text.length) =>
  htmlTag(/<[a-z][\w-]*(?=\s)/y, index, at, limit);

const jsxText = /\{\s*(["'`])([^"'`{}]*)\1\s*\}/y;

/** Returns a part of a text. Its attributes in braces are JSX: those with a text are kept, those with code are removed. */
export const withoutJsx = (index: IndexedText, from: number, end: number): string => {
  const written = index.text.slice(from, end);
  const pattern = /"[^"]*"|'[^']*'|(\s[^\s"'<>{}=]+)?=\{|\{\.\.\.|\{/g;
  let result = "";
  let copied = 0;
  for (let found = pattern.exec(written); found !== null; found = pattern.exec(written)) {
    const { 0: mark, 1: name = "", index: start } = found;
    const brace = start + mark.lastIndexOf("{");
    const close = mark.includes("{") && !/^["']/.test(mark) ? closingBrace(index, from + brace) : undefined;
    if (close === undefined || close >= end) continue;
    pattern.lastIndex = close + 1 - from;
    if (mark === "{") continue;
    jsxText.lastIndex = brace;
    const [whole, , value] = jsxText.exec(written) ?? [];
    const isText = name !== "" && whole?.length === pattern.lastIndex - brace;
    result += written.slice(copied, start) + (isText ? `${name}="${value}"` : "");
    copied = pattern.lastIndex;
  }
  return result + written.slice(copied);
};
