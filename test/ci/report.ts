import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import * as z from "zod";

const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({ status: z.string(), fullName: z.string(), failureMessages: z.array(z.string()) }),
      ),
    }),
  ),
});
type VitestReport = z.infer<typeof vitestReport>;

/** The lines of a failed test, and those at the end of a failed step's log, that the report repeats. */
const [linesOfTest, linesOfLog] = [12, 40];

const indented = (text: string, lines: readonly string[]): string =>
  [text, ...lines.map((line) => `  ${line}`)].join("\n");

const failedTests = ({ testResults }: VitestReport): readonly string[] =>
  testResults
    .filter(({ status }) => status === "failed")
    .flatMap(({ name, message, assertionResults }) => {
      const file = relative(process.cwd(), name);
      const failed = assertionResults.filter(({ status }) => status === "failed");
      // A file that could not be loaded, or whose hooks failed, has no failed test.
      if (failed.length === 0) return [indented(file, message.split("\n").slice(0, linesOfTest))];
      return failed.map(({ fullName, failureMessages }) =>
        indented(`${file} > ${fullName}`, failureMessages.join("\n").split("\n").slice(0, linesOfTest)),
      );
    });

const reportName = /^(?<step>[\w-]+)(?:\..*)?\.json$/;

/**
 * Describes a run of `.ci/run` by the files in its folder of results. Each step wrote `STEP.log`, `STEP.time` (wall, user
 * and system seconds), `STEP.code` (its exit code), `STEP.skipped` (the reason) where it did not run, and reports of
 * Vitest, `STEP.json` or `STEP.NAME.json`.
 */
export const describeRun = (
  folder: string,
  seconds: number,
): { readonly text: string; readonly hasFailed: boolean } => {
  const files = readdirSync(folder);
  const read = (file: string): string => readFileSync(join(folder, file), "utf8").trim();
  const reports = files.flatMap((file) => {
    const { step } = reportName.exec(file)?.groups ?? {};
    return step === undefined ? [] : [{ step, report: vitestReport.parse(JSON.parse(read(file))) }];
  });
  const steps = files
    .filter((file) => file.endsWith(".code"))
    .map((file) => {
      const name = file.slice(0, -".code".length);
      const [wall = 0, user = 0, system = 0] = (read(`${name}.time`).split("\n").at(-1) ?? "").split(" ").map(Number);
      const hasFailed = read(file) !== "0";
      const tests = reports.filter(({ step }) => step === name).flatMap(({ report }) => failedTests(report));
      const isSkipped = existsSync(join(folder, `${name}.skipped`));
      const result = hasFailed ? "FAILED" : isSkipped ? `skipped: ${read(`${name}.skipped`)}` : "passed";
      return { name, wall, cpu: user + system, hasFailed, tests, result };
    })
    .toSorted((a, b) => b.cpu - a.cpu);

  // A threshold, an unhandled error or a tool failed.
  const endOfLog = (name: string): string => indented(name, read(`${name}.log`).split("\n").slice(-linesOfLog));
  const failures = steps.flatMap(({ name, hasFailed, tests }) =>
    hasFailed && tests.length === 0 ? [endOfLog(name)] : tests,
  );
  const row = (name: string, wall: number, cpu: number, result: string): string =>
    `${name.padEnd(14)}${wall.toFixed(0).padStart(7)}${cpu.toFixed(0).padStart(7)}  ${result}`.trimEnd();
  const cpu = steps.reduce((sum, one) => sum + one.cpu, 0);
  const count = (key: "numPassedTests" | "numFailedTests"): number =>
    reports.reduce((sum, { report }) => sum + report[key], 0);
  const text = [
    ...failures.map((failure) => `FAILED ${failure}\n`),
    `${"step".padEnd(14)} wall s  CPU s`,
    ...steps.map(({ name, wall, cpu, result }) => row(name, wall, cpu, result)),
    row("the whole run", seconds, cpu, ""),
    "",
    `${count("numPassedTests")} passed, ${count("numFailedTests")} failed`,
  ].join("\n");
  return { text, hasFailed: steps.length === 0 || steps.some(({ hasFailed }) => hasFailed) };
};

/** `node test/ci/report.ts FOLDER SECONDS` prints what a run took and what failed, and ends with 1 where a step failed. */
if (import.meta.main) {
  const [, , folder = ".", seconds = "0"] = process.argv;
  const { text, hasFailed } = describeRun(folder, Number(seconds));
  console.log(text);
  process.exitCode = hasFailed ? 1 : 0;
}
