import type { Client } from "../api/api-client.ts";
import type { PlannedSnippet } from "../api/contract.ts";
import { reasonText } from "../domain/refusal.ts";
import { indent, reachLabels } from "./output.ts";
import type { PlannedDocument } from "./plan-documents.ts";
import { plannedHeadings, plannedRows, plannedSummary } from "./planned-lines.ts";

/** Text of a document is no markup. A space without width behind each @: nobody is notified by a comment. */
const escaped = (text: string): string =>
  text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\\`*_{}[\]<>()#!|~&]/g, "\\$&")
    .replaceAll("@", "@\u200B");

const row = (cells: readonly string[]): string => `| ${cells.map(escaped).join(" | ")} |`;

const snippetMarkdown = ({ account, network, text, length, limit, reach, announced }: PlannedSnippet) => [
  "",
  `**${escaped(account)}** (${escaped(network)}, ${reachLabels[reach] ?? escaped(reach)}), ${length} of ${limit}${announced.reason === null ? "" : `; not now: ${escaped(announced.reason)}`}`,
  "",
  ...indent(text),
];

const postMarkdown = ({ path, title = path, url = "", warnings, snippets }: PlannedDocument): readonly string[] => [
  "",
  `### ${escaped(title)}`,
  "",
  `\`${path.replaceAll("`", "'")}\` at ${url}`,
  ...(warnings.length === 0 ? [] : ["", ...warnings.map((warning) => `- ${escaped(reasonText(warning))}`)]),
  ...snippets.flatMap(snippetMarkdown),
];

/** A table of all documents, then the texts of each post: for a comment on a pull request. */
export const plannedMarkdown = (
  documents: readonly PlannedDocument[],
  client: Pick<Client, "command">,
): readonly string[] => [
  row(plannedHeadings.map((heading) => `${heading[0]}${heading.slice(1).toLowerCase()}`)),
  row(plannedHeadings.map(() => "---")),
  ...plannedRows(documents).map(row),
  "",
  plannedSummary(documents, client),
  ...documents.filter(({ result }) => result === "post").flatMap(postMarkdown),
];
