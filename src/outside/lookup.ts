import { lookup as systemLookup } from "node:dns/promises";
import type { LookupFunction } from "node:net";
import { OutsideError } from "./outside-error.ts";
import type { Allow } from "./public-address.ts";

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** Answers all addresses of a host. */
export type Resolve = (host: string) => Promise<readonly ResolvedAddress[]>;

/** A lookup of the system occupies one of the few threads that files and compression need, too: one at a time for each host. */
const runningLookups = new Map<string, Promise<readonly ResolvedAddress[]>>();

export const resolveBySystem: Resolve = (host) => {
  const lookup =
    runningLookups.get(host) ?? systemLookup(host, { all: true }).finally(() => runningLookups.delete(host));
  runningLookups.set(host, lookup);
  return lookup;
};

/** The addresses that may be connected to. Throws where there is none. */
export const allowedAddresses = (
  addresses: readonly ResolvedAddress[],
  host: string,
  allow: Allow,
): readonly ResolvedAddress[] => {
  const allowed = addresses.filter(({ address }) => allow(address));
  if (allowed.length > 0) return allowed;
  throw new OutsideError("refused-address", `${host} resolves to an address that is not public`);
};

/**
 * The lookup of one connection. Node connects to the addresses that were checked: a name that resolves to another address
 * at the next lookup (DNS rebinding) has no effect.
 */
export const guardedLookup =
  (resolve: Resolve, allow: Allow): LookupFunction =>
  (host, { all }, callback) => {
    resolve(host)
      .then((addresses) => allowedAddresses(addresses, host, allow))
      .then(
        ([first, ...rest]) => {
          if (first === undefined) return callback(new Error(`${host} has no address`), "");
          if (all) return callback(null, [first, ...rest]);
          callback(null, first.address, first.family);
        },
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), ""),
      );
  };
