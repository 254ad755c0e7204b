import { Duration, RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { BlockPublicAccess, Bucket, BucketEncryption } from "aws-cdk-lib/aws-s3";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { limits } from "../limits.ts";
import { bucketResource } from "./permissions.ts";
import { WorkQueue } from "./work-queue.ts";

export interface ContentProps {
  readonly failures: Queue;
}

/** The bucket for documents, and the queue that reports their changes. */
export class Content extends Construct {
  readonly bucket: Bucket;
  /** The queue of changes, for ingest. */
  readonly changes: WorkQueue;

  constructor(scope: Construct, id: string, { failures }: ContentProps) {
    super(scope, id);
    this.changes = new WorkQueue(this, "Changes", { ...limits.ingest, failures });
    this.changes.queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal("s3.amazonaws.com")],
        actions: ["sqs:SendMessage"],
        resources: [this.changes.queue.queueArn],
        // The condition names the account and not the bucket, because the policy must exist before S3 creates the
        // bucket.
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
          // Otherwise S3 keeps the marker of a deleted document for ever, even after its last version.
          expiredObjectDeleteMarker: true,
          abortIncompleteMultipartUploadAfter: Duration.days(7),
        },
      ],
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.bucket.node.addDependency(this.changes.queue);
    // The property is set directly, because `addEventNotification` deploys a custom resource.
    bucketResource(this.bucket).notificationConfiguration = {
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

  /** Invokes ingest for every change, and reconcile every hour for all documents, in case a notification was lost. */
  addWorkers(ingest: LambdaFunction, reconcile: LambdaFunction): void {
    // A new AWS account may have a quota of ten concurrent functions. All other work follows from ingested documents.
    // If an upload of thousands of documents does not use all ten, neither does the work after it, and some are left
    // for the API.
    this.changes.addWorker(ingest, { batchSize: 10, most: 2 });
    // There are no retries: a second run would only read the same documents, and the next run is an hour away. The
    // rule's retries are for the delivery of its event, Lambda's for the run.
    const once = { retryAttempts: 0, maxEventAge: Duration.minutes(10) };
    reconcile.configureAsyncInvoke(once);
    new Rule(this, "Reconcile", { schedule: Schedule.rate(Duration.hours(1)) }).addTarget(
      new LambdaTarget(reconcile, once),
    );
  }
}
