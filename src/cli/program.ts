import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { type Client, CommandError } from "../api/api-client.ts";
import type { Answer } from "../api/operations.ts";
import { commandLine } from "../domain/delivery-commands.ts";
import { defaultStage, isStage, stageRule } from "../domain/installation.ts";
import {
  addCommands,
  type CommandResult,
  type CommandRow,
  command,
  type Flags,
  type Line,
  siteCommand,
  type Terminal,
  type Verb,
} from "./command.ts";
import type { ConnectOptions } from "./connect-account.ts";
import { actVerbs, changedDeliveryLines, openVerb, sendingVerbs, withdrawVerb } from "./delivery-verbs.ts";
import { doctorCommand } from "./doctor.ts";
import type { ExportFlags, TransferFlags } from "./export-and-restore.ts";
import { logVerb } from "./history.ts";
import type { InitFlags } from "./init.ts";
import {
  accountLines,
  feedLines,
  listLines,
  pageLines,
  refusedLines,
  removedLines,
  sourceLines,
  statusLines,
  upcomingLines,
} from "./output.ts";
import { plan } from "./plan-command.ts";
import { findStatus, importFolder, publish, publishUsage } from "./publish-documents.ts";
import type { DeployFlags, SetupFlags } from "./setup.ts";

/** Removes the value of `--field=value`, because it can be a secret and the output can be a log. */
const usageError = (text: string): string =>
  text.replace(/^error: /, "crier: ").replace(/(?<![\w-])(--?[\w-]+)=.*/s, "$1'\n");

/** Runs one command. Returns the exit code: 0 for success, 1 for a refusal or a failure, 2 for wrong usage. */
export const run = async (args: readonly string[], terminal: Terminal): Promise<number> => {
  const { out, err } = terminal;
  let code = 0;
  const program = new Command("crier")
    .description(
      "Feeds that are always valid, social posts that go out once.\nConnects to the Crier that was started in this folder, or to CRIER_URL with CRIER_TOKEN.",
    )
    .version(manifest.version)
    .configureOutput({ writeOut: out, writeErr: err, outputError: (text, write) => write(usageError(text)) })
    .addHelpText("after", "\nnpx crier start starts Crier in this folder: npx crier start --help lists its options.")
    .showHelpAfterError("Run it with --help to see how it is used.")
    // A flag after `accounts set` is a flag of that command.
    .enablePositionalOptions()
    .exitOverride();
  addCommands(program, commands, terminal, (ended) => {
    code = ended;
  });
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

/** Names the deliveries that `resolve` is probably about, where Crier runs. */
const unknownDeliveries = async (connect: () => Client, site: string | undefined): Promise<string> => {
  try {
    const { deliveries } = await connect().request("deliveries", { query: { state: "unknown" } });
    const waiting = deliveries.slice(0, 5).map(({ id, slug }) => `${id} (${slug})`);
    return waiting.length === 0 ? "No delivery is unknown now." : `These are unknown: ${waiting.join(", ")}.`;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return `${commandLine("status SLUG", site)} shows the ids of a post's deliveries.`;
  }
};

const resolveUsage: NonNullable<Verb["usage"]> = async (id, { as, site }, connect) => {
  if (id !== "" && as !== undefined) return undefined;
  const [posted, retry] = ["posted", "retry"].map((what) => commandLine(`resolve ${id || "ID"} --as ${what}`, site));
  return `resolve takes a delivery and what you found: ${posted} where it is on the network, ${retry} where it is not. ${await unknownDeliveries(connect, site)}`;
};

const resolve = async (client: Client, id: string, { as }: Flags): Promise<CommandResult> => {
  // Its usage is checked before: it is one of the two.
  const query = { as: as === "posted" ? "posted" : "retry" } as const;
  return show(client.request("resolve", { name: id, query }), (answer) => changedDeliveryLines(answer, client.command));
};

/** The commands that send requests about one site to the API. */
const verbs: readonly Verb[] = [
  {
    spec: "plan <place>",
    description:
      "show what a document would publish, or which documents of a folder or of a range of commits (main..HEAD) would be announced, and why",
    options: [new Option("--markdown", "print it as Markdown, for a comment on a pull request")],
    example: "plan post.md",
    fails: "where a document is refused",
    calls: ["plan"],
    run: plan,
  },
  {
    spec: "publish <document>",
    description: "publish a file now, whatever its age, or announce a post by its name",
    options: [
      new Option("--again", "announce it once more, even if it was announced before; asks on a terminal"),
      new Option("--account <name>", "with --again: by this account alone"),
    ],
    example: "publish post.md",
    fails: "where the document is refused or is a page, or there is no such post",
    calls: ["plan", "put", "announce"],
    usage: publishUsage,
    run: (client, file, { again = false, ...flags }) => publish(client, file, { ...flags, again }),
  },
  {
    spec: "import <dir>",
    description: "import a folder of documents; old ones are added to the feeds only",
    example: "import posts/",
    fails: "where a document is refused",
    calls: ["plan", "put"],
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
    example: "list",
    fails: "where the cursor is of another list",
    calls: ["list", "refused", "pages"],
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
    example: "status my-post",
    fails: "where there is no such post, or several",
    calls: ["status"],
    run: (client, post, { history }) =>
      show(findStatus(client, post, history === true), (answer) => statusLines(answer, client.command)),
  },
  {
    spec: "upcoming",
    description: "list what waits to be sent, by the time at which it goes out",
    options: [new Option("--from <cursor>", "show the next page; the page before it prints the cursor")],
    example: "upcoming",
    fails: "where the cursor is of another list",
    calls: ["upcoming"],
    run: (client, _, { from }) =>
      show(client.request("upcoming", { query: { limit: 50, ...(from !== undefined && { from }) } }), (answer) => [
        ...upcomingLines(answer),
        ...(answer.next === null ? [] : [`More: ${client.command(`upcoming --from ${answer.next}`)}`]),
      ]),
  },
  {
    spec: "retry <id>",
    description: "send a failed delivery again, and one that waits or is held now; crier status shows the id",
    takesActor: true,
    example: "retry ID",
    fails: "where there is no such delivery, or its state does not allow it",
    calls: ["retry"],
    run: (client, id) =>
      show(client.request("retry", { name: id }), (answer) => changedDeliveryLines(answer, client.command)),
  },
  {
    spec: "resolve [id]",
    description:
      "record whether an unknown delivery, or the missing part of one, was posted; crier status shows the id",
    options: [
      new Option("--as <what>", "posted: it is on the network; retry: it is not, send it again").choices([
        "posted",
        "retry",
      ]),
    ],
    example: "resolve ID --as posted",
    fails: "where there is no such delivery, or its state does not allow it",
    calls: ["resolve", "deliveries"],
    usage: resolveUsage,
    run: resolve,
  },
  ...actVerbs,
  withdrawVerb,
  ...sendingVerbs,
  logVerb,
  openVerb,
  {
    spec: "remove <post>",
    description: "remove a post from the feeds, and its copies from the networks that allow it",
    example: "remove my-post",
    fails: "where there is no such post, or several",
    calls: ["remove"],
    run: (client, post) => show(client.request("remove", { name: post }), (answer) => removedLines(post, answer)),
  },
  {
    spec: "feeds",
    description: "list the feeds and their faults",
    example: "feeds",
    fails: "where there is no answer",
    calls: ["feeds"],
    run: (client) => show(client.request("feeds"), feedLines),
  },
  {
    spec: "sources",
    description: "list where the posts come from, and when a feed was polled, what it answered and when it is next",
    example: "sources",
    fails: "where there is no answer",
    calls: ["sources"],
    run: (client) => show(client.request("sources"), sourceLines),
  },
];

const reportAccounts = async (client: Client, name: string, check = false): Promise<Answer<"accounts">> => {
  const { accounts, timeZone } = await (check ? client.request("checkAccounts") : client.request("accounts"));
  const named = accounts.filter((account) => name === "" || account.name === name);
  if (named.length > 0 || accounts.length === 0) return { accounts: named, timeZone };
  const known = accounts.map((account) => account.name).join(", ");
  throw new CommandError(`there is no account ${JSON.stringify(name)}: use ${known}, or add it to crier.config.ts`);
};

/** Separate from `verbs`, because it has subcommands. */
const accountsVerb: Verb = {
  spec: "accounts [name]",
  description:
    "list the accounts, or one of them, whether they post for real, and what the last check of each login found",
  options: [new Option("--check", "log in now where an account has credentials")],
  example: "accounts --check",
  fails: "where there is no such account",
  calls: ["accounts", "checkAccounts"],
  run: (client, name, { check }) =>
    show(reportAccounts(client, name, check), (answer) => accountLines(answer, client.command)),
};

interface StageFlags {
  readonly stage: string;
  readonly rotate?: boolean;
  readonly plan?: boolean;
  readonly site?: string;
}

const stageOption = (description = "the stage of the deployment"): Option =>
  new Option("--stage <name>", description).argParser((name) => {
    if (isStage(name)) return name;
    throw new InvalidArgumentError(`Use the name that it was deployed with: ${stageRule}.`);
  });
const defaultStageOption = () => stageOption().default(defaultStage);
const rotateOption = () => new Option("--rotate", "replace it with a new one");

/**
 * Commands for secrets, which a deployment cannot write itself. Loaded on demand, so that no other command waits for
 * the AWS client.
 */
const setAccountCommand = command<Partial<StageFlags>>({
  spec: "set <name>",
  description:
    "store the secret of an account, in .env, or with --stage in AWS: asks for it, or reads a JSON object from standard input",
  options: [stageOption("the stage of a deployment on AWS")],
  example: "accounts set NAME",
  fails: "where there is no such account, or the secret is not one of its network",
  run: async ({ args: [name = ""], flags, terminal }) => {
    const { setAccount } = await import("./configured-secrets.ts");
    return setAccount(name, flags.stage, terminal);
  },
});

const connectAccountCommand = command<ConnectOptions>({
  spec: "connect <name>",
  description: "connect an account by a click: you agree in a browser, and its secret is stored as with set",
  options: [
    stageOption("the stage of a deployment on AWS"),
    new Option("--replace", "take another account of the network than the one that has posted"),
    new Option("--no-open", "do not open the browser"),
  ],
  example: "accounts connect mastodon",
  fails: "where the login is not given, or is not the account's",
  calls: ["accounts", "checkAccounts"],
  run: async ({ args: [name = ""], flags, terminal }) => {
    const { connectAccount } = await import("./connect-account.ts");
    return connectAccount(name, flags, terminal);
  },
});

const secretCommands = [
  command<StageFlags>({
    spec: "token",
    description: "print the API token of a deployment; create one if there is none",
    options: [
      defaultStageOption(),
      new Option("--plan", "the read-only token, for crier plan and all that only shows something"),
      rotateOption(),
    ],
    example: "token",
    fails: "where AWS does not allow it",
    run: async ({ flags: { stage, plan: isPlan = false, rotate = false } }) => {
      const { deploymentToken } = await import("./parameter-store.ts");
      return deploymentToken({ stage, plan: isPlan, rotate });
    },
  }),
  command<StageFlags>({
    spec: "webhook-secret",
    description: "print the secret of a site's webhook; create one if there is none",
    options: [
      defaultStageOption(),
      new Option("--site <id>", "the site, if not the first one of the configuration"),
      rotateOption(),
    ],
    example: "webhook-secret",
    fails: "where the site has no webhook, or AWS does not allow it",
    run: async ({ flags: { site, stage, rotate = false }, terminal: { folder } }) => {
      const { webhookSecret } = await import("./configured-secrets.ts");
      return webhookSecret({ site, stage, rotate, folder });
    },
  }),
];

const deploymentOption = () => stageOption("a deployment, by its stage").conflicts("data");

/** The commands for exports. Loaded on demand, so that no other command waits for the database. */
const transferCommands = [
  command<ExportFlags>({
    spec: "export [file]",
    description: "write all that the running Crier knows into one file; - is standard output",
    options: [
      new Option("--to <address>", "into a bucket: s3://BUCKET/PREFIX/"),
      new Option("--data <dir>", "a data folder in which no Crier runs"),
      deploymentOption(),
      new Option("--move", "for a move: what is exported sends nothing from now on"),
    ],
    example: "export backup.gz",
    fails: "where nothing could be exported, and the file is not written",
    calls: ["exportDatabase"],
    run: async ({ args: [file = ""], flags, terminal }) => {
      const { exportInstallation } = await import("./export-and-restore.ts");
      return exportInstallation(file, flags, terminal);
    },
  }),
  command<TransferFlags>({
    spec: "restore <file>",
    description: "put an export, a file or s3://BUCKET/KEY, into a new data folder (.crier) or a new deployment",
    options: [new Option("--data <dir>", "the data folder"), deploymentOption()],
    example: "restore backup.gz",
    fails:
      "where the file is damaged or has a row that Crier did not write, or the installation is not new, and nothing is restored",
    run: async ({ args: [file = ""], flags, terminal }) => {
      const { restoreInstallation } = await import("./export-and-restore.ts");
      return restoreInstallation(file, flags, terminal);
    },
  }),
  command<TransferFlags>({
    spec: "resume",
    description: "undo a move: the data folder (.crier) or the deployment sends again",
    options: [new Option("--data <dir>", "the data folder, in which no Crier runs"), deploymentOption()],
    example: "resume",
    fails: "where there is no such installation",
    run: async ({ flags, terminal }) => {
      const { resumeInstallation } = await import("./export-and-restore.ts");
      return resumeInstallation(flags, terminal);
    },
  }),
];

interface SandboxFlags {
  readonly port: number;
}

const parsePort = (text: string): number => {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError("A port is a number from 0 to 65535.");
  return port;
};

/** Starts the emulated networks, which are loaded on demand. The process runs as long as the server listens. */
const sandbox = async (port: number): Promise<CommandResult> => {
  const { StartError } = await import("../runtimes/local/listen.ts");
  const { startSandbox } = await import("../runtimes/local/start-sandbox.ts");
  try {
    const { url, accounts } = await startSandbox({ port });
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

const sandboxCommand = command<SandboxFlags>({
  spec: "sandbox",
  description: "serve the emulated networks alone, for the tests of other programs, until Ctrl-C",
  options: [
    new Option("--port <n>", "the port on 127.0.0.1; 0 is any that is free").default(4001).argParser(parsePort),
  ],
  example: "sandbox",
  fails: "where the port is taken",
  run: ({ flags: { port } }) => sandbox(port),
});

const siteOptions = () => [
  new Option("--title <text>", "of the site"),
  new Option("--url <url>", "of the site"),
  new Option("--time-zone <zone>", "of the site, as Europe/Berlin"),
  new Option("--networks <names>", "to post to, as bluesky,mastodon"),
];

/** Loaded on demand, so that no other command waits for the readers of documents and feeds. */
const initCommand = command<InitFlags>({
  spec: "init [dir]",
  description: "write crier.config.ts, for the posts of a site that is there or with a first one",
  options: [
    ...siteOptions(),
    new Option("--posts <place>", "the folder of the posts or of the site, or the URL of the site's feed"),
    new Option(
      "--site <place>",
      "the URL or the file of the site's sitemap or feed, to find the permalink with, if it is not where it usually is",
    ),
    new Option("--yes", "ask nothing: the flags are the answers"),
  ],
  example: "init",
  fails: "where there is a crier.config.ts already, or the site cannot be read; nothing is written then",
  run: async ({ args: [dir = "."], flags, terminal }) => {
    const { init } = await import("./init.ts");
    return init(dir, flags, terminal);
  },
});

/** The commands that deploy. Loaded on demand, so that no other command waits for the AWS clients. */
const setupCommands = [
  command<SetupFlags>({
    spec: "setup",
    description: "put Crier into your AWS account, up to a first post; run it again to go on",
    options: [
      defaultStageOption(),
      ...siteOptions(),
      new Option("--yes", "ask nothing: the flags are the answers, and secrets are stored later"),
      new Option("--no-open", "do not open the feeds in the browser"),
    ],
    example: "setup",
    fails: "where a step could not be done",
    calls: ["list", "put"],
    run: async ({ flags, terminal }) => {
      const { setup } = await import("./setup.ts");
      return setup(flags, terminal);
    },
  }),
  command<DeployFlags>({
    spec: "deploy",
    description: "check the AWS account, deploy crier.config.ts, and explain what failed",
    options: [defaultStageOption(), new Option("--yes", "ask nothing")],
    example: "deploy",
    fails: "where AWS refused something",
    run: async ({ flags, terminal }) => {
      const { deploy } = await import("./setup.ts");
      return deploy(flags, terminal);
    },
  }),
];

/** Every command, once. */
export const commands: readonly CommandRow[] = [
  ...verbs.map(siteCommand),
  doctorCommand,
  { ...siteCommand(accountsVerb), subcommands: [connectAccountCommand, setAccountCommand] },
  ...secretCommands,
  ...transferCommands,
  sandboxCommand,
  initCommand,
  ...setupCommands,
];
