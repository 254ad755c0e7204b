export interface AlarmDefinition {
  /** The name of the metric, `alarm` in the log line with it, and the heading in docs/operations.md. */
  readonly name: string;
  readonly description: string;
  /** The alarm fires at this count within these minutes. By default it fires at the first one. */
  readonly threshold?: { readonly count: number; readonly minutes: number };
}

/** What the functions report that needs attention. */
export const alarmDefinitions: readonly AlarmDefinition[] = [
  { name: "gate", description: "A feed did not pass the gate: its last good version stays, or an entry is left out" },
  { name: "failed", description: "A network rejected a post permanently, or the copy of a deleted post stays" },
  { name: "unknown", description: "It is not known whether a post was posted" },
  { name: "unauthorised", description: "A network refuses the login of an account: its deliveries wait" },
  {
    name: "deletion-waits",
    description: "Unusually many documents were deleted: their posts stay until you confirm it",
  },
  { name: "ping", description: "A WebSub hub could not be notified of a feed's changes for three days" },
  { name: "notice", description: "A site's webhook could not be told where a post went for three days" },
  { name: "ingest", description: "A document could not be read, or a site's feed five times in a row" },
  {
    name: "step",
    description: "Steps fail repeatedly",
    // A single failure is tried again, usually with success.
    threshold: { count: 3, minutes: 15 },
  },
  { name: "overdue", description: "A row is overdue: work is not being done" },
  { name: "web", description: "A fault in the API" },
];

/** Other counts of the functions: on the dashboard, without alarms. */
export const countedMetrics: readonly string[] = ["refused"];
