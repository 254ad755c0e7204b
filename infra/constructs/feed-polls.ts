import { Duration } from "aws-cdk-lib";
import { Rule, RuleTargetInput, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";

export interface FeedPollsProps {
  readonly reconcile: LambdaFunction;
}

/** Invokes the poll of the feeds that sites have as sources. The rows say which of them are due. */
export class FeedPolls extends Construct {
  constructor(scope: Construct, id: string, { reconcile }: FeedPollsProps) {
    super(scope, id);
    new Rule(this, "Poll", { schedule: Schedule.rate(Duration.minutes(5)) }).addTarget(
      new LambdaTarget(reconcile, {
        // src/runtimes/lambda/function-events.ts reads it.
        event: RuleTargetInput.fromObject({ source: "crier.poll" }),
        retryAttempts: 0,
        maxEventAge: Duration.minutes(5),
      }),
    );
  }
}
