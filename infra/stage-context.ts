import { defaultStage, feedsOnlyReason, isDisposable, isStage, stageRule } from "../src/domain/installation.ts";

/** Reads the stage of `cdk deploy -c stage=NAME`, which makes a separate deployment. */
export const parseStage = (context: unknown): string => {
  const stage = context ?? defaultStage;
  if (isStage(stage)) return stage;
  throw new Error(`The stage ${JSON.stringify(stage)} is not a valid name: use ${stageRule}, as in -c stage=preview.`);
};

/**
 * Names the stage that a command of the CDK is about, because `cdk destroy` without a stage means production, too. Says
 * so if it posts to no network.
 */
export const stageNotice = (stage: string, isNamed: boolean, posts: readonly string[]): string => {
  const choice = isNamed ? "" : ", because no other is named (-c stage=NAME)";
  const end = isDisposable(stage) ? ", whose table and buckets are deleted with it" : "";
  const notice = `Crier-${stage}: the stage ${stage}${choice}${end}`;
  return posts.includes(stage) ? notice : `${notice}\n${feedsOnlyReason(stage)}`;
};
