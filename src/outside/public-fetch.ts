import { isIP } from "node:net";
import { type Resolve, type ResolvedAddress, resolveBySystem } from "./lookup.ts";
import { OutsideError } from "./outside-error.ts";
import { isPublic } from "./public-address.ts";

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

interface PublicFetchOptions {
  readonly fetch: Fetch;
  readonly resolve?: Resolve;
}

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });

/**
 * The given `fetch` for the servers of accounts: an https address in a private network or on this machine is refused, so
 * that no account reaches a service there. Without encryption a configuration names this machine alone, and Crier its
 * sandbox. A name that leads elsewhere at the next lookup would still need the certificate of that name.
 */
export const publicFetch = ({ fetch, resolve = resolveBySystem }: PublicFetchOptions): Fetch => {
  const addressesOf = async (host: string): Promise<readonly ResolvedAddress[]> => {
    if (isIP(host) !== 0) return [{ address: host, family: isIP(host) }];
    // A name without an address is refused by the request itself, in its own words.
    return resolve(host).catch(() => []);
  };
  return async (address, init) => {
    const { protocol, hostname, host } = new URL(address);
    if (protocol !== "https:") return fetch(address, init);
    const lookup = addressesOf(hostname.replace(/^\[|\]$/g, ""));
    const addresses = await (init.signal ? Promise.race([lookup, untilAborted(init.signal)]) : lookup);
    if (addresses.every((one) => isPublic(one.address))) return fetch(address, init);
    throw new OutsideError("refused-address", `${host} resolves to an address that is not public`);
  };
};
