import { join } from "node:path";
import { writeDocuments } from "./bench-documents.ts";
import { startCrier, untilFirstFeed, untilImported } from "./crier-process.ts";
import { type Answer, atLeast, atMost, type Finding, median, number, type Sizes } from "./findings.ts";
import { withFolder } from "./with-folder.ts";

interface Imported {
  readonly posts: number;
  readonly accounts: boolean;
  readonly perCpuSecond: number;
  readonly seconds: number;
  readonly firstFeed: number;
  /** In MB. */
  readonly most: number;
  /** The median of the last third of the import ÷ that of the middle one. */
  readonly growth: number;
}

const withoutAccounts = join(import.meta.dirname, "no-accounts.config.ts");

const importOnce = (posts: number, accounts: boolean): Promise<Imported> =>
  withFolder(async (folder) => {
    const content = join(folder, "content");
    await writeDocuments(content, posts);
    const crier = await startCrier(content, join(folder, "data"), accounts ? "crier.config.ts" : withoutAccounts);
    try {
      await untilFirstFeed(crier);
      const firstFeed = crier.age();
      await untilImported(crier, posts);
      // The three seconds in which nothing was done.
      const seconds = crier.age() - 3;
      const { cpu } = crier.usage();
      const { memories } = crier;
      const third = Math.floor(memories.length / 3);
      return {
        posts,
        accounts,
        perCpuSecond: posts / cpu,
        seconds,
        firstFeed,
        most: Math.max(...memories),
        growth: median(memories.slice(2 * third)) / median(memories.slice(third, 2 * third)),
      };
    } finally {
      await crier.stop();
    }
  });

const nameOf = ({ posts, accounts }: Imported): string =>
  `${number(posts)} posts, ${accounts ? "three" : "no"} accounts`;

/** The import of an archive by `npm start`. */
export const askImport = async ({ imports }: Sizes): Promise<Answer> => {
  await importOnce(20, false);
  const all: Imported[] = [];
  for (const posts of imports) for (const accounts of [false, true]) all.push(await importOnce(posts, accounts));
  const largest = all.at(-1);
  return {
    id: "import",
    title: "Import of an archive",
    how: "`npm start` in a process of its own, without accounts and with three sandboxed ones and the policies as shipped. What a source holds at its first listing is history: it is in the feeds, and the sandbox shows the first five posts for each account. An earlier start has left its compiled code. CPU time of the process and its children, from their start until nothing is left to do; memory of all of them together, twice a second, what they share counted once.",
    findings: all.flatMap((one): readonly Finding[] => {
      const name = `${nameOf(one)}: `;
      const perSecond = `${name}posts per CPU second`;
      return [
        one === largest
          ? atLeast(perSecond, one.perCpuSecond, 120)
          : { what: perSecond, value: number(one.perCpuSecond) },
        { what: `${name}seconds`, value: number(one.seconds) },
        atMost(`${name}seconds to the first feed`, one.firstFeed, 2),
        atMost(`${name}most memory, in MB`, one.most, 400),
        ...(one === largest ? [atMost(`${name}memory in the last third ÷ in the middle one`, one.growth, 1.1)] : []),
      ];
    }),
    why: "By a profile of 1,000 posts, three tenths of the CPU time are parsing, in the other process; an eighth the reads and writes of the table, a tenth the feeds and archive pages (written and checked), a tenth the start of the two processes, a twentieth garbage collection. The rest is spread thin: a file is read twice through checked paths, and each document and its content go from one process to the other. The first feed waits for the start of the two processes, which load and compile their code, and for the first post, whose feeds are rendered before the other posts are published. The memory is two processes of Node with code and heap, and the texts of entries that are kept for the next render.",
    chart: {
      title: "Posts imported for each CPU second",
      bars: all.map((one) => ({
        name: nameOf(one),
        value: one.perCpuSecond,
        label: number(one.perCpuSecond),
      })),
    },
  };
};
