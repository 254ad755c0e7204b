import type { Account } from "../domain/account.ts";
import { type Installation, installationOf } from "../domain/installation.ts";
import { canonicalJson } from "../domain/json-value.ts";
import type { ConnectResult, HasSecret, Networks, OpenTokens, Secrets } from "../ports/networks.ts";
import type { ReadPicture } from "../ports/pictures.ts";
import type { Clock } from "../ports/runtime.ts";
import type { DefinedNetwork, Login } from "./define.ts";
import type { Fetch } from "./http.ts";
import { networks } from "./index.ts";

export interface NetworksOptions extends Pick<DestinationOptions, "sandbox"> {
  readonly secrets: Secrets;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly readPicture?: ReadPicture;
  /** Absent if the process keeps the tokens in memory. */
  readonly tokens?: OpenTokens;
  /** Absent for an installation on one machine. */
  readonly installation?: Pick<Installation, "waysToSetSecret">;
}

/** Connects accounts to their networks. A connection is reused while its secret is the same: it holds a session. */
export const connectNetworks = ({
  fetch,
  clock,
  readPicture,
  tokens,
  installation = installationOf(),
  ...options
}: NetworksOptions): Networks => {
  const connections = new Map<string, { readonly login: string; readonly result: ConnectResult }>();

  const nextStep = (problem: string, { name, network }: Account): string =>
    `${problem}: set its secret ${installation.waysToSetSecret(name, getNetwork(network).connectsByClick)}`;

  const reuseOrConnect = (login: Pick<Login, "account" | "secret" | "sandbox">): ConnectResult => {
    const { account, secret, sandbox } = login;
    const key = `${sandbox === undefined ? "real" : "sandbox"}:${account.name}`;
    const content = JSON.stringify([account.network, account.settings, secret, sandbox]);
    const known = connections.get(key);
    if (known?.login === content) return known.result;
    const connected = getNetwork(account.network).connect({
      ...login,
      fetch,
      clock,
      ...(readPicture && { readPicture }),
      ...(tokens && { tokens }),
    });
    const result = "problem" in connected ? { problem: nextStep(connected.problem, account) } : connected;
    connections.set(key, { login: content, result });
    return result;
  };

  return {
    ...destinationBySecrets({ ...options, hasSecret: async (name) => (await options.secrets(name)) !== undefined }),
    get: getNetwork,
    fingerprint: async ({ name }) => {
      const secret = await options.secrets(name);
      return secret && fingerprintOf(secret);
    },
    connect: async (account, inSandbox) => {
      const sandbox = inSandbox ? options.sandbox : undefined;
      if (sandbox !== undefined) {
        const secret = getNetwork(account.network).sandboxCredentials(account);
        return { ...reuseOrConnect({ account, secret, sandbox }), fingerprint: undefined };
      }
      const secret = inSandbox ? undefined : await options.secrets(account.name);
      if (secret === undefined)
        return { problem: nextStep(`${account.name} is not connected`, account), fingerprint: undefined };
      return { ...reuseOrConnect({ account, secret }), fingerprint: await fingerprintOf(secret) };
    },
  };
};

/** A hash that is too short to confirm a guess of the secret. */
const fingerprintOf = async (secret: Readonly<Record<string, string>>): Promise<string> => {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonicalJson(secret)));
  return Buffer.from(hash).toString("hex").slice(0, 8);
};

export const getNetwork = (name: string): DefinedNetwork => {
  const network = networks.find((one) => one.name === name);
  if (network !== undefined) return network;
  throw new Error(
    `There is no network "${name}". Known: ${networks.map((one) => one.name).join(", ")}. Correct it in crier.config.ts.`,
  );
};

export interface DestinationOptions {
  readonly hasSecret: HasSecret;
  /** The base URL of the sandbox, for accounts without a secret. */
  readonly sandbox?: string;
}

/** Decides where accounts would post from whether they have a secret. Planning needs no secret and no network's client. */
export const destinationBySecrets = ({ hasSecret, sandbox }: DestinationOptions): Pick<Networks, "destination"> => ({
  destination: async ({ name }) => {
    if (await hasSecret(name)) return "real";
    return sandbox === undefined ? "none" : "sandbox";
  },
});
