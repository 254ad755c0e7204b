import * as z from "zod";
import { type Account, sandboxRow } from "../domain/account.ts";
import type { Offers } from "../domain/delivery.ts";
import type { PictureCap } from "../domain/picture.ts";
import type { Snippet } from "../domain/snippet.ts";
import type { Composed, Connection, ConnectResult, Network, OpenTokens } from "../ports/networks.ts";
import type { ReadPicture } from "../ports/pictures.ts";
import type { Clock } from "../ports/runtime.ts";
import { hideSecrets } from "./hide-secrets.ts";
import { type Fetch, type FetchJson, fetchJsonWith } from "./http.ts";
import { type GetTokens, renewTokens, tokensInMemory, watchTokens } from "./renew-tokens.ts";

/** What one network's file contains: its rules, and how to connect. Everything else derives from this. */
export interface Definition<Settings extends z.ZodType<object>, Credentials extends z.ZodType<object>>
  extends Omit<Network, "compose" | "server" | "picture" | "offersTo"> {
  /** What the configuration of an account has, besides `name`, `network` and `pacing`. */
  readonly settings: Settings;
  /** The secret: every field a string. */
  readonly credentials: Credentials;
  /** The secret of an account in the sandbox; by default every field of it is `sandbox-<account>`. */
  readonly sandboxCredentials?: (account: Account) => Readonly<Record<string, string>>;
  readonly server: (account: Account<z.output<Settings>>) => string;
  readonly picture?: (account: Account<z.output<Settings>>) => PictureCap | undefined;
  readonly offersTo?: (account: Account<z.output<Settings>>) => Offers;
  /** The length of a text by the network's own rule. */
  readonly length: (text: string) => number;
  readonly compose: (snippet: Snippet, settings: z.output<Settings>, longest: number | undefined) => Composed;
  readonly connect: (login: ParsedLogin<z.output<Settings>, z.output<Credentials>>) => Connection;
}

export interface Login {
  readonly account: Account;
  /** As it is stored: not parsed yet. */
  readonly secret: Readonly<Record<string, string>>;
  /** Base URL of the sandbox, where the account posts there. */
  readonly sandbox?: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Absent: this runtime has no pictures. */
  readonly readPicture?: ReadPicture;
  /** Absent: the process keeps them. */
  readonly tokens?: OpenTokens;
}

/** A login whose settings and credentials have been parsed by the network's schemas. */
export interface ParsedLogin<Settings, Credentials> {
  readonly settings: Settings;
  readonly credentials: Credentials;
  /** Base URL of the emulated API, where the account posts to the sandbox. */
  readonly sandbox: string | undefined;
  readonly fetchJson: FetchJson;
  readonly clock: Clock;
  readonly readPicture: ReadPicture;
  /** What the network issues to the login, for those whose tokens are renewed. */
  readonly getTokens: GetTokens;
}

export interface DefinedNetwork extends Network {
  readonly settings: z.ZodType<Readonly<Record<string, unknown>>>;
  readonly credentials: z.ZodObject<Readonly<Record<string, z.ZodType<string | undefined>>>>;
  readonly sandboxCredentials: (account: Account) => Readonly<Record<string, string>>;
  readonly length: (text: string) => number;
  /** Parses the secret, once. */
  readonly connect: (login: Login) => ConnectResult;
}

export const defineNetwork = <
  Settings extends z.ZodType<Record<string, unknown>>,
  Credentials extends z.ZodObject<Readonly<Record<string, z.ZodType<string | undefined>>>>,
>(
  definition: Definition<Settings, Credentials>,
): DefinedNetwork => {
  /** The configuration has parsed an account's settings by the schema of its network (src/config/schema.ts). */
  const isOwn = (account: Account): account is Account<z.output<Settings>> => account.network === definition.name;
  const own = (account: Account): Account<z.output<Settings>> => {
    if (isOwn(account)) return account;
    throw new Error(`the account "${account.name}" is on ${account.network}, not on ${definition.name}`);
  };
  return {
    sandboxCredentials: ({ name }) =>
      Object.fromEntries(Object.keys(definition.credentials.shape).map((field) => [field, `sandbox-${name}`])),
    ...definition,
    server: (account) => definition.server(own(account)),
    picture: (account) => definition.picture?.(own(account)),
    offersTo: (account) => definition.offersTo?.(own(account)) ?? definition.offers,
    compose: (snippet, account, longest) => definition.compose(snippet, own(account).settings, longest),
    connect: ({ account, secret, sandbox: base, fetch, clock, readPicture = noPictures, tokens = tokensInMemory }) => {
      const credentials = definition.credentials.safeParse(secret);
      if (!credentials.success) return { problem: malformedSecret(account, credentials.error) };
      const broken = Object.entries(credentials.data).find(([, value]) => /\p{Cc}/u.test(value ?? ""));
      if (broken !== undefined) return { problem: brokenSecret(account, broken[0]) };
      const { settings } = own(account);
      const path = `/sandbox/api/${definition.name}/${encodeURIComponent(account.name)}`;
      const sandbox = base === undefined ? undefined : new URL(path, base).href;
      const fetchJson = fetchJsonWith(fetch, clock);
      const opened = tokens({
        name: sandbox === undefined ? account.name : sandboxRow(account),
        secret,
        network: definition.name,
        server: sandbox ?? definition.server(own(account)),
      });
      let issued: readonly string[] = [];
      const watched = watchTokens(opened, (one) => {
        issued = [...new Set([...issued, ...Object.values(one.tokens)])].slice(-hiddenTokens);
      });
      const getTokens = renewTokens(watched, clock);
      const login = { settings, credentials: credentials.data, sandbox, fetchJson, clock, readPicture, getTokens };
      const hidden = () => [...Object.values(credentials.data), ...issued];
      return { connection: hideSecrets(definition.connect(login), hidden) };
    },
  };
};

/** The last tokens of a login, which are hidden: older ones are long expired. */
const hiddenTokens = 8;

const noPictures: ReadPicture = async () => undefined;

/** Names the fields only: zod's own message could contain a value. */
const malformedSecret = (account: Account, { issues }: z.ZodError): string =>
  `the secret of ${account.name} needs ${[...new Set(issues.map(({ path }) => path.join(".")))].join(", ")}`;

const brokenSecret = (account: Account, field: string): string =>
  `${field} in the secret of ${account.name} has a line break or another control character`;

/** What is sent to another machine is encrypted. */
export const isOnThisMachine = ({ hostname }: URL): boolean => ["127.0.0.1", "localhost"].includes(hostname);

const isServer = (address: string): boolean => {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url?.protocol === "https:" || (url?.protocol === "http:" && isOnThisMachine(url));
};

/** What is sent there is a secret, or not public: only this machine may be http. */
export const secureAddress = z.string().refine(isServer, "an address such as https://social.example");

/** A server's origin. */
export const serverAddress = secureAddress.transform((address) =>
  URL.canParse(address) ? new URL(address).origin : address,
);
