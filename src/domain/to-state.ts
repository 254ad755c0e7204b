import type { Delivery, DeliveryBase, DeliveryState, StateField } from "./delivery.ts";

const cleared = {
  leaseUntil: undefined,
  wait: undefined,
  reason: undefined,
  sent: undefined,
  refused: undefined,
  remotes: undefined,
  unfinished: undefined,
  open: undefined,
  progress: undefined,
  stale: undefined,
  changeAttempts: undefined,
  edit: undefined,
  edited: undefined,
  openChange: undefined,
  reopens: undefined,
  hold: undefined,
  due: undefined,
  turnedAway: undefined,
} as const satisfies Record<StateField | "due" | "turnedAway", undefined>;

/** Moves a delivery to a state, with the fields of that state and none of the one before. */
export const toState = <S extends DeliveryState, Fields>(
  delivery: Delivery,
  state: S,
  fields: Fields,
): DeliveryBase & Fields & { readonly state: S } => ({ ...delivery, ...cleared, ...fields, state });
