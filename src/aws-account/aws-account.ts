import { CloudFormationClient, DescribeStacksCommand, type Stack } from "@aws-sdk/client-cloudformation";
import { GetAccountSettingsCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { paginateListBuckets, S3Client } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { explainAws } from "../secrets/aws-failure.ts";

export interface DeployedStack {
  /** The status in CloudFormation's spelling, e.g. `CREATE_COMPLETE`. */
  readonly status: string;
  readonly isProtected: boolean;
  /** The format of its rows. Undefined if it does not say one. */
  readonly rowFormat: number | undefined;
}

/** The facts about an AWS account that a deployment needs before it begins. Every call reads only. */
export interface AwsAccount {
  identity(): Promise<{ readonly account: string; readonly user: string }>;
  region(): Promise<string>;
  /** Returns how many functions AWS runs at the same time, in the whole account and region. */
  concurrentExecutions(): Promise<number>;
  /** Returns undefined if there is no stack of this name in a region, by default the one of `region()`. */
  stack(name: string, region?: string): Promise<DeployedStack | undefined>;
  /** Returns the regions that `cdk bootstrap` has prepared: the CDK can have deployed a stack in no other one. */
  preparedRegions(): Promise<readonly string[]>;
}

/** AWS refused or did not answer. The message is one line with the next step. */
export class AwsAccountError extends Error {
  override readonly name = "AwsAccountError";
}

const naming = async <T>(action: string, resource: string, call: () => Promise<T>): Promise<T> => {
  try {
    return await call();
  } catch (cause) {
    throw new AwsAccountError(explainAws(cause, action, resource), { cause });
  }
};

/** CloudFormation has no separate code for a missing stack ("DescribeStacks", Errors). */
const isMissing = (error: unknown): boolean =>
  error instanceof Error && error.name === "ValidationError" && error.message.includes("does not exist");

/**
 * Each prepared region has a bucket of the CDK with this prefix and the region at its end (`cdk bootstrap` with the default
 * qualifier). S3 lists the buckets of all regions in one answer, which no other service does for its resources.
 */
const assetsBucket = "cdk-hnb659fds-assets-";

/**
 * The SDK finds the region and the credentials: in `AWS_REGION`, `AWS_PROFILE` and the files of the AWS command line.
 */
export const openAwsAccount = (): AwsAccount => {
  const sts = new STSClient({});
  const lambda = new LambdaClient({});
  const s3 = new S3Client({});
  const find = async (name: string, region: string | undefined): Promise<Stack | undefined> => {
    const cloudFormation = new CloudFormationClient(region === undefined ? {} : { region });
    try {
      return (await cloudFormation.send(new DescribeStacksCommand({ StackName: name }))).Stacks?.[0];
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };
  return {
    identity: () =>
      naming("sts:GetCallerIdentity", "the account", async () => {
        const { Account = "", Arn = "" } = await sts.send(new GetCallerIdentityCommand({}));
        return { account: Account, user: Arn };
      }),
    region: () => naming("sts:GetCallerIdentity", "the account", () => sts.config.region()),
    concurrentExecutions: () =>
      naming("lambda:GetAccountSettings", "the account", async () => {
        const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
        return AccountLimit?.ConcurrentExecutions ?? 0;
      }),
    stack: (name, region) =>
      naming(
        "cloudformation:DescribeStacks",
        `the stack ${name}${region === undefined ? "" : ` in ${region}`}`,
        async () => {
          const stack = await find(name, region);
          if (stack === undefined) return undefined;
          const format = stack.Outputs?.find(({ OutputKey }) => OutputKey === "RowFormat")?.OutputValue;
          return {
            status: stack.StackStatus ?? "",
            isProtected: stack.EnableTerminationProtection === true,
            rowFormat: format === undefined ? undefined : Number(format),
          };
        },
      ),
    preparedRegions: () =>
      naming("s3:ListAllMyBuckets", "the account", async () => {
        const regions: string[] = [];
        for await (const { Buckets = [] } of paginateListBuckets({ client: s3 }, { Prefix: assetsBucket }))
          for (const { Name = "" } of Buckets) {
            const [, region] = /^cdk-hnb659fds-assets-\d{12}-(.+)$/.exec(Name) ?? [];
            if (region !== undefined) regions.push(region);
          }
        return regions;
      }),
  };
};
