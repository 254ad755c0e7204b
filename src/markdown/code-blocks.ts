/** Lines in which no template and no component is looked for. */
export interface CodeBlock {
  /** What stands in the place of the line that opens it. */
  readonly open: string;
  /** `on` this line, or `before` it. */
  readonly endsAt: (line: string) => "on" | "before" | undefined;
  /** What stands in the place of the line that ends it. */
  readonly close: (line: string) => string;
  /** `text`: Markdown whose braces are meant as such; `none`: nothing for readers. */
  readonly inside: "code" | "text" | "none";
  /** A fence stands open to the document's end where nothing closes it (CommonMark §4.5); nothing else is then a block. */
  readonly mayStayOpen: boolean;
  /** An empty line before its end makes it none: TeX knows no empty lines. */
  readonly isParagraph: boolean;
  /** Those of one kind end alike. */
  readonly kind: string;
}

const prefix = /^(?:[\s>]|[-*+]\s(?:\[[ xX]\]\s)?|\d{1,9}[.)]\s)*/;

const fenceAt = (line: string, isInList: boolean): CodeBlock | undefined => {
  const [, start = "", ticks, tildes] =
    /^((?:[\s>]|[-*+]\s|\d{1,9}[.)]\s)*)(?:(`{3,})[^`]*|(~{3,}).*)$/.exec(line) ?? [];
  const mark = ticks ?? tildes;
  if (mark === undefined) return undefined;
  const end = new RegExp(`^[\\s>]*${mark.charAt(0)}{${mark.length},}\\s*$`);
  const isQuote = start.includes(">");
  const isItem = isInList && !isQuote;
  return {
    open: line,
    // A quotation, and an item of a list, takes its code along where it ends.
    endsAt: (one) =>
      (isQuote && !/^\s*>/.test(one)) || (isItem && /^ ?\S/.test(one)) ? "before" : end.test(one) ? "on" : undefined,
    close: (one) => one,
    inside: "code",
    mayStayOpen: true,
    isParagraph: false,
    kind: mark,
  };
};

const dollars = /^[\s>]*\$\$\s*$/;
const hugo = (name: string): RegExp => new RegExp(String.raw`^[\s>]*\{\{[<%]\s*\/\s*${name}\s*[>%]\}\}\s*$`);
const liquid = (name: string): RegExp => new RegExp(String.raw`^[\s>]*\{%-?\s*end${name}\s*-?%\}\s*$`);

const languageOf = (options: string): string => /lang(?:uage)?[:=]"?([\w+#.-]+)/.exec(options)?.[1] ?? "";
const firstWord = (options: string): string => /^[\s("]*([\w+#.-]*)/.exec(options)?.[1] ?? "";
const math = () => "math";

interface Kind {
  readonly tag: RegExp;
  readonly end: RegExp;
  readonly inside: CodeBlock["inside"];
  /** The language that the tag's options name; absent: no fence stands in its place. */
  readonly language?: (options: string) => string;
}

const kinds: readonly Kind[] = [
  { tag: /^[\s>]*\{%-?\s*codeblock\b([^%]*)%\}\s*$/, end: liquid("codeblock"), inside: "code", language: languageOf },
  { tag: /^[\s>]*\{%-?\s*code\b([^%]*)%\}\s*$/, end: liquid("code"), inside: "code", language: languageOf },
  { tag: /^[\s>]*\{%-?\s*highlight\b([^%]*)%\}\s*$/, end: liquid("highlight"), inside: "code", language: firstWord },
  {
    tag: /^[\s>]*\{\{[<%]\s*highlight\b([^}]*)\}\}\s*$/,
    end: hugo("highlight"),
    inside: "code",
    language: firstWord,
  },
  {
    tag: /^[\s>]*\{%-?\s*(?:mathjax|katex)\s*-?%\}\s*$/,
    end: liquid("(?:mathjax|katex)"),
    inside: "code",
    language: math,
  },
  {
    tag: /^[\s>]*\{\{[<%]\s*(?:math|katex)\b[^}]*\}\}\s*$/,
    end: hugo("(?:math|katex)"),
    inside: "code",
    language: math,
  },
  {
    tag: /^(?:[\s>]|[-*+]\s(?:\[[ xX]\]\s)?|\d{1,9}[.)]\s)*\$\$\s*$/,
    end: dollars,
    inside: "code",
    language: math,
  },
  { tag: /^[\s>]*\{%-?\s*raw\s*-?%\}\s*$/, end: liquid("raw"), inside: "text" },
  { tag: /^[\s>]*\{%-?\s*comment\b[^%]*%\}\s*$/, end: liquid("comment"), inside: "none" },
  { tag: /^[\s>]*\{\{[<%]\s*comment\s*[>%]\}\}\s*$/, end: hugo("comment"), inside: "none" },
  { tag: /^\s*\{::comment\}\s*$/, end: /^\s*\{:\/(?:comment)?\}\s*$/, inside: "none" },
];

const prefixOf = (line: string): string => prefix.exec(line)?.[0] ?? "";

const taggedAt = (line: string): CodeBlock | undefined => {
  if (!/[{$]/.test(line)) return undefined;
  for (const { tag, end, inside, language } of kinds) {
    const found = tag.exec(line);
    if (found === null) continue;
    return {
      open: language === undefined ? "" : `${prefixOf(line)}~~~~~${language(found[1] ?? "")}`,
      endsAt: (one) => (end.test(one) ? "on" : undefined),
      close: (one) => (language === undefined ? "" : `${prefixOf(one)}~~~~~`),
      inside,
      mayStayOpen: false,
      isParagraph: end === dollars,
      kind: end.source,
    };
  }
  return undefined;
};

/** Code, in the ways that blogs write it, and what is kept from templates or from readers. */
export const codeBlockAt = (line: string, isInList: boolean): CodeBlock | undefined =>
  fenceAt(line, isInList) ?? taggedAt(line);

/** Code by indentation (CommonMark §4.4). */
export const isIndented = (line: string): boolean => /^(?: {4}|\t)\s*\S/.test(line);

export const isListed = (line: string): boolean => /^ {0,3}(?:[-*+]|\d{1,9}[.)]|\[\^[^\]\n]+\]:)(?:\s|$)/.test(line);

/** Where the block ends, if it does; each kind is searched for once in vain, so that the whole stays linear. */
export const endsIn = (lines: readonly string[]): ((block: CodeBlock, from: number) => boolean) => {
  const inVain = new Set<string>();
  return (block, from) => {
    if (block.mayStayOpen) return true;
    if (inVain.has(block.kind)) return false;
    for (let at = from; at < lines.length; at += 1) {
      const line = lines[at] ?? "";
      if (block.endsAt(line) !== undefined) return true;
      if (block.isParagraph && /^[\s>]*$/.test(line)) return false;
    }
    inVain.add(block.kind);
    return false;
  };
};
