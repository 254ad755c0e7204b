import { Stack } from "aws-cdk-lib";
import type { TableV2 } from "aws-cdk-lib/aws-dynamodb";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { Construct } from "constructs";
import { storageParameter } from "../../src/domain/installation.ts";

export interface StorageNamesProps {
  readonly stage: string;
  readonly table: TableV2;
  readonly bodies: Bucket;
  readonly feeds: Bucket;
}

/**
 * The parameter with the names of a stage's storage. `crier export` and `crier restore` find it by the name of the
 * stage.
 */
export class StorageNames extends Construct {
  constructor(scope: Construct, id: string, { stage, table, bodies, feeds }: StorageNamesProps) {
    super(scope, id);
    new StringParameter(this, "Names", {
      parameterName: storageParameter(stage),
      description: "The table and the buckets of Crier, for crier export and crier restore",
      stringValue: Stack.of(this).toJsonString({
        table: table.tableName,
        bodies: bodies.bucketName,
        feeds: feeds.bucketName,
      }),
    });
  }
}
