import { encoded, nextWindow, threadTime } from "./feed-windows.ts";
import { writeAll, writeFeeds, writeFirst, writers } from "./feed-writers.ts";
import { hostile, survives } from "./hostile-feeds.ts";

/** Compares time and robustness of `feed` alone, of Crier and of two other libraries. */
const measured = [
  ...writers.map(({ name, write }) =>
    name === "crier" ? { name: "crier: three formats, checked", write: writeFeeds } : { name, write },
  ),
  { name: "crier, with page and OPML", write: writeAll },
  { name: "crier: the first render after a start", write: writeFirst },
];

const mean = (times: readonly number[]): number => times.reduce((sum, time) => sum + time, 0) / times.length;

const sizes = [20, 100, 1000];
const columns = sizes.map((size) => {
  const round = () => {
    const window = nextWindow(size);
    return measured.map(({ write }) => threadTime(() => encoded(write({ ...window }))));
  };
  // The first rounds are not measured: the engine still compiles.
  for (let done = 0; done < 400 / size; done += 1) round();
  const rounds = Array.from({ length: Math.max(5, 1200 / size) }, round);
  return measured.map((_, index) => mean(rounds.map((times) => times[index] ?? 0)));
});

const line = (first: string, cells: readonly string[]): string =>
  first.padEnd(46) + cells.map((cell) => cell.padStart(20)).join("");

console.log(line("entries of 9 KB", sizes.map(String)));
for (const [index, { name }] of measured.entries())
  console.log(
    line(
      name,
      columns.map((times) => `${times[index]?.toFixed(1)} ms  × ${((times[index] ?? 0) / (times[0] ?? 1)).toFixed(2)}`),
    ),
  );

const inputs = Object.entries(hostile);
console.log(
  `\n${line(
    "hostile inputs survived",
    writers.map(({ name }) => name),
  )}`,
);
for (const [what, feed] of inputs)
  console.log(
    line(
      `  ${what}`,
      writers.map((writer) => (survives(writer, feed) ? "yes" : "no")),
    ),
  );
console.log(
  line(
    "  total",
    writers.map((writer) => `${inputs.filter(([, feed]) => survives(writer, feed)).length} of ${inputs.length}`),
  ),
);
