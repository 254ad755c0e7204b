import type { App } from "aws-cdk-lib";
import { CfnQueue } from "aws-cdk-lib/aws-sqs";
import { expect, test } from "vitest";
import { aStack, inApp } from "../infra/synthesised.ts";

const domain = {
  name: "feeds.example.com",
  certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d",
  stage: "test",
};

/** Returns the problems that CloudFormation's schemas find in the app. */
const problemsIn = (app: App): readonly string[] => {
  try {
    app.synth();
    return [];
  } catch (error) {
    return [...String(error).matchAll(/^.*\(CloudFormation Validate\)\n.*$/gm)].map(([problem]) => problem);
  }
};

// All stacks are in one app, because loading the schemas takes longer than all of its stacks.
test("CloudFormation's schemas take every resource of the stack, and stop the synthesis at a planted one alone", () => {
  inApp(
    (app) => {
      const least = aStack(app, {}, "with-defaults");
      aStack(app, { deployment: { domain, alarmEmail: "a@example.com" } }, "with-all");
      new CfnQueue(least, "Planted", { delaySeconds: -1 });
      expect(problemsIn(app)).toEqual([expect.stringMatching(/DelaySeconds.*\n.*with-defaults\/Planted/)]);
    },
    { builtinCloudFormationValidation: true },
  );
  // Validates every resource, which takes long beside other work.
}, 300_000);
