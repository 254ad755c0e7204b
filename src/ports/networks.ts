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

/** One account, logged in. No method throws for a network's response, and none retries. */
export interface Connection {
  /** `key` is unique to the delivery, and the same for every resend. */
  send(request: StoredRequest, key: string, signal: AbortSignal): Promise<Outcome>;
  edit?(remote: Remote, request: StoredRequest, signal: AbortSignal): Promise<Outcome>;
  remove?(remote: Remote, signal: AbortSignal): Promise<Outcome>;
  /** The account's posts since a moment that contain this URL, the oldest first; undefined when the network did not answer. */
  look?(url: string, since: Instant, signal: AbortSignal): Promise<readonly Found[] | undefined>;
}

export interface Network {
  readonly name: string;
  readonly offers: Offers;
  /** How long after the lease an unanswered request may still land, in ms. */
  readonly settle: number;
  /** How long the network recognises a key, or refuses an equal text, in ms; absent: without end. */
  readonly remembersFor?: number;
  /** The request, and its length by the network's own rule. Pure. */
  compose(snippet: Snippet, account: Account): Composed;
  /** The key of a delivery from its seed (a hex hash) and the moment it was planned. Pure. */
  key(seed: string, planned: Instant): string;
}

/** A connection, or the reason why there is none; the reason contains no secret. */
export type ConnectResult = { readonly connection: Connection } | { readonly problem: string };

/** The fields of an account's secret, by the account's name; undefined where it has none. */
export type Secrets = (account: string) => Promise<Readonly<Record<string, string>> | undefined>;

export interface Networks {
  get(name: string): Network;
  /** Where the account would post now: the real network wherever it has a secret. */
  reach(account: Account): Promise<"real" | "sandbox" | "none">;
  connect(account: Account, sandbox: boolean): Promise<ConnectResult>;
}
