import { kindsOf, type Summary } from "./run-seeds.ts";

const sum = (counts: ReadonlyMap<string, number>, prefix: string): number =>
  [...counts].reduce((total, [name, by]) => (name.startsWith(prefix) ? total + by : total), 0);

const rows = (counts: ReadonlyMap<string, number>, prefix: string): string =>
  [...counts]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, by]) => [name.slice(prefix.length), by] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, by]) => `| ${name} | ${by} |`)
    .join("\n");

/** Explains why nobody can tell, by the beginning or a part of a reason. */
const why: readonly (readonly [RegExp, string])[] = [
  [/is another account now/, "the name stands for another login now, and a login cannot read what another one posted"],
  [/was removed from the configuration/, "there is no login to ask with; it is looked for when the account is back"],
  [
    /an earlier copy has the same text/,
    "the network refuses a text that an earlier publication has, too, and does not say which post it means",
  ],
  [/cannot be searched/, "the network has no key, refuses nothing and cannot be read"],
  [
    /is not sent again to find out/,
    "the post is not wanted any more, so it is not sent again to find out, and the network cannot be read",
  ],
  [
    /a later send was rejected/,
    "the first request got no answer, a later one a final no, and the network cannot be read",
  ],
  [
    /may be another announcement, which has the same text/,
    "two publications of one text got no answer, and one copy is there: the network does not say which of them made it",
  ],
  [/another text is there/, "a post with the same link is there that was not made from the stored request"],
];

const reasonRows = (unknown: Summary["unknown"]): string =>
  [...unknown]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, by]) => {
      const [network = "", ...words] = name.split(" ");
      const reason = words.join(" ");
      const because = why.find(([pattern]) => pattern.test(reason))?.[1] ?? "not explained: this is a fault";
      return `| ${network} | ${reason.replaceAll("|", "\\|")} | ${because} | ${by} |`;
    })
    .join("\n");

/** The page of the documentation that shows what a run found. */
export const writeReport = (from: number, summary: Summary): string => {
  const { counts, seeds, steps, failures } = summary;
  const kinds = kindsOf(summary);
  const found = (kind: string): number => kinds.get(kind) ?? 0;
  return `# The simulation of deliveries

Written by \`npm run test:simulation -- --from ${from} --seeds ${seeds} --write\`. [CONTRIBUTING.md](../CONTRIBUTING.md) says how to run it and how to replay a seed.

The real use cases, store, composers and network clients run on a virtual clock. A seed decides which waiting call goes next, what each request to a network becomes, which events are lost or come twice, where a process crashes, how far clocks are apart, and what people do meanwhile: they edit, delete, bring back and rename files, publish again, retry and resolve, remove, move and return accounts, revoke credentials, delete copies by hand, and put an earlier table back. In some cases they write notes, too, which get titles and lose them again, and answers to other pages: the copy of a note is the note, an answer has none, and a document that becomes another kind keeps its copies. In some cases there is a second site with its own documents, of which some are pages of the first site, and in half of those both sites have an account with one login. In others a second installation with the same configuration and its own table runs beside the first one, is off for a while, and nobody decides anything there. Then everything works again, and the clock runs on until nothing is due. What is left is compared, from outside, with what the networks hold; and once more when a person has looked at the networks and resolved each delivery that waits for it.

Each copy knows which account of which installation has made it. No delivery edits or deletes a copy that another account or site has made, nor one that none of its installation's deliveries names. Two installations derive the same keys from the same posts, and a search finds an equal post of the same login, so that on Bluesky, Mastodon, DEV, Nostr and at the receiver of a webhook one copy may be that of both; on Discord, Slack, Telegram and X neither touches the copy of the other. Each installation by itself sends each post once, and tells its owner of the other one once, where that has made a copy.

The table is a stand-in in memory, with late indexes, which passes the contract of every engine ([test/contract/table.ts](../test/contract/table.ts)) and answers random calls as DynamoDB's API does. The networks are models with a record of their own, one of each that Crier posts to; those of Nostr are two relays, and one where an earlier table is put back. Accounts send the link in a reply, threads, pictures that are uploaded first, notes or articles: a test fails for a network that can do what no case has an account do.

| | |
|---|---|
| seeds | ${seeds} |
| steps | ${steps} |
| processes that crashed, each at a call | ${sum(counts, "crash ")} |
| requests to networks | ${sum(counts, "request ")} |
| copies that were made | ${counts.get("copies") ?? 0} |
| seeds that broke an invariant | ${failures.length} |
| duplicates | ${found("DUPLICATE")} |
| lost | ${found("LOST")} |
| stuck | ${found("STUCK")} |
| states that are untrue | ${found("UNTRUE")} |
| silent | ${found("SILENT")} |
| limits that did not hold at the network | ${found("CAP")} |
| copies that were touched by another delivery than their own | ${found("OWNER")} |
| owners who were told of another installation without reason, or twice | ${found("ELSEWHERE")} |
| servers that held more than one worker | ${found("SERVER")} |
| feeds that differ from the table | ${found("FEED")} |

## Where deliveries ended

| state | deliveries |
|---|---|
${rows(counts, "end ")}

## What stays unknown

| network | reason | why nobody can tell | deliveries |
|---|---|---|---|
${reasonRows(summary.unknown)}

## What happened to requests

| network and fate | requests |
|---|---|
${rows(counts, "request ")}

## What people did

| act | times |
|---|---|
${rows(counts, "act ")}
`;
};
