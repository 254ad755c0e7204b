import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { replaceReport, structureText, walkFilesText, walksText } from "./structure/report.ts";
import { measureStructure, readEntries, readSources } from "./structure/source-files.ts";
import { traceWalks } from "./structure/trace-walks.ts";

/**
 * `npm run structure`: how large `src` is, and how many of its files and functions a request or a document passes through
 * in a running Crier. `-- --files` lists the files of each walk, and `-- --write` puts the tables into docs/architecture.md.
 */
const { values } = parseArgs({
  options: { files: { type: "boolean", default: false }, write: { type: "boolean", default: false } },
});
const root = join(import.meta.dirname, "..");

const structure = structureText(measureStructure(readSources(root), readEntries(root)));
console.log(structure);
const traced = await traceWalks();
const walks = walksText(traced);
console.log(`\n${walks}`);
if (values.files) console.log(`\n${walkFilesText(traced)}`);
if (values.write) {
  const page = join(root, "docs/architecture.md");
  await writeFile(page, replaceReport(await readFile(page, "utf8"), `${structure}\n\n${walks}`));
}
