import { type Client, CommandError, connect } from "../api/api-client.ts";
import type { AccountJson } from "../contract/installation-status.ts";
import { fetchJsonWith } from "../networks/http.ts";
import { fetchWithRelays } from "../outside/network-fetch.ts";
import { systemRuntime } from "../runtimes/system-runtime.ts";
import { logIn, requestTimeout } from "./authorise.ts";
import { type CommandResult, openInBrowser, printable, type Terminal } from "./command.ts";
import { findAccount, stageOfSecrets, storeCredentials } from "./configured-secrets.ts";
import { promptSecrets } from "./dialog.ts";
import { recipes } from "./login-recipes.ts";
import { accountLines } from "./output.ts";

const { clock, deadline } = systemRuntime;

export interface ConnectOptions {
  readonly stage?: string;
  /** Another account of the network may take the place of the one that has posted. */
  readonly replace?: boolean;
  /** Opens the page in a browser of this machine. */
  readonly open: boolean;
  /** Standard output contains only the answer. */
  readonly json?: boolean;
}

/**
 * Connects an account by a click: its owner agrees in a browser, and the network gives Crier a token. Nothing is stored
 * before the token has proved whose it is.
 */
export const connectAccount = async (
  name: string,
  { stage: given, replace, open, json }: ConnectOptions,
  terminal: Terminal,
  fetch = fetchWithRelays({ deadline }),
): Promise<CommandResult> => {
  const found = await findAccount(name, terminal);
  const { account, network } = found;
  const recipe = recipes[network.name];
  if (recipe === undefined)
    throw new CommandError(`${network.name} gives no login in a browser: use npx crier accounts set ${name}`, {
      exitCode: 2,
    });
  const stage = await stageOfSecrets(given, terminal);
  const isReachable = stage === undefined || Boolean(terminal.env.CRIER_URL?.trim());
  const client = isReachable ? connect(terminal.env, terminal.folder, { site: account.site }) : undefined;
  const before = await readStatus(name, "accounts", client);

  const server = network.server(account);
  const login = { name, recipe, server, fetchJson: fetchJsonWith(fetch, clock) };
  const say = json ? terminal.err : terminal.out;
  const isRemote = Boolean(terminal.env.SSH_CONNECTION);
  const secret = await logIn(login, {
    input: terminal.input,
    hint: (line) => terminal.err(printable([line])),
    askForApp: async ({ steps, clientId, clientSecret }, redirectUri) => {
      say(printable([...steps(redirectUri), "Paste both here: they are not shown."]));
      const answers = await promptSecrets(
        [clientId, clientSecret].map((field) => ({ field, optional: false })),
        terminal,
      );
      const answerTo = (field: string): string => {
        const answer = answers[field]?.trim() ?? "";
        if (answer !== "") return answer;
        throw new CommandError(`${field} is empty; nothing was written: run the command again`, { exitCode: 2 });
      };
      return { clientId: answerTo(clientId), clientSecret: answerTo(clientSecret) };
    },
    show: (page) => {
      say(
        printable([
          "Agree in a browser, as the account that is to post:",
          `  ${page}`,
          typeof recipe.app === "object"
            ? "The browser cannot open the last page: paste the address of that page here."
            : "If the browser is on another machine, it cannot open the last page: paste the address of that page here.",
          "This command waits for ten minutes. Ctrl-C ends it, and nothing is written.",
        ]),
      );
      if (open && !isRemote) openInBrowser(page);
    },
  });

  const connected = network.connect({ account, secret, fetch, clock });
  if ("problem" in connected) throw new CommandError(`${connected.problem}; nothing was written`);
  const answer = await connected.connection.whoAmI(deadline(requestTimeout), true);
  if (answer.kind !== "identity")
    throw new CommandError(`${name}: ${answer.reason}; nothing was written: run the command again`);
  const { id, handle = id } = answer;
  if (id === undefined || handle === undefined)
    throw new CommandError(
      `${server} does not say whose login it gave; nothing was written: use npx crier accounts set ${name}`,
    );
  const known = before?.account?.identity;
  if (known && !isSameIdentity(known, id) && !replace)
    throw new CommandError(
      `${name} was ${known}, and this is ${handle}; nothing was written: log out there and log in as the other one, or add --replace`,
    );

  const { answer: stored, written, next } = await storeCredentials(found, secret, stage, terminal);
  // A deployment reads its secrets once a minute: only Crier on one machine can be asked at once.
  const status = stage === undefined ? await readStatus(name, "checkAccounts", client) : undefined;
  const problem = status && whyUnused(name, status.account, id);
  return {
    answer: { ...stored, identity: handle, status: status?.account ?? null },
    failed: problem !== undefined,
    lines: [
      `${name} is connected as ${handle}`,
      written,
      ...(status === undefined ? [next] : []),
      ...(status?.account ? accountLines({ accounts: [status.account], timeZone: status.timeZone }) : []),
      ...(problem === undefined ? [] : [`!! ${problem}`]),
    ],
    notes:
      before === undefined
        ? [`No Crier answered: it was not compared with the account that ${name} has posted as.`]
        : [],
  };
};

interface Status {
  /** Undefined if that Crier does not have the account. */
  readonly account: AccountJson | undefined;
  readonly timeZone: string;
}

/** Asks the running Crier about the account. Undefined where none answers: the login does not depend on it. */
const readStatus = async (
  name: string,
  operation: "accounts" | "checkAccounts",
  client: Client | undefined,
): Promise<Status | undefined> => {
  try {
    const answer = await client?.request(operation);
    return answer && { account: answer.accounts.find((one) => one.name === name), timeZone: answer.timeZone };
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
};

/** `known`: the identity as Crier shows it, which is the id, or the handle with the id in brackets. */
const isSameIdentity = (known: string, id: string): boolean => known === id || known.endsWith(`(${id})`);

/** Says why the running Crier does not use the login that was stored. */
const whyUnused = (name: string, account: AccountJson | undefined, id: string): string | undefined => {
  if (account === undefined) return `the Crier that runs does not know ${name}: start it again`;
  const { problem, identity } = account;
  if (problem === null && identity !== null && isSameIdentity(identity, id)) return undefined;
  return `Crier does not use this login: ${problem ?? `it posts to ${name} as ${identity ?? "nobody"}`}. A variable that its process has of its own comes before .env`;
};
