import * as z from "zod";
import { type Account, sandboxRow } from "../domain/account.ts";
import type { Offers } from "../domain/delivery.ts";
import type { PictureCap } from "../domain/picture.ts";
import type { Snippet } from "../domain/snippet.ts";
import { second } from "../domain/time.ts";
import type {
  Composed,
  Connection,
  ConnectResult,
  Issued,
  Network,
  NoLogin,
  OpenTokens,
  TokenState,
  Tokens,
} from "../ports/networks.ts";
import type { ReadPicture } from "../ports/pictures.ts";
import type { Clock } from "../ports/runtime.ts";
import { ellipsis, type Fetch, type FetchJson, fetchJsonWith } from "./http.ts";

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

export interface Renewal {
  /** Whether what is stored can be used, and nothing is to be renewed. */
  readonly isGood: (issued: Issued) => boolean;
  /**
   * Gets tokens by those that are stored, or by the secret. Only one worker does so at a time, and what it gets is stored
   * before it is used: a refresh token may be good for one use.
   */
  readonly renew: (stored: Issued | undefined) => Promise<Issued | NoLogin>;
  readonly signal: AbortSignal;
}

/** The tokens of a login that are good, or why there are none. */
export type GetTokens = (renewal: Renewal) => Promise<Issued | NoLogin>;

/** Longer than a request may take: see deadlineFor in app/deliver/admission.ts. */
const renewalLease = 30 * second;

const renewStored = async ({ isGood, renew, signal }: Renewal, tokens: Tokens, clock: Clock): ReturnType<GetTokens> => {
  for (;;) {
    const state = await tokens.read();
    const { issued, renewing = 0 } = state;
    if (issued !== undefined && isGood(issued)) return issued;
    if (renewing > clock()) {
      if (signal.aborted)
        return { kind: "unavailable", reason: "another worker is logging in and is not done yet", retryAt: renewing };
      await tokens.wait();
      continue;
    }
    const version = await tokens.save({ ...state, renewing: clock() + renewalLease });
    if (version === undefined) continue;
    const renewed = await renew(issued);
    const isRenewed = !("kind" in renewed);
    const saved = await tokens.save({ version, issued: isRenewed ? renewed : issued, renewing: undefined });
    // Not saved: the lease ended before, and another worker took over, whose tokens are the last ones.
    if (!isRenewed || saved !== undefined) return renewed;
  }
};

/** Single flight: who asks while tokens are renewed gets their result. */
export const renewTokens = (tokens: Tokens, clock: Clock): GetTokens => {
  let flight: ReturnType<GetTokens> | undefined;
  return (renewal) => {
    flight ??= renewStored(renewal, tokens, clock).finally(() => {
      flight = undefined;
    });
    return flight;
  };
};

/** Tells of all tokens that are read, and of new ones before they are used. */
const watchTokens = (tokens: Tokens, seen: (issued: Issued) => void): Tokens => {
  const tell = <State extends Pick<TokenState, "issued">>(state: State): State => {
    if (state.issued !== undefined) seen(state.issued);
    return state;
  };
  return {
    read: async () => tell(await tokens.read()),
    save: (state) => tokens.save(tell(state)),
    wait: tokens.wait,
  };
};

/** Tokens that end with the process. */
export const tokensInMemory: OpenTokens = () => {
  let stored: TokenState = { version: 0, issued: undefined, renewing: undefined };
  return {
    read: async () => stored,
    save: async (state) => {
      if (state.version !== stored.version) return undefined;
      stored = { ...state, version: state.version + 1 };
      return stored.version;
    },
    wait: async () => {},
  };
};

/** Shorter ones would be found in any text, and protect nothing. */
const shortestSecret = 8;

/** A part of a path that is no word, such as the token of a webhook's address. */
const shortestPart = 12;

/** A network may repeat the path of an address without its server, or the token in it alone. */
const partsOfSecret = (secret: string): readonly string[] => {
  const { protocol, pathname = "" } = URL.parse(secret) ?? {};
  if (protocol !== "https:" && protocol !== "http:") return [];
  return [pathname, ...pathname.split("/").filter((part) => part.length >= shortestPart)];
};

/** The beginning of a secret that was cut. */
const hideHalf = (text: string, secret: string): string => {
  let left = text;
  for (let length = secret.length - 1; length >= shortestSecret && left.includes(ellipsis); length -= 1)
    left = left.replaceAll(`${secret.slice(0, length)}${ellipsis}`, ellipsis);
  return left;
};

/** What a network may repeat in its answer: a reason is logged, stored and shown. `secrets`: the credentials, and what the network issued for them. */
export const hideSecrets = (connection: Connection, secrets: () => readonly (string | undefined)[]): Connection => {
  const hide = (text: string): string =>
    secrets()
      .flatMap((secret) => (secret === undefined ? [] : [secret, ...partsOfSecret(secret)]))
      .filter((secret) => secret.length >= shortestSecret)
      .reduce((left, secret) => hideHalf(left.replaceAll(secret, ellipsis), secret), text);
  const clean = <Result extends object>(result: Result): Result => {
    const { reason, note }: { readonly reason?: unknown; readonly note?: unknown } = result;
    if (typeof reason === "string") return { ...result, reason: hide(reason) };
    return typeof note === "string" ? { ...result, note: hide(note) } : result;
  };
  const { edit, remove } = connection;
  return {
    ...connection,
    whoAmI: async (signal) => clean(await connection.whoAmI(signal)),
    send: async (...given) => clean(await connection.send(...given)),
    ...(edit && { edit: async (...given) => clean(await edit(...given)) }),
    ...(remove && { remove: async (remote, signal) => clean(await remove(remote, signal)) }),
  };
};
