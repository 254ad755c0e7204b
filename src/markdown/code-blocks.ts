/** Lines in which templates and components are not replaced. */
export interface CodeBlock {
  /** Replaces the line that opens the block. */
  readonly open: string;
  /** Whether the block ends with this line (`on`) or `before` it. */
  readonly endsAt: (line: string) => "on" | "before" | undefined;
  /** Replaces the line that ends the block. */
  readonly close: (line: string) => string;
  /** `text`: Markdown whose braces are text; `none`: not for readers. */
  readonly inside: "code" | "text" | "none";
  /** Without an end, a fence goes on to the end of the document (CommonMark §4.5), and any other kind is not a block. */
  readonly mayStayOpen: boolean;
  /** With an empty line before its end it is not a block: TeX has no empty lines. */
  readonly endsAtEmptyLine: boolean;
  /** Blocks of one kind have the same end. */
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
    // Code ends with the quotation or the list item that it is in.
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
  /** The language in the options of the tag. Absent: the block is not replaced by a fence. */
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

/** A block of code in the syntaxes of several generators, or of text that is not for templates or not for readers. */
export const codeBlockAt = (line: string, isInList: boolean): CodeBlock | undefined =>
  fenceAt(line, isInList) ?? tagBlockAt(line);

/** Code by indentation (CommonMark §4.4). */
export const isIndented = (line: string): boolean => /^(?: {4}|\t)\s*\S/.test(line);

export const isListItem = (line: string): boolean => /^ {0,3}(?:[-*+]|\d{1,9}[.)]|\[\^[^\]\n]+\]:)(?:\s|$)/.test(line);

/** Answers a function that tells whether a block has an end. A kind without one is searched only once, so that the time is linear. */
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
