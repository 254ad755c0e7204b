import { failureKinds } from "../src/domain/notice.ts";

export interface AlarmDefinition {
  /** The name of the metric, `alarm` in the log line with it, and the heading in docs/operations.md. */
  readonly name: string;
  readonly description: string;
  /** The alarm fires at this count within these minutes. By default it fires at the first one. */
  readonly threshold?: { readonly count: number; readonly minutes: number };
}

/**
 * The problems that the functions report by an alarm, because they do not send the owner a notice about them
 * (notice.ts).
 */
export const alarmDefinitions: readonly AlarmDefinition[] = [
  {
    name: "deletion-waits",
    description: "Unusually many documents were deleted: their posts stay until you confirm it",
  },
  {
    name: "unreachable",
    description:
      "Readers do not get a feed, or a WebSub hub or a site's webhook did not accept a message for three days",
    // A feed is asked for each 15 minutes: within a shorter time the alarm would end between two of them.
    threshold: { count: 1, minutes: 30 },
  },
  { name: "ingest", description: "A document or a stored row could not be read, or a site's feed five times in a row" },
  {
    name: "step",
    description: "Steps fail repeatedly",
    // A single failure is tried again, usually with success.
    threshold: { count: 3, minutes: 15 },
  },
  { name: "overdue", description: "A row is overdue: work is not being done" },
];

/** Other counts of the functions. They are on the dashboard of production, and have no alarms. */
export const countedMetrics: readonly string[] = [...failureKinds, "refused", "web", "console"];
