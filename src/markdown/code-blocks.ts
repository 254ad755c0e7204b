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
  readonly endsAtEmptyLine: boolean;
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
    endsAtEmptyLine: false,
    kind: mark,
  };
};

const dollars = /^[\s>]*\$\$\s*$/;
const hugoEnd = (name: string): RegExp => new RegExp(String.raw`^[\s>]*\{\{[<%]\s*\/\s*${name}\s*[>%]\}\}\s*$`);
const liquidEnd = (name: string): RegExp => new RegExp(String.raw`^[\s>]*\{%-?\s*end${name}\s*-?%\}\s*$`);

const languageOf = (options: string): string => /lang(?:uage)?[:=]"?([\w+#.-]+)/.exec(options)?.[1] ?? "";
const firstWord = (options: string): string => /^[\s("]*([\w+#.-]*)/.exec(options)?.[1] ?? "";
const mathLanguage = () => "math";

interface Kind {
  readonly tag: RegExp;
  readonly end: RegExp;
  readonly inside: CodeBlock["inside"];
  /** The language that the tag's options name; absent: no fence stands in its place. */
  readonly language?: (options: string) => string;
}

const kinds: readonly Kind[] = [
  {
    tag: /^[\s>]*\{%-?\s*codeblock\b([^%]*)%\}\s*$/,
    end: liquidEnd("codeblock"),
    inside: "code",
    language: languageOf,
  },
  { tag: /^[\s>]*\{%-?\s*code\b([^%]*)%\}\s*$/, end: liquidEnd("code"), inside: "code", language: languageOf },
  { tag: /^[\s>]*\{%-?\s*highlight\b([^%]*)%\}\s*$/, end: liquidEnd("highlight"), inside: "code", language: firstWord },
  {
    tag: /^[\s>]*\{\{[<%]\s*highlight\b([^}]*)\}\}\s*$/,
    end: hugoEnd("highlight"),
    inside: "code",
    language: firstWord,
  },
  {
    tag: /^[\s>]*\{%-?\s*(?:mathjax|katex)\s*-?%\}\s*$/,
    end: liquidEnd("(?:mathjax|katex)"),
    inside: "code",
    language: mathLanguage,
  },
  {
    tag: /^[\s>]*\{\{[<%]\s*(?:math|katex)\b[^}]*\}\}\s*$/,
    end: hugoEnd("(?:math|katex)"),
    inside: "code",
    language: mathLanguage,
  },
  {
    tag: /^(?:[\s>]|[-*+]\s(?:\[[ xX]\]\s)?|\d{1,9}[.)]\s)*\$\$\s*$/,
    end: dollars,
    inside: "code",
    language: mathLanguage,
  },
  { tag: /^[\s>]*\{%-?\s*raw\s*-?%\}\s*$/, end: liquidEnd("raw"), inside: "text" },
  { tag: /^[\s>]*\{%-?\s*comment\b[^%]*%\}\s*$/, end: liquidEnd("comment"), inside: "none" },
  { tag: /^[\s>]*\{\{[<%]\s*comment\s*[>%]\}\}\s*$/, end: hugoEnd("comment"), inside: "none" },
  { tag: /^\s*\{::comment\}\s*$/, end: /^\s*\{:\/(?:comment)?\}\s*$/, inside: "none" },
];

const prefixOf = (line: string): string => prefix.exec(line)?.[0] ?? "";

const tagBlockAt = (line: string): CodeBlock | undefined => {
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
      endsAtEmptyLine: end === dollars,
      kind: end.source,
    };
  }
  return undefined;
};

/** Code, in the ways that blogs write it, and what is kept from templates or from readers. */
export const codeBlockAt = (line: string, isInList: boolean): CodeBlock | undefined =>
  fenceAt(line, isInList) ?? tagBlockAt(line);

/** Code by indentation (CommonMark §4.4). */
export const isIndented = (line: string): boolean => /^(?: {4}|\t)\s*\S/.test(line);

export const isListItem = (line: string): boolean => /^ {0,3}(?:[-*+]|\d{1,9}[.)]|\[\^[^\]\n]+\]:)(?:\s|$)/.test(line);

/** Where the block ends, if it does; each kind is searched for once in vain, so that the whole stays linear. */
export const endFinder = (lines: readonly string[]): ((block: CodeBlock, from: number) => boolean) => {
  const unclosedKinds = new Set<string>();
  return (block, from) => {
    if (block.mayStayOpen) return true;
    if (unclosedKinds.has(block.kind)) return false;
    for (let at = from; at < lines.length; at += 1) {
      const line = lines[at] ?? "";
      if (block.endsAt(line) !== undefined) return true;
      if (block.endsAtEmptyLine && /^[\s>]*$/.test(line)) return false;
    }
    unclosedKinds.add(block.kind);
    return false;
  };
};
