import type { Client } from "../api/api-client.ts";
import type { PlannedSnippet } from "../api/contract.ts";
import { reasonText } from "../domain/findings.ts";
import { reachLabels } from "./output.ts";
import { pictureLines } from "./picture-lines.ts";
import type { PlannedDocument } from "./plan-documents.ts";
import { cardLines, measures, sharedReason, textLines } from "./plan-lines.ts";
import { plannedHeadings, plannedRows, plannedSummary } from "./planned-lines.ts";

/** Text of a document is no markup. A space without width behind each @: nobody is notified by a comment. */
const escaped = (text: string): string =>
  text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\\`*_{}[\]<>()#!|~&]/g, "\\$&")
    .replaceAll("@", "@\u200B");

const row = (cells: readonly string[]): string => `| ${cells.map(escaped).join(" | ")} |`;

/** `said`: the table says it of all accounts together. */
const notNow = ({ reason }: PlannedSnippet["announced"], said: string | null): string =>
  reason === null || reason === said ? "" : `; not now: ${escaped(reason)}`;

const snippetMarkdown = (snippet: PlannedSnippet, said: string | null): readonly string[] => {
  const { account, network, reach, card, announced } = snippet;
  const below = [...cardLines(card), ...pictureLines(snippet)];
  const name = `**${escaped(account)}** (${escaped(network)}, ${reachLabels[reach] ?? escaped(reach)})`;
  return [
    "",
    `${name}: ${measures(snippet)}${notNow(announced, said)}`,
    "",
    ...textLines(snippet),
    ...(below.length === 0 ? [] : ["", ...below.map((line) => `    ${line}`)]),
  ];
};

const postMarkdown = ({ path, title = path, url = "", warnings, snippets }: PlannedDocument): readonly string[] => [
  "",
  `### ${escaped(title)}`,
  "",
  `\`${path.replaceAll("`", "'")}\` at ${url}`,
  ...(warnings.length === 0 ? [] : ["", ...warnings.map((warning) => `- ${escaped(reasonText(warning))}`)]),
  ...snippets.flatMap((snippet) => snippetMarkdown(snippet, sharedReason(snippets))),
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
