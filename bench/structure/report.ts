import type { Cycle, Size, Structure } from "./source-files.ts";
import type { Walk } from "./trace-walks.ts";

const number = (value: number): string => value.toLocaleString("en");
const row = (cells: readonly (string | number)[]): string =>
  `| ${cells.map((cell) => (typeof cell === "number" ? number(cell) : cell)).join(" | ")} |`;

/** The table of the folders, and the cycles below it. */
export const structureText = ({ folders, total, valueCycles, cycles }: Structure): string =>
  [
    [
      row(["Folder", "Files", "Lines", "Median", "Largest file", "One importer", "In a value cycle", "In any cycle"]),
      row(["---", "---:", "---:", "---:", "---", "---:", "---:", "---:"]),
      ...folders.map((size) => sizeRow(`\`${size.folder}\``, size.folder, size)),
      sizeRow("**all**", total.folder, total),
    ].join("\n"),
    `Cycles of value imports: ${cycleText(valueCycles)}`,
    `Cycles of all imports, types included: ${cycleText(cycles)}`,
  ].join("\n\n");

const sizeRow = (name: string, folder: string, size: Size): string => {
  const { path, lines } = size.largest;
  return row([
    name,
    size.files,
    size.lines,
    size.median,
    `\`${path.slice(folder.length)}\`, ${number(lines)}`,
    size.singleImporters.length,
    size.inValueCycle,
    size.inCycle,
  ]);
};

const cycleText = (cycles: readonly Cycle[]): string => {
  if (cycles.length === 0) return "none.";
  const names = (cycle: Cycle): string => cycle.map((path) => `\`${path.replace(/^src\//, "")}\``).join(", ");
  return `${cycles.length}.\n\n${cycles.map((cycle) => `- ${names(cycle)}`).join("\n")}`;
};

/** The table of the walks. */
export const walksText = (walks: readonly Walk[]): string =>
  [
    row(["Walk", "Files", "Functions"]),
    row(["---", "---:", "---:"]),
    ...walks.map(({ name, files }) => row([name, files.size, [...files.values()].flat().length])),
  ].join("\n");

/** The files of each walk with their functions. */
export const walkFilesText = (walks: readonly Walk[]): string =>
  walks
    .map(({ name, files }) => {
      const sorted = [...files].toSorted(([a], [b]) => (a < b ? -1 : 1));
      return [`### ${name}`, "", ...sorted.map(([path, functions]) => `- \`${path}\`: ${functionNames(functions)}`)];
    })
    .map((lines) => lines.join("\n"))
    .join("\n\n");

const functionNames = (functions: readonly string[]): string => {
  const named = functions.filter((name) => name !== "").map((name) => `\`${name}\``);
  const unnamed = functions.length - named.length;
  return [...named, ...(unnamed > 0 ? [`${unnamed} without a name`] : [])].join(", ");
};

const marks = ["<!-- structure -->\n", "<!-- /structure -->"] as const;

/** The page with the report between its two marks. */
export const replaceReport = (page: string, report: string): string => {
  const [begin, end] = [page.indexOf(marks[0]), page.indexOf(marks[1])];
  if (begin === -1 || end < begin)
    throw new Error(
      `the page has no line ${marks[0].trim()} with ${marks[1]} after it: add both where the report goes`,
    );
  return `${page.slice(0, begin)}${marks[0]}\n${report}\n\n${page.slice(end)}`;
};
