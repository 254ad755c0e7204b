import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Command, CommanderError, Option } from "commander";
import * as z from "zod";
import { type Client, CommandError, connect, UsageError } from "../api/api-client.ts";
import {
  accountsAnswer,
  changedAnswer,
  feedsAnswer,
  listAnswer,
  planAnswer,
  read,
  refusedAnswer,
  statusAnswer,
} from "../api/contract.ts";
import { doctor } from "./doctor.ts";
import {
  accountLines,
  deliveryLines,
  feedLines,
  listLines,
  planLines,
  refusedLines,
  statusLines,
  waitingLines,
} from "./output.ts";
import { type Done, importFolder, planFile, publish, slugPath } from "./publish-documents.ts";
import { secretCommands } from "./secret-commands.ts";
import { type Finish, subcommand, type Terminal } from "./subcommand.ts";

interface Flags {
  readonly json?: boolean;
  readonly site?: string;
  readonly again?: boolean;
  readonly refused?: boolean;
  readonly from?: string;
  readonly as?: string;
}

const list = async (client: Client, { refused, from }: Flags): Promise<Done> => {
  if (refused) {
    const answer = read(refusedAnswer, await client.get("api/posts?refused"));
    const lines = [...refusedLines(answer), ...waitingLines(answer)];
    return {
      answer,
      lines: lines.length === 0 ? ["No document is refused, and no deletion is to be confirmed."] : lines,
    };
  }
  const answer = read(
    listAnswer,
    await client.get(`api/posts${from === undefined ? "" : `?from=${encodeURIComponent(from)}`}`),
  );
  const more = answer.next === null ? [] : [`More: ${client.command(`list --from ${answer.next}`)}`];
  const none = from !== undefined && answer.posts.length === 0;
  return { answer, lines: none ? ["No more posts."] : [...listLines(answer), ...more] };
};

const act = async (client: Client, path: string): Promise<Done> => {
  const answer = read(changedAnswer, await client.send("POST", path));
  return { answer, lines: deliveryLines([answer], answer.timeZone) };
};

const deliveryPath = (id: string, verb: string): string =>
  `api/deliveries/${id.split("/").map(encodeURIComponent).join("/")}/${verb}`;

type Perform = (flags: Flags, act: (client: Client) => Promise<Done>) => Promise<void>;

/** Answers the command of the accounts, which has more below it. */
const commands = (program: Command, perform: Perform): Command => {
  const verb = (spec: string, description: string) =>
    subcommand(program, spec, description).option("--site <id>", "the site, if it is not the first one");

  verb("plan <file>", "show what a document would publish, without publishing it").action(
    (file: string, flags: Flags) =>
      perform(flags, async (client) => {
        const answer = await planFile(client, file);
        return { answer, lines: planLines(read(planAnswer, answer)) };
      }),
  );
  verb("publish <file>", "publish a document now, whatever its age")
    .option("--again", "announce it once more, even if it was announced before")
    .action((file: string, flags: Flags) => perform(flags, (client) => publish(client, file, flags.again === true)));
  verb("import <dir>", "import a folder of documents; old ones are added to the feeds only").action(
    (dir: string, flags: Flags) => perform(flags, (client) => importFolder(client, dir)),
  );
  verb("list", "list the posts, the most recently changed first")
    .option("--refused", "list the refused documents and the deletions to be confirmed, with their reasons")
    .option("--from <cursor>", "show the next page; the page before it prints the cursor")
    .action((flags: Flags) => perform(flags, (client) => list(client, flags)));
  verb("status <slug>", "show a post and its deliveries, or why a document is refused").action(
    (slug: string, flags: Flags) =>
      perform(flags, async (client) => {
        const answer = read(statusAnswer, await client.get(slugPath(slug)));
        return { answer, lines: statusLines(answer) };
      }),
  );
  verb("retry <id>", "send a failed delivery again, or release a held one").action((id: string, flags: Flags) =>
    perform(flags, (client) => act(client, deliveryPath(id, "retry"))),
  );
  verb("resolve <id>", "record whether an unknown delivery was posted")
    .addOption(
      new Option("--as <what>", "posted: it is on the network; retry: it is not, send it again")
        .choices(["posted", "retry"])
        .makeOptionMandatory(),
    )
    .action((id: string, flags: Flags) =>
      perform(flags, (client) => act(client, `${deliveryPath(id, "resolve")}?as=${flags.as ?? ""}`)),
    );
  verb("remove <slug>", "remove a post from the feeds, and its copies from the networks that allow it").action(
    (slug: string, flags: Flags) =>
      perform(flags, async (client) => ({
        answer: await client.send("DELETE", slugPath(slug)),
        lines: [`removed ${slug}`],
      })),
  );
  verb("feeds", "list the feeds and their faults").action((flags: Flags) =>
    perform(flags, async (client) => {
      const answer = read(feedsAnswer, await client.get("api/feeds"));
      return { answer, lines: feedLines(answer) };
    }),
  );
  verb("doctor", "check for common problems").action((flags: Flags) => perform(flags, doctor));
  return verb("accounts", "list the accounts and whether they post for real").action((flags: Flags) =>
    perform(flags, async (client) => {
      const answer = read(accountsAnswer, await client.get("api/accounts"));
      return { answer, lines: accountLines(answer) };
    }),
  );
};

const packageFile = join(import.meta.dirname, "../../package.json");
const versionOf = async (): Promise<string> =>
  z.object({ version: z.string() }).parse(JSON.parse(await readFile(packageFile, "utf8"))).version;

/** Runs one command. Answers the exit code: 0 done, 1 refused or failed, 2 wrong usage. */
export const run = async (args: readonly string[], terminal: Terminal): Promise<number> => {
  const { env, folder, out, err } = terminal;
  let code = 0;
  const program = new Command("crier")
    .description(
      "Feeds that are always valid, social posts that go out once.\nConnects to http://127.0.0.1:4000, or to CRIER_URL with CRIER_TOKEN.",
    )
    .version(await versionOf())
    .configureOutput({ writeOut: out, writeErr: err })
    // A flag behind `accounts set` is that command's own.
    .enablePositionalOptions()
    .exitOverride();
  const finish: Finish = async ({ json }, act) => {
    try {
      const { answer, lines, notes = [], failed } = await act();
      if (!json) for (const note of notes) err(`${note}\n`);
      out(`${json ? JSON.stringify(answer, null, 2) : lines.join("\n")}\n`);
      if (failed) code = 1;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      code = error instanceof UsageError ? 2 : 1;
      if (json) out(`${JSON.stringify(error.problem ?? { detail: error.message }, null, 2)}\n`);
      else err(`crier: ${error.message}\n`);
    }
  };
  const accounts = commands(program, (flags, act) => finish(flags, async () => act(connect(env, folder, flags.site))));
  secretCommands(program, accounts, finish, terminal);
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
};
