import type { Account } from "../domain/account.ts";
import type { Connected, Networks } from "../ports/networks.ts";
import type { DefinedNetwork, Login } from "./define.ts";
import type { Fetch } from "./http.ts";
import { networks } from "./index.ts";
import { type ReachOptions, reachBySecrets } from "./reach.ts";

export interface NetworksOptions extends ReachOptions {
  readonly fetch: Fetch;
}

/** The networks with their logins. A connection lives as long as its secret: sessions are worth keeping. */
export const connectNetworks = ({ fetch, ...options }: NetworksOptions): Networks => {
  const open = new Map<string, { readonly key: string; readonly connected: Connected }>();

  const opened = (login: Omit<Login, "fetch">): Connected => {
    const { account, secret, sandbox } = login;
    const key = JSON.stringify([account.network, account.settings, secret, sandbox]);
    const place = `${sandbox === undefined ? "real" : "sandbox"}:${account.name}`;
    const known = open.get(place);
    if (known?.key === key) return known.connected;
    const connected = named(account.network).connect({ ...login, fetch });
    open.set(place, { key, connected });
    return connected;
  };

  return {
    ...reachBySecrets(options),
    get: named,
    connect: async (account, inSandbox) => {
      const sandbox = inSandbox ? options.sandbox : undefined;
      if (sandbox !== undefined)
        return opened({ account, secret: named(account.network).sandboxCredentials(account), sandbox });
      const secret = inSandbox ? undefined : await options.secrets(account.name);
      return secret === undefined ? notConnected(account) : opened({ account, secret });
    },
  };
};

const notConnected = ({ name }: Account): Connected => ({ problem: `${name} is not connected: set its credentials` });

const named = (name: string): DefinedNetwork => {
  const network = networks.find((one) => one.name === name);
  if (network !== undefined) return network;
  throw new Error(
    `There is no network "${name}". Known: ${networks.map((one) => one.name).join(", ")}. Correct it in crier.config.ts.`,
  );
};
