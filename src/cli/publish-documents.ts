import { basename, join } from "node:path";
import { type Client, CommandError } from "../api/api-client.ts";
import { planAnswer, putAnswer, read } from "../api/contract.ts";
import { documentsIn, readDocument } from "./document-files.ts";
import { warningLines } from "./output.ts";

export interface Done {
  /** What `--json` prints. */
  readonly answer: unknown;
  readonly lines: readonly string[];
  /** Printed beside the answer, on standard error. */
  readonly notes?: readonly string[] | undefined;
  /** Something was refused or is wrong: exit 1. */
  readonly failed?: boolean | undefined;
}

export const slugPath = (slug: string): string => `api/posts/${slug.split("/").map(encodeURIComponent).join("/")}`;

const plan = (client: Client, bytes: Uint8Array, name: string): Promise<unknown> =>
  client.send("POST", `api/plan?name=${encodeURIComponent(name)}`, bytes);

const isAboutDocument = (problem: unknown): boolean =>
  typeof problem === "object" &&
  problem !== null &&
  "status" in problem &&
  [409, 413, 422].some((status) => status === problem.status);

/** A refusal names the file as it was typed. */
const naming = async <T>(file: string, act: () => Promise<T>): Promise<T> => {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof CommandError) || !isAboutDocument(error.problem)) throw error;
    throw new CommandError(`${file} is refused: ${error.message}`, { problem: error.problem, cause: error });
  }
};

export const planFile = async (client: Client, file: string): Promise<unknown> => {
  const bytes = await readDocument(file);
  return naming(file, () => plan(client, bytes, basename(file)));
};

/** Asks for the slug first: only the API's parser can tell it. */
const put = async (client: Client, bytes: Uint8Array, name: string, query: string) => {
  const { post } = read(planAnswer, await plan(client, bytes, name));
  const answer = await client.send("PUT", `${slugPath(post.slug)}${query}`, bytes);
  return { answer, put: read(putAnswer, answer), slug: post.slug };
};

export const publish = async (client: Client, file: string, again: boolean): Promise<Done> => {
  const bytes = await readDocument(file);
  const {
    answer,
    put: done,
    slug,
  } = await naming(file, () => put(client, bytes, basename(file), again ? "?again" : ""));
  return {
    answer,
    lines: [
      `${done.result} ${slug}${done.url === undefined ? "" : `  ${done.url}`}`,
      ...(done.hold === undefined ? [] : [`  held: ${done.hold}`]),
      ...warningLines(done.warnings),
      `  see its deliveries: ${client.command(`status ${slug}`)}`,
    ],
  };
};

/** Every document is tried, also after one that is refused. Old ones become a baseline: feeds, no deliveries. */
export const importFolder = async (client: Client, folder: string): Promise<Done> => {
  const paths = await documentsIn(folder);
  const results: { path: string; result: string; slug?: string; detail?: string }[] = [];
  for (const path of paths) {
    try {
      const { put: done, slug } = await put(client, await readDocument(join(folder, path)), path, "?import");
      results.push({ path, result: done.result, slug });
    } catch (error) {
      // Without a problem from the API there was no answer, and there would be none for the rest.
      if (!(error instanceof CommandError) || error.problem === undefined) throw error;
      results.push({ path, result: "refused", detail: error.message });
    }
  }
  const refused = results.filter(({ result }) => result === "refused");
  const counts = Map.groupBy(results, ({ result }) => result);
  return {
    answer: { documents: results },
    lines: [
      ...refused.map(({ path, detail }) => `refused ${path}: ${detail ?? ""}`),
      paths.length === 0
        ? `${folder} contains no Markdown files.`
        : [...counts].map(([result, rows]) => `${rows.length} ${result}`).join(", "),
    ],
    failed: refused.length > 0,
  };
};
