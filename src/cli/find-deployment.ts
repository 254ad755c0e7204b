import { CommandError } from "../api/api-client.ts";
import { storageParameter } from "../domain/installation.ts";
import { systemRuntime } from "../runtimes/system-runtime.ts";
import { type Deployment, openDeployment, storageNames } from "../transfer/deployment.ts";
import { withParameters } from "./open-parameters.ts";

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The table and the buckets of a stage, by the parameter that its stack writes. */
export const findDeployment = (stage: string): Promise<Deployment> =>
  withParameters(async (parameters) => {
    const name = storageParameter(stage);
    const value = await parameters.read(name);
    const { data } = storageNames.safeParse(parse(value ?? ""));
    if (data === undefined)
      throw new CommandError(
        `there is no deployment of the stage ${stage} in ${await parameters.region()} (no parameter ${name}): run npx cdk deploy, or set AWS_REGION`,
      );
    return openDeployment(stage, data, systemRuntime);
  });
