interface Cause {
  /** In the words of AWS or the CDK. */
  readonly sign: RegExp;
  readonly nextStep: string;
}

/** The commonest causes first found by their words: CloudFormation hands on what a service says, without a code. */
const causes: readonly Cause[] = [
  {
    sign: /account must be verified before you can add/i,
    nextStep:
      "AWS has not verified this account for CloudFront yet: ask AWS Support for it (a case about account and billing, which is free), usually a day, and deploy again",
  },
  {
    sign: /CNAMEs? you provided (?:are|is) already associated|CNAMEAlreadyExists/i,
    nextStep:
      "the domain in deployment.domain belongs to another CloudFront distribution, of this AWS account or of another: remove it there, or choose another name, and deploy again",
  },
  {
    sign: /InvalidViewerCertificate|certificate .*(?:doesn't exist|isn't in us-east-1|isn't valid)/i,
    nextStep:
      "CloudFront does not take the certificate in deployment.domain: it has to be in us-east-1, issued (not pending), and for that very name; correct it, and deploy again",
  },
  {
    sign: /ExpiredToken|security token included in the request is (?:expired|invalid)|Unable to resolve AWS account|no credentials have been configured/i,
    nextStep:
      "AWS does not accept the credentials any more: sign in again with `aws sso login`, or set AWS_PROFILE, and deploy again",
  },
  {
    sign: /has not been bootstrapped|has it been bootstrapped|\/cdk-bootstrap\/\S+ (?:not found|does not exist)/i,
    nextStep: "this region is not prepared for the CDK: run npx cdk bootstrap once, and deploy again",
  },
  {
    sign: /UnreservedConcurrentExecution|concurrent executions|MaximumConcurrency/i,
    nextStep:
      "AWS runs too few functions of this account at the same time: ask for more in the console under Service Quotas, AWS Lambda, Concurrent executions (free), and deploy again",
  },
  {
    sign: /LimitExceeded|TooMany\w+|exceeded the (?:limit|maximum)/i,
    nextStep:
      "this AWS account has reached a quota, which the line above names: ask for more in the console under Service Quotas, or remove what is not used, and deploy again",
  },
  {
    sign: /TerminationProtection is enabled/i,
    nextStep:
      "the stack of a first deployment that failed is still there, and protected: switch its protection off by its name, as docs/deploy.md shows, and deploy again",
  },
  {
    sign: /AccessDenied|is not authorized to perform/i,
    nextStep:
      "the user or role that is signed in may not do this: sign in as one that may make resources, and deploy again",
  },
];

/** The next step after a deployment that failed, by what it printed. */
export const explainFailedDeployment = (output: string): string =>
  causes.find(({ sign }) => sign.test(output))?.nextStep ??
  "the lines above name the resource and the reason; what was made is removed again, so correct it, and deploy again";
