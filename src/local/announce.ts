import type { App, Ingested } from "../app/app.ts";
import type { Reason, Warning } from "../domain/refusal.ts";
import type { Site } from "../domain/site.ts";
import type { Log } from "../ports.ts";
import type { Print } from "./console-log.ts";

const named = ({ field, message }: Reason | Warning): string =>
  field === undefined ? message : `${field}: ${message}`;

export const announceRefused = (log: Log, path: string, reasons: readonly Reason[]): void => {
  for (const reason of reasons) log.warn(`${path} is refused: ${named(reason)}`);
};

/** Tells what became of a document that changed. */
export const announce = (log: Log, path: string, answer: Ingested): void => {
  if (answer.result === "refused") {
    announceRefused(log, path, answer.reasons);
    return;
  }
  if (answer.result === "unchanged" || answer.result === "absent") return;
  log.info(`${answer.result} ${answer.post?.slug ?? path}`);
  if (answer.post?.hold !== undefined) log.info(`  held: ${answer.post.hold}`);
  for (const warning of answer.warnings) log.info(`  note on ${path}: ${named(warning)}`);
};

interface Greeting {
  readonly url: string;
  readonly site: Site;
  readonly content: string;
  /** How many documents stand in the folder. */
  readonly documents: number;
  readonly accounts: Awaited<ReturnType<App["accounts"]>>;
  readonly tokenFile: string | undefined;
}

/** A shell argument: a folder's name may hold anything. */
const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;

const tryIt = ({ url, tokenFile }: Greeting): string => {
  const token = tokenFile === undefined ? "$CRIER_TOKEN" : `$(cat ${quoted(tokenFile)})`;
  return `printf -- '---\\ntitle: Hello\\n---\\nMy first post.\\n' | curl -sS -X PUT -H "Authorization: Bearer ${token}" -H "Content-Type: text/markdown" --data-binary @- ${url}api/posts/hello`;
};

const accountLine = ({ accounts }: Greeting): string => {
  const real = accounts.filter(({ reach }) => reach === "real").map(({ name }) => name);
  if (accounts.length === 0) return "no accounts: name some in crier.config.ts";
  return real.length === 0
    ? `${accounts.map(({ name }) => name).join(", ")}: all in the sandbox, nothing leaves this machine`
    : `${real.join(", ")} for real, the rest in the sandbox`;
};

/** What a person needs to go on: where things are, and one line that publishes something. */
export const greet = (print: Print, greeting: Greeting): void => {
  const { url, site, content, documents } = greeting;
  const lines: readonly (readonly [string, string])[] = [
    ["page", url],
    ["feeds", `${url}feed.xml  ${url}atom.xml  ${url}feed.json`],
    ["sandbox", `${url}sandbox`],
    ["accounts", accountLine(greeting)],
    ["watching", content],
  ];
  print("");
  print(`Crier for ${site.title}`);
  for (const [name, value] of lines) print(`  ${name.padEnd(10)}${value}`);
  if (documents === 0)
    print(`  ${content} holds no documents yet: save a Markdown file with a title there, and it is published.`);
  print("");
  print("Publish something, from another terminal:");
  print(`  ${tryIt(greeting)}`);
  print("");
};
