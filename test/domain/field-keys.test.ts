import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { fieldKeys } from "../../src/domain/field-keys.ts";

const page = join(import.meta.dirname, "../../docs/front-matter.md");

const rows = Object.entries(fieldKeys).map(
  ([field, keys]) => `| \`${field}\` | ${keys.map((key) => `\`${key}\``).join(" ")} |`,
);

it("docs/front-matter.md has the keys of every field", async () => {
  const [, table] = /<!-- fields -->\n([\s\S]*)<!-- \/fields -->/.exec(await readFile(page, "utf8")) ?? [];
  expect(table).toBe(`| Field | Keys |\n|---|---|\n${rows.join("\n")}\n`);
});
