import type { Answer, Finding } from "./findings.ts";

const verdict = ({ holds }: Finding): string => (holds === undefined ? "" : holds ? "yes" : "**no**");

/** For a terminal. */
export const lines = ({ title, findings }: Answer): readonly string[] => [
  title,
  ...findings.map(
    ({ what, value, wanted, holds }) =>
      `  ${what.padEnd(60)} ${value}${wanted === undefined ? "" : `   (${wanted}: ${holds === true ? "holds" : "DOES NOT HOLD"})`}`,
  ),
];

const section = ({ id, title, how, findings, chart }: Answer): string =>
  [
    `## ${title}`,
    how,
    [
      "| | measured | wanted | holds |",
      "|---|---|---|---|",
      ...findings.map((one) => `| ${one.what} | ${one.value} | ${one.wanted ?? ""} | ${verdict(one)} |`),
    ].join("\n"),
    ...(chart === undefined ? [] : [`![${chart.title}](images/bench-${id}.svg)`]),
  ].join("\n\n");

/** The page about performance. What does not hold is said first. */
export const documentText = (machine: string, answers: readonly Answer[]): string => {
  const missed = answers.flatMap(({ title, findings }) =>
    findings
      .filter(({ holds }) => holds === false)
      .map(({ what, value, wanted }) => `- ${title}: ${what} is ${value}, and should be ${wanted}.`),
  );
  const summary =
    missed.length === 0 ? "Everything that is wanted holds." : `What does not hold:\n\n${missed.join("\n")}`;
  return `${[
    "# Performance",
    `Written by \`npm run bench\`. Each question is answered in one run, in which what is compared takes turns; a time is a median, with the least and the most. This run: ${machine}.`,
    summary,
    ...answers.map(section),
  ].join("\n\n")}\n`;
};
