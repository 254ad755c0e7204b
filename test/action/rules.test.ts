import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { root } from "./composite.ts";

const read = (path: string): string => readFileSync(join(root, path), "utf8");

const Step = z.object({
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  env: z.record(z.string(), z.unknown()).default({}),
  with: z.record(z.string(), z.unknown()).default({}),
});
const Steps = z.object({ steps: z.array(Step) });
const File = z.object({
  on: z.unknown().optional(),
  runs: Steps.optional(),
  jobs: z.record(z.string(), Steps).default({}),
});

/** What would give the code of a pull request a way to run, or to a secret. */
const problemsOf = (text: string): readonly string[] => {
  const { on, runs, jobs } = File.parse(parse(text));
  const isPlan = runs !== undefined || JSON.stringify(on ?? "").includes("pull_request");
  const steps = [runs ?? { steps: [] }, ...Object.values(jobs)].flatMap((job) => job.steps);
  const ofSteps = steps.flatMap((step) => {
    const { run = "", uses = "" } = step;
    const inOwnFolder = run.startsWith('cd "$GITHUB_ACTION_PATH" && ');
    const program = run.replaceAll(/"\$GITHUB_ACTION_PATH\/[\w./-]+"/g, "").trim();
    return [
      run.includes("${{") && `an expression is inside run: ${run}`,
      isPlan &&
        !inOwnFolder &&
        /\b(?:npm|npx|yarn|pnpm|bun)\b/.test(run) &&
        `a package manager runs in the workspace: ${run}`,
      isPlan && inOwnFolder && !run.includes("&& npm ci --ignore-scripts ") && `packages may run scripts: ${run}`,
      isPlan && /\bnode\b/.test(run) && program !== "node  node" && `a program of the workspace runs: ${run}`,
      isPlan && runs === undefined && run !== "" && `a workflow for pull requests runs a command: ${run}`,
      uses.startsWith("./") && `an action of the workspace runs: ${uses}`,
      Object.hasOwn(step.env, "GITHUB_TOKEN") && step.name !== "Comment" && `${step.name} has the token of the job`,
      uses.startsWith("actions/checkout") &&
        step.with["persist-credentials"] !== false &&
        "the checkout keeps the token of the job",
      uses.startsWith("actions/checkout") &&
        isPlan &&
        Object.hasOwn(step.with, "ref") &&
        "another commit is checked out",
    ];
  });
  const inText = [
    /pull_request_target|workflow_run/.test(JSON.stringify(on ?? "")) && "it runs beside secrets for a fork",
    isPlan && /secrets\./.test(text) && "a plan has a secret",
  ];
  return [...ofSteps, ...inText].filter((problem) => problem !== false);
};

const action = read("action.yml");
const plan = read("examples/plan.yml");

test.each(["action.yml", "examples/plan.yml", "examples/publish.yml", "examples/deploy.yml"])(
  "%s gives a pull request no way to run its code, and none to a secret",
  (path) => {
    expect(problemsOf(read(path))).toEqual([]);
  },
);

const comment = "        GITHUB_TOKEN: ${{ github.token }}\n";

test.each([
  [plan, "on: pull_request", "on: pull_request_target", "it runs beside secrets for a fork"],
  [plan, "on: pull_request", "on: { workflow_run: { workflows: [ci] } }", "it runs beside secrets for a fork"],
  [plan, "fetch-depth: 0", "fetch-depth: 0\n          ref: ${{ github.head_ref }}", "another commit is checked out"],
  [plan, "          persist-credentials: false\n", "", "the checkout keeps the token of the job"],
  [
    plan,
    "      - uses: OWNER",
    "      - run: npm ci\n      - uses: OWNER",
    "a package manager runs in the workspace: npm ci",
  ],
  [
    plan,
    "      - uses: OWNER",
    "      - run: make\n      - uses: OWNER",
    "a workflow for pull requests runs a command: make",
  ],
  [plan, /uses: OWNER.*/, "uses: ./", "an action of the workspace runs: ./"],
  [plan, "mode: plan", "mode: plan\n          token: ${{ secrets.CRIER }}", "a plan has a secret"],
  [
    action,
    'echo "::error::A document',
    'echo "${{ github.event.pull_request.title }}"; echo "::error::A document',
    "an expression is inside run",
  ],
  [action, 'cd "$GITHUB_ACTION_PATH" && npm', "npm", "a package manager runs in the workspace"],
  [action, "npm ci --ignore-scripts", "npm ci", "packages may run scripts"],
  [action, '"$GITHUB_ACTION_PATH/action/plan.ts"', "head/plan.ts", "a program of the workspace runs"],
  [action, "        CONFIG:", `${comment}        CONFIG:`, "Plan has the token of the job"],
] as const)("a planted fault is found: %#", (text, right, wrong, problem) => {
  const planted = text.replace(right, wrong);
  expect(planted).not.toBe(text);
  expect(problemsOf(planted).join("\n")).toContain(problem);
});

test("the action has every input that the examples give it", () => {
  const { inputs } = z.object({ inputs: z.record(z.string(), z.unknown()) }).parse(parse(action));
  const given = ["examples/plan.yml", "examples/publish.yml"].flatMap((path) =>
    Object.values(File.parse(parse(read(path))).jobs)
      .flatMap(({ steps }) => steps)
      .filter(({ uses = "" }) => uses.startsWith("OWNER/crier@"))
      .map((step) => step.with),
  );
  expect(given.map(({ mode }) => mode)).toEqual(["plan", "publish"]);
  for (const values of given) expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(values)));
});
