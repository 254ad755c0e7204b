import type { Deployment } from "../../domain/installation.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export const requireVariable = (env: Environment, name: string): string => {
  const value = env[name];
  if (value === undefined || value === "")
    throw new Error(`the environment variable ${name} is missing: deploy the stack again`);
  return value;
};

/** `FEEDS_HOST`, where a function has it, is that of the API, too. */
export const deploymentOf = (env: Environment): Deployment => ({
  stage: requireVariable(env, "STAGE"),
  region: requireVariable(env, "AWS_REGION"),
  url: env.FEEDS_HOST === undefined ? undefined : `https://${env.FEEDS_HOST}`,
});
