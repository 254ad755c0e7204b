import type { Account } from "../domain/account.ts";
import type { Offers, Outcome, Remote, StoredRequest } from "../domain/delivery.ts";
import type { Fitted, Snippet } from "../domain/snippet.ts";
import type { Instant } from "../domain/time.ts";

export interface Composed extends Fitted {
  readonly request: StoredRequest;
}

export interface Found {
  readonly remote: Remote;
}

/** One login, connected. No method throws for what a network answers, none retries. */
export interface Connection {
  /** `key` is the delivery's own and the same for every resend. */
  send(request: StoredRequest, key: string, signal: AbortSignal): Promise<Outcome>;
  edit?(remote: Remote, request: StoredRequest, signal: AbortSignal): Promise<Outcome>;
  remove?(remote: Remote, signal: AbortSignal): Promise<Outcome>;
  /** Own posts since a moment that hold this URL, the oldest first; undefined when the network did not answer. */
  look?(url: string, since: Instant, signal: AbortSignal): Promise<readonly Found[] | undefined>;
}

export interface Network {
  readonly name: string;
  readonly offers: Offers;
  /** How long after the lease an unanswered request may still land, in ms. */
  readonly settle: number;
  /** How long the network remembers a key, in ms; absent: for ever. */
  readonly keyWindow?: number | undefined;
  /** Pure: the request, and its length by the network's own rule. */
  compose(snippet: Snippet, account: Account): Composed;
  /** The key of a delivery from its seed (a hex hash) and the moment it was planned. Pure. */
  key(seed: string, planned: Instant): string;
}

/** A connection, or why there is none, in words that hold no secret. */
export type Connected = { readonly connection: Connection } | { readonly problem: string };

/** The fields of an account's secret, by the account's name; undefined where it has none. */
export type Secrets = (account: string) => Promise<Readonly<Record<string, string>> | undefined>;

export interface Networks {
  get(name: string): Network;
  /** Where the account would post now: the real network wherever it has a secret. */
  reach(account: Account): Promise<"real" | "sandbox" | "none">;
  connect(account: Account, sandbox: boolean): Promise<Connected>;
}
