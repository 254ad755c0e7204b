import { constructs, type Generator, generators } from "./constructs.ts";
import { type Aspect, type Difference, differences } from "./differences.ts";

/** The results of a generator and of Crier for one construct. */
export interface Cell {
  readonly generator: Generator;
  readonly construct: string;
  readonly aspect: Aspect;
  readonly theirs: string;
  readonly ours: string;
}

export const explains = ({ aspects, where }: Difference, { aspect, construct, generator }: Cell): boolean =>
  aspects.includes(aspect) && where[construct]?.includes(generator) === true;

const cellText = (cells: readonly Cell[]): string => {
  if (cells.length === 0) return "";
  const differing = cells.filter(({ theirs, ours }) => theirs !== ours);
  if (differing.length === 0) return "=";
  return differences
    .flatMap((difference, index) => (differing.some((cell) => explains(difference, cell)) ? [index + 1] : []))
    .join(", ");
};

/** Makes one row per construct and one column per generator: `=`, or the numbers of the reasons below the table. */
export const writeTable = (cells: readonly Cell[], versions: Readonly<Record<string, string>>): string => {
  const row = (parts: readonly string[]): string => `| ${parts.join(" | ")} |`;
  const head = ["", ...generators.map((one) => `${one} ${versions[one]}`)];
  const rows = constructs.map(({ name }) => [
    name,
    ...generators.map((one) => cellText(cells.filter((cell) => cell.generator === one && cell.construct === name))),
  ]);
  return [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");
};

export const reasons = (): string =>
  differences.map(({ reason, aspects }, index) => `${index + 1}. ${reason} (${aspects.join(", ")})`).join("\n");

/** Returns Crier's result for every construct that differs, so that a change of an explained difference is seen. */
export const ourSides = (cells: readonly Cell[]): string =>
  cells
    .filter(({ theirs, ours }) => theirs !== ours)
    .map(
      ({ generator, construct, aspect, ours }) =>
        `${generator}: ${construct}: ${aspect}\n${ours.replaceAll(/^/gm, "  ")}\n`,
    )
    .join("");
