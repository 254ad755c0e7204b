import * as z from "zod";
import { type Account, sandboxRow } from "../domain/account.ts";
import type { Outcome, Remote } from "../domain/delivery.ts";
import { isHeld } from "../domain/lease.ts";
import type { PictureCap } from "../domain/picture.ts";
import type { PicturedPost, Snippet } from "../domain/snippet.ts";
import { hasVisibleText } from "../domain/text.ts";
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
import type { NoteSettings } from "./network-text.ts";

interface OwnSettings extends Readonly<Record<string, unknown>> {
  /** Absent on a network that gets whole posts, or no notes. */
  readonly notes?: NoteSettings;
}

/** A network as its file defines it: its rules and its connection. Everything else derives from this. */
export interface Definition<Settings extends z.ZodType<OwnSettings, object>, Credentials extends z.ZodType<object>>
  extends Omit<Network, "secretFields" | "compose" | "server" | "picture" | "needsTitle" | "sendsPost" | "key"> {
  /** The settings of an account in the configuration, besides `name`, `network` and `pacing`. */
  readonly settings: Settings;
  /** The fields of the secret. Each is a string. */
  readonly credentials: Credentials;
  /** The settings of an account that nobody has configured: that of `crier sandbox`, and those of tests. */
  readonly sandboxSettings?: z.input<Settings>;
  /** The secret of an account in the sandbox. By default, every field is `sandbox-<account>`. */
  readonly sandboxCredentials?: (account: Account) => Readonly<Record<string, string>>;
  readonly server: (account: Account<z.output<Settings>>) => string;
  readonly picture?: (account: Account<z.output<Settings>>, post: PicturedPost) => PictureCap | undefined;
  readonly needsTitle?: (account: Account<z.output<Settings>>) => boolean;
  /** By default, an account that publishes articles is sent the whole post. */
  readonly sendsPost?: true;
  /** The default gives each copy a key of its own. */
  readonly key?: Network["key"];
  /** The length of a text by the network's own rule. */
  readonly length: (text: string) => number;
  readonly compose: (snippet: Snippet, settings: z.output<Settings>, longest: number | undefined) => Composed;
  readonly connect: (login: ParsedLogin<z.output<Settings>, z.output<Credentials>>) => Connection;
}

export interface Login {
  readonly account: Account;
  /** The secret as it is stored, not parsed yet. */
  readonly secret: Readonly<Record<string, string>>;
  /** The base URL of the sandbox, if the account posts there. */
  readonly sandbox?: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Absent if this runtime has no pictures. */
  readonly readPicture?: ReadPicture;
  /** Absent if the process keeps the tokens in memory. */
  readonly tokens?: OpenTokens;
}

/** A login whose settings and credentials have been parsed by the network's schemas. */
export interface ParsedLogin<Settings, Credentials> {
  readonly settings: Settings;
  readonly credentials: Credentials;
  /** The base URL of the emulated API, if the account posts to the sandbox. */
  readonly sandbox: string | undefined;
  readonly fetchJson: FetchJson;
  readonly clock: Clock;
  readonly readPicture: ReadPicture;
  /** The tokens that the network issues to the login, for networks whose tokens are renewed. */
  readonly getTokens: GetTokens;
}

export interface DefinedNetwork extends Network {
  readonly settings: z.ZodType<Readonly<Record<string, unknown>>>;
  readonly credentials: z.ZodObject<Readonly<Record<string, z.ZodType<string | undefined>>>>;
  /** They are not parsed yet. */
  readonly sandboxSettings: Readonly<Record<string, unknown>>;
  readonly sandboxCredentials: (account: Account) => Readonly<Record<string, string>>;
  readonly length: (text: string) => number;
  /** Parses the secret once, and connects. */
  readonly connect: (login: Login) => ConnectResult;
}

export const defineNetwork = <
  Settings extends z.ZodType<OwnSettings, Record<string, unknown>>,
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
    key: (seed, copy) => `${seed}-${copy}`,
    ...definition,
    secretFields: Object.keys(definition.credentials.shape),
    sandboxSettings: { ...definition.sandboxSettings },
    server: (account) => definition.server(own(account)),
    picture: (account, post) => definition.picture?.(own(account), post),
    needsTitle: (account) => definition.needsTitle?.(own(account)) ?? false,
    sendsPost: (account) => definition.sendsPost ?? definition.needsTitle?.(own(account)) ?? false,
    compose: (snippet, account, longest) => {
      const { settings } = own(account);
      const compose = (one: Snippet): Composed => definition.compose(one, settings, longest);
      const { external, url } = snippet.content;
      // An article names its own page as the original.
      if (external !== undefined && definition.needsTitle?.(own(account)) === true) return compose({ ...snippet, url });
      const isNote = snippet.isNote === true;
      if (settings.notes === undefined || (!isNote && external === undefined)) return compose(snippet);
      const { link, hashtags } = isNote ? settings.notes : { link: "cut", hashtags: true };
      // The hashtags of a note are those that its author wrote into it.
      const given = hashtags ? snippet : { ...snippet, tags: [] };
      // The link of a link post is part of what it says: its own page is named only where the text is cut.
      const withPage = external === undefined ? given : { ...given, page: url };
      const withoutPage = external === undefined ? { ...given, withoutLink: true } : given;
      const whole = compose(link === "always" ? withPage : withoutPage);
      if (snippet.text === "" && !whole.pictures) return composeWithText(given, compose);
      return whole.isCut && link === "cut" ? compose(withPage) : whole;
    },
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
      return { connection: cleanAnswers(definition.connect(login), hidden) };
    },
  };
};

/** A note whose pictures are not shown says what the first of them shows, and links to its page. */
const composeWithText = (snippet: Snippet, compose: (snippet: Snippet) => Composed): Composed => {
  const alt = snippet.images.map((image) => image.alt ?? "").find(hasVisibleText) ?? "";
  const linked = compose({ ...snippet, text: alt });
  return hasVisibleText(linked.text) ? linked : compose({ ...snippet, text: snippet.title });
};

/** How many of a login's last tokens are hidden in messages. Older ones have expired. */
const hiddenTokens = 8;

const noPictures: ReadPicture = async () => undefined;

/** Names only the fields: zod's own message could contain a value of the secret. */
const malformedSecret = (account: Account, { issues }: z.ZodError): string =>
  `the secret of ${account.name} needs ${[...new Set(issues.map(({ path }) => path.join(".")))].join(", ")}`;

const brokenSecret = (account: Account, field: string): string =>
  `${field} in the secret of ${account.name} has a line break or another control character`;

/** True for this machine, which may be reached without encryption. */
const isOnThisMachine = ({ hostname }: URL): boolean => ["127.0.0.1", "localhost"].includes(hostname);

const isServer = (address: string): boolean => {
  const url = URL.parse(address);
  return url?.protocol === "https:" || (url?.protocol === "http:" && isOnThisMachine(url));
};

/** An address that receives secrets or content that is not public: only this machine may have http. */
export const secureAddress = z.string().refine(isServer, "an address such as https://social.example");

/** Parses an address to the server's origin. */
export const serverAddress = secureAddress.transform((address) => URL.parse(address)?.origin ?? address);

/** The address of a relay, which is reached over a WebSocket. */
export const relayAddress = z
  .string()
  // A field of a nevent has at most 255 bytes.
  .max(200)
  .refine((address) => {
    const url = URL.parse(address);
    return url?.protocol === "wss:" || (url?.protocol === "ws:" && isOnThisMachine(url));
  }, "an address such as wss://relay.example");

export interface Renewal {
  /** True if the stored tokens can be used without renewing them. */
  readonly isGood: (issued: Issued) => boolean;
  /**
   * Gets tokens with the stored ones, or with the secret. Only one worker does so at a time, and new tokens are stored
   * before they are used: a refresh token may be valid for one use only. So it ends by a limit of its own, and not with
   * the time of the request that needs them.
   */
  readonly renew: (stored: Issued | undefined, limit: AbortSignal) => Promise<Issued | NoLogin>;
  /** Ends the wait for another worker. A renewal of its own is waited for: until it ends, its server is not free. */
  readonly signal: AbortSignal;
}

/** Returns the valid tokens of a login, or why there are none. */
export type GetTokens = (renewal: Renewal) => Promise<Issued | NoLogin>;

/** Longer than a renewal may take, so that no other worker shows the same token while its answer may still come. */
const renewalLease = 30 * second;
const renewalTimeLimit = 25 * second;

const noTimeLeft: NoLogin = { kind: "unavailable", reason: "no time was left to renew the login" };

const renewStored = async ({ isGood, renew, signal }: Renewal, tokens: Tokens, clock: Clock): ReturnType<GetTokens> => {
  for (;;) {
    const state = await tokens.read();
    const { issued, renewing = 0 } = state;
    if (issued !== undefined && isGood(issued)) return issued;
    if (isHeld(renewing, clock())) {
      if (signal.aborted)
        return { kind: "unavailable", reason: "another worker is logging in and is not done yet", retryAt: renewing };
      await tokens.wait();
      continue;
    }
    if (signal.aborted) return noTimeLeft;
    const limit = tokens.deadline?.(renewalTimeLimit) ?? signal;
    const version = await tokens.save({ ...state, renewing: clock() + renewalLease });
    if (version === undefined) continue;
    const renewed = await renew(issued, limit);
    const isRenewed = !("kind" in renewed);
    const saved = await tokens.save({ version, issued: isRenewed ? renewed : issued, renewing: undefined });
    // If they were not saved, the lease had ended and another worker took over: its tokens are the current ones.
    if (!isRenewed || saved !== undefined) return renewed;
  }
};

/** Renews tokens once for all callers: a call during a renewal gets its result. */
export const renewTokens = (tokens: Tokens, clock: Clock): GetTokens => {
  let flight: ReturnType<GetTokens> | undefined;
  return (renewal) => {
    flight ??= renewStored(renewal, tokens, clock).finally(() => {
      flight = undefined;
    });
    return flight;
  };
};

/** Calls `seen` for all tokens that are read, and for new ones before they are used. */
const watchTokens = (tokens: Tokens, seen: (issued: Issued) => void): Tokens => {
  const tell = <State extends Pick<TokenState, "issued">>(state: State): State => {
    if (state.issued !== undefined) seen(state.issued);
    return state;
  };
  return {
    read: async () => tell(await tokens.read()),
    save: (state) => tokens.save(tell(state)),
    wait: tokens.wait,
    ...(tokens.deadline && { deadline: tokens.deadline }),
  };
};

/** Tokens that are lost when the process ends. */
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

/** A shorter secret would occur in any text, and protects nothing. */
const shortestSecret = 8;

/** A part of a path of at least this length may be a secret, such as the token in a webhook's URL. */
const shortestPart = 12;

/** The parts of a secret URL: a network may repeat its path without the server, or only the token in it. */
const partsOfSecret = (secret: string): readonly string[] => {
  const { protocol, pathname = "" } = URL.parse(secret) ?? {};
  if (protocol !== "https:" && protocol !== "http:") return [];
  return [pathname, ...pathname.split("/").filter((part) => part.length >= shortestPart)];
};

/** Hides the beginning of a secret at the end of a text that was cut. */
const hideHalf = (text: string, secret: string): string => {
  let left = text;
  for (let length = secret.length - 1; length >= shortestSecret && left.includes(ellipsis); length -= 1)
    left = left.replaceAll(`${secret.slice(0, length)}${ellipsis}`, ellipsis);
  return left;
};

/**
 * The address of a copy is shown as a link, in feeds, receipts, mails and by what reads them: a server that returns
 * `javascript:` or another scheme has given none.
 */
const withWebAddress = (remote: Remote): Remote =>
  remote.url === null || isServer(remote.url) ? remote : { ...remote, url: null };

/**
 * Cleans what a network answers. Secrets are hidden: a network may repeat them, and a reason is logged, stored and shown.
 * `secrets`: the credentials, and the tokens that the network issued. The address of a copy is one of the web, or absent.
 */
export const cleanAnswers = (connection: Connection, secrets: () => readonly (string | undefined)[]): Connection => {
  const hide = (text: string): string =>
    secrets()
      .flatMap((secret) => (secret === undefined ? [] : [secret, ...partsOfSecret(secret)]))
      .filter((secret) => secret.length >= shortestSecret)
      .reduce((left, secret) => hideHalf(left.replaceAll(secret, ellipsis), secret), text);
  const clean = <Result extends object>(result: Result): Result => {
    const texts: { readonly reason?: unknown; readonly note?: unknown; readonly problem?: unknown } = result;
    const { reason, note, problem } = texts;
    if (typeof reason === "string") return { ...result, reason: hide(reason) };
    if (typeof problem === "string") return { ...result, problem: hide(problem) };
    return typeof note === "string" ? { ...result, note: hide(note) } : result;
  };
  const cleanOutcome = (outcome: Outcome): Outcome => {
    const cleaned = clean(outcome);
    if (!("remote" in cleaned) || cleaned.remote === undefined) return cleaned;
    const remote = withWebAddress(cleaned.remote);
    return remote === cleaned.remote ? cleaned : { ...cleaned, remote };
  };
  const { edit, remove, find } = connection;
  return {
    ...connection,
    whoAmI: async (...check) => clean(await connection.whoAmI(...check)),
    send: async (...given) => cleanOutcome(await connection.send(...given)),
    ...(find && {
      find: async (...given) => {
        const found = await find(...given);
        if (found === undefined || found === "unreadable") return found;
        return found.map((one) => ({ ...one, remote: withWebAddress(one.remote) }));
      },
    }),
    ...(edit && { edit: async (...given) => cleanOutcome(await edit(...given)) }),
    ...(remove && { remove: async (remote, signal) => clean(await remove(remote, signal)) }),
  };
};
