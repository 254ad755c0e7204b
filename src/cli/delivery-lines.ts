import type { Delivery } from "../api/contract.ts";
import type { Answer } from "../api/endpoints.ts";
import type { Act } from "../domain/acts.ts";
import { columns, joined, minuteAndZone } from "./columns.ts";

/** What has happened, as far as its state does not say it. */
const deliveryDetails = ({ state, url, stale, reason, due, attempts, sandbox }: Delivery, timeZone: string): string =>
  joined(", ", [
    url,
    joined(": ", [
      stale && "stale, not as the post is now",
      state === "unsettled" && "not known yet whether it was posted",
      reason,
    ]),
    // Of one that is being sent it is the moment when its worker counts as stopped.
    state !== "sending" && due && `next attempt ${minuteAndZone(due, timeZone)}`,
    attempts > 1 && `${attempts} attempts`,
    sandbox && "sandbox",
  ]);

/** A command as it is typed, for the site of the post. */
export type CommandFor = (words: string) => string;

const ofFirstSite: CommandFor = (words) => `npx crier ${words}`;

type NextStep = readonly [purpose: string, command: string];

/** What a person can do about a delivery that needs a decision. */
const nextSteps = (delivery: Delivery, command: CommandFor): readonly NextStep[] =>
  allSteps(delivery, command).filter(([, what]) => !delivery.reason?.includes(what));

const allSteps = ({ id, state, stale, hold, url }: Delivery, command: CommandFor): readonly NextStep[] => {
  const dismiss: NextStep = ["to cancel it for good", command(`dismiss ${id}`)];
  switch (state) {
    case "held":
      return [["to send it", command(`${hold === "approval" ? "approve" : "release"} ${id}`)], dismiss];
    case "failed":
      return [["to send it again", command(`retry ${id}`)], dismiss];
    case "unknown":
      return [
        ["if it is on the network", command(`resolve ${id} --as posted`)],
        ["if it is not, to send it", command(`resolve ${id} --as retry`)],
      ];
    default:
      return stale ? [["to correct or delete it by hand", url ?? "look for it on the network"]] : [];
  }
};

export const deliveryLines = (
  deliveries: readonly Delivery[],
  timeZone: string,
  command: CommandFor = ofFirstSite,
): readonly string[] => {
  const [heading = "", ...rows] = columns([
    ["ACCOUNT", "STATE", "DETAILS"],
    ...deliveries.map((delivery) => [delivery.account, delivery.state, deliveryDetails(delivery, timeZone)]),
  ]);
  const lines = deliveries.flatMap((delivery, index) => [
    `  ${rows[index] ?? ""}`,
    ...columns(nextSteps(delivery, command).map(([purpose, what]) => [`${purpose}:`, what])).map(
      (line) => `    ${line}`,
    ),
  ]);
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
