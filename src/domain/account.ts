import type { Instant } from "./time.ts";

/** One configured login on a network; two accounts on one server are two accounts. */
export interface Account<Settings = Readonly<Record<string, unknown>>> {
  /** Unique in the deployment; part of every delivery's key. */
  readonly name: string;
  readonly network: string;
  /** The site whose posts it announces. */
  readonly site: string;
  /** The other keys (server, handle …), parsed by the network's own schema. Never a secret. */
  readonly settings: Settings;
  readonly pacing: Pacing;
}

export interface Pacing {
  /** Milliseconds between two first sends. */
  readonly interval: number;
  readonly dailyCap: number;
}

export interface Policies {
  /** In milliseconds. Older documents of a first import are a baseline: they get feed entries and no deliveries. */
  readonly maxAge: number;
  /** New posts an hour, and missing documents of a source an hour: what is beyond is held until a person confirms it. */
  readonly burst: number;
}

/** What is stored of an account: bounded maps keyed by delivery, so that a retry after a crash counts once (interleaving 47). */
export interface AccountState {
  readonly name: string;
  readonly version: number;
  /** Delivery id → the moment at which it was admitted, for the last day. */
  readonly admitted: Readonly<Record<string, Instant>>;
  /** Set while the network refuses the login: deliveries wait. */
  readonly paused: { readonly since: Instant; readonly reason: string } | undefined;
}
