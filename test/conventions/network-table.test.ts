import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { networkTable } from "../support/network-table.ts";

const file = join(import.meta.dirname, "../../README.md");
const [open, close] = ["<!-- networks -->\n", "\n<!-- /networks -->"];

/** `RECORD=1` writes it. */
test("the README has the table of the networks, as the registry makes it", async () => {
  const readme = await readFile(file, "utf8");
  const [before = "", rest = ""] = readme.split(open);
  const [table, after = ""] = rest.split(close);
  const made = networkTable();
  if (process.env.RECORD !== undefined) await writeFile(file, before + open + made + close + after);
  else expect(table).toBe(made);
});
