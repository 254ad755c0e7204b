import { Duration, RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { BlockPublicAccess, Bucket, BucketEncryption } from "aws-cdk-lib/aws-s3";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { limits } from "../limits.ts";
import { resourceOf } from "./permissions.ts";
import { WorkQueue } from "./work-queue.ts";

export interface ContentProps {
  readonly failures: Queue;
}

/** The bucket for documents, and the queue that reports their changes. */
export class Content extends Construct {
  readonly bucket: Bucket;
  /** Reports changes. */
  readonly changes: WorkQueue;

  constructor(scope: Construct, id: string, { failures }: ContentProps) {
    super(scope, id);
    this.changes = new WorkQueue(this, "Changes", { ...limits.ingest, failures });
    this.changes.queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal("s3.amazonaws.com")],
        actions: ["sqs:SendMessage"],
        resources: [this.changes.queue.queueArn],
        // By account, not by bucket: S3 checks the policy when it creates the bucket, so that the policy has to exist before.
        conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
      }),
    );
    this.bucket = new Bucket(this, "Bucket", {
      versioned: true,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [
        {
          noncurrentVersionExpiration: Duration.days(90),
          // S3 keeps the marker of a deleted document for ever, after its last version, too.
          expiredObjectDeleteMarker: true,
          abortIncompleteMultipartUploadAfter: Duration.days(7),
        },
      ],
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.bucket.node.addDependency(this.changes.queue);
    // The property, because `addEventNotification` deploys a custom resource.
    resourceOf(this.bucket).notificationConfiguration = {
      queueConfigurations: ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"].map((event) => ({
        event,
        queue: this.changes.queue.queueArn,
      })),
    };
    Validations.of(this.bucket).acknowledge({
      id: "AwsSolutions-S1",
      reason:
        "Only the owner writes here, and each change stays as a version; access logs would need a bucket of their own.",
    });
  }

  /** Every change at once, and all documents every hour, in case a notification was lost. */
  addWorkers(ingest: LambdaFunction, reconcile: LambdaFunction): void {
    // A new AWS account may have a quota of ten concurrent functions. All other work follows from what is ingested: where
    // an upload of thousands of documents does not use them all, neither does what follows, and the API has some.
    this.changes.addWorker(ingest, { batchSize: 10, most: 2 });
    // Without retries: a second run would only read the same documents, and the next one is an hour away. The rule's own
    // are for the delivery of its event, and Lambda's for the run.
    const once = { retryAttempts: 0, maxEventAge: Duration.minutes(10) };
    reconcile.configureAsyncInvoke(once);
    new Rule(this, "Reconcile", { schedule: Schedule.rate(Duration.hours(1)) }).addTarget(
      new LambdaTarget(reconcile, once),
    );
  }
}
