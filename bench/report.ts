import type { Answer, Finding } from "./findings.ts";

const isMissed = ({ holds }: Finding): boolean => holds === false;

/** Why, where something does not hold. */
const whyOf = ({ findings, why }: Answer): readonly string[] =>
  why !== undefined && findings.some(isMissed) ? [`Why: ${why}`] : [];

const verdict = ({ holds }: Finding): string => (holds === undefined ? "" : holds ? "yes" : "**no**");

/** For a terminal. */
export const lines = (answer: Answer): readonly string[] => [
  answer.title,
  ...answer.findings.map(
    ({ what, value, wanted, holds }) =>
      `  ${what.padEnd(60)} ${value}${wanted === undefined ? "" : `   (${wanted}: ${holds === true ? "holds" : "DOES NOT HOLD"})`}`,
  ),
  ...whyOf(answer).map((why) => `  ${why}`),
];

const section = (answer: Answer): string => {
  const { id, title, how, findings, chart } = answer;
  return [
    `## ${title}`,
    how,
    [
      "| | measured | wanted | holds |",
      "|---|---|---|---|",
      ...findings.map((one) => `| ${one.what} | ${one.value} | ${one.wanted ?? ""} | ${verdict(one)} |`),
    ].join("\n"),
    ...whyOf(answer),
    ...(chart === undefined ? [] : [`![${chart.title}](images/bench-${id}.svg)`]),
  ].join("\n\n");
};

/** The page about performance. What does not hold is said first. */
export const documentText = (machine: string, answers: readonly Answer[]): string => {
  const missed = answers.flatMap(({ title, findings }) =>
    findings
      .filter(isMissed)
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
