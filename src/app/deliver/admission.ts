import type { Account, Policies } from "../../domain/account.ts";
import { type Delivery, deliveryId } from "../../domain/delivery.ts";
import { pausedFor } from "../../domain/delivery-transitions.ts";
import { conflict, retryOnConflict } from "../../domain/retry-on-conflict.ts";
import { day, hour, type Instant } from "../../domain/time.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Accounts } from "../../ports/store.ts";

interface Ports {
  readonly accountStates: Accounts;
  readonly policies: Policies;
  readonly clock: Clock;
}

export type Admission =
  | { readonly kind: "now" }
  | { readonly kind: "later"; readonly until: Instant; readonly reason: string }
  | { readonly kind: "hold"; readonly reason: string };

/** Checks the account's pause, and once, before the first send, its pacing, caps and flood breaker. The sandbox has no limits. */
export const admit = async (delivery: Delivery, account: Account, ports: Ports): Promise<Admission> => {
  if (delivery.sandbox) return { kind: "now" };
  return retryOnConflict(`the account ${account.name}`, async () => {
    const now = ports.clock();
    const state = await ports.accountStates.read(account.name);
    if (state.paused !== undefined && now < state.paused.since + pausedFor)
      return { kind: "later", until: now + pausedFor, reason: `${account.name} is paused: ${state.paused.reason}` };
    const id = deliveryId(delivery);
    if (delivery.admitted || state.admitted[id] !== undefined) return { kind: "now" };
    const today = Object.fromEntries(Object.entries(state.admitted).filter(([, at]) => now - at < day));
    const admission = checkLimits(delivery, account, Object.values(today), ports.policies, now);
    if (admission.kind !== "now") return admission;
    const admitted = { ...today, [id]: now };
    return (await ports.accountStates.save({ ...state, admitted })) ? admission : conflict;
  });
};

const checkLimits = (
  delivery: Delivery,
  { name, pacing }: Account,
  today: readonly Instant[],
  { burst }: Policies,
  now: Instant,
): Admission => {
  const later = (until: Instant, reason: string): Admission => ({ kind: "later", until, reason });
  if (!delivery.approved && today.filter((at) => now - at < hour).length >= burst) {
    const command = `npx crier retry ${deliveryId(delivery)}`;
    return { kind: "hold", reason: `more than ${burst} new posts within an hour: release it with "${command}"` };
  }
  if (today.length >= pacing.dailyCap)
    return later(Math.min(...today) + day, `${name} has reached its limit of ${pacing.dailyCap} posts a day`);
  const next = Math.max(...today) + pacing.interval;
  return now < next ? later(next, `the interval between two posts of ${name} is not over yet`) : { kind: "now" };
};
