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
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import * as z from "zod";
import { barChart } from "./bar-chart.ts";
import { type Answer, failed, type Sizes } from "./findings.ts";
import { inProcessOfItsOwn } from "./in-process-of-its-own.ts";
import { questions } from "./questions.ts";
import { documentText, lines } from "./report.ts";

const { values } = parseArgs({
  options: { small: { type: "boolean", default: false }, only: { type: "string" }, to: { type: "string" } },
});

const sizes: Sizes = values.small
  ? {
      imports: [100, 200],
      counted: 1_000,
      tagged: [
        [200, 20],
        [200, 700],
      ],
      archives: [20, 60, 120],
      generated: 60,
      builds: 1,
      rounds: 3,
      burst: 20,
      requests: 400,
    }
  : {
      imports: [1_000, 10_000],
      counted: 1_000,
      tagged: [
        [20_000, 20],
        [4_000, 12_000],
      ],
      archives: [100, 1_000, 10_000],
      generated: 5_000,
      builds: 2,
      rounds: 20,
      burst: 100,
      requests: 20_000,
    };

/** The static site generators. Where they cannot be installed, Crier is measured without them. */
const installGenerators = (): void => {
  if (existsSync(join(import.meta.dirname, "node_modules"))) return;
  try {
    execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
      cwd: import.meta.dirname,
      stdio: ["ignore", "ignore", "inherit"],
      timeout: 5 * 60_000,
    });
  } catch (error) {
    console.error(`The generators are not installed: ${String(error)}`);
  }
};

const wanted = values.only?.split(",");
const isWhole = !values.small && wanted === undefined;
const folder = values.to ?? (isWhole ? join(import.meta.dirname, "../docs") : undefined);

/** After each answer: a run that is ended has what it has answered. */
const write = async (answers: readonly Answer[]): Promise<void> => {
  if (folder === undefined) return;
  await mkdir(join(folder, "images"), { recursive: true });
  for (const { id, chart } of answers)
    if (chart !== undefined) await writeFile(join(folder, `images/bench-${id}.svg`), barChart(chart.title, chart.bars));
  const [first] = cpus();
  const machine = `${cpus().length} × ${first?.model ?? "an unknown processor"}, Node ${process.versions.node}, ${process.platform}`;
  await writeFile(join(folder, "performance.md"), documentText(machine, answers));
};

const message = z.object({ answer: z.custom<Answer | undefined>() });
/** A question that takes longer is not answered, and the next one is asked. */
const limit = 25 * 60_000;

const answerTo = async (name: string): Promise<Answer | undefined> => {
  try {
    // The code that one question compiles and the memory that it takes change nothing for the others.
    const script = join(import.meta.dirname, "ask.ts");
    return message.parse(
      await inProcessOfItsOwn(script, [name, JSON.stringify(sizes)], pause(limit, undefined, { ref: false })),
    ).answer;
  } catch (error) {
    return failed(name, error);
  }
};

const answers: Answer[] = [];
for (const name of Object.keys(questions)) {
  if (wanted !== undefined && !wanted.includes(name)) continue;
  if (name === "one-more" && !values.small) installGenerators();
  const began = performance.now();
  const answer = await answerTo(name);
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  if (answer === undefined) {
    console.log(`\n${name}: skipped`);
    continue;
  }
  answers.push(answer);
  console.log(`\n${lines(answer).join("\n")}\n  (answered in ${seconds} s)`);
  await write(answers);
}
