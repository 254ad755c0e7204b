import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseSync } from "oxc-parser";
import { root } from "./own-patterns.ts";

const importsOf = (file: string): readonly string[] => {
  const { staticImports, staticExports } = parseSync(file, readFileSync(file, "utf8")).module;
  const names = [
    ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) => entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? [])),
  ];
  return names.filter((name) => name.startsWith(".")).map((name) => join(dirname(file), name));
};

/** Everything below `src/` that is loaded with a file: no other pattern can meet what the file reads. */
export const loadedBy = (file: string): ReadonlySet<string> => {
  const found = new Set<string>();
  const visit = (one: string): void => {
    if (found.has(one)) return;
    found.add(one);
    importsOf(one).forEach(visit);
  };
  visit(file);
  return new Set([...found].map((one) => relative(root, one)).filter((one) => !one.startsWith("..")));
};
