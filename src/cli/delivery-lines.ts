import type { Delivery } from "../api/contract.ts";
import type { Answer } from "../api/endpoints.ts";
import type { Act } from "../domain/acts.ts";
import { columns, joined, minuteAndZone } from "./columns.ts";

const deliveryDetails = ({ url, stale, reason, due, attempts, sandbox }: Delivery, timeZone: string): string =>
  joined(", ", [
    url,
    stale && "stale",
    reason,
    due && `next attempt ${minuteAndZone(due, timeZone)}`,
    attempts > 1 && `${attempts} attempts`,
    sandbox && "sandbox",
  ]);

export const deliveryLines = (deliveries: readonly Delivery[], timeZone: string): readonly string[] => {
  const [heading = "", ...rows] = columns([
    ["ACCOUNT", "STATE", "DETAILS"],
    ...deliveries.map((delivery) => [delivery.account, delivery.state, deliveryDetails(delivery, timeZone)]),
  ]);
  const lines = deliveries.flatMap(({ state, id }, index) => {
    const needsDecision = ["failed", "unknown", "held"].includes(state);
    return [`  ${rows[index] ?? ""}`, ...(needsDecision ? [`    id ${id}`] : [])];
  });
  return [`  ${heading}`, ...lines];
};

export const changedDeliveryLines = (delivery: Answer<"retry">): readonly string[] =>
  deliveryLines([delivery], delivery.timeZone);

const nothingTo: Readonly<Record<Act, string>> = {
  release: "Nothing is held.",
  hold: "Nothing waits to be sent.",
  approve: "Nothing waits for an approval.",
  dismiss: "Nothing is held.",
};

/** What a person's decision changed. */
export const actedLines = (act: Act, deliveries: readonly Delivery[], timeZone: string): readonly string[] =>
  deliveries.length === 0
    ? [nothingTo[act]]
    : columns([
        ["POST", "ACCOUNT", "STATE", "DETAILS"],
        ...deliveries.map((delivery) => [
          delivery.slug,
          delivery.account,
          delivery.state,
          deliveryDetails(delivery, timeZone),
        ]),
      ]);
