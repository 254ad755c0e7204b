import { basename, join } from "node:path";
import { type Client, CommandError } from "../api/api-client.ts";
import type { Answer, Query } from "../api/endpoints.ts";
import { sectionIndexes } from "../domain/section-index.ts";
import { documentsIn, isFile, readDocument } from "./document-files.ts";
import { nameOf, warningLines } from "./output.ts";
import type { CommandResult } from "./subcommand.ts";

const hasStatus = (error: unknown, statuses: readonly number[]): error is CommandError =>
  error instanceof CommandError && statuses.includes(error.problem?.status ?? 0);

/** The document is not valid or too large, or another one has its address. */
const refusals = [409, 413, 422];

/** A refusal names the file as it was typed. */
const withFileName = async <T>(file: string, action: () => Promise<T>): Promise<T> => {
  try {
    return await action();
  } catch (error) {
    if (!hasStatus(error, refusals)) throw error;
    throw new CommandError(`${file} is refused: ${error.message}`, {
      ...(error.problem && { problem: error.problem }),
      cause: error,
    });
  }
};

export const planFile = async (client: Client, file: string): Promise<Answer<"plan">> => {
  const bytes = await readDocument(file);
  return withFileName(file, () => client.plan(bytes, basename(file)));
};

/** Asks for its name first: only the API's parser can tell it, and whether the document is a page. */
const put = async (
  client: Client,
  bytes: Uint8Array,
  file: string,
  query: Query<"put">,
): Promise<{ readonly name: string; readonly answer: Answer<"put"> }> => {
  const { post, page, timeZone } = await client.plan(bytes, file);
  if (post === undefined) return { name: file, answer: { result: "page", page, warnings: [], timeZone } };
  const name = nameOf(post);
  return { name, answer: await client.put(name, bytes, query) };
};

/** A post that is there already, by its name: an entry of a feed has no file. */
const announce = async (client: Client, name: string, query: Query<"announce">): Promise<CommandResult> => {
  try {
    const answer = await client.announce(name, query);
    return { answer, lines: publishedLines(client, nameOf(answer), { ...answer, warnings: [] }) };
  } catch (error) {
    if (!hasStatus(error, [404])) throw error;
    throw new CommandError(`there is no file ${name} to publish. ${error.message}`, { cause: error });
  }
};

type Published = Pick<Answer<"put">, "result" | "url" | "hold" | "warnings">;

const publishedLines = (
  client: Client,
  name: string,
  { result, url, hold, warnings }: Published,
): readonly string[] => [
  `${result} ${name}${url === undefined ? "" : `  ${url}`}`,
  ...(hold === undefined ? [] : [`  held: ${hold}`]),
  ...warningLines(warnings),
  `  see its deliveries: ${client.command(`status ${name}`)}`,
];

export const publish = async (client: Client, file: string, again: boolean): Promise<CommandResult> => {
  const query = again ? { again: "true" } : {};
  if (!(await isFile(file))) return announce(client, file, query);
  const bytes = await readDocument(file);
  const { name, answer } = await withFileName(file, () => put(client, bytes, basename(file), query));
  if (answer.result === "page")
    return {
      answer,
      lines: [`${file} is a page, not a post, and was not published: ${answer.page ?? ""}`],
      failed: true,
    };
  return { answer, lines: publishedLines(client, name, answer) };
};

/** Every document is tried, also after one that is refused. Old ones become a baseline: feeds, no deliveries. */
export const importFolder = async (client: Client, folder: string): Promise<CommandResult> => {
  const paths = await documentsIn(folder);
  const results: { path: string; result: string; slug?: string; detail?: string }[] = [];
  const sections = sectionIndexes(paths);
  for (const path of paths) {
    if (sections.has(path)) {
      results.push({ path, result: "page" });
      continue;
    }
    try {
      const { name, answer } = await put(client, await readDocument(join(folder, path)), path, { import: "true" });
      results.push({ path, result: answer.result, slug: name });
    } catch (error) {
      // After any other error (no answer, a wrong token) the next document would have the same.
      if (!hasStatus(error, [...refusals, 500])) throw error;
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
