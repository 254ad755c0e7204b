import { type Instant, iso } from "./time.ts";

/** Used where no stage is named: it has the addresses that readers have subscribed to. */
export const defaultStage = "production";

/** A stage's name is a part of the paths of its secrets and of the stack's name. CloudFront's names have at most 64 characters. */
export const isStage = (given: unknown): given is string =>
  typeof given === "string" && /^[a-z][a-z0-9-]{0,30}$/.test(given);

export const stageRule = "a lower-case letter, then lower-case letters, digits and dashes, at most 31 characters";

/**
 * A stage for a trial: what it keeps is deleted with it. By its name, because a flag would have to be the same at each
 * deployment.
 */
export const isDisposable = (stage: string): boolean => stage.startsWith("disposable-");

/** The SSM parameters below the path of a stage: its functions read them, the `crier` command writes them. */
export const secretsIn = (path: string) => ({
  path,
  token: `${path}/token`,
  account: (name: string) => `${path}/accounts/${name}`,
  webhook: (site: string) => `${path}/sites/${site}/webhook`,
});

/** A parameter with the names of the table and the buckets: the `crier` command reads it. */
export const storageParameter = (stage: string): string => `/crier/${stage}/storage`;

export const secretsOf = (stage: string) => secretsIn(`/crier/${stage}`);

/** A deployment, as the commands that its messages name find it. */
export interface Deployment {
  readonly stage: string;
  readonly region: string;
  /** Of the API; undefined where a function is not told. */
  readonly url: string | undefined;
}

/** Commands that are about a home as a whole, as they are typed in Crier's folder for this one. */
export interface HomeCommands {
  /** Stores the secret of an account. */
  readonly setSecret: (account: string) => string;
  /** The same as the end of "set it …". */
  readonly waysToSetSecret: (account: string) => string;
  /** Undoes a move. */
  readonly resume: string;
  /** What a terminal needs, once, before commands that ask the API; undefined where they find it by themselves. */
  readonly preparation: string | undefined;
}

/** On one machine commands find what they are about by the folder in which they run. */
const ofMachine: HomeCommands = {
  setSecret: (account) => `npx crier accounts set ${account}`,
  waysToSetSecret: (account) => `in .env, or with "${ofMachine.setSecret(account)}"`,
  resume: "npx crier resume",
  preparation: undefined,
};

/** Without a stage some commands write to one machine and others to production, and without a region to that of the terminal. */
const ofDeployment = ({ stage, region, url }: Deployment): HomeCommands => {
  const command = (words: string): string => `AWS_REGION=${region} npx crier ${words} --stage ${stage}`;
  const setSecret = (account: string): string => command(`accounts set ${account}`);
  return {
    setSecret,
    waysToSetSecret: (account) => `with "${setSecret(account)}"`,
    resume: command("resume"),
    preparation: url === undefined ? undefined : `export CRIER_URL=${url} CRIER_TOKEN=$(${command("token")})`,
  };
};

/** `deployment`: undefined on one machine. */
export const homeCommands = (deployment?: Deployment): HomeCommands =>
  deployment === undefined ? ofMachine : ofDeployment(deployment);

/** Why a home sends nothing since `crier export --move`; undefined where it was not left. */
export const movedReason = (
  moved: Instant | undefined,
  { resume }: Pick<HomeCommands, "resume">,
): string | undefined =>
  moved === undefined
    ? undefined
    : `this Crier has moved to another home (${iso(moved)}), and only that one sends; "${resume}" undoes the move`;
