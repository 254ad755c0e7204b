/** Deeper than any front matter. Parsers call themselves for each level. */
const maxNesting = 100;

/** Brackets, in strings too, and the marks of lists in lists on one line. */
const marks = /[[\]{}]|^ *(?:[-?] +){2,}/gm;

/** The number of the line with this character, counted from 1. */
export const lineAt = (text: string, at: number): number => text.slice(0, at).split("\n").length;

/** Throws where lists and objects are nested so deeply that a parser could run out of stack. */
export const checkNesting = (text: string): void => {
  let depth = 0;
  for (const { 0: mark, index } of text.matchAll(marks)) {
    const lists = mark.length === 1 ? 0 : (mark.match(/[-?]/g)?.length ?? 0);
    if (/[[{]/.test(mark)) depth += 1;
    if (/[\]}]/.test(mark)) depth = Math.max(0, depth - 1);
    if (Math.max(depth, lists) > maxNesting)
      throw new Error(
        `lists or objects are nested more than ${maxNesting} levels deep in line ${lineAt(text, index)}: flatten them`,
      );
  }
};

const maxBlankLines = 100;

/** Throws where many lines follow each other that have nothing: gray-matter's search for comments is quadratic in them. */
export const checkBlankLines = (text: string): void => {
  let blank = 0;
  for (const [index, line] of text.split("\n").entries()) {
    blank = line.trim() === "" ? blank + 1 : 0;
    if (blank > maxBlankLines)
      throw new Error(`more than ${maxBlankLines} blank lines follow each other up to line ${index + 1}: remove them`);
  }
};
