import type { FunctionName } from "./limits.ts";

/** Where log lines come from: the functions, and the hourly run of ingest, which has a log of its own. */
export type LogName = FunctionName | "reconcile";

export interface Watched {
  /** `alarm` in a line of JSON in the log, and the heading in docs/operations.md. */
  readonly name: string;
  /** Whose logs can hold it. */
  readonly logs: readonly LogName[];
  readonly says: string;
  /** This many within so many minutes ring; without it the first one does. */
  readonly from?: { readonly count: number; readonly minutes: number };
}

/** What the functions report in their logs, and a person should look at. */
export const watched: readonly Watched[] = [
  {
    name: "gate",
    logs: ["render"],
    says: "A feed did not pass the gate: its last good version stays, or an entry is left out",
  },
  { name: "failed", logs: ["deliver"], says: "A network refused a post for good" },
  { name: "unknown", logs: ["deliver"], says: "Nobody can tell whether a post went out" },
  { name: "unauthorised", logs: ["deliver"], says: "A network refuses the login of an account: its deliveries wait" },
  {
    name: "deletion-waits",
    logs: ["ingest", "reconcile"],
    says: "More documents vanished than a person would delete: their posts stay until you say so",
  },
  { name: "ingest", logs: ["ingest", "reconcile"], says: "A document could not be read in" },
  {
    name: "step",
    logs: ["publish", "render", "deliver"],
    says: "Steps fail again and again",
    // A single one is tried again, and mostly works then.
    from: { count: 3, minutes: 15 },
  },
  { name: "overdue", logs: ["relay"], says: "A row is long overdue: work is not done" },
  { name: "web", logs: ["web"], says: "The API met a fault of its own" },
];
