import type { Reason } from "./refusal.ts";

/** Why reading a text was given up. */
export type Cost =
  | { readonly kind: "time"; readonly seconds: number }
  | { readonly kind: "memory"; readonly megabytes: number }
  /** The process ended while it read this text. */
  | { readonly kind: "crash" }
  /** The parser threw. */
  | { readonly kind: "error"; readonly message: string };

const code = "too-costly";

export const isTooCostly = (reason: Pick<Reason, "code">): boolean => reason.code === code;

/** In words. */
export const costOf = (cost: Cost): string => {
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

/** Nobody writes longer ones by hand. */
const longLine = 5000;

/** Which line is by far too long, where one is: what repeats without an end is mostly in one. */
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

const next = (cost: Cost): string =>
  cost.kind === "error"
    ? "Change what is unusual in it, or report it as a mistake of Crier."
    : "Look at its code blocks, tables, quotes and components, and shorten or split it.";

const capitalised = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** The reason of a document whose text ends or stops what reads it. `text`: as much of it as is known. */
export const tooCostly = (cost: Cost, text = ""): Reason => ({
  code,
  message: `${capitalised(costOf(cost))}.${longestLine(text)} ${next(cost)} It is read again when it changes or Crier is updated.`,
});
