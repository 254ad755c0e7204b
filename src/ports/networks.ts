import type { Account } from "../domain/account.ts";
import type { Offers, Outcome, Remote, StoredRequest } from "../domain/delivery.ts";
import type { Warning } from "../domain/findings.ts";
import type { PictureCap } from "../domain/picture.ts";
import type { Fitted, PicturedPost, Snippet } from "../domain/snippet.ts";
import type { Instant } from "../domain/time.ts";
import type { Deadline } from "./runtime.ts";

/** The preview of a link that a network shows below the text. */
export interface Card {
  readonly title: string;
  /** Empty if the text says the same. */
  readonly description: string;
}

/** A post that replies to the one before it. */
export interface Reply {
  readonly text: string;
  /** The length by the network's own rule. */
  readonly length: number;
}

export interface Composed extends Fitted {
  readonly request: StoredRequest;
  /** The characters of the article, if the whole post is sent and not the text. */
  readonly article?: number;
  /** The posts after the first one, each of which replies to the one before. */
  readonly replies?: readonly Reply[];
  /** The card, if it is part of the request. Other networks make it from the page themselves. */
  readonly card?: Card;
  /** The number of its pictures that are shown with the text, and without one. Absent if the text is needed. */
  readonly pictures?: number;
  /** The price of the request in US dollars; absent if it is free. */
  readonly cost?: number;
  /** Warnings for the author before it is sent. */
  readonly warnings?: readonly Warning[];
}

/** The search for a copy that a send without an answer may have made. */
export interface CopySearch {
  readonly request: StoredRequest;
  /** The delivery's key. */
  readonly key: string;
  /** The post's URL in the request. */
  readonly url: string;
  /** The copy is not older than this. */
  readonly since: Instant;
  /**
   * Set if nothing was sent yet, so that searching one of several servers is enough. Otherwise any of them may have the
   * copy.
   */
  readonly isFirst?: true;
  /** The progress from which the unanswered send continued; undefined for the first one. */
  readonly progress?: StoredRequest | undefined;
}

/** A post of the account that contains the URL. */
export interface FoundPost {
  readonly remote: Remote;
  /** The moment at which it was made, by its own date. */
  readonly madeAt: Instant;
  /** The request as the network stored it, if it stored all of it. */
  readonly request?: StoredRequest;
  /**
   * True if it was made from the request, or is the delivery's by its key or address: then `request` is what it says.
   * Otherwise another person may have posted it, or another server changed it.
   */
  readonly isSame: boolean;
  /** The delivery continues from here, if this is not all of it. */
  readonly progress?: StoredRequest;
}

/** The outcome if a login cannot be used now. */
export type NoLogin = Extract<Outcome, { readonly kind: "unavailable" | "unauthorised" }>;

/** The account behind a login. */
export interface Identity {
  readonly kind: "identity";
  /**
   * Server and account, which stay the same when names and tokens change; undefined if the network does not report
   * them.
   */
  readonly id: string | undefined;
  /** Its name on the network, for people. It may change. */
  readonly handle?: string | undefined;
  /** The longest text that its server accepts, by the network's own rule, if servers differ. */
  readonly longest?: number | undefined;
  /** When the login ends unless its owner connects the account again. Absent while it is renewed by itself. */
  readonly endsAt?: Instant | undefined;
  /** Why the login was not renewed, which is tried again. It is good until it ends. */
  readonly problem?: string | undefined;
}

/** One of the remotes of a delivery, in the order in which they were made. */
export interface Part {
  readonly index: number;
  /** The request that made the remotes. Some of its posts may be missing. */
  readonly sent: StoredRequest;
}

/** One account that is logged in. No method throws for a network's response, and none retries. */
export interface Connection {
  /**
   * Requested before anything is sent, because posts that were sent as another account do not belong to this one. A
   * network may answer from what it knows of the credentials. With `isCheck` it logs in now.
   */
  whoAmI(signal: AbortSignal, isCheck?: boolean): Promise<Identity | NoLogin>;
  /**
   * Makes one irreversible request at most. `key` is unique to the delivery, and the same for every resend. `progress`
   * is that of the last outcome `progressed`, and undefined for the first request.
   */
  send(request: StoredRequest, key: string, signal: AbortSignal, progress?: StoredRequest): Promise<Outcome>;
  /** Edits one remote. `part` says which of the delivery's remotes it is. */
  edit?(remote: Remote, request: StoredRequest, signal: AbortSignal, part?: Part): Promise<Outcome>;
  remove?(remote: Remote, signal: AbortSignal): Promise<Outcome>;
  /**
   * Searches for a copy. Returns the oldest first; undefined if the network did not answer. `unreadable`: this login
   * may not read, or there is more than is read.
   */
  find?(sought: CopySearch, signal: AbortSignal): Promise<readonly FoundPost[] | "unreadable" | undefined>;
}

export interface Network {
  readonly name: string;
  readonly offers: Offers;
  /** Replaces `offers` if it depends on the request that was sent. */
  offersTo?(request: StoredRequest): Offers;
  /** Set if the identity of a login does not say where it posts, and its credentials do: the address of a receiver. */
  readonly placeBy?: "credentials";
  /** Set if an owner connects an account by a click: `crier accounts connect` has a recipe for it. */
  readonly connectsByClick?: true;
  /**
   * Set if its connections have `find`: a first send searches for a copy that another table has sent. An account of any
   * other network is stopped if its table was restored to an earlier state.
   */
  readonly searchesFirst?: true;
  /** The names of the fields of an account's secret, in the order in which they are asked for. */
  readonly secretFields: readonly string[];
  /** True if the account publishes articles, which have a title: notes are left out. */
  needsTitle?(account: Account): boolean;
  /** Set if no login of it can delete a copy. */
  readonly keepsCopies?: true;
  /** Set if no login of it can edit the text of a copy. */
  readonly keepsTexts?: true;
  /** True if the account is sent the whole post: there is no text that could be another one for it. */
  sendsPost?(account: Account): boolean;
  /** The place of a content warning: in a field of its own, above the text, or above a text that is a spoiler. */
  readonly contentWarning: "field" | "text" | "spoiler";
  /** How long after the lease a request without an answer may still be applied, in ms. */
  readonly settle: number;
  /** How long the network recognises a key, or refuses an equal text, in ms. Absent if it always does. */
  readonly remembersFor?: number;
  /** Returns the largest picture that it accepts with such a post of this account; undefined if it accepts none. */
  picture?(account: Account, post: PicturedPost): PictureCap | undefined;
  /** Set if its servers report how long a text may be. `whoAmI` requests that. */
  readonly reportsLongest?: true;
  /**
   * Composes the request, and measures it by the network's own rule. `longest` is the limit of the account's server.
   * Pure.
   */
  compose(snippet: Snippet, account: Account, longest?: number): Composed;
  /** Returns the server of the account from its settings. Accounts on one server take turns. */
  server(account: Account): string;
  /**
   * Returns the key of a delivery from its seed (a hex hash). `copy` is 1, or more if earlier copies were deleted with
   * their post. The key contains no moment, so that a restored table gives the same key. Pure.
   */
  key(seed: string, copy: number): string;
}

/** A connection, or the reason why there is none, which contains no secret. */
export type ConnectResult<Connected = Connection> = { readonly connection: Connected } | { readonly problem: string };

interface WithFingerprint {
  /** The fingerprint of the credentials that were used. Undefined in the sandbox, and without credentials. */
  readonly fingerprint: string | undefined;
}

/** Returns the fields of an account's secret, by the account's name; undefined if it has none. */
export type Secrets = (account: string) => Promise<Readonly<Record<string, string>> | undefined>;

/** Returns whether an account has a secret, without reading it. */
export type HasSecret = (account: string) => Promise<boolean>;

/** The functions on accounts that send nothing. */
export interface Logins {
  get(name: string): Network;
  /** Returns where the account would post now. With a secret it is the real network. */
  destination(account: Account): Promise<"real" | "sandbox" | "none">;
  /**
   * Returns a text that changes with the account's credentials and reveals nothing of them; undefined if it has none.
   */
  fingerprint(account: Account): Promise<string | undefined>;
  connect(account: Account, sandbox: boolean): Promise<ConnectResult<Pick<Connection, "whoAmI">> & WithFingerprint>;
}

export interface Networks extends Logins {
  connect(account: Account, sandbox: boolean): Promise<ConnectResult & WithFingerprint>;
}

/**
 * The tokens that a network issues to a login and that are renewed while it is used: a session, an access token, a
 * refresh token that is valid for one use. The first ones are requested with the account's secret, which its owner
 * sets.
 */
export interface Issued {
  /** Their values must not appear in a reason, a log or an error. */
  readonly tokens: Readonly<Record<string, string>>;
  /** Further facts about them, such as their account. */
  readonly about: Readonly<Record<string, string>>;
  /** The moment at which they must be renewed; absent if the network does not name it. */
  readonly renewAt?: Instant | undefined;
}

export interface TokenState {
  /** It is 0 if nothing is stored yet. */
  readonly version: number;
  /** Undefined if there are none that belong to the login. */
  readonly issued: Issued | undefined;
  /** Set while a worker renews them, which it may do until this moment. */
  readonly renewing: Instant | undefined;
}

/** The tokens of one login, shared by all workers. */
export interface Tokens {
  read(): Promise<TokenState>;
  /**
   * Saves over the version in `state` and returns the new one; undefined if another worker has saved since it was read.
   */
  save(state: TokenState): Promise<number | undefined>;
  /** Resolves after a moment, in which another worker may have saved. */
  wait(): Promise<void>;
  /** The time limit of a renewal. Absent where its tokens end with the process: then it has that of its caller. */
  readonly deadline?: Deadline;
}

export interface TokenLogin {
  /** The name of the account, or another one for its login in the sandbox. */
  readonly name: string;
  readonly secret: Readonly<Record<string, string>>;
  readonly network: string;
  /** The server that the tokens are sent to. */
  readonly server: string;
}

/** Opens the tokens of a login. Those of another secret, network or server are never read as this login's. */
export type OpenTokens = (login: TokenLogin) => Tokens;

/** A row of tokens. The sealed part cannot be read without the login's secret. */
export interface TokenRow {
  readonly name: string;
  readonly version: number;
  readonly sealed: string | undefined;
  readonly renewing: Instant | undefined;
}

export interface TokenRows {
  /** Returns version 0 if there is no row. */
  read(name: string): Promise<TokenRow>;
  /** Works like `Tokens.save`. */
  save(row: TokenRow): Promise<number | undefined>;
}

/** The rows of tokens. Only the clients of networks read them, never a use case. */
export interface TokenStore {
  readonly tokens: TokenRows;
}
