import type { Client } from "../api/api-client.ts";
import { isFolder } from "./document-files.ts";
import { isRange } from "./git-range.ts";
import { type PlannedDocument, planFolder, planOne, planRange } from "./plan-documents.ts";
import { planLines } from "./plan-lines.ts";
import { plannedLines } from "./planned-lines.ts";
import { plannedMarkdown } from "./planned-markdown.ts";
import { planFile } from "./publish-documents.ts";
import type { CommandResult } from "./subcommand.ts";
import type { Flags } from "./verb.ts";

const planned = (
  documents: readonly PlannedDocument[],
  none: string,
  client: Client,
  { markdown }: Flags,
): CommandResult => {
  const linesOf = markdown ? plannedMarkdown : plannedLines;
  return {
    answer: { documents },
    lines: documents.length === 0 ? [none] : linesOf(documents, client),
    failed: documents.some(({ result }) => result === "refused"),
  };
};

/** A document, a folder of documents, or those that a range of commits changes. */
export const plan = async (client: Client, place: string, flags: Flags): Promise<CommandResult> => {
  if (await isFolder(place))
    return planned(await planFolder(client, place), `${place} contains no Markdown files.`, client, flags);
  if (isRange(place))
    return planned(
      await planRange(client, place, flags.folder),
      `${place} changes no Markdown files in this folder.`,
      client,
      flags,
    );
  if (flags.markdown) return planned(await planOne(client, place), "", client, flags);
  const answer = await planFile(client, place);
  return { answer, lines: planLines(answer) };
};
