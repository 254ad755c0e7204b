import { type CaseResult, runCase } from "./case.ts";

/** Runs the seed again with a log of every step: a seed always does the same. */
export const replay = async (
  seed: number,
): Promise<{ readonly result: CaseResult; readonly lines: readonly string[] }> => {
  const lines: string[] = [];
  const result = await runCase(seed, { trace: (line) => lines.push(line) });
  return { result, lines };
};

/** Describes a failing seed: the invariants that broke, its last steps, and the command that shows all of them. */
export const describeFailure = async ({ seed, violations }: CaseResult): Promise<string> => {
  const { lines } = await replay(seed);
  return [
    `seed ${seed}:`,
    ...violations,
    "",
    ...lines.slice(-60),
    "",
    `All its steps: npm run test:simulation -- --seed ${seed}`,
  ].join("\n");
};
