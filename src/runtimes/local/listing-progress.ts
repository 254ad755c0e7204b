import { second } from "../../domain/time.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Print } from "./console-log.ts";

/** A listing that is over earlier says nothing of its progress. */
const silentFor = 2 * second;
/** Between two lines, and between two updates of one that is written over. */
const [lineInterval, updateInterval] = [5 * second, second / 5];
const barWidth = 24;

export interface ProgressPorts {
  readonly clock: Clock;
  readonly print: Print;
  /** Writes over the last line of a terminal. Absent where the output is not one: then there is a line every few seconds. */
  readonly status?: Print | undefined;
}

const numbers = new Intl.NumberFormat("en");

const bar = (share: number): string => "█".repeat(Math.floor(share * barWidth)).padEnd(barWidth, "░");

/** Shows how many documents of a listing are read. */
export const listingProgress = ({ clock, print, status }: ProgressPorts): ((done: number, total: number) => void) => {
  let began = 0;
  let shown = 0;
  return (done, total) => {
    const now = clock();
    if (done === 1) began = now;
    if (now - began < silentFor) return;
    const isOver = done === total;
    if (!isOver && now - shown < (status === undefined ? lineInterval : updateInterval)) return;
    shown = now;
    const text = `${numbers.format(done)} of ${numbers.format(total)} documents read`;
    if (isOver || status === undefined) print(text);
    else status(`${bar(done / total)} ${text}`);
  };
};
