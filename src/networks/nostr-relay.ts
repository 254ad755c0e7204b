import * as z from "zod";
import type { Outcome } from "../domain/delivery.ts";
import { minute } from "../domain/time.ts";
import { commonOutcome, type FetchJson, type JsonResponse, reasonOf, retryAt } from "./http.ts";
import { eventHash, type SignedEvent, signedEvent } from "./nostr-event.ts";

/** Conditions that an event meets (NIP-01). A relay answers with the events that meet all of them. */
export type Filter = Readonly<Record<string, readonly string[] | readonly number[] | number>>;

/** A relay did not take an event, or did not answer. */
export type Refusal = Extract<Outcome, { kind: "rejected" | "unavailable" | "unauthorised" | "unanswered" }>;

export interface Relay {
  /** A relay that has the event already takes it once more: nothing changes. */
  publish(event: SignedEvent, signal: AbortSignal): Promise<"accepted" | Refusal>;
  /** The events of the author that meet one of the filters, the newest first. */
  find(pubkey: string, filters: readonly Filter[], signal: AbortSignal): Promise<readonly SignedEvent[] | Refusal>;
}

const messages = z.array(z.array(z.unknown()).min(1));
const ok = z
  .tuple([z.literal("OK"), z.string(), z.boolean(), z.string().default("")])
  .transform(([, id, isTaken, message]) => ({ id, isTaken, message }));
const closed = z.tuple([z.literal("CLOSED"), z.string(), z.string()]).transform(([, , message]) => ({ message }));
const found = z.tuple([z.literal("EVENT"), z.string(), signedEvent]).transform(([, , event]) => event);

const subscription = "crier";

/**
 * One relay. A message to it is a request, and what it says until its answer is complete is the response: an event is a
 * POST, a question, which changes nothing, a GET.
 */
export const relayAt = (address: string, fetchJson: FetchJson): Relay => {
  const host = `The relay ${new URL(address).host}`;
  const reasonOfRefusal = (message: string): string => `${host} answered: ${message.slice(0, 300)}`;
  const ofHttp = (response: JsonResponse): Refusal => {
    const reason = reasonOf(host, response.status, undefined);
    const common = commonOutcome(response, reason, retryAt(response));
    if (common?.kind === "unavailable" || common?.kind === "unanswered") return common;
    return { kind: response.status === 401 || response.status === 403 ? "unauthorised" : "rejected", reason };
  };
  const saidIn = ({ status, body }: JsonResponse) => (status === 200 ? (messages.safeParse(body).data ?? []) : []);
  return {
    publish: async (event, signal) => {
      const result = await fetchJson(address, { method: "POST", json: ["EVENT", event], signal });
      if (result.kind !== "response") return result;
      const { response } = result;
      const answers = saidIn(response).flatMap((message) => ok.safeParse(message).data ?? []);
      const answer = answers.find(({ id }) => id === event.id);
      if (answer === undefined) return ofHttp(response);
      const { isTaken, message } = answer;
      // A newer version of an article is there: this one is over.
      if (isTaken || /^(?:duplicate|replaced):/.test(message)) return "accepted";
      return refusalOf(message, reasonOfRefusal(message), response.receivedAt);
    },
    find: async (pubkey, filters, signal) => {
      const question = ["REQ", subscription, ...filters.map((filter) => ({ ...filter, authors: [pubkey] }))];
      const result = await fetchJson(withMessage(address, question), { method: "GET", signal });
      if (result.kind !== "response") return { ...result, kind: "unavailable" };
      const { response } = result;
      const said = saidIn(response);
      const [refusal] = said.flatMap((message) => closed.safeParse(message).data ?? []);
      if (refusal !== undefined)
        return refusalOf(refusal.message, reasonOfRefusal(refusal.message), response.receivedAt);
      if (!said.some(([kind]) => kind === "EOSE")) return ofHttp(response);
      const events = said.flatMap((message) => found.safeParse(message).data ?? []);
      const own = await Promise.all(events.map(async (event) => ((await isOf(pubkey, event)) ? [event] : [])));
      return own.flat().toSorted((a, b) => b.created_at - a.created_at);
    },
  };
};

const withMessage = (address: string, message: readonly unknown[]): string => {
  const url = new URL(address);
  url.searchParams.set("message", JSON.stringify(message));
  return url.href;
};

/** A relay could answer with anything. That it invents an event with a signature of its own only hides one of ours. */
const isOf = async (pubkey: string, event: SignedEvent): Promise<boolean> =>
  event.pubkey === pubkey && Buffer.from(await eventHash(pubkey, event)).toString("hex") === event.id;

/** By the machine-readable prefix (NIP-01, NIP-42). Relays name no time to wait. */
const refusalOf = (message: string, reason: string, now: number): Refusal => {
  const [, prefix = ""] = /^([a-z-]+):/.exec(message) ?? [];
  if (prefix === "rate-limited") return { kind: "unavailable", reason, retryAt: now + minute };
  if (["auth-required", "restricted", "blocked"].includes(prefix)) return { kind: "unauthorised", reason };
  return { kind: prefix === "error" ? "unanswered" : "rejected", reason };
};
