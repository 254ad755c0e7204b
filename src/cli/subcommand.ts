import type { Command } from "commander";
import type { Input } from "./ask.ts";
import type { Done } from "./publish-documents.ts";

export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  /** Where the command runs. */
  readonly folder: string;
  readonly input: Input;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Prints the answer of a command, or why it failed. */
export type Finish = (flags: { readonly json?: boolean }, act: () => Promise<Done>) => Promise<void>;

export const subcommand = (parent: Command, spec: string, description: string): Command =>
  parent.command(spec).description(description).option("--json", "print the answer as JSON");
