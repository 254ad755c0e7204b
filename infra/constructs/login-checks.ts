import { Duration } from "aws-cdk-lib";
import { Rule, RuleTargetInput, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";

export interface LoginChecksProps {
  readonly deliver: LambdaFunction;
}

/** Invokes the check of logins four times a day. The rows of the accounts say which of them are due. */
export class LoginChecks extends Construct {
  constructor(scope: Construct, id: string, { deliver }: LoginChecksProps) {
    super(scope, id);
    // The next check is hours away.
    const once = { retryAttempts: 0, maxEventAge: Duration.minutes(10) };
    deliver.configureAsyncInvoke(once);
    new Rule(this, "Check", { schedule: Schedule.rate(Duration.hours(6)) }).addTarget(
      new LambdaTarget(deliver, {
        // src/runtimes/lambda/function-events.ts reads it.
        event: RuleTargetInput.fromObject({ source: "crier.logins" }),
        ...once,
      }),
    );
  }
}
