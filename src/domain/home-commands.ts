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
