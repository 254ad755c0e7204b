import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";

/**
 * Writes docs/mutation.md from the report of Stryker's last run (mutation-testing-report-schema) and the list of bugs that
 * were planted by hand.
 */
const root = join(import.meta.dirname, "../..");
const report = z
  .object({ files: z.record(z.string(), z.object({ mutants: z.array(z.object({ status: z.string() })) })) })
  .parse(JSON.parse(await readFile(join(root, ".mutation/report.json"), "utf8")));

const rows = Object.entries(report.files).map(([file, { mutants }]) => {
  const count = (...statuses: readonly string[]) => mutants.filter(({ status }) => statuses.includes(status)).length;
  return { file, detected: count("Killed", "Timeout"), missed: count("Survived", "NoCoverage") };
});
const sum = (of: "detected" | "missed") => rows.reduce((total, row) => total + row[of], 0);
const line = (name: string, detected: number, missed: number) =>
  `| ${name} | ${detected + missed} | ${detected} | ${missed} | ${((100 * detected) / (detected + missed)).toFixed(1)} % |`;

const plantedByHand = await readFile(join(import.meta.dirname, "planted-by-hand.md"), "utf8");

const lines = [
  "# Mutation score of the delivery state machine",
  "",
  "Written by `npm run test:mutation`: Stryker changes the pure rules of deliveries in one place at a time, and the tests in `test/domain/` must notice. The command fails below 85 %.",
  "",
  "| File | Mutants | Noticed | Missed | Score |",
  "|---|---|---|---|---|",
  ...rows.map(({ file, detected, missed }) => line(`\`${file}\``, detected, missed)),
  line("**all**", sum("detected"), sum("missed")),
  "",
  plantedByHand,
];
await writeFile(join(root, "docs/mutation.md"), lines.join("\n"));
