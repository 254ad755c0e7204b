import { join } from "node:path";
import type { Client } from "../api/api-client.ts";
import type { Answer } from "../api/endpoints.ts";
import { sectionIndexes } from "../domain/section-index.ts";
import { columns } from "./columns.ts";
import { documentsIn, readDocument, sentFile } from "./document-files.ts";
import { hasStatus } from "./problem-status.ts";
import type { CommandResult } from "./subcommand.ts";

/** What would become of a document; the accounts for which the same holds are together. */
interface PlannedDocument {
  readonly path: string;
  readonly result: "post" | "page" | "refused";
  readonly accounts: readonly {
    readonly names: readonly string[];
    readonly when: string;
    readonly reason: string | null;
  }[];
  /** Why it is a page or refused. */
  readonly reason?: string;
}

const byOutcome = ({ post, snippets }: Answer<"plan">): PlannedDocument["accounts"] => {
  if (post?.social.off) return [{ names: [], when: "never", reason: "the document says socialShare: false" }];
  const groups = Map.groupBy(snippets, ({ announced: { when, reason } }) => `${when}\n${reason ?? ""}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ names: group.map(({ account }) => account), ...first.announced }];
  });
};

const planDocument = async (client: Client, folder: string, path: string): Promise<PlannedDocument> => {
  const file = join(folder, path);
  try {
    const answer = await client.plan(await readDocument(file), { ...sentFile(file), name: path });
    return answer.post === undefined
      ? { path, result: "page", accounts: [], reason: answer.page ?? "" }
      : { path, result: "post", accounts: byOutcome(answer) };
  } catch (error) {
    if (!hasStatus(error, [413, 422])) throw error;
    return { path, result: "refused", accounts: [], reason: error.message };
  }
};

const labels: Readonly<Record<string, string>> = { now: "would go out", later: "later", never: "no" };

const rowsOf = ({ path, result, accounts, reason }: PlannedDocument): readonly (readonly string[])[] => {
  if (result !== "post") return [[path, "", result, reason ?? ""]];
  if (accounts.length === 0) return [[path, "", "no", "no account announces it"]];
  return accounts.map(({ names, when, reason: why }, index) => [
    index === 0 ? path : "",
    names.join(", "),
    labels[when] ?? when,
    why ?? "",
  ]);
};

/** What every document of a folder would become, account by account, if all accounts were connected. Nothing is stored or sent. */
export const planFolder = async (client: Client, folder: string): Promise<CommandResult> => {
  const paths = await documentsIn(folder);
  const sections = sectionIndexes(paths);
  const documents: PlannedDocument[] = [];
  for (const path of paths)
    documents.push(
      sections.has(path)
        ? { path, result: "page", accounts: [], reason: "it is the index of a folder that holds other documents" }
        : await planDocument(client, folder, path),
    );
  const going = documents.filter(({ accounts }) => accounts.some(({ when }) => when === "now")).length;
  return {
    answer: { documents },
    lines:
      documents.length === 0
        ? [`${folder} contains no Markdown files.`]
        : [
            ...columns([["DOCUMENT", "ACCOUNTS", "ANNOUNCED", "WHY"], ...documents.flatMap(rowsOf)]),
            "",
            `If every account were connected now, ${going} of ${documents.length} would go out.`,
          ],
    failed: documents.some(({ result }) => result === "refused"),
  };
};
