import { analyse } from "scslre";
import { labelOf, type OwnPattern } from "./own-patterns.ts";

/** The reason why a finding is not a danger: the text that such a pattern is used on is short. */
const reasons: readonly (readonly [start: string, reason: string])[] = [
  ["feed-reader/read-feed.ts /^\\s*(\\S+@\\S+)", "an author of RSS is cut to 300 characters"],
  ["feed-reader/read-feed.ts /^\\s*([^<>]*\\S)", "an author of RSS is cut to 300 characters"],
  ["feed-reader/read-feed.ts /^\\S+@\\S+$/", "an author of RSS is cut to 300 characters"],
  ["sandbox/discord-emulator.ts /<(?<link>", "a message of Discord has at most 2,000 characters"],
  ["documents/dates.ts /^(?:[\\p{L}.]+", "a date of a feed has at most 100 characters"],
];

export const reasonFor = (pattern: OwnPattern): string | undefined =>
  reasons.find(([start]) => labelOf(pattern).startsWith(start))?.[1];

/** Reasons for which there is no pattern any more. */
export const unusedReasons = (patterns: readonly OwnPattern[]): readonly string[] =>
  reasons.map(([start]) => start).filter((start) => !patterns.some((one) => labelOf(one).startsWith(start)));

/** Quantifiers that backtrack into each other, and those from whose every character the same text is read again. */
export const slowParts = ({ source, flags }: Pick<OwnPattern, "source" | "flags">): readonly string[] =>
  analyse({ source, flags }, { reportTypes: { Move: !flags.includes("y"), Self: true, Trade: true } }).reports.map(
    ({ type, exponential }) => `${type}${exponential ? ", exponential" : ""}`,
  );
