import type { Delivery } from "../api/contract.ts";
import type { Answer } from "../api/endpoints.ts";
import { type Act, commandLine, type NextStep, nextSteps } from "../domain/delivery-commands.ts";
import { columns, joined, nextMinuteAndZone } from "./columns.ts";

/** What has happened, as far as its state does not say it. */
const deliveryDetails = ({ state, url, stale, reason, due, attempts, sandbox }: Delivery, timeZone: string): string =>
  joined(", ", [
    url,
    joined(": ", [
      stale && "stale, not as the post is now",
      state === "unsettled" && url === null && "not known yet whether it was posted",
      reason,
    ]),
    // Of one that is being sent it is the moment when its worker counts as stopped.
    state !== "sending" && due && `next attempt ${nextMinuteAndZone(due, timeZone)}`,
    attempts > 1 && `${attempts} attempts`,
    sandbox && "sandbox",
  ]);

/** A command as it is typed, for the site of the post. */
export type CommandFor = (words: string) => string;

const ofFirstSite: CommandFor = (words) => commandLine(words, undefined);

const stepLines = (steps: readonly NextStep[], command: CommandFor): readonly string[] =>
  columns(steps.map(({ purpose, words }) => [`${purpose}:`, command(words)]));

/** A copy that Crier cannot change is corrected at its address. */
const staleLines = ({ stale, url }: Delivery): readonly string[] =>
  stale ? [`to correct or delete it by hand:  ${url ?? "look for it on the network"}`] : [];

/** Deliveries of one post that are held and take the same command: the post's name means all of them. */
const heldTogether = (deliveries: readonly Delivery[]): readonly Delivery[] => {
  const held = deliveries.filter(({ state }) => state === "held");
  const [first] = held;
  const isApproval = ({ hold }: Delivery): boolean => hold === "approval";
  return first !== undefined && held.length > 1 && held.every((one) => isApproval(one) === isApproval(first))
    ? held
    : [];
};

/** The deliveries of one post, each with what a person can do about it. */
export const deliveryLines = (
  deliveries: readonly Delivery[],
  timeZone: string,
  command: CommandFor = ofFirstSite,
): readonly string[] => {
  const together = heldTogether(deliveries);
  const [one] = together;
  const [heading = "", ...rows] = columns([
    ["ACCOUNT", "STATE", "DETAILS"],
    ...deliveries.map((delivery) => [delivery.account, delivery.state, deliveryDetails(delivery, timeZone)]),
  ]);
  const lines = deliveries.flatMap((delivery, index) => [
    `  ${rows[index] ?? ""}`,
    ...(together.includes(delivery) ? [] : stepLines(nextSteps(delivery, delivery.id), command)).map(
      (line) => `    ${line}`,
    ),
    ...staleLines(delivery).map((line) => `    ${line}`),
  ]);
  const steps = one === undefined ? [] : nextSteps(one, one.slug);
  const all = steps.map((step) => ({ ...step, purpose: step.purpose.replace(" it", ` all ${together.length}`) }));
  return [`  ${heading}`, ...lines, ...stepLines(all, command).map((line) => `  ${line}`)];
};

export const changedDeliveryLines = (delivery: Answer<"retry">, command: CommandFor = ofFirstSite): readonly string[] =>
  deliveryLines([delivery], delivery.timeZone, command);

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
