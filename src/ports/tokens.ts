import type { Instant } from "../domain/time.ts";

/**
 * What a login is given by its network and renews while it is used: a session, an access token, a refresh token that is
 * good for one use. The account's secret, which its owner sets, is what it begins with.
 */
export interface Issued {
  /** No reason, log or error shows their values. */
  readonly tokens: Readonly<Record<string, string>>;
  /** What else is known of them, such as whose they are. */
  readonly about: Readonly<Record<string, string>>;
  /** When they are to be renewed; absent where the network does not say it. */
  readonly renewAt?: Instant | undefined;
}

export interface TokenState {
  /** 0: nothing is stored yet. */
  readonly version: number;
  /** Undefined where there are none that belong to the login. */
  readonly issued: Issued | undefined;
  /** A worker renews them, until this moment at most. */
  readonly renewing: Instant | undefined;
}

/** The tokens of one login, as all workers see them. */
export interface Tokens {
  read(): Promise<TokenState>;
  /** Saves over the version that it names. The new one; undefined: another worker has saved since it was read. */
  save(state: TokenState): Promise<number | undefined>;
  /** Resolves after a moment, in which another worker may have saved. */
  wait(): Promise<void>;
}

export interface TokensOf {
  /** The account's; the sandbox's is another one. */
  readonly name: string;
  readonly secret: Readonly<Record<string, string>>;
  readonly network: string;
  /** Where they are sent to. */
  readonly server: string;
}

/** The tokens of another secret, network or server are never read as this login's. */
export type OpenTokens = (login: TokensOf) => Tokens;

/** A row of tokens. What is sealed cannot be read without the login's secret. */
export interface TokenRow {
  readonly name: string;
  readonly version: number;
  readonly sealed: string | undefined;
  readonly renewing: Instant | undefined;
}

export interface TokenRows {
  /** Version 0 where there is no row. */
  read(name: string): Promise<TokenRow>;
  /** Like `Tokens.save`. */
  save(row: TokenRow): Promise<number | undefined>;
}

/** No use case reads them: only the clients of networks do. */
export interface TokenStore {
  readonly tokens: TokenRows;
}
