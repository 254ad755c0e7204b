import { createHash } from "node:crypto";
import { schnorr } from "@noble/secp256k1";
import type { Account } from "../../src/domain/account.ts";
import { minute } from "../../src/domain/time.ts";
import { npub } from "../../src/networks/nostr.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import type { Login } from "./network/network-model.ts";

/** Settings that change what can be done with an account's copies. */
export type Traits = Account["settings"];

/** An account of the configuration, with the login that a person has for it. */
export interface Connected {
  readonly account: Account;
  readonly login: Login;
  readonly traits: Traits;
}

/** The location of an account, and the person behind it. */
interface Place extends Pick<Login, "identity" | "secret"> {
  readonly settings: Account["settings"];
}

/** The number of the person who owns an account, and who may have it on another server. */
const personOf = (first: number, name: string, home: number): number =>
  first + home + Number(/\d$/.exec(name)?.[0] ?? 0) * 10;

const webhookAt = (name: string, home: number) => {
  const server = `https://hooks${personOf(0, name, home)}.example`;
  return { server, url: `${server}/${name}`, secret: `whsec_${btoa(`the secret of ${name} at home ${home}`)}` };
};

const keyOf = (name: string, home: number) => {
  const secretKey = createHash("sha256").update(`${name} at home ${home}`).digest("hex");
  return { secretKey, pubkey: Buffer.from(schnorr.getPublicKey(Buffer.from(secretKey, "hex"))).toString("hex") };
};

/** The keys are networks. `home` selects one of two servers, or of two accounts on one, that the name stands for. */
const places: Readonly<Record<string, (name: string, home: number) => Place>> = {
  bluesky: (name, home) => ({
    settings: { server: `https://pds${home}.example`, handle: "ada.example" },
    identity: `did:plc:${name}${home}`,
    secret: { identifier: `${name}${home}.example`, appPassword: "app-password" },
  }),
  mastodon: (name, home) => ({
    settings: { server: `https://social${home}.example` },
    identity: `https://social${home}.example, account ${personOf(100, name, home)}`,
    secret: { accessToken: `token-of-${name}-${home}` },
  }),
  x: (name, home) => {
    const person = personOf(500, name, home);
    return {
      settings: { handle: "ada" },
      identity: `${person}`,
      secret: { appKey: "k", appSecret: "s", accessToken: `${person}-${name}`, accessSecret: "a" },
    };
  },
  linkedin: (name, home) => ({
    settings: {},
    identity: `linkedin.com, member ${personOf(600, name, home)}`,
    secret: { accessToken: `token-of-${name}-${home}` },
  }),
  discord: (name, home) => {
    const id = personOf(700, name, home);
    return {
      settings: {},
      identity: `discord.com, webhook ${id}`,
      secret: { url: `https://discord.com/api/webhooks/${id}/token-of-${name}-${home}` },
    };
  },
  slack: (name, home) => {
    const workspace = `T${personOf(800, name, home)}`;
    return {
      settings: {},
      identity: `https://hooks.slack.com, workspace ${workspace}`,
      secret: { url: `https://hooks.slack.com/services/${workspace}/B1/token-of-${name}-${home}` },
    };
  },
  telegram: (name, home) => {
    const bot = personOf(900, name, home);
    return {
      settings: {},
      identity: `telegram.org, bot ${bot}, chat @${name}_${home}`,
      secret: { token: `${bot}:token-of-${name}-${home}`, chat: `@${name}_${home}` },
    };
  },
  threads: (name, home) => ({
    settings: {},
    identity: `threads.net, user ${personOf(1100, name, home)}`,
    secret: { accessToken: `token-of-${name}-${home}` },
  }),
  matrix: (name, home) => {
    const room = `!room${personOf(1000, name, home)}:matrix${home}.example`;
    return {
      settings: { server: `https://matrix${home}.example`, room },
      identity: `@${name}:matrix${home}.example in ${room}`,
      secret: { accessToken: `token-of-${name}-${home}` },
    };
  },
  micropub: (name, home) => {
    const endpoint = `https://micro${home}.example/micropub`;
    return {
      settings: { endpoint },
      identity: `${endpoint}, https://micro${home}.example/${personOf(1200, name, home)}/`,
      secret: { accessToken: `token-of-${name}-${home}` },
    };
  },
  devto: (name, home) => ({
    settings: { server: `https://forem${home}.example` },
    identity: `https://forem${home}.example, user ${personOf(300, name, home)}`,
    secret: { apiKey: `key-of-${name}-${home}` },
  }),
  nostr: (name, home) => {
    const { secretKey, pubkey } = keyOf(name, home);
    return {
      settings: { relays: ["wss://relay1.example", "wss://relay2.example"] },
      identity: npub(pubkey),
      secret: { secretKey },
    };
  },
  webhook: (name, home) => {
    const { server, url, secret } = webhookAt(name, home);
    return { settings: {}, identity: server, secret: { url, secret } };
  },
};

export const simulatedNetworks: readonly string[] = Object.keys(places);

const threads: readonly Traits[] = [{}, { link: "reply" }, { thread: true }, { thread: true, link: "reply" }];
const pictures: readonly Traits[] = [{ image: true }, { image: true, thread: true, link: "reply" }];

/** The traits that a case may give its accounts, by network. */
const traitsOf: Readonly<Record<string, readonly Traits[]>> = {
  bluesky: threads,
  mastodon: [...threads, ...pictures],
  x: [...threads, ...pictures],
  nostr: [{ format: "note" }, { format: "article" }],
};

export const traitsOn = (network: string): readonly Traits[] => traitsOf[network] ?? [{}];

const usualPacing = { interval: minute, dailyCap: 50 };

interface More {
  readonly home?: number;
  readonly pacing?: Account["pacing"];
  readonly traits?: Traits;
  /** The account whose login it has. By default it has its own. */
  readonly as?: string;
  /** The rest of its configuration. */
  readonly configured?: Partial<Pick<Account, "site" | "sharesLogin">>;
}

export const connectAccount = (
  name: string,
  network: string,
  { home = 0, pacing = usualPacing, traits = {}, as = name, configured }: More = {},
): Connected => {
  const place = places[network];
  if (place === undefined) throw new Error(`the simulation has no model of ${network}`);
  const { settings, identity, secret } = place(as, home);
  return {
    account: aConfiguredAccount({ name, network, pacing, settings: { ...settings, ...traits }, ...configured }),
    login: { account: name, identity, secret, valid: true },
    traits,
  };
};
