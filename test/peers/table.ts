type Row = readonly [label: string, cells: readonly string[]];

/** A table for a terminal. The first heading is for the labels. */
export const writeTable = (headings: readonly string[], rows: readonly Row[]): string => {
  const lines = [headings, ...rows.map(([label, cells]) => [label, ...cells])];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const text = lines.map((line) =>
    widths
      .map((width, column) => (line[column] ?? "").padEnd(width))
      .join("  ")
      .trimEnd(),
  );
  return `\n${text.join("\n")}\n`;
};
