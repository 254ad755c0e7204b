import { stageSecrets } from "../../src/domain/installation.ts";
import { cdk } from "./commands.ts";
import { stackId, stackResources } from "./stack-resources.ts";
import { deleteParameters, emptyBucket, exists, parameterNames } from "./stored-data.ts";

/** Until the functions are gone, they may write into a bucket that was empty. Then the stack is deleted again. */
const destroy = async (stage: string, id: string, tries = 3): Promise<void> => {
  const buckets = (await stackResources(id)).filter(({ type, isDeleted }) => type === "AWS::S3::Bucket" && !isDeleted);
  for (const { name } of buckets) console.log(`✓ ${name}: ${await emptyBucket(name)} objects deleted`);
  try {
    await cdk("destroy", stage, "--force");
  } catch (error) {
    if (tries === 1) throw error;
    await destroy(stage, id, tries - 1);
  }
};

/** Returns the resources that CloudFormation says it has not deleted, and those that exist although it says it has. */
const leftOf = async (id: string): Promise<readonly string[]> => {
  const resources = await stackResources(id);
  const left: string[] = [];
  for (const { type, name, isDeleted } of resources)
    if (!isDeleted || (await exists(type, name)) === true) left.push(`${type} ${name}`);
  console.log(`✓ ${resources.length - left.length} of ${resources.length} resources are gone`);
  return left;
};

/** Empties the buckets of the stage, destroys it and prints the remaining resources. Throws if there are any. */
export const cleanUp = async (stage: string): Promise<void> => {
  const id = await stackId(`Crier-${stage}`);
  if (id !== undefined) await destroy(stage, id);
  const { path } = stageSecrets(stage);
  await deleteParameters(path);
  const left = [...(id === undefined ? [] : await leftOf(id)), ...(await parameterNames(path))];
  if (left.length > 0) throw new Error(`left of ${stage}:\n${left.join("\n")}`);
  console.log(`✓ left of ${stage}: nothing`);
};
