import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { polling } from "./cost/assumptions.ts";
import { atRest, type Line, ofOnePost, ofReads } from "./cost/at-rest.ts";
import { former, formerDay } from "./cost/former.ts";
import { addUse, dollarsOf, items, prices, pricesAsOf, sumOf, type Use } from "./cost/prices.ts";

/** `npm run cost`, or `npm run cost -- TEMPLATE.json`: what the stack costs a month, counted from its template. */

const Template = z.object({
  Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.unknown().optional() })),
});

/** The template of production, without bundles. */
const synthesised = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "crier-cost-"));
  try {
    const context = JSON.stringify({ "aws:cdk:bundling-stacks": [] });
    const env = { ...process.env, CDK_OUTDIR: folder, CDK_CONTEXT_JSON: context, CDK_VALIDATION: "false" };
    execFileSync(process.execPath, [join(import.meta.dirname, "../infra/app.ts")], { env, stdio: "pipe" });
    return readFileSync(join(folder, "Crier-production.template.json"), "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const [file] = process.argv.slice(2);
const { Resources } = Template.parse(JSON.parse(file === undefined ? synthesised() : readFileSync(file, "utf8")));
const resources = Object.entries(Resources).map(([id, { Type, Properties }]) => ({
  id,
  type: Type,
  properties: Properties,
}));

const money = (dollars: number): string => `$${dollars.toFixed(dollars < 0.01 && dollars > 0 ? 6 : 2)}`;
const row = (cells: readonly string[]) => console.log(`| ${cells.join(" | ")} |`);
const both = (use: Use) => [money(sumOf(dollarsOf(use, "first"))), money(sumOf(dollarsOf(use, "further")))];

const all = (some: readonly Line[]) => both(addUse(some.map(({ use }) => use)));

const lines = atRest(resources, { documents: 1_000 });
console.log(`${resources.length} resources, us-east-1, prices of ${pricesAsOf}, a month of 30 days.`);
console.log(
  "What AWS gives every account each month is for all stages together; what a new account has is left out.\n",
);
row(["at rest, 1,000 documents", "the first stage", "a second"]);
row(["---", "---:", "---:"]);
for (const { name, use } of lines) row([name, ...both(use)]);
row(["**all**", ...all(lines)]);

console.log(`\nBeside it, the stack of ${formerDay}: a queue for each network, and every document read each hour.\n`);
row(["at rest, all", "the first stage", "a second", `the first of ${formerDay}`, "a second"]);
row(["---", "---:", "---:", "---:", "---:"]);
for (const documents of [10, 1_000, 10_000])
  row([
    `${documents.toLocaleString("en")} documents`,
    ...all(atRest(resources, { documents })),
    ...all(former({ documents })),
  ]);

console.log();
row(["what is added", "the first stage", "a second"]);
row(["---", "---:", "---:"]);
row(["a post with a picture to three accounts", ...both(ofOnePost)]);
for (const requests of [1_000, 1_000_000])
  row([`${requests.toLocaleString("en")} requests of readers`, ...both(ofReads(requests))]);

console.log();
const used = addUse(lines.map(({ use }) => use));
row(["unit", "a month", "free", "price of one", "source"]);
row(["---", "---:", "---:", "---:", "---"]);
for (const item of items) {
  const { unit, free, dollars, source } = prices[item];
  const count = (used[item] ?? 0).toLocaleString("en", { maximumFractionDigits: 3 });
  row([unit, count, free.toLocaleString("en"), `$${dollars.toPrecision(3)}`, `<https://${source}/>`]);
}

console.log(
  `\nA quiet queue has ${polling.optimised} long polls of ${polling.wait} s open, and ${polling.limited} with a maximum concurrency: ${polling.sources.map((source) => `<https://${source}>`).join(", ")}.`,
);
