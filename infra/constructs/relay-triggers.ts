import { Duration } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
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

export interface RelayProps {
  readonly table: Table;
  readonly relay: LambdaFunction;
}

/** What invokes the relay: the table's stream at once, and a sweep each minute for what the stream lost. */
export class Relay extends Construct {
  constructor(scope: Construct, id: string, { table, relay }: RelayProps) {
    super(scope, id);
    const stream = table.tableStreamArn;
    if (stream === undefined) throw new Error("The relay needs the table's stream: set `stream` on the table.");
    relay.addToRolePolicy(
      // Not `grantStreamRead`: it allows ListStreams on every table of the account.
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
      // Rows that are due, whenever that is: a filter cannot compare with now.
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.or("INSERT", "MODIFY"),
          dynamodb: { NewImage: { [indexes.due.sort]: { N: FilterRule.exists() } } },
        }),
      ],
      // The sweep finds what is given up here: an invalid record must not block the rest of its shard.
      retryAttempts: 2,
      maxRecordAge: Duration.minutes(5),
      bisectBatchOnError: true,
    });
    new Rule(this, "Sweep", { schedule: Schedule.rate(Duration.minutes(1)) }).addTarget(
      // The next sweep is a minute away.
      new LambdaTarget(relay, { retryAttempts: 0, maxEventAge: Duration.minutes(1) }),
    );
  }
}
