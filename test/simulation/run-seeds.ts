import { type CaseResult, runCase } from "./case.ts";

/** The results of a run of many seeds. */
export interface Summary {
  readonly seeds: number;
  readonly steps: number;
  readonly failures: readonly CaseResult[];
  readonly counts: ReadonlyMap<string, number>;
  /** `<network> <reason>` → deliveries. */
  readonly unknown: ReadonlyMap<string, number>;
}

const add = (to: Map<string, number>, name: string, by: number): void => void to.set(name, (to.get(name) ?? 0) + by);

/** Names of accounts and posts, and the network's own words, say nothing in a table of reasons. */
const withoutNames = (reason: string): string =>
  reason
    .replace(/^.*(?=; it may have been posted nevertheless)/, "…")
    .replace(/was sent as .*, and (\w+) is .*/, "was sent as one, and $1 is another")
    .replace(/\(https?:[^)]*\)/, "(…)");

/** Yields so many seeds, one after another. */
export function* range(from: number, seeds: number): Generator<number, void> {
  for (let seed = from; seed < from + seeds; seed += 1) yield seed;
}

/** Runs the seeds one after another, until there is no time left. `onFailure` is called for each that breaks an invariant, as soon as it does. */
export const runSeeds = async (
  seeds: Iterable<number>,
  onFailure: (failure: CaseResult) => void = () => {},
  hasTime: () => boolean = () => true,
): Promise<Summary> => {
  const [counts, unknown] = [new Map<string, number>(), new Map<string, number>()];
  const failures: CaseResult[] = [];
  let [run, steps] = [0, 0];
  for (const seed of seeds) {
    if (!hasTime()) break;
    run += 1;
    const result = await runCase(seed);
    steps += result.steps;
    for (const [name, by] of result.counts) add(counts, name, by);
    for (const { network, reason } of result.unknown) add(unknown, `${network} ${withoutNames(reason)}`, 1);
    if (result.violations.length === 0) continue;
    failures.push(result);
    onFailure(result);
  }
  return { seeds: run, steps, failures, counts, unknown };
};

/** The kinds of what broke: each violation begins with its kind. */
export const kindsOf = ({ failures }: Summary): ReadonlyMap<string, number> => {
  const kinds = new Map<string, number>();
  for (const { violations } of failures)
    for (const violation of violations) add(kinds, /[A-Z]{3,}/.exec(violation)?.[0] ?? "OTHER", 1);
  return kinds;
};
