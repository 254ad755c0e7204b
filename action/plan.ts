import { execFile } from "node:child_process";
import { appendFile, mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { CommandError } from "../src/api/api-client.ts";
import { isFile, readRange } from "../src/cli/document-files.ts";
import { run } from "../src/cli/program.ts";
import { StartError } from "../src/runtimes/local/listen.ts";
import { BadConfig, readConfig } from "../src/runtimes/local/read-config.ts";
import { startLocal } from "../src/runtimes/local/start.ts";
import {
  fit,
  inWorkspace,
  optional,
  type PullRequest,
  pathOf,
  readPullRequest,
  required,
  runStep,
  StepError,
  setOutput,
} from "./step.ts";

/**
 * Writes what a pull request would publish into the file PLAN and the summary of the job. A Crier that is thrown away
 * afterwards runs over the base commit: its configuration, which is code, and its documents. Of the head commit only
 * documents are read, by git, as data. It has no secret, and its accounts are the sandbox's.
 */

const root = join(import.meta.dirname, "..");
const git = promisify(execFile);

/** GitHub takes 1 MiB for the summary of a step, and a character of JavaScript has at most three bytes. */
const maxSummary = 340_000;

const isBelow = (folder: string, path: string): boolean => {
  const [first] = relative(folder, path).split(sep);
  return first !== "..";
};

/** An action that is a part of the pull request (`uses: ./`) is code of its head. */
const checkOwnPlace = async (): Promise<void> => {
  if (isBelow(await realpath(inWorkspace()), await realpath(root)))
    throw new StepError(
      "this action was taken from the checkout of the pull request, which may have changed it: name a repository and a commit or tag, as in `uses: OWNER/crier@TAG`",
    );
};

const checkCommits = async ({ base, head }: PullRequest): Promise<void> => {
  for (const { sha } of [base, head])
    try {
      await git("git", ["cat-file", "-e", `${sha}^{commit}`], { cwd: inWorkspace() });
    } catch (cause) {
      throw new StepError(
        `the commit ${sha} is not in the workspace: run actions/checkout with \`fetch-depth: 0\` before this step`,
        { cause },
      );
    }
};

/** Checks the base commit out beside the workspace. No hook, filter of LFS or submodule of the repository runs. */
const checkOut = async (commit: string, folder: string): Promise<void> => {
  const options = { cwd: inWorkspace(), env: { ...process.env, GIT_LFS_SKIP_SMUDGE: "1" } };
  await git(
    "git",
    ["-c", "core.hooksPath=/dev/null", "worktree", "add", "--quiet", "--detach", folder, commit],
    options,
  );
};

/** A configuration may import Crier and the packages that it has. */
const linkPackages = async (folder: string): Promise<void> => {
  const packages = join(root, "node_modules");
  await mkdir(folder, { recursive: true });
  await symlink(root, join(folder, "crier"), "junction");
  for (const name of await readdir(packages))
    if (!name.startsWith(".") && name !== "crier") await symlink(join(packages, name), join(folder, name), "junction");
};

interface Base {
  /** The checkout of the base commit. */
  readonly folder: string;
  readonly data: string;
  /** The path of the configuration, and of the folder of documents, in the repository. */
  readonly config: string;
  readonly documents: string;
  /** The commits of the pull request. */
  readonly range: string;
}

/** Prints the plan as Markdown, by the read-only token of a Crier over the base commit. */
const planRange = async ({ folder, data, config, documents, range }: Base) => {
  const file = join(folder, config);
  const { sites } = await readConfig(file);
  const hasSources = sites.some(({ sources }) => sources.length > 0);
  const crier = await startLocal({
    config: file,
    content: hasSources ? undefined : join(folder, documents),
    data,
    env: {},
    feed: undefined,
    console: false,
    heartbeat: undefined,
    host: undefined,
    port: 0,
    print: () => {},
    publicUrl: undefined,
  });
  try {
    // What is public already is known once every document of the base commit has been read.
    await crier.idle();
    const site = optional("SITE");
    let [out, err] = ["", ""];
    const code = await run(["plan", range, "--markdown", ...(site === undefined ? [] : ["--site", site])], {
      env: { CRIER_URL: crier.url, CRIER_TOKEN: crier.planToken },
      folder: join(folder, documents),
      input: Readable.from([]),
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
    });
    if (out === "") throw new StepError(`no plan could be made: ${err.trim().replace(/^crier: /, "")}`);
    return { markdown: out, isRefused: code !== 0 };
  } finally {
    await crier.stop();
  }
};

const isChanged = async (path: string, range: string, folder: string): Promise<boolean> =>
  (await git("git", ["diff", "--name-only", range, "--", path], { cwd: folder })).stdout !== "";

interface Planned {
  readonly text: string;
  readonly changes: boolean;
  readonly refused: boolean;
}

const planPullRequest = async ({ base, head }: PullRequest, temporary: string): Promise<Planned> => {
  const [folder, config, documents] = [join(temporary, "base"), pathOf("config"), pathOf("documents")];
  const range = `${base.sha}...${head.sha}`;
  await checkOut(base.sha, folder);
  await linkPackages(join(temporary, "node_modules"));
  const [at, commit] = [`\`${documents}\``, `\`${base.sha.slice(0, 7)}\``];
  const none = { changes: false, refused: false };
  if (!(await isFile(join(folder, config))))
    return {
      ...none,
      text: `There is no plan: the base commit ${commit} has no \`${config}\`. A configuration is code, so that of a pull request is not used: merge it first, or correct the input \`config\`.\n`,
    };
  // The folder may be new with this pull request.
  await mkdir(join(folder, documents), { recursive: true });
  const { changed } = await readRange(range, join(folder, documents));
  if (changed.length === 0) return { ...none, text: `This pull request changes no documents below ${at}.\n` };
  const notes = [
    `What the documents below ${at} would publish, by the configuration of the base commit ${commit}. This is a plan: nothing was published, and no network was asked.`,
    ...((await isChanged(config, range, folder))
      ? [
          `This pull request changes \`${config}\`, too. A configuration is code: the plan does not use it before it is merged.`,
        ]
      : []),
  ];
  const { markdown, isRefused } = await planRange({ folder, data: join(temporary, "data"), config, documents, range });
  return { text: [...notes, markdown].join("\n\n"), changes: true, refused: isRefused };
};

await runStep(async () => {
  const pullRequest = await readPullRequest();
  await checkOwnPlace();
  await checkCommits(pullRequest);
  const temporary = await realpath(await mkdtemp(join(required("RUNNER_TEMP"), "crier-plan-")));
  try {
    const { text, changes, refused } = await planPullRequest(pullRequest, temporary);
    await writeFile(required("PLAN"), text);
    await appendFile(
      required("GITHUB_STEP_SUMMARY"),
      `## Crier\n\n${fit(text, maxSummary, "… the plan is too long for this page: `npx crier plan` shows all of it.\n")}`,
    );
    await setOutput("changes", changes);
    await setOutput("refused", refused);
    console.log("The plan is in the summary of this job.");
  } finally {
    await rm(temporary, { recursive: true, force: true });
    await git("git", ["worktree", "prune"], { cwd: inWorkspace() });
  }
}, [CommandError, BadConfig, StartError]);
