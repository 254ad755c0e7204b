import type { Command } from "commander";

export type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };

export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  /** Where the command runs: the local token and `crier.config.ts` are there. */
  readonly folder: string;
  readonly input: Input;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Standard output for what is not text. */
  readonly output?: NodeJS.WritableStream;
  /** Characters in a line, where a person reads the output. */
  readonly width?: number | undefined;
  /** A person reads the output, where colours are shown. */
  readonly hasColours?: boolean;
}

/** How a line looks in a terminal with colours. */
export type Format = "bold" | "dim" | "red" | "yellow";

export type Line = string | { readonly text: string; readonly format: Format };

export interface CommandResult {
  /** What `--json` prints. */
  readonly answer: unknown;
  readonly lines: readonly Line[];
  /** Printed on standard error. */
  readonly notes?: readonly string[];
  /** Something was refused or is wrong: exit 1. */
  readonly failed?: boolean;
}

/** Prints the result of a command, or why it failed. */
export type Perform = (flags: { readonly json?: boolean }, action: () => Promise<CommandResult>) => Promise<void>;

export const subcommand = (parent: Command, spec: string, description: string): Command =>
  parent.command(spec).description(description).option("--json", "print the answer as JSON");
