import { CommandError } from "../api/api-client.ts";
import { type AwsAccount, AwsAccountError, openAwsAccount } from "../aws-account/aws-account.ts";
import type { Dialog } from "./dialog.ts";
import { withParameters } from "./open-parameters.ts";
import { runCdk } from "./run-cdk.ts";

/** The qualifier of `cdk bootstrap` where none is named ("DefaultStackSynthesizer"). */
const bootstrapParameter = "/cdk-bootstrap/hnb659fds/version";

/** Of a new AWS account. An import that keeps more functions busy waits. */
const fewExecutions = 100;

/** What AWS refuses becomes an error of the command. */
const naming = async <T>(call: () => Promise<T>): Promise<T> => {
  try {
    return await call();
  } catch (error) {
    if (error instanceof AwsAccountError) throw new CommandError(error.message, { cause: error });
    throw error;
  }
};

const checkStack = async (account: AwsAccount, name: string, { say }: Dialog): Promise<void> => {
  const stack = await account.stack(name);
  if (stack === undefined) return say(`  there is no ${name} yet`);
  const { status, isProtected } = stack;
  if (status.endsWith("_IN_PROGRESS"))
    throw new CommandError(`${name} is being changed (${status}): wait until that is done, and run this again`);
  if (isProtected && /^(?:CREATE_FAILED|ROLLBACK_COMPLETE|ROLLBACK_FAILED)$/.test(status))
    throw new CommandError(
      `the first deployment of ${name} failed, and its stack is still there, protected (${status}). Take the protection away by its name, and run this again:\n  aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${name}`,
    );
  say(`  ${name} is there (${status})`);
};

const checkBootstrap = async (dialog: Dialog, region: string): Promise<void> => {
  const { say, confirm, terminal } = dialog;
  const version = await withParameters((parameters) => parameters.read(bootstrapParameter));
  if (version !== undefined) return say(`  ${region} is prepared for the CDK (bootstrap version ${version})`);
  say(`  ${region} is not prepared for the CDK (no parameter ${bootstrapParameter})`);
  const nextStep = "run npx cdk bootstrap, once per AWS account and region, and then this again";
  if (!(await confirm("Prepare it now, by npx cdk bootstrap?", nextStep))) throw new CommandError(nextStep);
  const { done } = await runCdk(["bootstrap"], terminal);
  if (!done) throw new CommandError("npx cdk bootstrap failed: the lines above name the reason");
};

const checkQuota = async (account: AwsAccount, { say }: Dialog): Promise<void> => {
  const executions = await account.concurrentExecutions();
  if (executions >= fewExecutions) return say(`  AWS runs ${executions} functions of this account at the same time`);
  say(
    `  AWS runs only ${executions} functions of this account at the same time, as in a new one: a large upload takes longer`,
    "  to have more, which is free: console, Service Quotas, AWS Lambda, Concurrent executions",
  );
};

export interface CheckedAccount {
  readonly account: string;
  readonly region: string;
}

/** Says what a deployment of this stack needs of the AWS account and is missing, before CloudFormation starts. */
export const checkAwsAccount = (stack: string, dialog: Dialog): Promise<CheckedAccount> =>
  naming(async () => {
    const aws = openAwsAccount();
    const region = await aws.region();
    const { account, user } = await aws.identity();
    dialog.say(`  signed in to the account ${account} as ${user}`);
    await checkBootstrap(dialog, region);
    await checkQuota(aws, dialog);
    await checkStack(aws, stack, dialog);
    return { account, region };
  });
