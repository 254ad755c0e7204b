import * as z from "zod";
import type { Outcome, Remote } from "../domain/delivery.ts";
import type { Instant } from "../domain/time.ts";
import { commonOutcome, type JsonResponse, reasonOf, retryAt } from "./http.ts";

const xrpcError = z.object({ error: z.string().optional(), message: z.string().optional() });

export const errorOf = (body: unknown): z.infer<typeof xrpcError> => xrpcError.safeParse(body).data ?? {};

export const rateLimitReset = (response: JsonResponse): Instant | undefined => retryAt(response, "ratelimit-reset");

const loginErrors = [
  "AuthenticationRequired",
  "AuthMissing",
  "AccountTakedown",
  "AccountDeactivated",
  "InvalidToken",
  "ExpiredToken",
];

/** What Bluesky's errors mean. `own` is the record under our key: only we can have created it. */
export const outcomeOfError = (response: JsonResponse, own: Remote): Outcome => {
  const { error, message } = errorOf(response.body);
  const reason = reasonOf("Bluesky", response.status, message ?? error);
  const common = commonOutcome(response, reason, rateLimitReset(response));
  if (common !== undefined) return common;
  if (error === "InvalidSwap") return { kind: "duplicate", remote: own, reason };
  if (response.status === 401 || loginErrors.includes(error ?? "")) return { kind: "unauthorised", reason };
  return { kind: "rejected", reason };
};
