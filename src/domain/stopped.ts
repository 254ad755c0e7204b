import type { SiteCommand } from "./delivery-commands.ts";
import { clockText, type Instant, minute } from "./time.ts";

/** The decision that nothing is sent, by a person, or by Crier where the data was restored to an earlier state. */
export interface Stop {
  readonly since: Instant;
  readonly why: string;
  /** The person who decided, by the name that they gave themselves. */
  readonly by: string | undefined;
  /** Set if Crier has stopped the account: what it sends may have been sent before. */
  readonly isRestored?: true | undefined;
}

/** The stop of an account whose row is older than what the account has sent. */
export const restoredStop = (since: Instant): Stop => ({
  since,
  why: "the data was restored to an earlier state, and does not know what was sent since",
  by: "Crier",
  isRestored: true,
});

/** The name of the stop of all accounts. No account has it. */
export const allAccounts = "*";

/** All stops of an installation, by the name of the account. */
export interface Stops {
  readonly version: number;
  readonly accounts: Readonly<Record<string, Stop>>;
}

/** Returns the stop that an account is under, and its name. */
export const stopFor = ({ accounts }: Stops, account: string): (Stop & { readonly name: string }) | undefined => {
  for (const name of [allAccounts, account]) {
    const stop = accounts[name];
    if (stop !== undefined) return { ...stop, name };
  }
  return undefined;
};

interface StopContext {
  readonly site: string;
  readonly command: SiteCommand;
  readonly now: Instant;
  readonly timeZone: string;
}

/** True for a reason that `stoppedReason` gives: what waits for it goes on by a command, and at no moment. */
export const isStoppedReason = (reason: string): boolean =>
  / stopped (?:all sending|sending on \S+) at .*; to go on: /.test(reason);

/** Says who stopped an account, why, and how it goes on. Undefined where nobody did. */
export const stoppedReason = (
  stops: Stops,
  account: string,
  { site, command, now, timeZone }: StopContext,
): string | undefined => {
  const stop = stopFor(stops, account);
  if (stop === undefined) return undefined;
  const { name, since, why, by } = stop;
  const what = name === allAccounts ? "all sending" : `sending on ${account}`;
  const resume = command(name === allAccounts ? "resume-sending" : `resume-sending ${account}`, site);
  return `${by ?? "somebody"} stopped ${what} at ${clockText(since - (since % minute), now, timeZone)}: ${why}; to go on: ${resume}`;
};
