import type { Command } from "commander";
import { defaultStage } from "../domain/installation.ts";
import type { DeployFlags, SetupFlags } from "./setup.ts";
import { stageOption } from "./stage-option.ts";
import { type Perform, subcommand, type Terminal } from "./subcommand.ts";

/** Loaded on demand, so that no other command waits for the AWS clients. */
export const setupCommands = (program: Command, perform: Perform, terminal: Terminal): void => {
  subcommand(program, "setup", "put Crier into your AWS account, up to a first post; run it again to go on")
    .addOption(stageOption().default(defaultStage))
    .option("--title <text>", "of the site")
    .option("--url <url>", "of the site")
    .option("--time-zone <zone>", "of the site, as Europe/Berlin")
    .option("--networks <names>", "to post to, as bluesky,mastodon")
    .option("--yes", "ask nothing: the flags are the answers, and secrets are stored later")
    .option("--no-open", "do not open the feeds in the browser")
    .action((flags: SetupFlags) =>
      perform(flags, async () => {
        const { setup } = await import("./setup.ts");
        return setup(flags, terminal);
      }),
    );
  subcommand(program, "deploy", "check the AWS account, deploy crier.config.ts, and explain what failed")
    .addOption(stageOption().default(defaultStage))
    .option("--yes", "ask nothing")
    .action((flags: DeployFlags) =>
      perform(flags, async () => {
        const { deploy } = await import("./setup.ts");
        return deploy(flags, terminal);
      }),
    );
};
