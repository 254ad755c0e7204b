import { join } from "node:path";
import type { Client } from "../api/api-client.ts";
import type { PlannedSnippet, Reason } from "../api/contract.ts";
import type { Answer } from "../api/endpoints.ts";
import { sectionIndexes } from "../domain/document.ts";
import { documentsIn, readDocument, sentFile } from "./document-files.ts";
import { type RangeDocument, readRange } from "./git-range.ts";
import { heldByBreaker } from "./held-by-breaker.ts";
import { hasStatus } from "./problem-status.ts";

/** What would become of a document; the accounts for which the same holds are together. */
export interface PlannedDocument {
  readonly path: string;
  readonly result: "post" | "page" | "refused" | "deleted";
  readonly accounts: readonly {
    readonly names: readonly string[];
    readonly when: string;
    readonly reason: string | null;
    /** Of later: not before. */
    readonly at: string | null;
  }[];
  /** Why it is a page or refused. */
  readonly reason?: string;
  /** Its path before the range of commits that moves it. */
  readonly movedFrom?: string;
  readonly title?: string;
  readonly url?: string;
  readonly warnings: readonly Reason[];
  readonly snippets: readonly PlannedSnippet[];
}

/** A document, and what the API is told of its file. */
interface Source {
  readonly path: string;
  readonly sent: ReturnType<typeof sentFile>;
  readonly read: () => Promise<Uint8Array>;
}

const byOutcome = ({ post, snippets }: Answer<"plan">): PlannedDocument["accounts"] => {
  if (post?.social.off) return [{ names: [], when: "never", reason: "the document says socialShare: false", at: null }];
  const groups = Map.groupBy(snippets, ({ announced: { when, reason } }) => `${when}\n${reason ?? ""}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ names: group.map(({ account }) => account), ...first.announced }];
  });
};

/** A string: why it is refused. */
const planDocument = async (client: Client, { read, sent }: Source): Promise<Answer<"plan"> | string> => {
  try {
    return await client.plan(await read(), sent);
  } catch (error) {
    if (!hasStatus(error, [413, 422])) throw error;
    return error.message;
  }
};

const noPost = (path: string, result: PlannedDocument["result"], reason?: string): PlannedDocument => ({
  path,
  result,
  accounts: [],
  ...(reason !== undefined && { reason }),
  warnings: [],
  snippets: [],
});

const planAll = async (
  client: Client,
  sources: readonly Source[],
  sections: ReadonlySet<string>,
): Promise<readonly PlannedDocument[]> => {
  const plans = new Map<string, Answer<"plan">>();
  const refused = new Map<string, string>();
  for (const source of sources.filter(({ path }) => !sections.has(path))) {
    const planned = await planDocument(client, source);
    if (typeof planned === "string") refused.set(source.path, planned);
    else plans.set(source.path, planned);
  }
  const announced = heldByBreaker(plans);
  return sources.map(({ path }) => {
    const plan = announced.get(path);
    if (plan?.post !== undefined) {
      const { post, warnings, snippets } = plan;
      return { path, result: "post", accounts: byOutcome(plan), title: post.title, url: post.url, warnings, snippets };
    }
    const refusal = refused.get(path);
    if (refusal !== undefined) return noPost(path, "refused", refusal);
    const reason = plan === undefined ? "it is the index of a folder that holds other documents" : (plan.page ?? "");
    return noPost(path, "page", reason);
  });
};

/** One file, as one of a folder is. */
export const planOne = (client: Client, file: string): Promise<readonly PlannedDocument[]> =>
  planAll(client, [{ path: file, sent: sentFile(file), read: () => readDocument(file) }], new Set());

/** What every document of a folder would become, if all accounts were connected. Nothing is stored or sent. */
export const planFolder = async (client: Client, folder: string): Promise<readonly PlannedDocument[]> => {
  const paths = await documentsIn(folder);
  const sourceOf = (path: string): Source => {
    const file = join(folder, path);
    return { path, sent: { ...sentFile(file), name: path }, read: () => readDocument(file) };
  };
  return planAll(client, paths.map(sourceOf), sectionIndexes(paths));
};

/** The same of the documents that a range of commits changes, as they are at its end. */
export const planRange = async (client: Client, range: string, folder: string): Promise<readonly PlannedDocument[]> => {
  const { changed, paths, read } = await readRange(range, folder);
  const sourcesOf = ({ path, file }: RangeDocument): readonly Source[] =>
    file === undefined ? [] : [{ path, sent: sentFile(file), read: () => read(path) }];
  const planned = new Map(
    (await planAll(client, changed.flatMap(sourcesOf), sectionIndexes(paths))).map((one) => [one.path, one] as const),
  );
  return changed.map(({ path, movedFrom }) => ({
    ...(planned.get(path) ?? noPost(path, "deleted")),
    ...(movedFrom !== undefined && { movedFrom }),
  }));
};
