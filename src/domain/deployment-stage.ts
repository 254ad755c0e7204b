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
