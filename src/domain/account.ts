import type { Claimant } from "./claimant.ts";
import type { Post } from "./post.ts";
import type { QuietHours } from "./quiet-hours.ts";
import { isSameLanguage } from "./same-language.ts";
import type { Spending } from "./spending.ts";
import type { Instant } from "./time.ts";

/** The sandbox counts in a row of its own, so that an account that gets credentials begins with nothing. No name of an account has a slash. */
export const sandboxRow = ({ name }: Pick<Account, "name">): string => `sandbox/${name}`;

/** One configured login on a network; two accounts on one server are two accounts. */
export interface Account<Settings = Readonly<Record<string, unknown>>> {
  /** Unique in the deployment; part of every delivery's key. */
  readonly name: string;
  readonly network: string;
  /** The site whose posts it announces. */
  readonly site: string;
  /** BCP 47: it announces posts in this language only. Undefined: in every language. */
  readonly language: string | undefined;
  /** The other keys (server, handle …), parsed by the network's own schema. Never a secret. */
  readonly settings: Settings;
  readonly pacing: Pacing;
  /** The most that its posts of one month may cost, in US dollars. */
  readonly spend?: { readonly monthly: number } | undefined;
  /** Nothing is sent before a person approves it. */
  readonly approve?: boolean | undefined;
}

/** True where the account is for posts of the site in this language. */
export const announces = ({ site, language }: Account, post: Pick<Post, "site" | "language">): boolean =>
  site === post.site && (language === undefined || isSameLanguage(language, post.language));

export interface Pacing {
  /** Milliseconds between two first sends. */
  readonly interval: number;
  readonly dailyCap: number;
  /** In the time zone of the site. */
  readonly quietHours?: QuietHours | undefined;
}

export interface Policies {
  /** In milliseconds. A document that is older when it is first published gets feed entries, and at most a delivery in the sandbox. */
  readonly maxAge: number;
  /** New posts an hour, and missing documents of a source an hour: what is beyond is held until a person confirms it. */
  readonly burst: number;
  /** In milliseconds. A document that may still be being written is announced once it has not changed for this long. */
  readonly settle: number;
  /** `wait`: nothing is sent before the post's page is there. */
  readonly live: "wait" | "ignore";
}

/** What is stored of an account. A bounded map by delivery counts a retry after a crash once (interleaving 47). */
export interface AccountState {
  readonly name: string;
  readonly version: number;
  /** Post on the network (see `GateRequest.copy`) → when it was last sent, within the last day. */
  readonly sent: Readonly<Record<string, Instant>>;
  /** What its posts of this month cost, where they cost something. */
  readonly spent: Spending | undefined;
  /** The delivery whose request is on its way: until its answer is recorded, or this moment, no other is sent. */
  readonly inFlight: (Claimant & { readonly until: Instant; readonly login: string | undefined }) | undefined;
  /** The network did not answer, or asked for a pause: no request is sent before `until`. `failures`: requests without an answer, in a row. */
  readonly down: { readonly failures: number; readonly until: Instant; readonly reason: string } | undefined;
  /** The longest text that its server takes, by the network's own rule, where that has said so. */
  readonly longest?: number | undefined;
  /** Set while the network refuses the login: deliveries wait. `login`: the fingerprint of the credentials. */
  readonly paused: { readonly since: Instant; readonly reason: string; readonly login: string | undefined } | undefined;
}
