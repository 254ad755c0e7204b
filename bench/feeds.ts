import { aFeed, entriesOf } from "../test/feeds/builders.ts";
import { guarded, guardedWithPage, writers } from "./feed-writers.ts";
import { hostile, survives } from "./hostile-feeds.ts";

/** What a feed costs and what it withstands: `feed` alone, ours, and two other libraries, side by side. */
const body = `<p>${"Words that a reader waits for, with <em>some</em> weight &amp; a link. ".repeat(4)}</p>\n`.repeat(
  30,
);
const windowOf = (size: number) =>
  aFeed({ entries: entriesOf(Array.from({ length: size }, (_, index) => ({ title: `Post ${index}`, html: body }))) });

const measured = [
  ...writers.map(({ name, write }) =>
    name === "crier" ? { name: "crier: three formats, gated", write: guarded } : { name, write },
  ),
  { name: "crier, with page and OPML", write: guardedWithPage },
];

const mean = (times: readonly number[]): number => times.reduce((sum, time) => sum + time, 0) / times.length;

/** Time of this thread on the processor: other programs do not count. It moves in steps, which a mean evens out. */
const timed = (work: () => unknown): number => {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
};

const sizes = [20, 100, 1000];
const columns = sizes.map((size) => {
  const window = windowOf(size);
  // All of them as the engine has compiled them: what the first turns cost is the engine's.
  for (let turn = 0; turn < 400 / size; turn += 1) for (const { write } of measured) write({ ...window });
  const turns = Array.from({ length: Math.max(5, 1200 / size) }, () =>
    // A fresh object each: nothing is remembered of it.
    measured.map(({ write }) => timed(() => write({ ...window }))),
  );
  return measured.map((_, index) => mean(turns.map((turn) => turn[index] ?? 0)));
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
    "  in all",
    writers.map((writer) => `${inputs.filter(([, feed]) => survives(writer, feed)).length} of ${inputs.length}`),
  ),
);
