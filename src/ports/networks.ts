import type { Account } from "../domain/account.ts";
import type { Offers, Outcome, Remote, StoredRequest } from "../domain/delivery.ts";
import type { Warning } from "../domain/findings.ts";
import type { PictureCap } from "../domain/picture.ts";
import type { Fitted, Snippet } from "../domain/snippet.ts";
import type { Instant } from "../domain/time.ts";

/** The preview of the link that a network shows below the text. */
export interface Card {
  readonly title: string;
  /** Empty where the text says it. */
  readonly description: string;
}

/** A post that replies to the one before it. */
export interface Reply {
  readonly text: string;
  /** By the network's own rule. */
  readonly length: number;
}

export interface Composed extends Fitted {
  readonly request: StoredRequest;
  /** Where the whole post is sent, and not the text: the characters of that article. */
  readonly article?: number;
  /** What follows the post, each in a reply to the one before. */
  readonly replies?: readonly Reply[];
  /** Where it is part of the request: another network makes its card of the page itself. */
  readonly card?: Card;
  /** What the network charges for it, in US dollars; absent where it is free. */
  readonly cost?: number;
  /** What its author should know before it is sent. */
  readonly warnings?: readonly Warning[];
}

/** What a look searches for: the copy that an unanswered send may have made. */
export interface Sought {
  readonly request: StoredRequest;
  /** The delivery's key. */
  readonly key: string;
  /** The post's URL in the request. */
  readonly url: string;
  /** The copy is not older. */
  readonly since: Instant;
  /** Nothing was sent: one of several servers is enough. Otherwise each of them may be the one that has the copy. */
  readonly isFirst?: true;
  /** Where the send went on from that may have made it; undefined for the first. */
  readonly progress?: StoredRequest | undefined;
}

/** A post of the account that contains the URL. */
export interface Found {
  readonly remote: Remote;
  /** When it was made, by its own date. */
  readonly madeAt: Instant;
  /** What the network keeps of its request, where that is all of it. */
  readonly request?: StoredRequest;
  /** It was made from the request. Otherwise it may be another person's, or the request's with another server's changes. */
  readonly isSame: boolean;
  /** Where the delivery goes on from, if this is not all of it. */
  readonly progress?: StoredRequest;
}

/** Why a login cannot be used now. */
export type NoLogin = Extract<Outcome, { readonly kind: "unavailable" | "unauthorised" }>;

/** The account behind a login. */
export interface Identity {
  readonly kind: "identity";
  /** Server and account, which stay when names and tokens change; undefined where the network does not say them. */
  readonly id: string | undefined;
  /** Its name there, for people: it may change. */
  readonly handle?: string | undefined;
  /** The longest text that its server takes, by the network's own rule, where that differs from server to server. */
  readonly longest?: number | undefined;
}

/** One of the remotes of a delivery, in the order in which they were made. */
export interface Part {
  readonly index: number;
  readonly of: number;
}

/** One account, logged in. No method throws for a network's response, and none retries. */
export interface Connection {
  /** Asked before anything is sent: what was sent as another account is not this one's. */
  whoAmI(signal: AbortSignal): Promise<Identity | NoLogin>;
  /**
   * Makes one irreversible request at most. `key` is unique to the delivery, and the same for every resend. `progress`:
   * what the last `progressed` said; undefined for the first request.
   */
  send(request: StoredRequest, key: string, signal: AbortSignal, progress?: StoredRequest): Promise<Outcome>;
  /** `part`: which of the delivery's remotes it is. */
  edit?(remote: Remote, request: StoredRequest, signal: AbortSignal, part?: Part): Promise<Outcome>;
  remove?(remote: Remote, signal: AbortSignal): Promise<Outcome>;
  /** The oldest first; undefined when the network did not answer. `unreadable`: it does not let this login read. */
  look?(sought: Sought, signal: AbortSignal): Promise<readonly Found[] | "unreadable" | undefined>;
}

export interface Network {
  readonly name: string;
  readonly offers: Offers;
  /** In its place, where it depends on the account's settings. */
  offersTo?(account: Account): Offers;
  /** How long after the lease an unanswered request may still land, in ms. */
  readonly settle: number;
  /** How long the network recognises a key, or refuses an equal text, in ms; absent: without end. */
  readonly remembersFor?: number;
  /** The largest picture that it takes with a post of this account; undefined where it takes none from us. */
  picture?(account: Account): PictureCap | undefined;
  /** Its servers say themselves how long a text may be: `whoAmI` asks them. */
  readonly asksLongest?: true;
  /** The request, and its length by the network's own rule. `longest`: what the account's server has said. Pure. */
  compose(snippet: Snippet, account: Account, longest?: number): Composed;
  /** The server that the account is on, by its settings. Accounts on one server take turns. */
  server(account: Account): string;
  /**
   * The key of a delivery from its seed (a hex hash). `copy`: 1, and more where earlier copies were deleted with their
   * post. No moment is part of it: a table that was put back gives the same key. Pure.
   */
  key(seed: string, copy: number): string;
}

/** A connection, or the reason why there is none; the reason contains no secret. */
export type ConnectResult = { readonly connection: Connection } | { readonly problem: string };

/** The fields of an account's secret, by the account's name; undefined where it has none. */
export type Secrets = (account: string) => Promise<Readonly<Record<string, string>> | undefined>;

/** Whether an account has a secret, which shows nothing of it. */
export type HasSecret = (account: string) => Promise<boolean>;

/** What can be said of accounts without sending anything. */
export interface Logins {
  get(name: string): Network;
  /** Where the account would post now: the real network wherever it has a secret. */
  reach(account: Account): Promise<"real" | "sandbox" | "none">;
  /** Changes with the account's credentials, and shows nothing of them; undefined where it has none. */
  fingerprint(account: Account): Promise<string | undefined>;
  connect(
    account: Account,
    sandbox: boolean,
  ): Promise<{ readonly connection: Pick<Connection, "whoAmI"> } | { readonly problem: string }>;
}

export interface Networks extends Logins {
  connect(account: Account, sandbox: boolean): Promise<ConnectResult>;
}

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
