import { Option } from "commander";
import type { Client } from "../api/api-client.ts";
import type { Answer } from "../api/operations.ts";
import type { DeliveryJson, HistoryEntryJson, LoggedActJson } from "../contract/deliveries.ts";
import { columns, joined, type Verb } from "./command.ts";

/** The texts for the requests of a delivery, and below them the texts for their results, by state. */
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

const entryText = ({ state, attempt, reason }: HistoryEntryJson, before: HistoryEntryJson | undefined): string => {
  if (attempt !== null) return `${requests[state] ?? state}${attempt > 1 ? ` (${attempt})` : ""}`;
  const result = state === "posted" && before?.state === "editing" ? "edited" : (results[state] ?? state);
  if (reason === null) return result;
  // A reason that begins with "waits" is a whole sentence.
  return result === results.pending && reason.startsWith("waits ") ? reason : `${result}: ${reason}`;
};

/** Lists everything that happened to each delivery, the oldest first. */
export const historyLines = (deliveries: readonly DeliveryJson[], timeZone: string): readonly string[] => {
  const format = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone });
  const line = (at: string, text: string) => `    ${format.format(new Date(at))}  ${text}`;
  const linesOf = (entries: readonly HistoryEntryJson[]) =>
    entries.map((entry, index) => line(entry.at, joined(", by ", [entryText(entry, entries[index - 1]), entry.by])));
  return deliveries.flatMap(({ id, account, history }) =>
    history === undefined
      ? []
      : [
          "",
          `  ${account}  ${id}  (${timeZone})`,
          line(history.planned, joined(", by ", ["planned", history.by])),
          ...linesOf(history.first),
          ...(history.omitted === 0 ? [] : [`    … ${history.omitted} more`]),
          ...linesOf(history.last),
        ],
  );
};

const actText = ({ at, by, act, state, reason, slug, account }: LoggedActJson): string => {
  const sending = `sending on ${account ?? "all accounts"}`;
  switch (act) {
    case "decided": {
      // Of what a person does, only an approval leaves the reason why a delivery waits as it is.
      const isApproval = state === "pending" && reason?.includes("by hand") !== true;
      const decided = entryText({ at, by, state: state ?? "", attempt: null, reason }, undefined);
      return `${slug ?? "a lost post"} on ${account}: ${isApproval ? "approved" : decided}`;
    }
    case "stopped":
      return `stopped ${sending}: ${reason}`;
    case "resumed":
      return `let ${sending} go on`;
    case "signed-in":
      return "signed in";
    default:
      return [act, slug, account === null ? "" : `on ${account}`, reason ?? ""].filter((part) => part !== "").join(" ");
  }
};

const logLines = ({ acts, next, timeZone }: Answer<"log">, { command }: Pick<Client, "command">): readonly string[] => {
  const format = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone });
  const lines = acts.map((one) => [format.format(new Date(one.at)), one.by ?? "somebody", actText(one)]);
  return [
    ...(acts.length === 0 ? ["Nobody has decided anything."] : columns(lines)),
    ...(next === null ? [] : [`More: ${command(`log --from ${next}`)}`]),
  ];
};

/** Says who decided what. */
export const logVerb: Verb = {
  spec: "log",
  description: "list who decided what, the newest first, for 400 days",
  options: [new Option("--from <cursor>", "show the next page; the page before it prints the cursor")],
  example: "log",
  fails: "where the cursor is of another list",
  calls: ["log"],
  run: async (client, _, { from }) => {
    const answer = await client.request("log", { query: from === undefined ? {} : { from } });
    return { answer, lines: logLines(answer, client) };
  },
};
