/** The stage where no other is named. */
export const defaultStage = "production";

/** A stage is a part of its secrets' paths and of the stack's name. */
export const isStage = (given: unknown): given is string =>
  typeof given === "string" && /^[a-z][a-z0-9-]{0,30}$/.test(given);

/** SSM parameters of a stage, which its functions read and the `crier` command writes. */
export const secretsOf = (stage: string) => {
  const path = `/crier/${stage}`;
  return { path, token: `${path}/token`, account: (name: string) => `${path}/accounts/${name}` };
};
