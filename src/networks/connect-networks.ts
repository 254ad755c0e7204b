import type { Account } from "../domain/account.ts";
import { minute } from "../domain/time.ts";
import type { Connection, Networks } from "../ports/networks.ts";
import type { Clock } from "../ports/runtime.ts";
import type { DefinedNetwork } from "./define.ts";
import { networks } from "./index.ts";

export interface Connecting {
  /** The fields of an account's secret, by the account's name; undefined where there is none. */
  readonly secrets: (account: string) => Promise<Readonly<Record<string, string>> | undefined>;
  /** Base URL of the server that acts the networks out, for accounts without credentials. */
  readonly sandbox?: ((account: Account) => string | undefined) | undefined;
  readonly clock: Clock;
}

interface Known {
  readonly until: number;
  readonly credentials: Promise<Readonly<Record<string, string>> | undefined>;
}

/** The networks with their logins. A connection lives as long as its credentials: sessions are worth keeping. */
export const connectNetworks = ({ secrets, sandbox, clock }: Connecting): Networks => {
  const known = new Map<string, Known>();
  const open = new Map<string, { readonly login: string; readonly connection: Connection }>();

  const credentialsOf = (account: Account) => {
    const cached = known.get(account.name);
    if (cached !== undefined && clock() < cached.until) return cached.credentials;
    const credentials = readCredentials(account, secrets);
    known.set(account.name, { until: clock() + minute, credentials });
    // A failed read is not remembered: the next step asks again.
    credentials.catch(() => known.delete(account.name));
    return credentials;
  };

  const connected = (
    account: Account,
    credentials: Readonly<Record<string, string>>,
    base: string | undefined,
  ): Connection => {
    const login = JSON.stringify([account.network, account.settings, credentials, base]);
    const place = `${base === undefined ? "real" : "sandbox"}:${account.name}`;
    const opened = open.get(place);
    if (opened?.login === login) return opened.connection;
    const connection = named(account.network).connect({ account, credentials, sandbox: base });
    open.set(place, { login, connection });
    return connection;
  };

  return {
    get: named,
    reach: async (account) => {
      if ((await credentialsOf(account)) !== undefined) return "real";
      return sandbox?.(account) === undefined ? "none" : "sandbox";
    },
    connect: async (account, inSandbox) => {
      if (inSandbox) {
        const base = sandbox?.(account);
        return base === undefined
          ? undefined
          : connected(account, named(account.network).sandboxCredentials(account), base);
      }
      const credentials = await credentialsOf(account);
      return credentials === undefined ? undefined : connected(account, credentials, undefined);
    },
  };
};

const named = (name: string): DefinedNetwork => {
  const network = networks.find((one) => one.name === name);
  if (network !== undefined) return network;
  throw new Error(
    `There is no network "${name}". Known: ${networks.map((one) => one.name).join(", ")}. Correct it in crier.config.ts.`,
  );
};

const readCredentials = async (account: Account, secrets: Connecting["secrets"]) => {
  const secret = await secrets(account.name);
  if (secret === undefined) return undefined;
  const { data, error } = named(account.network).credentials.safeParse(secret);
  // Only the fields' names: zod's own message could hold what was typed.
  const fields = [...new Set(error?.issues.map(({ path }) => path.join(".")))].join(", ");
  if (data === undefined)
    throw new Error(`The credentials of account "${account.name}" lack ${fields}: set them and try again.`);
  return Object.fromEntries(
    Object.entries(data).flatMap(([field, value]) => (value === undefined ? [] : [[field, value] as const])),
  );
};
