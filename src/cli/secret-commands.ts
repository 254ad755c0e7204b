import type { Command } from "commander";
import { defaultStage } from "../domain/installation.ts";
import { stageOption as anyStage } from "./stage-option.ts";
import { type Perform, subcommand, type Terminal } from "./subcommand.ts";

interface StageFlags {
  readonly json?: boolean;
  readonly stage: string;
  readonly rotate?: boolean;
  readonly site?: string;
}

const stageOption = () => anyStage().default(defaultStage);

/** They write what a deployment cannot write itself. Loaded on demand, so that no other command waits for the AWS client. */
export const secretCommands = (program: Command, accounts: Command, perform: Perform, terminal: Terminal): void => {
  subcommand(
    accounts,
    "set <name>",
    "store the secret of an account, in .env where npm start has run, else in AWS: asks for it, or reads a JSON object from standard input",
  )
    .addOption(anyStage("the stage of a deployment on AWS"))
    .action((name: string, flags: Partial<StageFlags>) =>
      perform(flags, async () => {
        const { setAccount } = await import("./set-account.ts");
        return setAccount(name, flags.stage, terminal);
      }),
    );
  subcommand(program, "token", "print the API token of a deployment; create one if there is none")
    .addOption(stageOption())
    .option("--rotate", "replace it with a new one")
    .action((flags: StageFlags) =>
      perform(flags, async () => {
        const { deploymentToken } = await import("./api-token.ts");
        return deploymentToken({ stage: flags.stage, rotate: flags.rotate === true });
      }),
    );
  subcommand(program, "webhook-secret", "print the secret of a site's webhook; create one if there is none")
    .addOption(stageOption())
    .option("--site <id>", "the site, if not the first one of the configuration")
    .option("--rotate", "replace it with a new one")
    .action((flags: StageFlags) =>
      perform(flags, async () => {
        const { webhookSecret } = await import("./webhook-secret.ts");
        const { site, stage, rotate = false } = flags;
        return webhookSecret({ site, stage, rotate, folder: terminal.folder });
      }),
    );
};
