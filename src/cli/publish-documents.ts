import { join } from "node:path";
import { type Client, CommandError } from "../api/api-client.ts";
import type { Answer, Query } from "../api/operations.ts";
import type { PostStatusJson } from "../contract/posts.ts";
import { commandLine } from "../domain/delivery-commands.ts";
import { isDocument, isIndex, sectionIndexes } from "../domain/document.ts";
import { second } from "../domain/time.ts";
import type { Clock } from "../ports/runtime.ts";
import { systemRuntime } from "../runtimes/system-runtime.ts";
import { type CommandResult, type Flags, hasStatus, price, type Verb } from "./command.ts";
import { openDialog } from "./dialog.ts";
import { documentsIn, isFile, isFolder, readDocument, sentFile } from "./document-files.ts";
import { announcement, postName, warningLines } from "./output.ts";

/** The statuses for a document that is invalid or too large, or whose address belongs to another one. */
const refusals = [409, 413, 422];

/** Adds the file name, as it was typed, to the message of a refusal. */
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
  return withFileName(file, () => client.request("plan", { markdown: bytes, query: sentFile(file) }));
};

/** A file can be named from any folder, so that its path is shortened from the left until the API knows it. */
export const findStatus = async (client: Client, name: string, history: boolean): Promise<Answer<"status">> => {
  try {
    return await client.request("status", { name, query: { history } });
  } catch (error) {
    const below = name.replace(/^(?:\.{1,2}\/)+/, "");
    const end = isDocument(below) ? below.slice(below.indexOf("/") + 1) : name;
    if (!hasStatus(error, [404]) || end === name || (isIndex(end) && !end.includes("/"))) throw error;
    // If no shorter path is known, the first error is thrown, because it names the path as it was typed.
    return findStatus(client, end, history).catch(() => Promise.reject(error));
  }
};

interface Sent {
  readonly name: string;
  readonly answer: Answer<"put">;
  /** The post before the request. */
  readonly existing: Answer<"plan">["existing"];
}

/** Requests a plan first: only the API's parser can tell the name of the post, and whether the document is a page. */
const put = async (
  client: Client,
  bytes: Uint8Array,
  sent: ReturnType<typeof sentFile>,
  query: Query<"put">,
): Promise<Sent> => {
  const { post, page, existing, timeZone } = await client.request("plan", { markdown: bytes, query: sent });
  if (post === undefined)
    return {
      name: sent.name,
      answer: { result: "page", page, published: null, warnings: [], hurried: [], timeZone },
      existing,
    };
  const name = postName(post);
  return {
    name,
    answer: await client.request("put", { name, markdown: bytes, query: { ...query, ...sent } }),
    existing,
  };
};

type PublishFlags = Pick<Flags, "account" | "json" | "terminal"> & { readonly again: boolean };

/** The accounts that announce a post once more, each with what it charges: "mastodon, x ($0.015)". */
const announcingText = (
  announcing: readonly { readonly account: string; readonly cost?: number | null | undefined }[],
  { account: only }: PublishFlags,
): string => {
  const accounts = announcing.filter(({ account }) => only === undefined || account === only);
  return (
    accounts.map(({ account, cost }) => (cost ? `${account} (${price(cost)})` : account)).join(", ") || "no account"
  );
};

/** Asks before a post is announced twice. True where nobody can be asked. */
const confirmAgain = async (
  name: string,
  named: string,
  { json = false, terminal }: PublishFlags,
): Promise<boolean> => {
  const dialog = openDialog(terminal, { yes: false, json });
  if (!dialog.interactive || json) return true;
  const text = `This posts ${name} once more, on ${named}. Go on?`;
  const answer = await dialog.answer({ text, flag: "--again", given: undefined, fallback: "no" });
  return ["y", "yes"].includes(answer.toLowerCase());
};

const notPublished: CommandResult = { answer: { result: "unchanged" }, lines: ["Nothing was done."], failed: true };

/** Announces an existing post by its name. An entry of a feed has no file. */
const announce = async (client: Client, name: string, flags: PublishFlags): Promise<CommandResult> => {
  try {
    const named = flags.again ? announcingText((await findStatus(client, name, false)).again, flags) : undefined;
    if (named !== undefined && !(await confirmAgain(name, named, flags))) return notPublished;
    const answer = await client.request("announce", { name, query: againQuery(flags) });
    return { answer, lines: publishedLines(client, postName(answer), { ...answer, warnings: [] }, named) };
  } catch (error) {
    if (!hasStatus(error, [404])) throw error;
    throw new CommandError(`there is no file ${name} to publish. ${error.message}`, { cause: error });
  }
};

const againQuery = ({ again, account }: PublishFlags) =>
  again ? { again, ...(account !== undefined && { account }) } : {};

type Published = Pick<Answer<"put">, "result" | "url" | "hold" | "warnings" | "hurried">;

const hurriedLines = (hurried: Published["hurried"]): readonly string[] => {
  const [waiting, tried] = [
    hurried.filter(({ waits }) => waits !== null),
    hurried.filter(({ waits }) => waits === null),
  ];
  const names = tried.map(({ account }) => account).join(", ");
  return [
    ...(names === "" ? [] : [`  tried now, and no longer when its document is settled: ${names}`]),
    ...waiting.map(({ account, waits }) => `  not sent yet on ${account}: ${waits}`),
  ];
};

const publishedLines = (
  client: Client,
  name: string,
  { result, url, hold, warnings, hurried }: Published,
  again?: string,
): readonly string[] => [
  `${result} ${name}${url === undefined ? "" : `  ${url}`}`,
  ...(again === undefined ? [] : [`  it is announced once more, on ${again}`]),
  ...(hold === undefined ? [] : [`  held: ${hold}`]),
  ...hurriedLines(hurried),
  ...warningLines(warnings),
  `  see its deliveries: ${client.command(`status ${name}`)}`,
];

/** A copy that is not settled may still appear: then the post is not repeated. */
const mayBeRepeated = ({ deliveries }: PostStatusJson): boolean => {
  const generation = Math.max(...deliveries.map((delivery) => delivery.generation));
  const latest = deliveries.filter((delivery) => delivery.generation === generation);
  return latest.length > 0 && latest.every(({ state }) => ["posted", "failed", "deleted", "cancelled"].includes(state));
};

export const publishUsage: NonNullable<Verb["usage"]> = async (file, { site }) =>
  (await isFolder(file))
    ? `${file} is a folder, and publish takes a file: ${commandLine(`plan ${file}`, site)} shows what its documents would become, and ${commandLine(`import ${file}`, site)} adds them to the feeds`
    : undefined;

/** The accounts that announce a file once more. Undefined where nothing of it was announced before. */
const announcingFile = async (client: Client, file: string, flags: PublishFlags): Promise<string | undefined> => {
  const { existing, snippets, page } = await planFile(client, file);
  if (page !== undefined || existing === null || existing.deliveries.length === 0) return undefined;
  return announcingText(
    snippets.filter(({ reach }) => reach !== "none"),
    flags,
  );
};

export const publish = async (client: Client, file: string, flags: PublishFlags): Promise<CommandResult> => {
  if (!flags.again && flags.account !== undefined)
    throw new CommandError("--account says who announces a post once more: use it with --again", { exitCode: 2 });
  if (!(await isFile(file))) return announce(client, file, flags);
  const bytes = await readDocument(file);
  const named = flags.again ? await announcingFile(client, file, flags) : undefined;
  if (named !== undefined && !(await confirmAgain(file, named, flags))) return notPublished;
  const { name, answer, existing } = await withFileName(file, () =>
    put(client, bytes, sentFile(file), againQuery(flags)),
  );
  if (answer.result === "page")
    return {
      answer,
      lines: [`${file} is a page, not a post, and was not published: ${answer.page ?? ""}`],
      failed: true,
    };
  if (answer.result !== "unchanged" || existing?.status !== "live")
    return { answer, lines: publishedLines(client, name, answer, named) };
  const [first = "", ...others] = publishedLines(client, name, { ...answer, result: "already published" });
  const lines = [
    first,
    `  ${announcement(existing, answer.timeZone)}`,
    ...(mayBeRepeated(existing) ? [`  to repeat it: ${client.command(`publish ${file} --again`)}`] : []),
    ...others,
  ];
  return { answer, lines };
};

/** An import that takes less time shows no progress, and a longer one a line after each such time. */
const progressEvery = 5 * second;

const numbers = new Intl.NumberFormat("en");

/** Returns a function that is called before each document with the number of those that are done. */
export const importProgress = (total: number, note: Flags["note"], clock: Clock): ((done: number) => void) => {
  let shown = clock();
  return (done) => {
    const now = clock();
    if (now - shown < progressEvery) return;
    shown = now;
    note(`${numbers.format(done)} of ${numbers.format(total)} documents`);
  };
};

const importSummary = (
  client: Client,
  folder: string,
  results: readonly { readonly result: string }[],
): readonly string[] => {
  if (results.length === 0) return [`${folder} contains no Markdown files.`];
  const counts = [...Map.groupBy(results, ({ result }) => result)].map(
    ([result, { length }]) => `${numbers.format(length)} ${result === "page" && length > 1 ? "pages" : result}`,
  );
  const posts = results.some(({ result }) => result === "created" || result === "updated");
  return [
    `${numbers.format(results.length)} ${results.length === 1 ? "document" : "documents"}: ${counts.join(", ")}`,
    ...(posts
      ? [`  Old posts are in the feeds and announced by nobody; ${client.command("list")} shows them all.`]
      : []),
  ];
};

/**
 * Imports every document, also after one that is refused. Old ones become the baseline: they are in the feeds and have
 * no deliveries.
 */
export const importFolder = async (client: Client, folder: string, { note }: Flags): Promise<CommandResult> => {
  const paths = await documentsIn(folder);
  const progress = importProgress(paths.length, note, systemRuntime.clock);
  const results: { path: string; result: string; slug?: string; hold?: string; detail?: string }[] = [];
  const sections = sectionIndexes(paths);
  for (const path of paths) {
    progress(results.length);
    if (sections.has(path)) {
      results.push({ path, result: "page" });
      continue;
    }
    try {
      const file = join(folder, path);
      const sent = { ...sentFile(file), name: path };
      const { name, answer } = await put(client, await readDocument(file), sent, { import: true });
      const { result, hold } = answer;
      results.push({ path, result, slug: name, ...(hold !== undefined && { hold }) });
    } catch (error) {
      // After any other error (no answer, a wrong token) every other document would fail in the same way.
      if (!hasStatus(error, [...refusals, 500])) throw error;
      results.push({ path, result: "refused", detail: error.message });
    }
  }
  const refused = results.filter(({ result }) => result === "refused");
  return {
    answer: { documents: results },
    lines: [
      ...results.flatMap(({ path, hold }) => (hold === undefined ? [] : [`held ${path}: ${hold}`])),
      ...refused.map(({ path, detail }) => `refused ${path}: ${detail ?? ""}`),
      ...importSummary(client, folder, results),
    ],
    failed: refused.length > 0,
  };
};
