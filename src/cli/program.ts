import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import * as z from "zod";
import { type Client, CommandError, connect } from "../api/api-client.ts";
import { defaultStage, isStage, stageRule } from "../domain/installation.ts";
import {
  type CommandResult,
  type Flags,
  type Line,
  lineText,
  type Perform,
  printable,
  subcommand,
  type Terminal,
  type Verb,
} from "./command.ts";
import { actVerbs, changedDeliveryLines } from "./delivery-verbs.ts";
import { doctorCommand } from "./doctor.ts";
import type { ExportFlags, TransferFlags } from "./export-and-restore.ts";
import {
  accountLines,
  feedLines,
  listLines,
  pageLines,
  refusedLines,
  removedLines,
  sourceLines,
  statusLines,
} from "./output.ts";
import { plan } from "./plan-command.ts";
import { findStatus, importFolder, publish } from "./publish-documents.ts";
import type { DeployFlags, SetupFlags } from "./setup.ts";

const packageFile = join(import.meta.dirname, "../../package.json");
const readVersion = async (): Promise<string> =>
  z.object({ version: z.string() }).parse(JSON.parse(await readFile(packageFile, "utf8"))).version;

/** Removes the value of `--field=value`, because it can be a secret and the output can be a log. */
const usageError = (text: string): string =>
  text.replace(/^error: /, "crier: ").replace(/(?<![\w-])(--?[\w-]+)=.*/s, "$1'\n");

/** Runs one command. Returns the exit code: 0 for success, 1 for a refusal or a failure, 2 for wrong usage. */
export const run = async (args: readonly string[], terminal: Terminal): Promise<number> => {
  const { env, folder, out, err } = terminal;
  let code = 0;
  const program = new Command("crier")
    .description(
      "Feeds that are always valid, social posts that go out once.\nConnects to http://127.0.0.1:4000, or to CRIER_URL with CRIER_TOKEN.",
    )
    .version(await readVersion())
    .configureOutput({ writeOut: out, writeErr: err, outputError: (text, write) => write(usageError(text)) })
    .showHelpAfterError("Run it with --help to see how it is used.")
    // A flag after `accounts set` is a flag of that command.
    .enablePositionalOptions()
    .exitOverride();
  const printJson = (value: unknown): void => out(`${JSON.stringify(value, null, 2)}\n`);
  const perform: Perform = async ({ json }, action) => {
    try {
      const { answer, lines, notes = [], failed } = await action();
      if (json) printJson(answer);
      else {
        err(printable(notes));
        out(lines.map((line) => lineText(line, terminal.hasColours === true)).join(""));
      }
      if (failed) code = 1;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      code = error.exitCode;
      if (json) printJson(error.problem ?? { detail: error.message });
      else err(printable(`crier: ${error.message}`.split("\n")));
    }
  };
  const add = ({ spec, description, options = [], run: runVerb }: Verb): Command => {
    const command = subcommand(program, spec, description).option(
      "--site <id>",
      "the site, if it is not the first one",
    );
    for (const option of options) command.addOption(option);
    return command.action(() => {
      const flags = command.opts<Flags>();
      return perform(flags, async () =>
        runVerb(connect(env, folder, flags.site), command.args[0] ?? "", { ...flags, folder, width: terminal.width }),
      );
    });
  };
  for (const verb of verbs) add(verb);
  doctorCommand(program, perform, terminal);
  secretCommands(program, add(accountsVerb), perform, terminal);
  transferCommands(program, perform, terminal);
  sandboxCommand(program, perform);
  setupCommands(program, perform, terminal);
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
};

const show = async <Answer>(
  answer: Promise<Answer>,
  toLines: (answer: Answer) => CommandResult["lines"],
): Promise<CommandResult> => {
  const known = await answer;
  return { answer: known, lines: toLines(known) };
};

const list = (client: Client, { from, width }: Flags): Promise<CommandResult> =>
  show(client.request("list", { query: { from } }), (answer) => {
    if (from !== undefined && answer.posts.length === 0) return ["No more posts."];
    const more = answer.next === null ? [] : [`More: ${client.command(`list --from ${answer.next}`)}`];
    return [...listLines(answer, width), ...more];
  });

/** The commands that send requests about one site to the API. */
const verbs: readonly Verb[] = [
  {
    spec: "plan <place>",
    description:
      "show what a document would publish, or which documents of a folder or of a range of commits (main..HEAD) would be announced, and why",
    options: [new Option("--markdown", "print it as Markdown, for a comment on a pull request")],
    run: plan,
  },
  {
    spec: "publish <document>",
    description: "publish a file now, whatever its age, or announce a post by its name",
    options: [new Option("--again", "announce it once more, even if it was announced before")],
    run: (client, file, { again }) => publish(client, file, again === true),
  },
  {
    spec: "import <dir>",
    description: "import a folder of documents; old ones are added to the feeds only",
    run: importFolder,
  },
  {
    spec: "list",
    description: "list the posts, the most recently changed first",
    options: [
      new Option("--refused", "list the refused documents and the deletions to be confirmed, with their reasons"),
      new Option("--pages", "list the documents that are pages of the site, with the reasons"),
      new Option("--from <cursor>", "show the next page; the page before it prints the cursor"),
    ],
    run: (client, _, flags) => {
      if (flags.refused) return show(client.request("refused", { query: { refused: true } }), refusedLines);
      return flags.pages ? show(client.request("pages", { query: { pages: true } }), pageLines) : list(client, flags);
    },
  },
  {
    spec: "status <post>",
    description:
      "show a post and its deliveries, or why a document is refused; a slug, path, URL or file name names it",
    options: [new Option("--history", "show all that happened to each delivery, and when")],
    run: (client, post, { history }) =>
      show(findStatus(client, post, history === true), (answer) => statusLines(answer, client.command)),
  },
  {
    spec: "retry <id>",
    description: "send a failed delivery again, and one that waits or is held now; crier status shows the id",
    run: (client, id) =>
      show(client.request("retry", { name: id }), (answer) => changedDeliveryLines(answer, client.command)),
  },
  {
    spec: "resolve <id>",
    description:
      "record whether an unknown delivery, or the missing part of one, was posted; crier status shows the id",
    options: [
      new Option("--as <what>", "posted: it is on the network; retry: it is not, send it again")
        .choices(["posted", "retry"])
        .makeOptionMandatory(),
    ],
    run: (client, id, { as }) =>
      show(client.request("resolve", { name: id, query: { as } }), (answer) =>
        changedDeliveryLines(answer, client.command),
      ),
  },
  ...actVerbs,
  {
    spec: "remove <post>",
    description: "remove a post from the feeds, and its copies from the networks that allow it",
    run: (client, post) => show(client.request("remove", { name: post }), (answer) => removedLines(post, answer)),
  },
  {
    spec: "feeds",
    description: "list the feeds and their faults",
    run: (client) => show(client.request("feeds"), feedLines),
  },
  {
    spec: "sources",
    description: "list where the posts come from, and when a feed was polled, what it answered and when it is next",
    run: (client) => show(client.request("sources"), sourceLines),
  },
];

/** Separate from `verbs`, because it has the subcommand `set`. */
const accountsVerb: Verb = {
  spec: "accounts",
  description: "list the accounts and whether they post for real",
  run: (client) => show(client.request("accounts"), accountLines),
};

interface StageFlags {
  readonly json?: boolean;
  readonly stage: string;
  readonly rotate?: boolean;
  readonly site?: string;
}

const defaultStageOption = () => stageOption().default(defaultStage);

/**
 * Commands for secrets, which a deployment cannot write itself. Loaded on demand, so that no other command waits for
 * the AWS client.
 */
const secretCommands = (program: Command, accounts: Command, perform: Perform, terminal: Terminal): void => {
  subcommand(
    accounts,
    "set <name>",
    "store the secret of an account, in .env where npm start has run, else in AWS: asks for it, or reads a JSON object from standard input",
  )
    .addOption(stageOption("the stage of a deployment on AWS"))
    .action((name: string, flags: Partial<StageFlags>) =>
      perform(flags, async () => {
        const { setAccount } = await import("./configured-secrets.ts");
        return setAccount(name, flags.stage, terminal);
      }),
    );
  subcommand(program, "token", "print the API token of a deployment; create one if there is none")
    .addOption(defaultStageOption())
    .option("--rotate", "replace it with a new one")
    .action((flags: StageFlags) =>
      perform(flags, async () => {
        const { deploymentToken } = await import("./parameter-store.ts");
        return deploymentToken({ stage: flags.stage, rotate: flags.rotate === true });
      }),
    );
  subcommand(program, "webhook-secret", "print the secret of a site's webhook; create one if there is none")
    .addOption(defaultStageOption())
    .option("--site <id>", "the site, if not the first one of the configuration")
    .option("--rotate", "replace it with a new one")
    .action((flags: StageFlags) =>
      perform(flags, async () => {
        const { webhookSecret } = await import("./configured-secrets.ts");
        const { site, stage, rotate = false } = flags;
        return webhookSecret({ site, stage, rotate, folder: terminal.folder });
      }),
    );
};

/** The commands for exports. Loaded on demand, so that no other command waits for the database. */
const transferCommands = (program: Command, perform: Perform, terminal: Terminal): void => {
  subcommand(program, "export <file>", "write all that the running Crier knows into one file; - is standard output")
    .addOption(new Option("--data <dir>", "a data folder in which no Crier runs"))
    .addOption(stageOption("a deployment, by its stage").conflicts("data"))
    .option("--move", "for a move: what is exported sends nothing from now on")
    .action((file: string, flags: ExportFlags) =>
      perform(flags, async () => {
        const { exportInstallation } = await import("./export-and-restore.ts");
        return exportInstallation(file, flags, terminal);
      }),
    );
  subcommand(program, "restore <file>", "put an export into a new data folder (.crier) or a new deployment")
    .addOption(new Option("--data <dir>", "the data folder"))
    .addOption(stageOption("a deployment, by its stage").conflicts("data"))
    .action((file: string, flags: TransferFlags) =>
      perform(flags, async () => {
        const { restoreInstallation } = await import("./export-and-restore.ts");
        return restoreInstallation(file, flags, terminal);
      }),
    );
  subcommand(program, "resume", "undo a move: the data folder (.crier) or the deployment sends again")
    .addOption(new Option("--data <dir>", "the data folder, in which no Crier runs"))
    .addOption(stageOption("a deployment, by its stage").conflicts("data"))
    .action((flags: TransferFlags) =>
      perform(flags, async () => {
        const { resumeInstallation } = await import("./export-and-restore.ts");
        return resumeInstallation(flags, terminal);
      }),
    );
};

interface SandboxFlags {
  readonly json?: boolean;
  readonly port: number;
}

const parsePort = (text: string): number => {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError("A port is a number from 0 to 65535.");
  return port;
};

/** Starts the emulated networks, which are loaded on demand. The process runs as long as the server listens. */
const startSandbox = async (port: number): Promise<CommandResult> => {
  const { StartError } = await import("../runtimes/local/listen.ts");
  const { serveSandbox } = await import("../runtimes/local/local-sandbox.ts");
  const { systemRuntime } = await import("../runtimes/system-runtime.ts");
  try {
    const { url, accounts } = await serveSandbox(port, systemRuntime.clock);
    const lines = accounts.flatMap((account): readonly Line[] => [
      { text: account.network, format: "bold" },
      `  ${account.url}`,
      ...Object.entries(account.credentials).map(([field, value]) => `  ${field} ${value}`),
    ]);
    return {
      answer: { url, accounts },
      lines: [`The sandbox is at ${url}/sandbox; the networks' addresses, and the credentials for them:`, ...lines],
    };
  } catch (error) {
    if (error instanceof StartError) throw new CommandError(error.message, { cause: error });
    throw error;
  }
};

const sandboxCommand = (program: Command, perform: Perform): void => {
  subcommand(program, "sandbox", "serve the emulated networks alone, for the tests of other programs, until Ctrl-C")
    .addOption(
      new Option("--port <n>", "the port on 127.0.0.1; 0 is any that is free").default(4001).argParser(parsePort),
    )
    .action((flags: SandboxFlags) => perform(flags, () => startSandbox(flags.port)));
};

/** The commands that deploy. Loaded on demand, so that no other command waits for the AWS clients. */
const setupCommands = (program: Command, perform: Perform, terminal: Terminal): void => {
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

const stageOption = (description = "the stage of the deployment"): Option =>
  new Option("--stage <name>", description).argParser((name) => {
    if (isStage(name)) return name;
    throw new InvalidArgumentError(`Use the name that it was deployed with: ${stageRule}.`);
  });
