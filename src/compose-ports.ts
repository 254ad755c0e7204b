import { createHash } from "node:crypto";
import type { Config } from "./config.ts";
import { commandsOf } from "./domain/delivery-commands.ts";
import { type Deployment, homeCommands } from "./domain/installation.ts";
import type { Site } from "./domain/site.ts";
import type { Hash, Log, Runtime } from "./ports/runtime.ts";
import type { Store } from "./ports/store.ts";

/** What differs between a machine, a deployment and a test. */
export interface Dependencies extends Pick<Runtime, "clock" | "deadline"> {
  readonly config: Pick<Config, "sites" | "accounts" | "policies">;
  readonly store: Store;
  readonly log: Log;
  /** The owner is told by mail what needs a person, and not only by the log. */
  readonly mailsOwner?: boolean;
  /** Absent: this is one machine. */
  readonly deployment?: Deployment;
}

export const hash: Hash = (content) => createHash("sha256").update(content).digest("hex");

export const siteOf =
  ({ sites }: Pick<Config, "sites">) =>
  (id: string): Site => {
    const site = sites.find((one) => one.id === id);
    if (site === undefined)
      throw new Error(`there is no site "${id}" in the configuration: put it back, or remove its posts first`);
    return site;
  };

export const ports = ({ config, store, log, clock, deadline, mailsOwner = false, deployment }: Dependencies) => ({
  ...store,
  accountStates: store.accounts,
  accounts: config.accounts,
  policies: config.policies,
  site: siteOf(config),
  command: commandsOf(config.sites),
  home: homeCommands(deployment),
  hash,
  log,
  clock,
  deadline,
  mailsOwner,
});
