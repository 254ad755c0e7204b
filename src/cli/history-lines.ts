import type { Delivery, HistoryEntry } from "../api/contract.ts";

/** What a request of a kind did, and what came of it. */
const requests: Readonly<Record<string, string>> = {
  sending: "sent",
  unsettled: "looked for on the network, or sent again",
  editing: "edit sent",
  deleting: "deletion sent",
};
const results: Readonly<Record<string, string>> = {
  pending: "waits",
  unsettled: "not known yet whether it was posted",
  editing: "the edit waits",
  deleting: "the deletion waits",
};

const textOf = ({ state, attempt, reason }: HistoryEntry, before: HistoryEntry | undefined): string => {
  if (attempt !== null) return `${requests[state] ?? state}${attempt > 1 ? ` (${attempt})` : ""}`;
  const result = state === "posted" && before?.state === "editing" ? "edited" : (results[state] ?? state);
  if (reason === null) return result;
  // A reason that says what it waits for is a whole sentence.
  return result === results.pending && reason.startsWith("waits ") ? reason : `${result}: ${reason}`;
};

/** What happened to each delivery, from its beginning. */
export const historyLines = (deliveries: readonly Delivery[], timeZone: string): readonly string[] => {
  const format = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone });
  const line = (at: string, text: string) => `    ${format.format(new Date(at))}  ${text}`;
  const linesOf = (entries: readonly HistoryEntry[]) =>
    entries.map((entry, index) => line(entry.at, textOf(entry, entries[index - 1])));
  return deliveries.flatMap(({ id, account, history }) =>
    history === undefined
      ? []
      : [
          "",
          `  ${account}  ${id}  (${timeZone})`,
          line(history.planned, "planned"),
          ...linesOf(history.first),
          ...(history.omitted === 0 ? [] : [`    … ${history.omitted} more`]),
          ...linesOf(history.last),
        ],
  );
};
