import type { Account } from "../domain/account.ts";
import { minute } from "../domain/time.ts";
import type { Networks } from "../ports/networks.ts";
import type { Clock } from "../ports/runtime.ts";

export interface Reaching {
  readonly secrets: (account: string) => Promise<Readonly<Record<string, string>> | undefined>;
  readonly sandbox?: ((account: Account) => string | undefined) | undefined;
  readonly clock: Clock;
}

/** Where accounts would post, told by their secrets alone: planning needs no network's client. A secret is asked for once a minute. */
export const reachBySecrets = ({ secrets, sandbox, clock }: Reaching): Pick<Networks, "reach"> => {
  const known = new Map<string, { readonly until: number; readonly connected: Promise<boolean> }>();
  const isConnected = (name: string): Promise<boolean> => {
    const cached = known.get(name);
    if (cached !== undefined && clock() < cached.until) return cached.connected;
    const connected = secrets(name).then((secret) => secret !== undefined);
    known.set(name, { until: clock() + minute, connected });
    // A failed read is not remembered: the next step asks again.
    connected.catch(() => known.delete(name));
    return connected;
  };
  return {
    reach: async (account) => {
      if (await isConnected(account.name)) return "real";
      return sandbox?.(account) === undefined ? "none" : "sandbox";
    },
  };
};
