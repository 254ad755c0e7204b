import { join } from "node:path";
import type { Client } from "../api/api-client.ts";
import type { Answer } from "../api/endpoints.ts";
import { sectionIndexes } from "../domain/section-index.ts";
import { columns } from "./columns.ts";
import { documentsIn, readDocument, sentFile } from "./document-files.ts";
import { heldByBreaker } from "./held-by-breaker.ts";
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

/** A string: why it is refused. */
const planDocument = async (client: Client, folder: string, path: string): Promise<Answer<"plan"> | string> => {
  const file = join(folder, path);
  try {
    return await client.plan(await readDocument(file), { ...sentFile(file), name: path });
  } catch (error) {
    if (!hasStatus(error, [413, 422])) throw error;
    return error.message;
  }
};

const planDocuments = async (client: Client, folder: string): Promise<readonly PlannedDocument[]> => {
  const paths = await documentsIn(folder);
  const sections = sectionIndexes(paths);
  const plans = new Map<string, Answer<"plan">>();
  const refused = new Map<string, string>();
  for (const path of paths.filter((one) => !sections.has(one))) {
    const planned = await planDocument(client, folder, path);
    if (typeof planned === "string") refused.set(path, planned);
    else plans.set(path, planned);
  }
  const announced = heldByBreaker(plans);
  return paths.map((path) => {
    const plan = announced.get(path);
    if (plan?.post !== undefined) return { path, result: "post", accounts: byOutcome(plan) };
    const refusal = refused.get(path);
    if (refusal !== undefined) return { path, result: "refused", accounts: [], reason: refusal };
    const reason = plan === undefined ? "it is the index of a folder that holds other documents" : (plan.page ?? "");
    return { path, result: "page", accounts: [], reason };
  });
};

const labels: Readonly<Record<string, string>> = { now: "would go out", later: "later", never: "no" };

const summaryOf = (documents: readonly PlannedDocument[]): string => {
  const count = (when: string): number =>
    documents.filter(({ accounts }) => accounts.some((account) => account.when === when)).length;
  const going = `If every account were connected now, ${count("now")} of ${documents.length} would go out`;
  const held = count("held");
  return held === 0
    ? `${going}.`
    : `${going}, and ${held} would be held for at least one account: the newest, if the oldest come in first. npx crier release --all sends what is held.`;
};

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
  const documents = await planDocuments(client, folder);
  return {
    answer: { documents },
    lines:
      documents.length === 0
        ? [`${folder} contains no Markdown files.`]
        : [
            ...columns([["DOCUMENT", "ACCOUNTS", "ANNOUNCED", "WHY"], ...documents.flatMap(rowsOf)]),
            "",
            summaryOf(documents),
          ],
    failed: documents.some(({ result }) => result === "refused"),
  };
};
