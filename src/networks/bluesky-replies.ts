import * as z from "zod";
import type { Outcome, Remote } from "../domain/delivery.ts";
import type { Instant } from "../domain/time.ts";
import { common, type Reply, said, whenToAskAgain } from "./http.ts";

const problem = z.object({ error: z.string().optional(), message: z.string().optional() });

export const wordsOf = (body: unknown): z.infer<typeof problem> => problem.safeParse(body).data ?? {};

export const retryAt = (headers: Headers): Instant | undefined => whenToAskAgain(headers, "ratelimit-reset");

const loginErrors = [
  "AuthenticationRequired",
  "AuthMissing",
  "AccountTakedown",
  "AccountDeactivated",
  "InvalidToken",
  "ExpiredToken",
];

/** What Bluesky's refusals mean. `own` is where the record under our key stands: only we can have put it there. */
export const refused = (reply: Reply, own: Remote): Outcome => {
  const { error, message } = wordsOf(reply.body);
  const reason = said("Bluesky", reply.status, message ?? error);
  if (reply.status === 429) return { kind: "unavailable", reason, retryAt: retryAt(reply.headers) };
  const shared = common("Bluesky", reply, message ?? error);
  if (shared !== undefined) return shared;
  if (error === "InvalidSwap") return { kind: "duplicate", remote: own, reason };
  if (reply.status === 401 || loginErrors.includes(error ?? "")) return { kind: "unauthorised", reason };
  return { kind: "rejected", reason };
};
