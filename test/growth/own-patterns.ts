import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync, Visitor } from "oxc-parser";

export interface OwnPattern {
  /** The file below `src/`. */
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

export const root = join(import.meta.dirname, "../../src");

const literalsIn = (file: string): readonly OwnPattern[] => {
  const found: OwnPattern[] = [];
  const { program } = parseSync(file, readFileSync(join(root, file), "utf8"));
  new Visitor({
    Literal: (node) => {
      if ("regex" in node) found.push({ file, source: node.regex.pattern, flags: node.regex.flags });
    },
  }).visit(program);
  return found;
};

export const files = globSync("**/*.ts", { cwd: root }).toSorted();

export const each = (patterns: readonly OwnPattern[]): readonly OwnPattern[] => [
  ...new Map(patterns.map((one) => [labelOf(one), one])).values(),
];

export const labelOf = ({ file, source, flags }: OwnPattern): string => `${file} /${source}/${flags}`;

/** Every regular expression that is written as one. */
export const literalPatterns = (): readonly OwnPattern[] => each(files.flatMap(literalsIn));
