import type { Account } from "../domain/account.ts";
import { minute } from "../domain/time.ts";
import type { Networks } from "../ports/networks.ts";
import type { Clock } from "../ports/runtime.ts";

/** The fields of an account's secret, by the account's name; undefined where there is none. */
export type Secrets = (account: string) => Promise<Readonly<Record<string, string>> | undefined>;

export interface Reaching {
  readonly secrets: Secrets;
  /** Base URL of the server that emulates the networks, for accounts without a secret. */
  readonly sandbox?: ((account: Account) => string | undefined) | undefined;
  readonly clock: Clock;
}

/** A secret is asked for once a minute. */
export const keptSecrets = ({ secrets, clock }: Pick<Reaching, "secrets" | "clock">): Secrets => {
  const known = new Map<string, { readonly until: number; readonly secret: ReturnType<Secrets> }>();
  return (name) => {
    const cached = known.get(name);
    if (cached !== undefined && clock() < cached.until) return cached.secret;
    const secret = secrets(name);
    known.set(name, { until: clock() + minute, secret });
    // A failed read is not remembered: the next step asks again.
    secret.catch(() => known.delete(name));
    return secret;
  };
};

export const reachOf =
  ({ secrets, sandbox }: Pick<Reaching, "secrets" | "sandbox">): Networks["reach"] =>
  async (account) => {
    if ((await secrets(account.name)) !== undefined) return "real";
    return sandbox?.(account) === undefined ? "none" : "sandbox";
  };

/** Where accounts would post, by their secrets alone: planning needs no network's client. */
export const reachBySecrets = (reaching: Reaching): Pick<Networks, "reach"> => ({
  reach: reachOf({ ...reaching, secrets: keptSecrets(reaching) }),
});
