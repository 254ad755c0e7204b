import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { polling } from "./cost/assumptions.ts";
import { atRest, type Line, ofAnEditor, ofOnePost, ofReads } from "./cost/at-rest.ts";
import { costsOf, totalsOf, worstMonth } from "./cost/attack.ts";
import { addUse, dollarsOf, items, mostDollarsOf, prices, pricesWrittenOn, sumOf, type Use } from "./cost/prices.ts";

/**
 * `npm run cost`, or `npm run cost -- TEMPLATE.json`: what the stack costs a month, counted from its template. With
 * `--attack`: what a flood of requests costs, and what of it nothing limits.
 */

const Template = z.object({
  Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.unknown().optional() })),
});

/** The template of a stage, without bundles. */
const synthesised = (stage: string): string => {
  const folder = mkdtempSync(join(tmpdir(), "crier-cost-"));
  try {
    const context = JSON.stringify({ "aws:cdk:bundling-stacks": [], stage });
    const env = { ...process.env, CDK_OUTDIR: folder, CDK_CONTEXT_JSON: context, CDK_VALIDATION: "false" };
    execFileSync(process.execPath, [join(import.meta.dirname, "../infra/app.ts")], { env, stdio: "pipe" });
    return readFileSync(join(folder, `Crier-${stage}.template.json`), "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const args = process.argv.slice(2);
const isAttack = args.includes("--attack");
const [file] = args.filter((arg) => !arg.startsWith("--"));
const resourcesOf = (stage: string) =>
  Object.entries(
    Template.parse(JSON.parse(file === undefined ? synthesised(stage) : readFileSync(file, "utf8"))).Resources,
  ).map(([id, { Type, Properties }]) => ({ id, type: Type, properties: Properties }));
const production = resourcesOf("production");
const another = resourcesOf("another");

const million = 1_000_000;
const money = (dollars: number): string => `$${dollars.toFixed(dollars < 0.01 && dollars > 0 ? 6 : 2)}`;
const row = (cells: readonly string[]) => console.log(`| ${cells.join(" | ")} |`);
const sum = (some: readonly Line[]): Use => addUse(some.map(({ use }) => use));
/** The first stage's `use`, and `further`, that of each other one, with the first alone before it and with many. */
const each = (use: Use, further: Use = use) =>
  [dollarsOf(use), dollarsOf(further, use), mostDollarsOf(further)].map((dollars) => money(sumOf(dollars)));
const stages = ["the first stage", "a second", "any further, at most"];

if (isAttack) {
  const floods = worstMonth(production);
  const most = (use: Use): number => sumOf(mostDollarsOf(use));
  console.log(
    "A month in which somebody sends requests with forged tokens to the API and the console, as many as the throttles of their routes let through. AWS calls a throttle a target, and no guaranteed ceiling. Nothing is left of what AWS gives for free.\n",
  );
  row([
    "a flood of",
    "small bodies, straight to the API",
    "through CloudFront",
    "the dearest bodies, straight to the API",
    "through CloudFront",
  ]);
  row(["---", "---:", "---:", "---:", "---:"]);
  for (const flood of floods)
    row([
      `${flood.route}, ${flood.requests.toLocaleString("en")} requests`,
      ...costsOf(flood).map(({ body, dollars }) => `${money(dollars)} (${body})`),
    ]);
  row(["**all at once**", ...totalsOf(floods).map(money)]);
  const files = most({ cdnRequest: million, cdnFunction: million, bucketGet: million });
  console.log(
    `
A function gets bodies of up to 6 MB, and API Gateway takes them up to 10 MB and counts each 512 KB as a request. The console repeats an address, and a form of 100 KB, in its page for signing in.

What the throttles limit: the requests that reach a function. Without the header of a token API Gateway refuses a request of the API itself, and no function runs.

What nothing limits: the requests at CloudFront, whatever their path, and what they carry. A request above a throttle or without a token is one of them, so that the columns of CloudFront are no bound. Each million costs ${money(most({ cdnRequest: million }))}, for files ${money(files)}; each GB of answers $${prices.cdnGb.dollars}, and the files of one feed may have 5 MB each; each GB of bodies to the API ${money(most({ cdnOriginGb: 1 }))}. These are the prices of the United States as they were written down on ${pricesWrittenOn}; in other places CloudFront asks for more.

The budget's mail comes at 80 % of deployment.monthlyBudget, and stops nothing (docs/decisions/0045-what-bounds-the-bill.md).`,
  );
  process.exit();
}

const lines = atRest(production, { documents: 1_000 });
const furtherLines = atRest(another, { documents: 1_000 });
console.log(`${production.length} resources, ${another.length} for each further stage, us-east-1, a month of 30 days.`);
console.log(
  `List prices as they were written down on ${pricesWrittenOn}, without a look at AWS's pages: the last table names the page of each.`,
);
console.log(
  "What AWS gives every account each month is for all stages together; what a new account has is left out.\n",
);
row(["at rest, 1,000 documents", ...stages]);
row(["---", "---:", "---:", "---:"]);
for (const { name, use } of lines) row([name, ...each(use, furtherLines.find((one) => one.name === name)?.use)]);
row(["**all**", ...each(sum(lines), sum(furtherLines))]);

console.log();
row(["the first stage at rest, 1,000 documents", "a month"]);
row(["---", "---:"]);
for (const [name, dollars] of [
  [`${polling.least} polls at each quiet queue, as few as AWS promises`, sumOf(dollarsOf(sum(lines)))],
  [`${polling.limited} polls`, sumOf(dollarsOf(sum(atRest(production, { documents: 1_000, polls: polling.limited }))))],
  ["an account whose other work uses all that AWS gives for free", sumOf(mostDollarsOf(sum(lines)))],
] as const)
  row([name, money(dollars)]);

console.log();
row(["sites, of 100 documents each", ...stages]);
row(["---", "---:", "---:", "---:"]);
for (const sites of [1, 10, 100, 1_000])
  row([
    sites.toLocaleString("en"),
    ...each(
      sum(atRest(production, { documents: 100 * sites, sites })),
      sum(atRest(another, { documents: 100 * sites, sites })),
    ),
  ]);

console.log();
row(["at rest, all", ...stages]);
row(["---", "---:", "---:", "---:"]);
for (const documents of [10, 1_000, 10_000])
  row([
    `${documents.toLocaleString("en")} documents`,
    ...each(sum(atRest(production, { documents })), sum(atRest(another, { documents }))),
  ]);

console.log();
row(["what is added", ...stages]);
row(["---", "---:", "---:", "---:"]);
row(["a post with a picture to three accounts", ...each(ofOnePost)]);
row(["an editor who has the console open for 22 days of 8 hours", ...each(ofAnEditor())]);
for (const requests of [1_000, million])
  row([
    `${requests.toLocaleString("en")} requests of readers, each of which reaches the bucket`,
    ...each(ofReads(requests)),
  ]);

console.log();
const used = sum(lines);
row(["unit", "a month", "free", "price of one", "source"]);
row(["---", "---:", "---:", "---:", "---"]);
for (const item of items) {
  const { unit, free, dollars, source } = prices[item];
  const count = (used[item] ?? 0).toLocaleString("en", { maximumFractionDigits: 3 });
  row([unit, count, free.toLocaleString("en"), `$${dollars.toPrecision(3)}`, `<https://${source}/>`]);
}

console.log(
  `\nA quiet queue has ${polling.least} long polls of ${polling.wait} s open, and ${polling.limited} with a maximum concurrency: ${polling.sources.map((source) => `<https://${source}>`).join(", ")}.`,
);
