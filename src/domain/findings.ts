import type { FieldName } from "./field-keys.ts";

/** One reason why a document is refused. */
export interface Reason {
  /** A stable code for programs: `title-missing`, `date-impossible`, `slug-taken` … */
  readonly code: string;
  /** The front matter's key, `front matter` if that cannot be parsed, or `body`. Absent for the whole document. */
  readonly field?: string;
  /** Tells people what is wrong, and the next step. */
  readonly message: string;
}

/** Reports a part that was left out or guessed in a document that is published nevertheless. */
export interface Warning {
  readonly code: string;
  readonly field?: string;
  readonly message: string;
}

/** Formats a reason or warning as one line for people. */
export const reasonText = ({ field, message }: Pick<Reason, "field" | "message">): string =>
  field === undefined ? message : `${field}: ${message}`;

/**
 * Collects everything that is wrong with one document, so that its author sees all of it at once, and the origins of
 * its fields.
 */
export interface Findings {
  readonly reasons: readonly Reason[];
  readonly warnings: readonly Warning[];
  /**
   * Maps each field to the keys that it was read from, or to another origin: `the file's path`, `the body`, `the site`.
   */
  readonly origins: ReadonlyMap<FieldName, readonly string[]>;
  readFrom(field: FieldName, ...origins: readonly string[]): void;
  refuse(code: string, field: string | undefined, message: string): undefined;
  warn(code: string, field: string | undefined, message: string): undefined;
}

const maxWarnings = 50;

const makeFinding = (code: string, field: string | undefined, message: string): Reason & Warning =>
  field === undefined ? { code, message } : { code, field, message };

export const findings = (): Findings => {
  const reasons: Reason[] = [];
  const warnings: Warning[] = [];
  const origins = new Map<FieldName, readonly string[]>();
  return {
    reasons,
    warnings,
    origins,
    readFrom: (field, ...from) => {
      origins.set(field, from);
    },
    refuse: (code, field, message) => {
      reasons.push(makeFinding(code, field, message));
    },
    warn: (code, field, message) => {
      const known = warnings.some((one) => one.code === code && one.message === message);
      if (!known && warnings.length < maxWarnings) warnings.push(makeFinding(code, field, message));
    },
  };
};

/** The reason why Crier gave up reading a text. */
export type Cost =
  | { readonly kind: "time"; readonly seconds: number }
  | { readonly kind: "memory"; readonly megabytes: number }
  /** The process ended while it read this text. */
  | { readonly kind: "crash" }
  /** The parser threw. */
  | { readonly kind: "error"; readonly message: string };

const tooCostlyCode = "too-costly";

export const isTooCostly = (reason: Pick<Reason, "code">): boolean => reason.code === tooCostlyCode;

/** Describes a cost for people. */
export const costText = (cost: Cost): string => {
  switch (cost.kind) {
    case "time":
      return `reading it takes longer than ${cost.seconds} seconds`;
    case "memory":
      return `reading it needs more than ${cost.megabytes} MB of memory`;
    case "crash":
      return "the process that read it ended";
    case "error":
      return `Crier's parser failed (${cost.message})`;
  }
};

/** A longer line was hardly written by hand. */
const longLine = 5000;

/** Names the longest line if it is far too long: endless repetitions are usually in one line. */
const longestLine = (text: string): string => {
  let longest = { number: 0, length: 0 };
  let [start, number] = [0, 0];
  while (start <= text.length) {
    const next = text.indexOf("\n", start);
    const end = next < 0 ? text.length : next;
    number += 1;
    if (end - start > longest.length) longest = { number, length: end - start };
    start = end + 1;
  }
  return longest.length < longLine ? "" : ` Its line ${longest.number} has ${longest.length} characters.`;
};

const nextStep = (cost: Cost): string =>
  cost.kind === "error"
    ? "Change what is unusual in it, or report it as a mistake of Crier."
    : "Look at its code blocks, tables, quotes and components, and shorten or split it.";

const capitalised = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** The reason to refuse a document that the parser cannot finish. `text` is the part of it that is known. */
export const tooCostly = (cost: Cost, text = ""): Reason => ({
  code: tooCostlyCode,
  message: `${capitalised(costText(cost))}.${longestLine(text)} ${nextStep(cost)} It is read again when it changes or Crier is updated.`,
});

/** Counts the letters that differ between two words. Two swapped letters count once (optimal string alignment). */
const distance = (from: string, to: string): number => {
  const letters = [...from];
  let above: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of letters.entries()) {
    const next = [index + 1];
    for (let at = 1; at <= to.length; at++) {
      const replaced = (row[at - 1] ?? 0) + (to[at - 1] === letter ? 0 : 1);
      const isSwapped = at > 1 && index > 0 && to[at - 2] === letter && to[at - 1] === letters[index - 1];
      const swapped = isSwapped ? (above[at - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(replaced, swapped, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1));
    }
    above = row;
    row = next;
  }
  return row[to.length] ?? 0;
};

/** Returns the most similar known word, with at most `most` different letters. */
export const similarWord = (word: string, known: readonly string[], most: number): string | undefined =>
  known
    .map((candidate) => ({ candidate, difference: distance(word.slice(0, 40), candidate) }))
    .filter(({ difference }) => difference <= most)
    .toSorted((a, b) => a.difference - b.difference)[0]?.candidate;

/** Returns "did you mean …?" with the most similar known word, or all known words if none is similar. */
export const suggestion = (word: string, known: readonly string[]): string => {
  const similar = similarWord(word, known, Math.min(2, word.length / 2));
  return similar === undefined ? `use ${known.join(", ")}` : `did you mean ${JSON.stringify(similar)}?`;
};
