import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync, Visitor } from "oxc-parser";

export interface OwnPattern {
  /** The file below `src/`. */
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

/** A `new RegExp(…)`. */
export interface PatternBuilt {
  readonly file: string;
  /** It is built of parts when the module is loaded, and not of what a function is given. */
  readonly atLoad: boolean;
}

export const root = join(import.meta.dirname, "../../src");

export const patternsIn = (
  file: string,
  code: string,
): { readonly literal: readonly OwnPattern[]; readonly built: readonly PatternBuilt[] } => {
  const [literal, built]: [OwnPattern[], PatternBuilt[]] = [[], []];
  let functions = 0;
  const enter = () => {
    functions += 1;
  };
  const leave = () => {
    functions -= 1;
  };
  const found = ({ callee }: { readonly callee: { readonly type: string; readonly name?: unknown } }) => {
    if (callee.type === "Identifier" && callee.name === "RegExp") built.push({ file, atLoad: functions === 0 });
  };
  new Visitor({
    Literal: (node) => {
      if ("regex" in node) literal.push({ file, source: node.regex.pattern, flags: node.regex.flags });
    },
    NewExpression: found,
    CallExpression: found,
    FunctionDeclaration: enter,
    FunctionExpression: enter,
    ArrowFunctionExpression: enter,
    "FunctionDeclaration:exit": leave,
    "FunctionExpression:exit": leave,
    "ArrowFunctionExpression:exit": leave,
  }).visit(parseSync(file, code).program);
  return { literal, built };
};

const sources = globSync("**/*.ts", { cwd: root })
  .toSorted()
  .map((file) => patternsIn(file, readFileSync(join(root, file), "utf8")));

/** Every regular expression that is written as one. */
export const literalPatterns = sources.flatMap(({ literal }) => literal);

export const patternsBuilt = sources.flatMap(({ built }) => built);

export const labelOf = ({ file, source, flags }: OwnPattern): string => `${file} /${source}/${flags}`;
