export interface Watched {
  /** The metric's name, `alarm` in the log line beside it, and the heading in docs/operations.md. */
  readonly name: string;
  readonly says: string;
  /** So many within so many minutes raise the alarm; without it, the first one does. */
  readonly from?: { readonly count: number; readonly minutes: number };
}

/** What the functions report and a person should look at. */
export const watched: readonly Watched[] = [
  { name: "gate", says: "A feed did not pass the gate: its last good version stays, or an entry is left out" },
  { name: "failed", says: "A network rejected a post permanently" },
  { name: "unknown", says: "It is not known whether a post was posted" },
  { name: "unauthorised", says: "A network refuses the login of an account: its deliveries wait" },
  {
    name: "deletion-waits",
    says: "Unusually many documents were deleted: their posts stay until you confirm it",
  },
  { name: "ping", says: "A WebSub hub could not be notified of a feed's changes for three days" },
  { name: "ingest", says: "A document could not be read" },
  {
    name: "step",
    says: "Steps fail repeatedly",
    // A single one is tried again, mostly with success.
    from: { count: 3, minutes: 15 },
  },
  { name: "overdue", says: "A row is overdue: work is not being done" },
  { name: "web", says: "A fault in the API" },
];

/** What the functions count besides: on the dashboard, without an alarm. */
export const counted: readonly string[] = ["refused"];
