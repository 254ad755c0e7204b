import { type Instant, iso } from "./time.ts";

/** `crier` is another package of npm. The owner of this repository decides before the first release (CONTRIBUTING.md). */
export const packageName = "crier-feeds";

/** The stage if none is named: it has the addresses that readers have subscribed to. */
export const defaultStage = "production";

/**
 * A stage's name is a part of the paths of its secrets and of the stack's name. CloudFront's names have at most 64
 * characters.
 */
export const isStage = (given: unknown): given is string =>
  typeof given === "string" && /^[a-z][a-z0-9-]{0,30}$/.test(given);

export const stageRule = "a lower-case letter, then lower-case letters, digits and dashes, at most 31 characters";

/**
 * True for a stage that is for a trial: its data is deleted with it. The name decides, because a flag would have to be
 * the same at each deployment.
 */
export const isDisposable = (stage: string): boolean => stage.startsWith("disposable-");

/**
 * Returns the names of the SSM parameters below the path of a stage. Its functions read them, the `crier` command
 * writes them.
 */
export const secretsIn = (path: string) => ({
  path,
  token: `${path}/token`,
  planToken: `${path}/plan-token`,
  account: (name: string) => `${path}/accounts/${name}`,
  webhook: (site: string) => `${path}/sites/${site}/webhook`,
});

/** Returns the parameter with the names of the table and the buckets, which the `crier` command reads. */
export const storageParameter = (stage: string): string => `/crier/${stage}/storage`;

export const stageSecrets = (stage: string) => secretsIn(`/crier/${stage}`);

/** The values by which the commands in messages find a deployment. */
export interface Deployment {
  readonly stage: string;
  readonly region: string;
  /** The URL of the API; undefined in a function that does not know it. */
  readonly url: string | undefined;
  /** The stages that post to networks. */
  readonly posts: readonly string[];
}

/** Says whether a whole installation posts, and has the commands about it as a person types them in Crier's folder. */
export interface Installation {
  /** Why its stage posts to no network; undefined if it posts. */
  readonly feedsOnly: string | undefined;
  /** Stores the secret of an account. `byClick`: its network gives one in a browser. */
  readonly setSecret: (account: string, byClick?: boolean) => string;
  /** Says how to store the secret of an account, as the end of "set it …". */
  readonly waysToSetSecret: (account: string, byClick?: boolean) => string;
  /** Undoes a move. */
  readonly resume: string;
  /**
   * A command that a terminal needs once, before commands that send requests to the API; undefined if they find it by
   * themselves.
   */
  readonly preparation: string | undefined;
}

const setCommand = (account: string, byClick = false): string => `accounts ${byClick ? "connect" : "set"} ${account}`;

/** On one machine, commands find the installation by the folder in which they run. */
const machine: Installation = {
  feedsOnly: undefined,
  setSecret: (account, byClick) => `npx crier ${setCommand(account, byClick)}`,
  waysToSetSecret: (...account) => `in .env, or with "${machine.setSecret(...account)}"`,
  resume: "npx crier resume",
  preparation: undefined,
};

/**
 * Every command names stage and region: without a stage some commands write to one machine and others to production,
 * and without a region they use that of the terminal.
 */
const deployed = ({ stage, region, url, posts }: Deployment): Installation => {
  const command = (words: string): string => `AWS_REGION=${region} npx crier ${words} --stage ${stage}`;
  const setSecret: Installation["setSecret"] = (account, byClick) => command(setCommand(account, byClick));
  return {
    feedsOnly: posts.includes(stage) ? undefined : feedsOnlyReason(stage),
    setSecret,
    waysToSetSecret: (...account) => `with "${setSecret(...account)}"`,
    resume: command("resume"),
    preparation: url === undefined ? undefined : `export CRIER_URL=${url} CRIER_TOKEN=$(${command("token")})`,
  };
};

/** Describes a deployment, or one machine if there is no deployment. */
export const installationOf = (deployment?: Deployment): Installation =>
  deployment === undefined ? machine : deployed(deployment);

/**
 * Explains why a stage posts to no network (docs/decisions/0042). Two installations with one configuration would post
 * everything twice on networks that cannot be searched.
 */
export const feedsOnlyReason = (stage: string): string =>
  `the stage ${stage} makes feeds and posts to no network: to post from it, name it in deployment.posts of crier.config.ts and deploy it again`;

/**
 * Explains why an installation sends nothing: its stage does not post, or it was moved (`crier export --move`). Undefined
 * if it sends.
 */
export const silentReason = (
  moved: Instant | undefined,
  { feedsOnly, resume }: Pick<Installation, "feedsOnly" | "resume">,
): string | undefined =>
  moved === undefined
    ? feedsOnly
    : `this Crier has moved to another installation (${iso(moved)}), and only that one sends; "${resume}" undoes the move`;
