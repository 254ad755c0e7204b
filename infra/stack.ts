import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { defaultStage } from "../src/domain/installation.ts";
import { Crier, type CrierProps } from "./crier-construct.ts";

/** Crier in a stack of its own. */
export class CrierStack extends Stack {
  readonly crier: Crier;

  constructor(scope: Construct, id: string, { config, stage = defaultStage, ...props }: CrierProps & StackProps) {
    super(scope, id, {
      description: "Crier: feeds and social posts from documents",
      terminationProtection: stage === defaultStage,
      ...props,
    });
    // The CDK leaves this id out of logical ids. With any other one CloudFormation would replace every table and bucket
    // of every deployment by an empty one (test/infra/logical-ids.txt).
    this.crier = new Crier(this, "Default", { config, stage });
  }
}
