import { readFileSync } from "node:fs";
import { putBack } from "./put-back.ts";
import { rowsOfJson, rowsToJson } from "./row-set.ts";

/** Reads rows from standard input, puts them back by the program of its own commit, and prints them. */
const { rows, unreadable } = await putBack(rowsOfJson(JSON.parse(readFileSync(0, "utf8"))));
process.stdout.write(JSON.stringify({ rows: rowsToJson(rows), unreadable }));
