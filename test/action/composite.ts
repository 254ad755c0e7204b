import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { parse } from "yaml";
import * as z from "zod";

export const root = join(import.meta.dirname, "../..");

const values = z.record(z.string(), z.string());
const Action = z.object({
  inputs: z.record(z.string(), z.object({ default: z.string().default("") })),
  runs: z.object({
    using: z.literal("composite"),
    steps: z.array(
      z.strictObject({
        name: z.string(),
        id: z.string().optional(),
        if: z.string().optional(),
        shell: z.literal("bash"),
        env: values.default({}),
        run: z.string(),
      }),
    ),
  }),
});

const action = Action.parse(parse(await readFile(join(root, "action.yml"), "utf8")));

type Context = Readonly<Record<string, string>>;

/** The expressions of action.yml: values, and a comparison with a text. Any other one fails the test. */
const contextValue = (expression: string, context: Context): string => {
  const name = expression.trim();
  if (name.startsWith("steps.") && !Object.hasOwn(context, name)) return "";
  const value = context[name];
  if (value === undefined) throw new Error(`action.yml has an expression that the tests do not know: ${name}`);
  return value;
};

const filled = (text: string, context: Context): string =>
  text.replaceAll(/\$\{\{(.+?)\}\}/g, (_, expression: string) => contextValue(expression, context));

const isTrue = (condition: string, context: Context): boolean => {
  const [, left = "", sign, right] = /^(\S+) (==|!=) '(\w*)'$/.exec(condition) ?? [];
  return (contextValue(left, context) === right) === (sign === "==");
};

export interface RunOptions {
  readonly inputs: Readonly<Record<string, string>>;
  readonly event?: unknown;
  readonly eventName?: string;
  readonly workspace: string;
  /** The address of GitHub's API. */
  readonly api?: string;
  /** Put before the PATH. */
  readonly programs?: string;
  /** The only steps that run. */
  readonly only?: readonly string[];
  /** The plan that a step finds. */
  readonly plan?: string;
  readonly changes?: boolean;
}

/**
 * Runs action.yml as GitHub's runner does: its steps one after the other, each in bash, until one fails. Only the
 * installation is left out, because the packages are there.
 */
export const runAction = async (options: RunOptions) => {
  const { inputs, workspace, only, plan } = options;
  const temp = await mkdtemp(join(tmpdir(), "crier-action-"));
  onTestFinished(() => rm(temp, { recursive: true, force: true }));
  const file = (name: string): string => join(temp, name);
  await mkdir(file("temp"));
  await writeFile(file("event.json"), JSON.stringify(options.event ?? {}));
  if (plan !== undefined) await writeFile(file("temp/crier-plan.md"), plan);
  for (const [name] of Object.entries(inputs))
    if (!Object.hasOwn(action.inputs, name)) throw new Error(`action.yml has no input ${name}`);
  const context: Record<string, string> = {
    "github.token": "the-token",
    "runner.temp": file("temp"),
    ...Object.fromEntries(
      Object.entries(action.inputs).map(([name, input]) => [`inputs.${name}`, inputs[name] ?? input.default]),
    ),
    ...(options.changes !== undefined && { "steps.plan.outputs.changes": String(options.changes) }),
  };
  const environment = {
    PATH: [options.programs, process.env.PATH].filter(Boolean).join(":"),
    HOME: temp,
    ...(process.env.NODE_COMPILE_CACHE !== undefined && { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE }),
    GITHUB_ACTION_PATH: root,
    GITHUB_API_URL: options.api ?? "http://127.0.0.1:1",
    GITHUB_EVENT_NAME: options.eventName ?? "pull_request",
    GITHUB_EVENT_PATH: file("event.json"),
    GITHUB_OUTPUT: file("output"),
    GITHUB_REPOSITORY: "owner/site",
    GITHUB_RUN_ID: "42",
    GITHUB_SERVER_URL: "https://github.example",
    GITHUB_STEP_SUMMARY: file("summary"),
    GITHUB_WORKSPACE: workspace,
    RUNNER_TEMP: file("temp"),
  };
  const ran: string[] = [];
  let [log, code] = ["", 0];
  for (const step of action.runs.steps) {
    if (step.name === "Install Crier" || (only !== undefined && !only.includes(step.name))) continue;
    if (code !== 0 || (step.if !== undefined && !isTrue(step.if, context))) continue;
    ran.push(step.name);
    const env = Object.fromEntries(Object.entries(step.env).map(([name, value]) => [name, filled(value, context)]));
    const child = spawn("bash", ["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step.run], {
      cwd: workspace,
      env: { ...environment, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const exit = new Promise<number>((resolve) => child.on("exit", (ended) => resolve(ended ?? 1)));
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    code = await exit;
    log += out + err;
    const outputs = await readFile(file("output"), "utf8").catch(() => "");
    for (const [, name = "", value = ""] of outputs.matchAll(/^(\w+)=(\w+)$/gm))
      if (step.id !== undefined) context[`steps.${step.id}.outputs.${name}`] = value;
  }
  const left = (name: string): Promise<string> => readFile(file(name), "utf8").catch(() => "");
  return { code, log, ran, summary: await left("summary"), plan: await left("temp/crier-plan.md"), temp: file("temp") };
};
