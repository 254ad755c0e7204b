export interface Watched {
  /** The metric's name, `alarm` in the log line beside it, and the heading in docs/operations.md. */
  readonly name: string;
  readonly says: string;
  /** This many within so many minutes fire the alarm; without it the first one does. */
  readonly from?: { readonly count: number; readonly minutes: number };
}

/** What the functions report, and a person should look at. */
export const watched: readonly Watched[] = [
  { name: "gate", says: "A feed did not pass the gate: its last good version stays, or an entry is left out" },
  { name: "failed", says: "A network refused a post for good" },
  { name: "unknown", says: "Nobody can tell whether a post went out" },
  { name: "unauthorised", says: "A network refuses the login of an account: its deliveries wait" },
  {
    name: "deletion-waits",
    says: "More documents vanished than a person would delete: their posts stay until you say so",
  },
  { name: "ping", says: "A WebSub hub could not be told of a feed's changes for three days" },
  { name: "ingest", says: "A document could not be read in" },
  {
    name: "step",
    says: "Steps fail again and again",
    // A single one is tried again, and mostly works then.
    from: { count: 3, minutes: 15 },
  },
  { name: "overdue", says: "A row is long overdue: work is not done" },
  { name: "web", says: "The API met a fault of its own" },
];

/** What the functions count besides: on the dashboard, without an alarm. */
export const counted: readonly string[] = ["refused"];
