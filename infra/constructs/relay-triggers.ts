import { Duration } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import {
  EventSourceMapping,
  FilterCriteria,
  FilterRule,
  type Function as LambdaFunction,
  StartingPosition,
} from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { indexes } from "../../src/store/keys.ts";

export interface RelayTriggersProps {
  readonly table: { readonly tableStreamArn?: string | undefined };
  readonly relay: LambdaFunction;
}

/** Invokes the relay for changes in the stream of the table, and every minute for a sweep. */
export class RelayTriggers extends Construct {
  constructor(scope: Construct, id: string, { table, relay }: RelayTriggersProps) {
    super(scope, id);
    const stream = table.tableStreamArn;
    if (stream === undefined) throw new Error("The relay needs the table's stream: set `dynamoStream` on the table.");
    relay.addToRolePolicy(
      // `grantStreamRead` would allow ListStreams on every table of the account.
      new PolicyStatement({
        actions: ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"].map((name) => `dynamodb:${name}`),
        resources: [stream],
      }),
    );
    new EventSourceMapping(this, "Stream", {
      target: relay,
      eventSourceArn: stream,
      startingPosition: StartingPosition.LATEST,
      batchSize: 100,
      // The filter passes all rows with a due time, because it cannot compare with the current time.
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.or("INSERT", "MODIFY"),
          dynamodb: { NewImage: { [indexes.due.sort]: { N: FilterRule.exists() } } },
        }),
      ],
      // An invalid record must not block its shard. The sweep finds the rows of records that are given up here.
      retryAttempts: 2,
      maxRecordAge: Duration.minutes(5),
      bisectBatchOnError: true,
    });
    // There are no retries, because the next sweep is a minute away. The rule's retries are only for the delivery of
    // its event: Lambda would repeat a failed run twice, and keep one that is throttled for six hours.
    const once = { retryAttempts: 0, maxEventAge: Duration.minutes(1) };
    relay.configureAsyncInvoke(once);
    new Rule(this, "Sweep", { schedule: Schedule.rate(Duration.minutes(1)) }).addTarget(new LambdaTarget(relay, once));
  }
}
