import { expect, test } from "vitest";
import { explainFailedDeployment } from "../../src/cli/setup.ts";

test.each([
  [
    "No stacks match the name(s) Crier-production",
    /the app in cdk\.json makes no stack of that name: .*npx cdk deploy/,
  ],
  [
    "Your account must be verified before you can add new CloudFront resources. To verify your account, please contact AWS Support",
    /ask AWS Support/,
  ],
  [
    "One or more of the CNAMEs you provided are already associated with a different resource. (Service: CloudFront, Status Code: 409)",
    /belongs to another CloudFront distribution/,
  ],
  [
    "The certificate that is attached to your distribution doesn't cover the alternate domain name: InvalidViewerCertificate",
    /us-east-1, issued \(not pending\)/,
  ],
  ["The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid", /us-east-1, issued/],
  ["ExpiredToken: The security token included in the request is expired", /aws sso login/],
  ["Need to perform AWS calls, but no credentials have been configured", /aws sso login/],
  [
    "SSM parameter /cdk-bootstrap/hnb659fds/version not found. Has the environment been bootstrapped?",
    /npx cdk bootstrap/,
  ],
  [
    "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value",
    /Service Quotas, AWS Lambda, Concurrent executions/,
  ],
  ["TooManyCachePolicies: you have exceeded the maximum", /Service Quotas/],
  ["Stack [Crier-production] cannot be deleted while TerminationProtection is enabled", /protection off by its name/],
  ["User: arn:aws:iam::1:user/a is not authorized to perform: sts:AssumeRole", /sign in as one that may/],
  ["The disk of the service was full", /the lines above name the resource and the reason/],
])("the next step after %j", (output, nextStep) => {
  expect(explainFailedDeployment(`Crier-production | CREATE_FAILED\n${output}\n`)).toMatch(nextStep);
});
