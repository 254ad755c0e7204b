import { randomBytes } from "node:crypto";
import { CommandError } from "../api/api-client.ts";
import { secretsOf } from "../domain/installation.ts";
import { mintedSecret } from "./minted-secret.ts";
import { readConfiguration } from "./read-configuration.ts";
import type { CommandResult } from "./subcommand.ts";

interface WebhookSecretOptions {
  /** The id of the site; the first one of the configuration if undefined. */
  readonly site: string | undefined;
  readonly stage: string;
  readonly rotate: boolean;
  readonly folder: string;
}

const notes = {
  made: "This secret is new: give it to what receives the webhook.",
  rotated: "This secret is new: messages are signed with it within a minute.",
  read: "This is the existing secret; --rotate replaces it.",
} as const;

/** Standard Webhooks: 24 to 64 random bytes. */
const createSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;

/** The secret of a site's webhook, which Crier and the receiver share. Created on first use, and alone on standard output. */
export const webhookSecret = async (options: WebhookSecretOptions): Promise<CommandResult> => {
  const { stage, rotate, folder } = options;
  const { sites } = await readConfiguration(folder);
  const site = options.site === undefined ? sites[0] : sites.find(({ id }) => id === options.site);
  if (site === undefined)
    throw new CommandError(
      `there is no site ${JSON.stringify(options.site)}: use ${sites.map(({ id }) => id).join(", ")}`,
      { exitCode: 2 },
    );
  if (site.webhook === undefined)
    throw new CommandError(
      `the site ${site.id} has no webhook: add webhook: { url: "https://…" } to it in crier.config.ts, and deploy`,
      { exitCode: 2 },
    );
  const parameter = secretsOf(stage).webhook(site.id);
  const { value, result, region } = await mintedSecret({ parameter, rotate, create: createSecret });
  return {
    answer: { result, stage, site: site.id, parameter, region, secret: value },
    lines: [value],
    notes: [`${parameter} in ${region}. ${notes[result]}`],
  };
};
