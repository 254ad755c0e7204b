import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { emulators } from "../../src/sandbox/index.ts";
import { networkTables } from "../support/network-table.ts";

const root = join(import.meta.dirname, "../..");
const [open, close] = ["<!-- networks -->\n", "\n<!-- /networks -->"];

/** `RECORD=1` writes it. */
test.each(Object.entries(networkTables()))(
  "%s has the table of the networks, as the registry makes it",
  async (page, made) => {
    const file = join(root, page);
    const [before = "", rest = ""] = (await readFile(file, "utf8")).split(open);
    const [table, after = ""] = rest.split(close);
    if (process.env.RECORD !== undefined) await writeFile(file, before + open + made + close + after);
    else expect(table).toBe(made);
  },
);

test("docs/networks.md says how to connect each network, under its title", async () => {
  const page = await readFile(join(root, "docs/networks.md"), "utf8");
  const missing = emulators.filter(({ title }) => !page.includes(`\n## ${title}\n`));
  expect(missing.map(({ title }) => `write how to connect it under "## ${title}"`)).toEqual([]);
});
