import { Option } from "commander";
import type { Client } from "../api/api-client.ts";
import { accountLines } from "./account-lines.ts";
import { actVerbs } from "./act-verbs.ts";
import { changedDeliveryLines } from "./delivery-lines.ts";
import { feedLines, listLines, pageLines, refusedLines, removedLines, sourceLines, statusLines } from "./output.ts";
import { plan } from "./plan-place.ts";
import { importFolder, publish, statusOf } from "./publish-documents.ts";
import type { CommandResult } from "./subcommand.ts";
import type { Flags, Verb } from "./verb.ts";

const show = async <Answer>(
  answer: Promise<Answer>,
  linesOf: (answer: Answer) => CommandResult["lines"],
): Promise<CommandResult> => {
  const known = await answer;
  return { answer: known, lines: linesOf(known) };
};

const list = (client: Client, { from, width }: Flags): Promise<CommandResult> =>
  show(client.list(from), (answer) => {
    if (from !== undefined && answer.posts.length === 0) return ["No more posts."];
    const more = answer.next === null ? [] : [`More: ${client.command(`list --from ${answer.next}`)}`];
    return [...listLines(answer, width), ...more];
  });

/** The commands that ask the API about one site. */
export const verbs: readonly Verb[] = [
  {
    spec: "plan <place>",
    description:
      "show what a document would publish, or which documents of a folder or of a range of commits (main..HEAD) would be announced, and why",
    options: [new Option("--markdown", "print it as Markdown, for a comment on a pull request")],
    run: plan,
  },
  {
    spec: "publish <document>",
    description: "publish a file now, whatever its age, or announce a post by its name",
    options: [new Option("--again", "announce it once more, even if it was announced before")],
    run: (client, file, { again }) => publish(client, file, again === true),
  },
  {
    spec: "import <dir>",
    description: "import a folder of documents; old ones are added to the feeds only",
    run: importFolder,
  },
  {
    spec: "list",
    description: "list the posts, the most recently changed first",
    options: [
      new Option("--refused", "list the refused documents and the deletions to be confirmed, with their reasons"),
      new Option("--pages", "list the documents that are pages of the site, with the reasons"),
      new Option("--from <cursor>", "show the next page; the page before it prints the cursor"),
    ],
    run: (client, _, flags) => {
      if (flags.refused) return show(client.refused(), refusedLines);
      return flags.pages ? show(client.pages(), pageLines) : list(client, flags);
    },
  },
  {
    spec: "status <post>",
    description:
      "show a post and its deliveries, or why a document is refused; a slug, path, URL or file name names it",
    options: [new Option("--history", "show all that happened to each delivery, and when")],
    run: (client, post, { history }) =>
      show(statusOf(client, post, history ? { history: "true" } : {}), (answer) => statusLines(answer, client.command)),
  },
  {
    spec: "retry <id>",
    description: "send a failed delivery again, and one that waits or is held now; crier status shows the id",
    run: (client, id) => show(client.retry(id), (answer) => changedDeliveryLines(answer, client.command)),
  },
  {
    spec: "resolve <id>",
    description:
      "record whether an unknown delivery, or the missing part of one, was posted; crier status shows the id",
    options: [
      new Option("--as <what>", "posted: it is on the network; retry: it is not, send it again")
        .choices(["posted", "retry"])
        .makeOptionMandatory(),
    ],
    run: (client, id, { as }) => show(client.resolve(id, as), (answer) => changedDeliveryLines(answer, client.command)),
  },
  ...actVerbs,
  {
    spec: "remove <post>",
    description: "remove a post from the feeds, and its copies from the networks that allow it",
    run: (client, post) => show(client.remove(post), (answer) => removedLines(post, answer)),
  },
  {
    spec: "feeds",
    description: "list the feeds and their faults",
    run: (client) => show(client.feeds(), feedLines),
  },
  {
    spec: "sources",
    description: "list where the posts come from, and when a feed was polled, what it answered and when it is next",
    run: (client) => show(client.sources(), sourceLines),
  },
];

/** Has more commands below it. */
export const accountsVerb: Verb = {
  spec: "accounts",
  description: "list the accounts and whether they post for real",
  run: (client) => show(client.accounts(), accountLines),
};
