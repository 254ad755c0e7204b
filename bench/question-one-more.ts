import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Crier, measureCpu, openCrier } from "./crier-in-process.ts";
import { type Answer, atLeast, atMost, type Bar, median, number, type Sizes, spread } from "./findings.ts";
import { type Generator, generators } from "./generators.ts";
import { withFolder } from "./with-folder.ts";

interface Archive {
  readonly size: number;
  readonly crier: Crier;
  readonly times: number[];
}

/** So few that the feed of each is full in the smallest archive: what an archive of any size costs is compared. */
const categories = 4;

const openArchive = async (folder: string, size: number): Promise<Archive> => {
  const own = join(folder, String(size));
  await mkdir(own);
  const crier = openCrier(own, { categories });
  await crier.import(size);
  return { size, crier, times: [] };
};

/** One more post, in archives of several sizes and in those of static site generators. */
export const askOneMore = ({ archives: sizes, generated, builds, rounds }: Sizes): Promise<Answer> =>
  withFolder(async (folder) => {
    const archives: Archive[] = [];
    for (const size of new Set([...sizes, generated])) archives.push(await openArchive(folder, size));
    const peers: { readonly peer: Generator; readonly times: number[]; readonly build: () => Promise<number> }[] = [];
    const missing = new Map<string, string>();
    for (const peer of generators) {
      // One that fails costs no other.
      try {
        const build = await peer.prepare(join(folder, peer.name), generated);
        if (build === undefined) missing.set(peer.name, "not installed: not measured");
        else peers.push({ peer, times: [], build });
      } catch (error) {
        missing.set(peer.name, `not measured: ${String(error).slice(0, 200)}`);
      }
    }
    // The first rounds are not measured: the engine still compiles.
    for (let round = -5; round < rounds; round += 1) {
      for (const { size, crier, times } of archives) {
        const cpu = await measureCpu(() => crier.add([size + 10 + round]));
        if (round >= 0) times.push(cpu);
      }
      if (round >= 0 && round < builds) for (const { times, build } of peers) times.push((await build()) * 1000);
    }
    for (const { crier } of archives) crier.close();
    const timeOf = (size: number): number => median(archives.find((one) => one.size === size)?.times ?? []);
    const [least = 0, most = 0] = [Math.min(...sizes), Math.max(...sizes)];
    const own = timeOf(generated);
    const bars: Bar[] = [
      { name: `Crier, ${number(generated)} posts`, value: own, label: `${number(own)} ms` },
      ...peers.map(({ peer, times }) => ({
        name: `${peer.name}, ${number(generated)} posts`,
        value: median(times),
        label: `${number(median(times) / own)} times as much`,
      })),
    ];
    return {
      why: "A post changes its category's feed, the main feed and the last archive page: about a dozen files, each written from its entries, checked by the gate and synced to the disk. That does not depend on the archive; Hugo is compiled and builds 5,000 pages in a few seconds of CPU.",
      id: "one-more",
      title: "One more post",
      how: `CPU time, all threads and child processes together, from the new document to all feeds that it changes (three formats and the page, written). Crier runs, and its feeds have all of their entries in each archive: with as many as 20 categories, those of a category have five at 100 posts. Each generator has built the site before and builds it again with the new post. ${rounds} rounds, interleaved; of each generator the first ${builds}.`,
      findings: [
        ...archives.map(({ size, times }) => ({ what: `at ${number(size)} posts`, value: spread(times, "ms") })),
        atMost(`at ${number(most)} posts ÷ at ${number(least)}`, timeOf(most) / timeOf(least), 1.1),
        ...peers.flatMap(({ peer, times }) => [
          { what: `${peer.name} at ${number(generated)} posts`, value: spread(times, "ms") },
          atLeast(`${peer.name} ÷ Crier`, median(times) / own, 100),
        ]),
        ...[...missing].map(([what, value]) => ({ what, value: value.replaceAll(/[\n|]+/g, " ") })),
      ],
      chart: { title: `CPU time for one more post, at ${number(generated)} posts`, bars },
    };
  });
