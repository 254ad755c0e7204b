import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { CommandError } from "../api/api-client.ts";
import type { Dialog } from "./dialog.ts";
import { explainFailedDeployment } from "./explain-failed-deployment.ts";
import { runCdk } from "./run-cdk.ts";

const outputs = z.object({ FeedsUrl: z.string(), ApiUrl: z.string(), UploadBucket: z.string(), Table: z.string() });

export type DeploymentOutputs = z.output<typeof outputs>;

export const stackOf = (stage: string): string => `Crier-${stage}`;

const deployInto = async (file: string, stage: string, { terminal }: Dialog): Promise<DeploymentOutputs> => {
  const { done, output } = await runCdk(
    ["deploy", "-c", `stage=${stage}`, "--require-approval", "never", "--outputs-file", file],
    terminal,
  );
  if (!done) throw new CommandError(`the deployment failed: ${explainFailedDeployment(output)}`);
  const all = z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(file, "utf8")));
  return outputs.parse(all[stackOf(stage)]);
};

/** Deploys the stage, or finds that there is nothing to do. */
export const deployStage = async (stage: string, account: string, dialog: Dialog): Promise<DeploymentOutputs> => {
  const byHand = `deploy by hand: npx cdk deploy -c stage=${stage}`;
  if (!(await dialog.confirm(`Deploy ${stackOf(stage)} into the account ${account}, in about five minutes?`, byHand)))
    throw new CommandError(`nothing was deployed: run this again, or ${byHand}`);
  const folder = await mkdtemp(join(tmpdir(), "crier-outputs-"));
  try {
    const deployed = await deployInto(join(folder, "outputs.json"), stage, dialog);
    dialog.say(`  deployed: ${deployed.FeedsUrl}`);
    return deployed;
  } finally {
    await rm(folder, { recursive: true });
  }
};
