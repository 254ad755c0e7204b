import type { FunctionName } from "../infra/limits.ts";

/** KB (1,000 bytes) that a function's bundle may have: a few per cent above what it had when it was last looked at. */
export const budgets: Readonly<Record<FunctionName, number>> = {
  ingest: 840,
  publish: 570,
  render: 590,
  deliver: 725,
  relay: 380,
  web: 990,
};

export interface Measured {
  readonly name: FunctionName;
  readonly bytes: number;
}

/** A line for each bundle that is past its budget. */
export const pastBudget = (bundles: readonly Measured[], allowed = budgets): readonly string[] =>
  bundles
    .filter(({ name, bytes }) => bytes > allowed[name] * 1000)
    .map(
      ({ name, bytes }) =>
        `${name} has ${Math.ceil(bytes / 1000)} KB, ${allowed[name]} are allowed: ask esbuild's metafile what came in, or raise its budget in bench/budgets.ts.`,
    );
