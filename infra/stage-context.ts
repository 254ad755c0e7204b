import { defaultStage, isStage } from "../src/domain/deployment-stage.ts";

/** Reads the stage of `cdk deploy -c stage=NAME`, which makes a separate deployment. */
export const stageOf = (context: unknown): string => {
  const stage = context ?? defaultStage;
  if (isStage(stage)) return stage;
  throw new Error(
    `The stage ${JSON.stringify(stage)} is not a valid name: use lower-case letters, digits and dashes, as in -c stage=preview.`,
  );
};
