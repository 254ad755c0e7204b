import { type CodeBlock, codeBlockAt, endFinder, isIndented, isListItem } from "./code-blocks.ts";

export interface Segment {
  /** `text` is Markdown whose braces are not a template. */
  readonly kind: "code" | "prose" | "text";
  readonly lines: readonly string[];
}

const count = (line: string, marks: RegExp): number => line.match(marks)?.length ?? 0;

/** How many lines an `export` of MDX has: until its brackets are closed, or else to the next empty line. */
const exportLength = (lines: readonly string[], from: number): number => {
  if (!/^export\s+(?:const|let|var|default|async|function|class|\{|\*)/.test(lines[from] ?? "")) return 0;
  let open = 0;
  for (let at = from; at < Math.min(lines.length, from + 500); at += 1) {
    const line = lines[at] ?? "";
    open += count(line, /[{([]/g) - count(line, /[})\]]/g);
    if (open <= 0 && (line.trim() === "" || /[;})\]]\s*$/.test(line))) return at - from + 1;
  }
  return 1;
};

/** A footnote may follow a paragraph without an empty line: Markdown would read it as a part of the paragraph. */
const isFootnote = (line: string): boolean => /^\[\^[^\]\s]{1,100}\]:/.test(line);

/** In a block of HTML, which ends at an empty line, a fence is text (CommonMark §4.6). */
const htmlBlock =
  /^ {0,3}<\/?(?:article|aside|blockquote|center|details|div|dl|dd|dt|figure|figcaption|footer|form|h[1-6]|header|hr|iframe|li|main|nav|ol|p|section|summary|table|tbody|td|tfoot|th|thead|tr|ul)\b/i;

/** Separates code from prose, line by line. `onExport` is called for each export of MDX, which is left out. */
export const segmentsOf = (body: string, isMdx: boolean, onExport: () => void): readonly Segment[] => {
  const lines = body.split("\n");
  const ends = endFinder(lines);
  const segments: { readonly kind: Segment["kind"]; readonly lines: string[] }[] = [];
  let block: CodeBlock | undefined;
  let raw: CodeBlock | undefined;
  let before = "";
  /** Indented lines in a list continue the list: they are not code. */
  let isInList = false;
  let isInHtml = false;

  const add = (kind: Segment["kind"], ...more: readonly string[]) => {
    const last = segments.at(-1);
    if (last?.kind === kind) last.lines.push(...more);
    else segments.push({ kind, lines: [...more] });
  };

  /** True where the line belongs to the block. */
  const continueBlock = (open: CodeBlock, line: string): boolean => {
    const end = open.endsAt(line);
    if (end !== undefined) block = undefined;
    if (end === "on") add("code", open.close(line));
    // Hugo shows a tag that is commented out, in code, too.
    else if (end === undefined && open.inside !== "none")
      add("code", line.replaceAll(/(\{\{[<%])\/\*(.{0,600}?)\*\/([>%]\}\})/g, "$1$2$3"));
    return end !== "before";
  };

  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (block !== undefined && continueBlock(block, line)) continue;
    if (raw?.endsAt(line) === "on") {
      raw = undefined;
      add("code", "");
      continue;
    }
    if (isListItem(line)) isInList = true;
    else if (/^\S/.test(line) && before.trim() === "") isInList = false;
    isInHtml = line.trim() !== "" && (isInHtml || htmlBlock.test(line));
    const isIndentedText = !isInList && isIndented(line);
    const isCode = isIndentedText && !isMdx && (before.trim() === "" || isIndented(before));
    const opened = isIndentedText || isInHtml ? undefined : codeBlockAt(line, isInList);
    const exported = isMdx ? exportLength(lines, at) : 0;
    if (isCode) add("code", line);
    else if (exported > 0) {
      onExport();
      at += exported - 1;
    } else if (opened !== undefined && (raw === undefined || opened.mayStayOpen) && ends(opened, at + 1)) {
      if (opened.inside === "text") raw = opened;
      else block = opened;
      add("code", opened.open);
    } else if (raw !== undefined) add("text", line);
    else {
      if (isFootnote(line) && before.trim() !== "") add("prose", "");
      // MDX has no indented code, and a tag that continues a paragraph is not code.
      const hasIndentedTag = isIndentedText && (isMdx || /^\s+(?:\{[{%]|<\/?[A-Z])/.test(line));
      add("prose", hasIndentedTag ? line.trimStart() : line);
    }
    before = line;
  }
  return segments;
};
