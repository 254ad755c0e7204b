import type { Option } from "commander";
import type { Client } from "../api/api-client.ts";
import type { CommandResult } from "./subcommand.ts";

export interface Flags {
  readonly json?: boolean;
  readonly site?: string;
  readonly again?: boolean;
  readonly refused?: boolean;
  readonly pages?: boolean;
  readonly all?: boolean;
  readonly history?: boolean;
  readonly markdown?: boolean;
  readonly from?: string;
  /** Of `resolve` alone, where it has to be given. */
  readonly as: "posted" | "retry";
  /** Where the command runs. */
  readonly folder: string;
  /** Of the terminal, in characters. */
  readonly width?: number | undefined;
}

export interface Verb {
  /** With its argument, if it takes one. */
  readonly spec: string;
  readonly description: string;
  readonly options?: readonly Option[];
  readonly run: (client: Client, argument: string, flags: Flags) => Promise<CommandResult>;
}
