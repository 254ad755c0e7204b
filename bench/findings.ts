/** A line of the document: what was measured, what was wanted, and whether that holds. */
export interface Finding {
  readonly what: string;
  readonly value: string;
  readonly wanted?: string;
  /** Absent where nothing is wanted. */
  readonly holds?: boolean;
}

export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly label: string;
}

/** The answer to one question. */
export interface Answer {
  readonly id: string;
  readonly title: string;
  /** How it was measured. */
  readonly how: string;
  readonly findings: readonly Finding[];
  /** Said where one of the findings does not hold. */
  readonly why?: string;
  readonly chart?: { readonly title: string; readonly bars: readonly Bar[] };
}

export interface Sizes {
  readonly imports: readonly number[];
  /** Posts of the import whose writes are counted: each of its feeds is begun once, whatever their number. */
  readonly counted: number;
  /** Numbers of posts, and of the categories that they have together. */
  readonly tagged: readonly (readonly [posts: number, tags: number])[];
  readonly archives: readonly number[];
  readonly generated: number;
  /** How often each generator builds its site again. */
  readonly builds: number;
  readonly rounds: number;
  readonly burst: number;
  readonly requests: number;
}

const sorted = (values: readonly number[]): readonly number[] => values.toSorted((a, b) => a - b);

export const median = (values: readonly number[]): number => percentile(values, 0.5);

export const percentile = (values: readonly number[], share: number): number =>
  sorted(values)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;

export const number = (value: number): string =>
  value.toLocaleString("en", { maximumSignificantDigits: value >= 1000 ? 4 : 3 });

/** The median with the least and the most. */
export const spread = (values: readonly number[], unit: string): string =>
  `${number(median(values))} ${unit} (${number(Math.min(...values))} to ${number(Math.max(...values))})`;

export const atLeast = (what: string, value: number, limit: number, text = number(value)): Finding => ({
  what,
  value: text,
  wanted: `at least ${number(limit)}`,
  holds: value >= limit,
});

export const atMost = (what: string, value: number, limit: number, text = number(value)): Finding => ({
  what,
  value: text,
  wanted: `at most ${number(limit)}`,
  holds: value <= limit,
});

/** In the place of an answer that could not be given. */
export const failed = (id: string, error: unknown): Answer => ({
  id,
  title: id,
  how: "This question was not answered.",
  findings: [{ what: "an answer", value: "none", wanted: "one", holds: false }],
  why: String(error),
});
