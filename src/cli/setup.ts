import { setTimeout as pause } from "node:timers/promises";
import { connect } from "../api/api-client.ts";
import { defaultStage } from "../domain/installation.ts";
import { existingOrNewToken } from "./api-token.ts";
import { checkAwsAccount } from "./check-aws-account.ts";
import { connectAccounts } from "./connect-accounts.ts";
import { deployStage, stackOf } from "./deploy-stage.ts";
import { type Dialog, openDialog } from "./dialog.ts";
import { publishFirstPost } from "./first-post.ts";
import { openInBrowser } from "./open-in-browser.ts";
import { readConfiguration } from "./read-configuration.ts";
import { type SiteFlags, setUpConfiguration } from "./setup-configuration.ts";
import type { CommandResult, Terminal } from "./subcommand.ts";

export interface DeployFlags {
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly stage: string;
}

export interface SetupFlags extends DeployFlags, SiteFlags {
  /** False with `--no-open`. */
  readonly open: boolean;
}

const dialogOf = ({ yes = false, json = false }: DeployFlags, terminal: Terminal): Dialog =>
  openDialog(terminal, { yes, json });

const stageFlag = (stage: string): string => (stage === defaultStage ? "" : ` --stage ${stage}`);

/** From a clone to the first post. Each step sees for itself what is done already, so that it can be run again at any time. */
export const setup = async (flags: SetupFlags, terminal: Terminal): Promise<CommandResult> => {
  const { stage } = flags;
  const dialog = dialogOf(flags, terminal);
  const { say } = dialog;
  say("1 of 6  The configuration");
  const config = await setUpConfiguration(dialog, flags);
  say("2 of 6  The AWS account");
  const { account, region } = await checkAwsAccount(stackOf(stage), dialog);
  say("3 of 6  The deployment");
  const {
    FeedsUrl: feedsUrl,
    ApiUrl: apiUrl,
    UploadBucket: bucket,
    Table: table,
  } = await deployStage(stage, account, dialog);
  say("4 of 6  The accounts");
  const accounts = await connectAccounts(config, stage, dialog);
  say("5 of 6  The token of the API");
  const { result, parameter, token } = await existingOrNewToken({ stage, rotate: false });
  say(`  ${result}: ${parameter} in ${region}`);
  say("6 of 6  A first post");
  const client = connect({ CRIER_URL: apiUrl, CRIER_TOKEN: token }, terminal.folder);
  const title = config.sites[0]?.title ?? "";
  const post = await publishFirstPost({ client, title, feedsUrl, pause }, dialog);
  if (dialog.interactive && flags.open) openInBrowser(feedsUrl);
  return {
    answer: { stage, account, region, feedsUrl, apiUrl, bucket, accounts, token: result, post },
    lines: [
      `Your feeds: ${feedsUrl}`,
      `  a post is a file:   aws s3 cp my-post.md s3://${bucket}/`,
      `  npx crier with it:  export CRIER_URL=${apiUrl} CRIER_TOKEN=$(npx crier token${stageFlag(stage)})`,
      `  protect its data:   aws dynamodb update-table --table-name ${table} --deletion-protection-enabled`,
    ],
  };
};

/** The second and third step alone. */
export const deploy = async (flags: DeployFlags, terminal: Terminal): Promise<CommandResult> => {
  const { stage } = flags;
  const dialog = dialogOf(flags, terminal);
  await readConfiguration(terminal.folder);
  const { account, region } = await checkAwsAccount(stackOf(stage), dialog);
  const { FeedsUrl: feedsUrl, ApiUrl: apiUrl } = await deployStage(stage, account, dialog);
  return { answer: { stage, account, region, feedsUrl, apiUrl }, lines: [] };
};
