import { appendFile, readFile } from "node:fs/promises";
import { isAbsolute, join, normalize, sep } from "node:path";
import * as z from "zod";
import { errorMessage } from "../src/domain/errors.ts";

/** A step of the action cannot be done. The message says why in one sentence, with what to change. */
export class StepError extends Error {
  override readonly name = "StepError";
}

/** A value that GitHub or action.yml sets. */
export const required = (name: string): string => {
  const value = process.env[name]?.trim();
  if (!value) throw new StepError(`${name} is not set: run this as a step of a workflow, by action.yml`);
  return value;
};

/** A value of an input. An input that is not given is empty. */
export const optional = (name: string): string | undefined => process.env[name]?.trim() || undefined;

/** A path of an input, below the top of the repository. */
export const pathOf = (input: "documents" | "config"): string => {
  const given = optional(input.toUpperCase());
  if (given === undefined) throw new StepError(`the input ${input} is missing: add it below \`with\` of this step`);
  const path = normalize(given);
  if (isAbsolute(path) || path.split(sep).includes(".."))
    throw new StepError(`${input}: ${given} is not in the repository: give a path from its top`);
  return path;
};

const sha = z.string().regex(/^[0-9a-f]{40,64}$/);
const pullRequestEvent = z.object({
  pull_request: z.object({
    number: z.int().positive(),
    base: z.object({ sha, repo: z.object({ full_name: z.string() }) }),
    // Null where the fork was deleted.
    head: z.object({ sha, repo: z.object({ full_name: z.string() }).nullable() }),
  }),
});

export type PullRequest = z.output<typeof pullRequestEvent>["pull_request"];

/** Only the event `pull_request`: with `pull_request_target`, what a fork brings would run beside this repository's secrets. */
export const readPullRequest = async (): Promise<PullRequest> => {
  const name = required("GITHUB_EVENT_NAME");
  if (name !== "pull_request")
    throw new StepError(`mode: plan is for the event pull_request, and this is ${name}: write \`on: pull_request\``);
  return pullRequestEvent.parse(JSON.parse(await readFile(required("GITHUB_EVENT_PATH"), "utf8"))).pull_request;
};

/** Sets an output of the step. Its value must not be text of a document. */
export const setOutput = (name: string, value: boolean): Promise<void> =>
  appendFile(required("GITHUB_OUTPUT"), `${name}=${value}\n`);

/** Text in a command for the runner, which is one line. */
const escaped = (text: string): string => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

/** Shows a line on the run's page. */
export const annotate = (kind: "notice" | "error", message: string): void =>
  console.log(`::${kind}::${escaped(message)}`);

/** Cuts a text at the end of a line, so that no character and no row of a table is cut in two, and says so at the end. */
export const fit = (text: string, maxLength: number, ending: string): string => {
  if (text.length <= maxLength) return text;
  const head = text.slice(0, maxLength - ending.length - 2);
  return `${head.slice(0, Math.max(0, head.lastIndexOf("\n")))}\n\n${ending}`;
};

type ErrorClass = abstract new (...args: never) => Error;

/** Runs a step. A mistake that somebody can correct is one line; any other error is a fault, with a stack trace. */
export const runStep = async (step: () => Promise<void>, mistakes: readonly ErrorClass[] = []): Promise<void> => {
  try {
    await step();
  } catch (error) {
    if (![StepError, ...mistakes].some((one) => error instanceof one)) console.error(error);
    annotate("error", errorMessage(error));
    process.exitCode = 1;
  }
};

/** The workspace, in which the workflow has checked out the repository. */
export const inWorkspace = (path = "."): string => join(required("GITHUB_WORKSPACE"), path);
