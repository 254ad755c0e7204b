/** `npm run bench:import -- 1000`: imports so many posts of about 3 KB, without accounts, and prints the calls of the table. */
import { countImport } from "./count-import.ts";

const posts = Number(process.argv[2] ?? 1_000);
const { counts, cpu } = await countImport(posts);
const each = (total: number): string => (total / posts).toFixed(2).padStart(6);
for (const [what, total] of [...counts.calls].toSorted((a, b) => b[1] - a[1]).filter(([, calls]) => calls > posts / 50))
  console.log(each(total), what);
console.log(`${each(counts.reads)} reads a post`);
console.log(`${each(counts.writes)} writes a post, and ${each(counts.failed).trim()} whose condition failed`);
console.log(
  `${each(counts.tableUnits)} write units of the table, and ${each(counts.indexUnits).trim()} of its indexes`,
);
console.log(`${(posts / (cpu / 1000)).toFixed(0).padStart(6)} posts per CPU second, parsing in this process`);
