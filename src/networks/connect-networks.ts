import type { Account } from "../domain/account.ts";
import type { Connected, Networks } from "../ports/networks.ts";
import type { DefinedNetwork, Login } from "./define.ts";
import { networks } from "./index.ts";
import { keptSecrets, type Reaching, reachOf } from "./reach.ts";

/** The networks with their logins. A connection lives as long as its secret: sessions are worth keeping. */
export const connectNetworks = ({ secrets, sandbox, clock }: Reaching): Networks => {
  const kept = keptSecrets({ secrets, clock });
  const open = new Map<string, { readonly key: string; readonly connected: Connected }>();

  const opened = (login: Login): Connected => {
    const { account, secret, sandbox: base } = login;
    const key = JSON.stringify([account.network, account.settings, secret, base]);
    const place = `${base === undefined ? "real" : "sandbox"}:${account.name}`;
    const known = open.get(place);
    if (known?.key === key) return known.connected;
    const connected = named(account.network).connect(login);
    open.set(place, { key, connected });
    return connected;
  };

  return {
    get: named,
    reach: reachOf({ secrets: kept, sandbox }),
    connect: async (account, inSandbox) => {
      const base = inSandbox ? sandbox?.(account) : undefined;
      if (base !== undefined)
        return opened({ account, secret: named(account.network).sandboxCredentials(account), sandbox: base });
      const secret = inSandbox ? undefined : await kept(account.name);
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
