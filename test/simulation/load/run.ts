import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { minute } from "../../../src/domain/time.ts";
import { bulkUpload, busySite, hangingNetwork, type Measured, manySites, outage } from "./scenarios.ts";

/**
 * `npm run load`: loads of a deployment in a virtual time. `-- --only 0,2` runs some of them, `--share 0.1` with a tenth of
 * the posts, and `--write` puts their rows into the table in docs/operations.md.
 */
const { values } = parseArgs({
  options: {
    only: { type: "string", default: "0,1,2,3,4,5" },
    share: { type: "string", default: "1" },
    write: { type: "boolean", default: false },
  },
});
const some = (count: number): number => Math.ceil(count * Number(values.share));

const scenarios: readonly (() => Promise<Measured>)[] = [
  () => hangingNetwork(some(500), 10),
  () => bulkUpload(some(3_000), 10, 2),
  () => bulkUpload(some(3_000), 10, undefined),
  () => outage(some(2_000), 3),
  () => busySite(some(10_000), 1_000),
  () => manySites(some(10_000)),
];

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
const head = [
  row([
    "Load",
    "Functions at a time",
    "SQS requests a minute",
    "Runs a minute",
    "Requests to networks a minute",
    "Oldest due row",
    "API without a function",
    "Result",
    "Left",
  ]),
  row(["---", "---:", "---:", "---:", "---:", "---:", "---:", "---", "---:"]),
];
const lineOf = ({ name, quota, sqs, runs, network, oldest, refused, done, left }: Measured): string =>
  row([name, quota, sqs, runs, network, `${(oldest / minute).toFixed(1)} min`, `${refused} %`, done, left]);

const page = new URL("../../../docs/operations.md", import.meta.url);
const marks = ["<!-- load -->\n", "<!-- /load -->"] as const;
const nameOf = (line: string): string | undefined => line.split(" | ")[0];

/** Replaces the row of the same load, or adds it. */
const writeRow = async (line: string): Promise<void> => {
  const [before = "", rest = ""] = (await readFile(page, "utf8")).split(marks[0]);
  const [table = "", after = ""] = rest.split(marks[1]);
  const known = table.split("\n").filter((one) => one.startsWith("|") && !head.includes(one));
  const isKnown = known.some((one) => nameOf(one) === nameOf(line));
  const rows = isKnown ? known.map((one) => (nameOf(one) === nameOf(line) ? line : one)) : [...known, line];
  await writeFile(page, `${before}${marks[0]}\n${[...head, ...rows].join("\n")}\n\n${marks[1]}${after}`);
};

for (const line of head) console.log(line);
for (const index of values.only.split(",")) {
  const measured = await scenarios[Number(index)]?.();
  if (measured === undefined) continue;
  console.log(lineOf(measured));
  if (values.write) await writeRow(lineOf(measured));
}
