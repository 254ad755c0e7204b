import { Stack, Validations } from "aws-cdk-lib";
import { CfnBudget } from "aws-cdk-lib/aws-budgets";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";

export interface NotificationsProps {
  readonly email: string | undefined;
  /** The budget of a month in US dollars. */
  readonly budget: number;
}

/** The topic for alarms and warnings about the budget. Without an e-mail address they appear in the console only. */
export class Notifications extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { email, budget }: NotificationsProps) {
    super(scope, id);
    this.topic = new Topic(this, "Topic", { enforceSSL: true });
    // This policy replaces the default, which allows the whole account to publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: ["cloudwatch", "budgets"].map((name) => new ServicePrincipal(`${name}.amazonaws.com`)),
        actions: ["sns:Publish"],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
      }),
    );
    if (email !== undefined) this.topic.addSubscription(new EmailSubscription(email));
    this.#limit(budget).node.addDependency(this.topic);
    Validations.of(this.topic).acknowledge({
      id: "AwsSolutions-SNS2",
      reason:
        "Alarms cannot publish to a topic with the AWS managed key, and a customer managed key costs more than the table.",
    });
  }

  /**
   * Creates the budget of the whole account, because costs by tag need a tag that is activated in the billing console.
   */
  #limit(amount: number): CfnBudget {
    const subscribers = [{ subscriptionType: "SNS", address: this.topic.topicArn }];
    const over = (threshold: number, notificationType: "ACTUAL" | "FORECASTED") => ({
      notification: { notificationType, comparisonOperator: "GREATER_THAN", threshold, thresholdType: "PERCENTAGE" },
      subscribers,
    });
    return new CfnBudget(this, "Budget", {
      budget: { budgetType: "COST", timeUnit: "MONTHLY", budgetLimit: { amount, unit: "USD" } },
      notificationsWithSubscribers: [over(80, "ACTUAL"), over(100, "FORECASTED")],
    });
  }
}
