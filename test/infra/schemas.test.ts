import type { App } from "aws-cdk-lib";
import { CfnQueue } from "aws-cdk-lib/aws-sqs";
import { describe, expect, test } from "vitest";
import { aStack, deployment, inApp } from "./synthesised.ts";

describe("CloudFormation's schemas", () => {
  const domain = {
    name: "feeds.example.com",
    certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d",
    stage: "test",
  };

  test.each([
    ["without accounts", { accounts: [] }],
    ["with a domain and an address for alarms", { deployment: { ...deployment, domain, alarmEmail: "a@example.com" } }],
  ])(
    "take every resource %s",
    (_, props) => {
      const synth = (app: App) => {
        aStack(app, props);
        return app.synth();
      };
      expect(() => inApp(synth, true)).not.toThrow();
    },
    // Validates every resource of the stack, which takes long beside other work.
    300_000,
  );

  test("stop the synthesis where they do not take one", () => {
    inApp((app) => {
      new CfnQueue(aStack(app), "Planted", { delaySeconds: -1 });
      expect(() => app.synth()).toThrow(/DelaySeconds/);
    }, true);
  });
});
