import type { AccountStatus, Ingested } from "../../app/site-api.ts";
import { type Reason, reasonText } from "../../domain/refusal.ts";
import type { Site } from "../../domain/site.ts";
import { feedFiles } from "../../feeds/index.ts";
import type { Log } from "../../ports/runtime.ts";
import type { Print } from "./console-log.ts";

export const announceRefused = (log: Log, path: string, reasons: readonly Reason[]): void => {
  for (const reason of reasons) log.warn(`${path} is refused: ${reasonText(reason)}`);
};

/** Logs the outcome of a changed document. */
export const announce = (log: Log, path: string, answer: Ingested): void => {
  if (answer.result === "refused") {
    announceRefused(log, path, answer.reasons);
    return;
  }
  if (answer.result === "unchanged" || answer.result === "absent") return;
  log.info(`${answer.result} ${answer.post?.slug ?? path}`);
  if (answer.post?.hold !== undefined) log.info(`  held: ${answer.post.hold}`);
  for (const warning of answer.warnings) log.info(`  note on ${path}: ${reasonText(warning)}`);
};

interface Greeting {
  readonly url: string;
  readonly sites: readonly Pick<Site, "id" | "title" | "folder" | "feeds">[];
  /** See `LocalSource`. */
  readonly location: (path: string) => string;
  /** How many documents there are at the start. */
  readonly documents: number;
  readonly accounts: readonly Pick<AccountStatus, "name" | "site" | "reach">[];
  readonly tokenFile: string | undefined;
}

/** A shell argument: a folder's name may hold anything. */
const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;

const tryIt = ({ url, tokenFile }: Greeting): string => {
  const token = tokenFile === undefined ? "$CRIER_TOKEN" : `$(cat ${quoted(tokenFile)})`;
  return `printf -- '---\\ntitle: Hello\\n---\\nMy first post.\\n' | curl -sS -X PUT -H "Authorization: Bearer ${token}" -H "Content-Type: text/markdown" --data-binary @- ${url}api/posts/hello`;
};

const accountWords = (accounts: Greeting["accounts"]): string => {
  const real = accounts.filter(({ reach }) => reach === "real").map(({ name }) => name);
  if (accounts.length === 0) return "no accounts: add some to crier.config.ts";
  if (real.length === 0)
    return `${accounts.map(({ name }) => name).join(", ")}: all in the sandbox, no post leaves this machine`;
  return `${real.join(", ")} for real${real.length === accounts.length ? "" : ", the rest in the sandbox"}`;
};

type Line = readonly [name: string, value: string];

const about = (site: Greeting["sites"][number], { url, location, accounts }: Greeting): readonly Line[] => {
  const { folder, feeds } = site;
  const files = Object.entries(feedFiles).map(([id, file]) => new URL(feeds.paths[id] ?? folder + file, url).href);
  return [
    ["page", new URL(folder, url).href],
    ["feeds", files.join("  ")],
    ["accounts", accountWords(accounts.filter((account) => account.site === site.id))],
    ["watching", location(folder)],
  ];
};

/** What a person needs to go on: where things are, and one line that publishes something. */
export const greet = (print: Print, greeting: Greeting): void => {
  const { url, sites, location, documents } = greeting;
  const say = ([name, value]: Line): void => print(`  ${name.padEnd(10)}${value}`);
  for (const site of sites) {
    print("");
    print(`Crier for ${site.title}`);
    for (const line of about(site, greeting)) say(line);
  }
  say(["sandbox", `${url}sandbox`]);
  if (documents === 0)
    print(`  ${location("")} contains no documents yet: save a Markdown file with a title there to publish it.`);
  print("");
  print("Publish something, from another terminal:");
  print(`  ${tryIt(greeting)}`);
  print("");
};
