/**
 * `npm run bench`: answers every question about speed, prints the answers, and writes them to `docs/performance.md` with a
 * chart for each. `-- --small` is a quick run and `-- --only import,feed` answers these questions alone: both write nothing,
 * or into the folder that `--to FOLDER` names.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { barChart } from "./bar-chart.ts";
import { type Answer, failed, type Sizes } from "./findings.ts";
import { questions } from "./questions.ts";
import { documentText, lines } from "./report.ts";

const { values } = parseArgs({
  options: { small: { type: "boolean", default: false }, only: { type: "string" }, to: { type: "string" } },
});

const sizes: Sizes = values.small
  ? { imports: [100, 200], archives: [20, 60, 120], generated: 60, builds: 1, rounds: 3, burst: 20, requests: 400 }
  : {
      imports: [1_000, 10_000],
      archives: [100, 1_000, 10_000],
      generated: 5_000,
      builds: 2,
      rounds: 20,
      burst: 100,
      requests: 20_000,
    };

const generators = join(import.meta.dirname, "node_modules");
if (!values.small && !existsSync(generators))
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: import.meta.dirname,
    stdio: ["ignore", "ignore", "inherit"],
  });

const wanted = values.only?.split(",");
const isWhole = !values.small && wanted === undefined;
const folder = values.to ?? (isWhole ? join(import.meta.dirname, "../docs") : undefined);
const answers: Answer[] = [];
for (const [name, ask] of Object.entries(questions)) {
  if (wanted !== undefined && !wanted.includes(name)) continue;
  // The other answers are not lost with it.
  const answer = await ask(sizes).catch((error: unknown) => failed(name, error));
  if (answer === undefined) {
    console.log(`\n${name}: skipped`);
    continue;
  }
  answers.push(answer);
  console.log(`\n${lines(answer).join("\n")}`);
}

if (folder !== undefined) {
  await mkdir(join(folder, "images"), { recursive: true });
  for (const { id, chart } of answers)
    if (chart !== undefined) await writeFile(join(folder, `images/bench-${id}.svg`), barChart(chart.title, chart.bars));
  const [first] = cpus();
  const machine = `${cpus().length} × ${first?.model ?? "an unknown processor"}, Node ${process.versions.node}, ${process.platform}`;
  await writeFile(join(folder, "performance.md"), documentText(machine, answers));
}
