export type Environment = Readonly<Record<string, string | undefined>>;

export const requireVariable = (env: Environment, name: string): string => {
  const value = env[name];
  if (value === undefined || value === "")
    throw new Error(`the environment variable ${name} is missing: deploy the stack again`);
  return value;
};
