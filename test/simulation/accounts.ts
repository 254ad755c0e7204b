import type { Account } from "../../src/domain/account.ts";
import { minute } from "../../src/domain/time.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import type { Login } from "./network/network-model.ts";

/** An account of the configuration, with the login that a person has for it. */
export interface Connected {
  readonly account: Account;
  readonly login: Login;
}

type Pacing = Account["pacing"];

/** `home`: which of two servers, or of two accounts on one, the name stands for. */
type Connect = (name: string, home: number, pacing: Pacing) => Connected;

const login = (account: string, identity: string, secret: Login["secret"]): Login => ({
  account,
  identity,
  secret,
  valid: true,
});

/** The number of the person whom an account is of, and who may have another home. */
const personOf = (first: number, name: string, home: number): number => first + home + (name.endsWith("2") ? 10 : 0);

/** By network: how an account of it is configured, and who is behind it. */
const connectors: Readonly<Record<string, Connect>> = {
  bluesky: (name, home, pacing) => ({
    account: aConfiguredAccount({
      name,
      network: "bluesky",
      pacing,
      settings: { server: `https://pds${home}.example`, handle: "ada.example" },
    }),
    login: login(name, `did:plc:${name}${home}`, { identifier: `${name}${home}.example`, appPassword: "app-password" }),
  }),
  mastodon: (name, home, pacing) => ({
    account: aConfiguredAccount({
      name,
      network: "mastodon",
      pacing,
      settings: { server: `https://social${home}.example` },
    }),
    login: login(name, `https://social${home}.example, account ${personOf(100, name, home)}`, {
      accessToken: `token-of-${name}-${home}`,
    }),
  }),
  x: (name, home, pacing) => ({
    account: aConfiguredAccount({ name, network: "x", pacing, settings: { handle: "ada" } }),
    login: login(name, `${personOf(500, name, home)}`, {
      appKey: "k",
      appSecret: "s",
      accessToken: `${personOf(500, name, home)}-${name}`,
      accessSecret: "a",
    }),
  }),
  webhook: (name, home, pacing) => {
    const server = `https://hooks${personOf(0, name, home)}.example`;
    return {
      account: aConfiguredAccount({ name, network: "webhook", pacing, settings: {} }),
      login: login(name, server, {
        url: `${server}/${name}`,
        secret: `whsec_${btoa(`the secret of ${name} at home ${home}`)}`,
      }),
    };
  },
};

export const simulatedNetworks: readonly string[] = Object.keys(connectors);

export const connectAccount = (
  name: string,
  network: string,
  home: number,
  pacing: Pacing = { interval: minute, dailyCap: 50 },
  link: "always" | "reply" = "always",
): Connected => {
  const connect = connectors[network];
  if (connect === undefined) throw new Error(`the simulation has no model of ${network}`);
  const { account, login } = connect(name, home, pacing);
  // A receiver of webhooks gets the whole post in one request.
  return network === "webhook"
    ? { account, login }
    : { account: { ...account, settings: { ...account.settings, link } }, login };
};

/** The network whose model a request is for. */
export const networkAt = ({ host }: URL): string => {
  if (host === "api.x.com") return "x";
  if (host.startsWith("hooks")) return "webhook";
  return host.startsWith("pds") ? "bluesky" : "mastodon";
};
