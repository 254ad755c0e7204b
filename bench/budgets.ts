import type { FunctionName } from "../infra/limits.ts";

/** The largest size of each function's bundle, in KB (1,000 bytes): a few per cent above its size when it was last measured. */
export const budgets: Readonly<Record<FunctionName, number>> = {
  ingest: 760,
  reconcile: 810,
  publish: 395,
  // 3.5 KB are the page for what is not there, most of them its texts in 14 languages.
  render: 520,
  // Its import takes as long at 787 as at 820 KB: the size of the networks does not show in a cold start.
  deliver: 815,
  // With the client for outside addresses, by which it asks for the feeds as a reader does.
  relay: 295,
  // 4 KB of it know the kinds of rows and their format (docs/decisions/0046), 8 KB are the texts for one account: their
  // operations, use case and schema.
  web: 980,
  // It has no client of S3 (docs/decisions/0047). A tenth are the texts of the networks, which an edited text is counted by.
  console: 590,
  // Without sharp, whose library is beside it.
  media: 265,
};

export interface Measured {
  readonly name: FunctionName;
  readonly bytes: number;
}

/** A line for each bundle that exceeds its budget. */
export const overBudget = (bundles: readonly Measured[], allowed = budgets): readonly string[] =>
  bundles
    .filter(({ name, bytes }) => bytes > allowed[name] * 1000)
    .map(
      ({ name, bytes }) =>
        `${name} has ${Math.ceil(bytes / 1000)} KB, and its budget is ${allowed[name]} KB: look in esbuild's metafile for what was added, or raise the budget in bench/budgets.ts.`,
    );
