import type { Client } from "../api/api-client.ts";
import { columns, joined } from "./columns.ts";
import type { PlannedDocument } from "./plan-documents.ts";

const labels: Readonly<Record<string, string>> = { now: "would go out", later: "later", never: "no" };

export const plannedSummary = (documents: readonly PlannedDocument[], { command }: Pick<Client, "command">): string => {
  const isFor = ({ accounts }: PlannedDocument, when: string): boolean =>
    accounts.some((account) => account.when === when);
  const count = (when: string): number => documents.filter((document) => isFor(document, when)).length;
  const later = documents.filter((document) => isFor(document, "later") && !isFor(document, "now")).length;
  const going = joined(", ", [
    `If every account were connected now, ${count("now")} of ${documents.length} would go out`,
    later > 0 && `${later} later`,
  ]);
  const held = count("held");
  return held === 0
    ? `${going}.`
    : `${going}, and ${held} would be held for at least one account: the newest, if the oldest come in first. ${command("release --all")} sends what is held.`;
};

const changeOf = ({ result, reason, movedFrom }: PlannedDocument): string => {
  if (result === "deleted") return "its post is removed from the feeds, and its copies from the networks that allow it";
  return reason ?? (movedFrom === undefined ? "" : `moved from ${movedFrom}`);
};

/** Document, accounts, whether they announce it, and why. */
export const plannedRows = (documents: readonly PlannedDocument[]): readonly (readonly string[])[] =>
  documents.flatMap((document) => {
    const { path, result, accounts } = document;
    if (result !== "post") return [[path, "", result, changeOf(document)]];
    if (accounts.length === 0) return [[path, "", "no", "no account announces it"]];
    return accounts.map(({ names, when, reason }, index) => [
      index === 0 ? path : "",
      names.join(", "),
      labels[when] ?? when,
      reason ?? (index === 0 ? changeOf(document) : ""),
    ]);
  });

export const plannedHeadings = ["DOCUMENT", "ACCOUNTS", "ANNOUNCED", "WHY"] as const;

/** Account by account, as a table. */
export const plannedLines = (
  documents: readonly PlannedDocument[],
  client: Pick<Client, "command">,
): readonly string[] => [
  ...columns([plannedHeadings, ...plannedRows(documents)]),
  "",
  plannedSummary(documents, client),
];
