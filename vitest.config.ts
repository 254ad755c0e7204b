import { defineConfig } from "vitest/config";
import { temporaryFolder } from "./test/support/temporary-folder.ts";

/** Suites that need more than a plain clone, start whole programs or take minutes: each has its own `npm run test:…`. */
const heavy = [
  "corpus",
  "crash",
  "deploy",
  "e2e",
  "fidelity",
  "growth",
  "local",
  "machines",
  "package",
  "peers",
  "properties",
  "simulation",
] as const;

/** What has properties that `npm test` checks for a part of the cases: test/support/runs.ts. */
const propertyTests = [
  "test/app/deliver/advance-delivery",
  "test/documents/dates",
  "test/domain/{delivery-transitions,snippet-fit,snippet-title,text-repair}",
  "test/feed-reader/read-feed",
  "test/feeds/fragments",
  "test/networks/{bluesky,compose,discord,fit-thread,slack,telegram,text-settings,x-length}",
] as const;

/** For the suites that have one result for one code. */
const fixedSeed = ["test/support/fixed-seed.ts"];

export default defineConfig({
  test: {
    // Node runs the tests as it runs Crier: it strips the types itself, and keeps what it compiled.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    execArgv: [
      "--import",
      `${import.meta.dirname}/test/support/resolve-crier-config.ts`,
      // Tests write configurations into folders without a package.json.
      "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON",
    ],
    // What a test waits for comes, however busy the machine is: the default of a second is no rule of Crier.
    expect: { poll: { timeout: 60_000 } },
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts", "functions/**/*.ts", "infra/**/*.ts"],
      // The first files of processes: coverage does not see into a child process, so they only start what is tested.
      exclude: ["src/runtimes/local/main.ts", "src/cli/crier.ts", "src/parsing/parsing-process.ts", "**/*.d.ts"],
      reporter: ["text-summary", "html"],
      thresholds: { branches: 90 },
    },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: heavy.map((folder) => `test/${folder}/**`),
          testTimeout: 180_000,
          hookTimeout: 180_000,
          setupFiles: fixedSeed,
          // A worker runs its files in one process: the AWS SDK, the CDK and dynalite start once in it, not per file.
          isolate: false,
          // The processes that tests start read each other's compiled code, as those of `npm start` do.
          env: { TMPDIR: temporaryFolder, NODE_COMPILE_CACHE: `${import.meta.dirname}/node_modules/.cache/tests` },
          // A variable that a test sets does not reach the next one.
          unstubEnvs: true,
          // The default leaves one core to Vitest's own process, which needs 2% of it.
          maxWorkers: "100%",
        },
      },
      {
        extends: true,
        test: {
          name: "dynamodb",
          // The store, which runs on SQLite in the unit tests, on DynamoDB's API.
          include: ["test/store/**/*.test.ts"],
          env: { STORE: "dynamodb", TMPDIR: temporaryFolder },
          setupFiles: fixedSeed,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          isolate: false,
          maxWorkers: "100%",
        },
      },
      {
        extends: true,
        test: {
          name: "fuzz",
          include: ["test/properties/api-requests.test.ts"],
          env: { REQUESTS: process.env.REQUESTS ?? "50000", TMPDIR: temporaryFolder },
          testTimeout: 1_800_000,
        },
      },
      {
        extends: true,
        test: {
          name: "recovery",
          include: ["test/deploy/recovery.test.ts"],
          env: { RECOVERY: process.env.RECOVERY ?? "1000,10000" },
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
        },
      },
      ...heavy.map((name) => ({
        extends: true as const,
        test: {
          name,
          include: [`test/${name}/**/*.test.ts`],
          testTimeout: ["deploy", "machines", "simulation"].includes(name) ? 1_800_000 : 600_000,
          // What the deployment check waits for comes, however slow the machine is.
          hookTimeout: name === "deploy" ? 1_800_000 : 120_000,
          // Whole runs mostly wait, for their feeds and for each other.
          fileParallelism: name === "local" || name === "deploy",
          ...(name === "local" && { maxWorkers: "100%" }),
          // The packages are built and published once, for all files.
          ...(name === "package" && { globalSetup: "test/package/workspace.ts" }),
          ...(name === "properties" && {
            include: [...propertyTests.map((file) => `${file}.test.ts`), "test/properties/**/*.test.ts"],
            env: { RUNS: "all", TMPDIR: temporaryFolder },
            setupFiles: "test/support/drawn-properties.ts",
          }),
          // `npm ci` of one machine fills a core.
          ...(name === "machines" && { maxConcurrency: 2 }),
          // Each file has an AWS account of its own.
          ...(name === "deploy" && { maxWorkers: 4 }),
        },
      })),
    ],
  },
});
