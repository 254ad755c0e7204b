import { lookup as systemLookup } from "node:dns/promises";
import type { LookupFunction } from "node:net";
import { OutsideError } from "./outside-error.ts";
import type { Allow } from "./public-address.ts";

export interface Resolved {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a host. */
export type Resolve = (host: string) => Promise<readonly Resolved[]>;

/** The system's lookups take a thread of the few that files and compression need too: one at a time for each host. */
const running = new Map<string, Promise<readonly Resolved[]>>();

export const resolveBySystem: Resolve = (host) => {
  const begun = running.get(host) ?? systemLookup(host, { all: true }).finally(() => running.delete(host));
  running.set(host, begun);
  return begun;
};

/** The addresses that may be connected to; throws where there is none. */
export const allowedOf = (addresses: readonly Resolved[], host: string, allow: Allow): readonly Resolved[] => {
  const allowed = addresses.filter(({ address }) => allow(address));
  if (allowed.length > 0) return allowed;
  throw new OutsideError("refused-address", `${host} leads to an address that is not of the public internet`);
};

/**
 * The lookup of one connection: the very addresses that were judged are those that are connected to, so a name that
 * leads elsewhere at the next question (DNS rebinding) gains nothing.
 */
export const guardedLookup =
  (resolve: Resolve, allow: Allow): LookupFunction =>
  (host, { all }, callback) => {
    resolve(host)
      .then((addresses) => allowedOf(addresses, host, allow))
      .then(
        ([first, ...rest]) => {
          if (first === undefined) return callback(new Error(`${host} has no address`), "");
          if (all) return callback(null, [first, ...rest]);
          callback(null, first.address, first.family);
        },
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), ""),
      );
  };
