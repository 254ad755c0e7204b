import type { Instant } from "./time.ts";

/** One configured login on a network; two accounts on one server are two accounts. */
export interface Account<Settings = Readonly<Record<string, unknown>>> {
  /** Unique in the deployment; part of every delivery's key. */
  readonly name: string;
  readonly network: string;
  /** The site whose posts it announces. */
  readonly site: string;
  /** What the network's own schema made of the rest (server, handle …), read once by the configuration. Never a secret. */
  readonly settings: Settings;
  readonly pacing: Pacing;
}

export interface Pacing {
  /** Milliseconds between two first sends. */
  readonly interval: number;
  readonly dailyCap: number;
}

export interface Policies {
  /** Older documents of a first import are a baseline: feeds, no deliveries. Milliseconds. */
  readonly maxAge: number;
  /** New posts an hour; the rest waits for a person's word. Missing documents an hour of a source, too. */
  readonly burst: number;
}

/** What is remembered of an account: bounded maps keyed by delivery, so that a retry after a crash counts once (interleaving 47). */
export interface AccountState {
  readonly name: string;
  readonly version: number;
  /** Delivery id → the moment it was let through, for the last day. */
  readonly admitted: Readonly<Record<string, Instant>>;
  /** Set while the network refuses the login: deliveries wait. */
  readonly paused?: { readonly since: Instant; readonly reason: string } | undefined;
}
