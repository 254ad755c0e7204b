import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { rowFormat } from "../../src/store/row-format.ts";
import { putBack } from "./put-back.ts";
import { rowsToJson, setPath } from "./row-set.ts";
import { rowShapes, sampleRows } from "./sample-rows.ts";

/**
 * `npm run rows -- --write` keeps a set of rows of this format, with the commit that wrote them. Until the first release it
 * replaces the set; after it, a changed row is a new format (docs/decisions/0046).
 */
const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });

const git = (...args: readonly string[]): string => execFileSync("git", args, { encoding: "utf8" }).trim();

const changed = git("status", "--porcelain", "src", "test/format/*.ts");
const { rows, unreadable } = await putBack(sampleRows());
const file = setPath(rowFormat.version);
if (unreadable.length > 0) {
  console.error(`these rows cannot be read, so that nothing is written:\n${unreadable.join("\n")}`);
  process.exitCode = 1;
} else if (!values.write)
  console.log(`${rows.length} rows of format ${rowFormat.version}: --write puts them into ${file}`);
else if (changed !== "") {
  console.error(
    `the set names the commit that wrote it: commit these changes first, then repeat the command\n${changed}`,
  );
  process.exitCode = 1;
} else {
  const commit = git("rev-parse", "HEAD");
  const set = { format: rowFormat.version, commit, shapes: rowShapes(), rows: rowsToJson(rows) };
  writeFileSync(file, `${JSON.stringify(set, null, 1)}\n`);
  console.log(`${rows.length} rows of format ${rowFormat.version}, written by ${commit}, are in ${file}`);
}
