import { encoded, nextWindow, threadTime } from "./feed-windows.ts";
import { writeFeeds, writeFirst, writers } from "./feed-writers.ts";
import { type Answer, atMost, median, number, type Sizes, spread } from "./findings.ts";

/** Measures the time that guard and gate add to the library that writes the feeds. */
export const askFeed = async ({ rounds }: Sizes): Promise<Answer> => {
  const [library] = writers;
  if (library === undefined) throw new Error("there is no writer");
  const ways = [library.write, writeFeeds, writeFirst];
  const round = () => {
    const window = nextWindow(20);
    return ways.map((write) => threadTime(() => encoded(write({ ...window }))));
  };
  // The first rounds are not measured: the engine still compiles.
  for (let done = 0; done < rounds * 2; done += 1) round();
  // The clock of CPU time is coarse: each measurement is the mean of several rounds.
  const measured = Array.from({ length: rounds }, () => {
    const some = Array.from({ length: 20 }, round);
    return ways.map((_, way) => some.reduce((sum, times) => sum + (times[way] ?? 0), 0) / some.length);
  });
  const [bare = [], crier = [], first = []] = ways.map((_, way) => measured.map((times) => times[way] ?? 0));
  return {
    why: "Of the twenty entries one is new: it is written, parsed and compared with its post, and the whole file is joined, parsed at its frame and encoded.",
    id: "feed",
    title: "A feed of 20 entries",
    how: "RSS, Atom and JSON Feed of entries of 9 KB, as bytes. One entry of each feed is new. `feed` alone, and Crier with its guard and its gate: once in a process that has rendered the other entries before, and once in one that has not.",
    findings: [
      { what: "`feed` alone", value: spread(bare, "ms") },
      { what: "Crier", value: spread(crier, "ms") },
      { what: "Crier, the first render after a start", value: spread(first, "ms") },
      atMost("Crier ÷ `feed`", median(crier) / median(bare), 1.2),
      { what: "Crier, the first render ÷ `feed`", value: number(median(first) / median(bare)) },
    ],
    chart: {
      title: "CPU time for a feed of 20 entries in three formats",
      bars: [
        { name: "feed", value: median(bare), label: `${number(median(bare))} ms` },
        { name: "Crier", value: median(crier), label: `${number(median(crier))} ms` },
        { name: "Crier, first render", value: median(first), label: `${number(median(first))} ms` },
      ],
    },
  };
};
