import { spawn } from "node:child_process";
import { userInfo } from "node:os";
import { styleText } from "node:util";
import { type Command, Option } from "commander";
import { type Client, CommandError, connect } from "../api/api-client.ts";
import type { Answer, operations } from "../api/operations.ts";

export type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };

export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  /** The folder that the command runs in. The local token and `crier.config.ts` are in it. */
  readonly folder: string;
  readonly input: Input;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Standard output, for bytes that are not text. */
  readonly output?: NodeJS.WritableStream;
  /** The number of characters in a line. Undefined where the output is not a terminal. */
  readonly width?: number | undefined;
  /** The output is a terminal that shows colours. */
  readonly hasColours?: boolean;
}

/** The style of a line in a terminal with colours. */
export type Format = "bold" | "dim" | "red" | "yellow";

export type Line = string | { readonly text: string; readonly format: Format };

export interface CommandResult {
  /** Printed by `--json`. */
  readonly answer: unknown;
  readonly lines: readonly Line[];
  /** Printed on standard error. */
  readonly notes?: readonly string[];
  /** Something was refused or is wrong: exit 1. */
  readonly failed?: boolean;
}

export interface Flags {
  readonly json?: boolean;
  readonly site?: string;
  readonly again?: boolean;
  readonly refused?: boolean;
  readonly pages?: boolean;
  readonly all?: boolean;
  readonly history?: boolean;
  readonly check?: boolean;
  readonly markdown?: boolean;
  readonly from?: string;
  /** The person who decides. `resolve` uses the option for the result of the delivery instead. */
  readonly as?: string;
  readonly why?: string;
  readonly yes?: boolean;
  readonly account?: string;
  readonly set?: string;
  readonly file?: string;
  readonly document?: boolean;
  readonly keepMine?: boolean;
  readonly terminal: Terminal;
  /** The folder that the command runs in. */
  readonly folder: string;
  /** The width of the terminal in characters. */
  readonly width?: number | undefined;
  /** Prints a line on standard error at once, for a person who waits. */
  readonly note: (line: string) => void;
}

/** A command is called with this. */
export interface CommandCall<GivenFlags> {
  readonly args: readonly string[];
  readonly flags: GivenFlags;
  readonly terminal: Terminal;
}

/** One command, once: its help, the tests of the documents and the engine are made of it. */
export interface CommandEntry<GivenFlags> {
  /** The command's name and its arguments. */
  readonly spec: string;
  readonly description: string;
  readonly options?: readonly Option[];
  /** An example that docs/command-line.md shows, too, without `npx crier`. */
  readonly example: string;
  /** When it ends with 1. It ends with 0 when it is done, and with 2 when it is used wrongly. */
  readonly fails: string;
  /** The operations of the API that it calls. */
  readonly calls?: readonly (keyof typeof operations)[];
  readonly subcommands?: readonly CommandRow[];
  readonly run: (call: CommandCall<GivenFlags>) => Promise<CommandResult>;
}

/** A command whose flags are read by itself. */
export interface CommandRow extends Omit<CommandEntry<never>, "run"> {
  readonly perform: (command: Command, terminal: Terminal) => Promise<CommandResult>;
}

export const command = <GivenFlags extends object>({ run, ...entry }: CommandEntry<GivenFlags>): CommandRow => ({
  ...entry,
  perform: (called, terminal) => run({ args: called.args, flags: called.opts<GivenFlags>(), terminal }),
});

/** A command that sends requests about one site to the API. */
export interface Verb extends Omit<CommandEntry<Flags>, "run"> {
  /** The history names the person who decides. */
  readonly takesActor?: true;
  /**
   * Says what is wrong with the use of the command. It is called first, so that a mistake needs no running Crier to be
   * named. `connect` throws a `CommandError` where there is none.
   */
  readonly usage?: (argument: string, flags: Flags, connect: () => Client) => Promise<string | undefined>;
  readonly run: (client: Client, argument: string, flags: Flags) => Promise<CommandResult>;
}

const localUser = (): string => {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a user without a name.
    return "";
  }
};

const siteOption = () => new Option("--site <id>", "the site, if it is not the first one");
const actorOption = () => new Option("--as <name>", "who decides, for the history: your user name, if it is absent");

export const siteCommand = ({ run, usage, takesActor, options = [], ...entry }: Verb): CommandRow =>
  command<Flags>({
    ...entry,
    options: [siteOption(), ...(takesActor ? [actorOption()] : []), ...options],
    run: async ({ args: [argument = ""], flags, terminal }) => {
      const { env, folder, width, err } = terminal;
      const actor = (takesActor ? flags.as : undefined) ?? env.CRIER_ACTOR ?? localUser();
      const note = (line: string): void => err(printable([line]));
      const given = { ...flags, folder, width, terminal, note };
      const connected = (): Client => connect(env, folder, { site: flags.site, actor });
      const problem = await usage?.(argument, given, connected);
      if (problem !== undefined) throw new CommandError(problem, { exitCode: 2 });
      return run(connected(), argument, given);
    },
  });

/** Performs a command, and prints its result or why it failed. Returns the exit code. */
const performRow = async ({ perform }: CommandRow, called: Command, terminal: Terminal): Promise<0 | 1 | 2> => {
  const { out, err } = terminal;
  const { json } = called.opts<{ readonly json?: boolean }>();
  const printJson = (value: unknown): void => out(printableJson(value));
  try {
    const { answer, lines, notes = [], failed } = await perform(called, terminal);
    if (json) printJson(answer);
    else {
      err(printable(notes));
      out(lines.map((line) => lineText(line, terminal.hasColours === true)).join(""));
    }
    return failed ? 1 : 0;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (json) printJson(error.problem ?? { detail: error.message });
    else err(printable(`crier: ${error.message}`.split("\n")));
    return error.exitCode;
  }
};

/** Adds the commands to their parent. `done` gets the exit code of the one that is called. */
export const addCommands = (
  parent: Command,
  rows: readonly CommandRow[],
  terminal: Terminal,
  done: (code: 0 | 1 | 2) => void,
): void => {
  for (const row of rows) {
    const called = parent
      .command(row.spec)
      .description(row.description)
      .option("--json", "print the answer as JSON")
      .addHelpText(
        "after",
        `\nExample:\n  npx crier ${row.example}\n\nIt ends with 0, or with 1 ${row.fails}, or with 2 for wrong usage.`,
      );
    for (const option of row.options ?? []) called.addOption(option);
    addCommands(called, row.subcommands ?? [], terminal, done);
    called.action(async () => done(await performRow(row, called, terminal)));
  }
};

/** True if the API answered with one of these statuses. */
export const hasStatus = (error: unknown, statuses: readonly number[]): error is CommandError =>
  error instanceof CommandError && statuses.includes(error.problem?.status ?? 0);

/**
 * JSON in which the characters that control a terminal are escaped, too. `JSON.stringify` escapes only those below U+0020.
 */
const printableJson = (value: unknown): string =>
  `${JSON.stringify(value, null, 2).replaceAll(
    /[\x7f-\x9f\p{Bidi_Control}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  )}\n`;

/** Text of documents, networks and other commands must not control the terminal. */
export const printable = (lines: readonly string[]): string =>
  lines.map((line) => `${line.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, " ")}\n`).join("");

/** Returns the line with its line break, and with its colour if the terminal shows colours. */
export const lineText = (line: Line, hasColours: boolean): string => {
  if (typeof line === "string" || !hasColours) return printable([typeof line === "string" ? line : line.text]);
  return `${styleText(line.format, printable([line.text]).trimEnd(), { validateStream: false })}\n`;
};

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const width = (text: string): number => [...graphemes.segment(text)].length;

export const truncate = (text: string, maxWidth: number): string => {
  if (width(text) <= maxWidth) return text;
  const segments = [...graphemes.segment(text)].map(({ segment }) => segment);
  return `${segments.slice(0, maxWidth - 1).join("")}…`;
};

/** Joins the parts that are neither empty nor missing. */
export const joined = (separator: string, parts: readonly (string | false | null)[]): string =>
  parts.filter(Boolean).join(separator);

/** Pads each column to its widest cell. The last column is neither padded nor truncated. */
export const columns = (rows: readonly (readonly string[])[]): readonly string[] => {
  const cells = rows.map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : truncate(cell, 100))));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => width(row[column] ?? ""))));
  return cells.map((row) =>
    row
      .map((cell, column) => cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - width(cell))))
      .join("  ")
      .trimEnd(),
  );
};

/** Formats an amount in US dollars. */
export const price = (cost: number): string => `$${cost.toFixed(3).replace(/0$/, "")}`;

/** Formats a moment to the minute in a time zone. Swedish writes dates as ISO 8601 does. */
export const minute = (moment: string, timeZone: string): string =>
  new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone }).format(new Date(moment));
export const minuteAndZone = (moment: string, timeZone: string): string => `${minute(moment, timeZone)} ${timeZone}`;

const browsers: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/** Opens the address in a browser on this machine. Without a browser nothing happens. */
export const openInBrowser = (url: string): void => {
  const [command = "xdg-open", ...args] = browsers[process.platform] ?? [];
  const child = spawn(command, [...args, url], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
};

/** Lists what was stopped because the data was restored. Nothing of it is sent without `--yes`. */
export const wouldSendLines = (
  { wouldSend }: Answer<"resumeSending">,
  named: string,
  client: Pick<Client, "command">,
): readonly string[] => [
  ...wouldSend.flatMap(({ account, deliveries, more }) => [
    deliveries.length === 0 ? `${account} would send nothing now.` : `${account} would send:`,
    ...deliveries.map(({ id, slug, state }) => `  ${slug} (${state})  ${id}`),
    ...(more ? ["  and others"] : []),
  ]),
  "Nothing is resumed: the data was restored, and does not know what was sent since. Documents that came since are known within the hour.",
  `Compare the list with the networks, and dismiss what is there already: ${client.command("dismiss ID")}`,
  `Then send the rest: ${client.command(`resume-sending${named === "" ? "" : ` ${named}`} --yes`)}`,
];
