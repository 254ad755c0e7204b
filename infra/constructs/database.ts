import { Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import { AttributeType, Billing, ProjectionType, StreamViewType, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { BlockPublicAccess, Bucket, BucketEncryption } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { indexes, tableKeys } from "../../src/store/keys.ts";

/**
 * The table, and the bucket of bodies that are too long for its rows. Their data cannot be recreated, so they are kept
 * when the stack is deleted.
 */
export class Database extends Construct {
  readonly table: TableV2;
  readonly bodies: Bucket;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    // A global table with one replica: others can be added, and a table of the other type could not be converted.
    this.table = new TableV2(this, "Rows", {
      partitionKey: { name: tableKeys.partition, type: AttributeType.STRING },
      sortKey: { name: tableKeys.sort, type: AttributeType.STRING },
      billing: Billing.onDemand(),
      // The relay needs only the new image.
      dynamoStream: StreamViewType.NEW_IMAGE,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // The table is not kept if the first deployment fails: each try would leave an empty table behind. Its own
      // deletion protection would also prevent that roll-back, so it is enabled later
      // (docs/deploy.md, "Every step by hand").
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    for (const { name, partition, sort } of Object.values(indexes)) {
      this.table.addGlobalSecondaryIndex({
        indexName: name,
        partitionKey: { name: partition, type: AttributeType.STRING },
        sortKey: { name: sort, type: AttributeType.NUMBER },
        projectionType: ProjectionType.KEYS_ONLY,
      });
    }
    // Bodies are not in the public bucket of the feeds, because a body may belong to a post that is held.
    this.bodies = new Bucket(this, "Bodies", {
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(7) }],
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    Validations.of(this.bodies).acknowledge({
      id: "AwsSolutions-S1",
      reason: "Only Crier's own functions have access; access logs would need a bucket of their own.",
    });
  }
}
