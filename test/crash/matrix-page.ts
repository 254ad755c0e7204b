import { minute } from "../../src/domain/time.ts";
import { networks } from "../../src/networks/index.ts";
import { type Act, actsOf, type Fault, faults, type Point, points, pointsOf } from "./cells.ts";
import type { Verdict } from "./verdict.ts";

/** A run that is over. */
export interface Judged {
  readonly act: Act;
  readonly network: string;
  readonly point: Point;
  readonly fault: Fault;
  readonly engine: string;
  readonly verdict: Verdict;
  readonly expected: Verdict;
}

export const countOf = (judged: readonly Judged[], ...verdicts: readonly Verdict[]): number =>
  judged.filter(({ verdict }) => verdicts.includes(verdict)).length;

const countsOf = (judged: readonly Judged[]): string => {
  const counts = Map.groupBy(judged, ({ verdict }) => verdict);
  return [...counts]
    .map(([verdict, { length }]) => `${length} ${verdict}`)
    .toSorted()
    .join(", ");
};

/** Counts the runs that ended in each way. */
export const summaryOf = (judged: readonly Judged[]): string =>
  `${judged.length} runs: ${countOf(judged, "posted")} posted once, ${countOf(judged, "edited")} edited, ${countOf(judged, "deleted")} deleted, ${countOf(judged, "unknown")} unknown, ${countOf(judged, "posted twice")} duplicates, ${countOf(judged, "lost")} lost, ${countOf(judged, "stuck")} stuck, ${countOf(judged, "untrue")} untrue`;

const offersOf = ({ offers, remembersFor }: (typeof networks)[number]): string =>
  remembersFor === undefined ? offers : `${offers}, ${remembersFor / minute} min`;

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

export interface Circumstances {
  readonly seed: number;
  readonly rounds: number;
  readonly kills: number;
}

interface Column {
  readonly heading: string;
  readonly network: string;
  readonly act: Act;
}

const sends: readonly Column[] = networks.map((network) => ({
  heading: `${network.name} (${offersOf(network)})`,
  network: network.name,
  act: "send",
}));

const columnsOf = (...acts: readonly Act[]): readonly Column[] =>
  networks.flatMap((network) =>
    actsOf(network)
      .filter((act) => acts.includes(act))
      .map((act) => ({ heading: `${network.name}, ${act}`, network: network.name, act })),
  );

/** Point and fault by network and act. */
const tableOf = (judged: readonly Judged[], columns: readonly Column[], of: readonly Point[]): string => {
  const cell = (point: Point, fault: Fault, { network, act }: Column): string =>
    countsOf(
      judged.filter((one) => one.act === act && one.point === point && one.fault === fault && one.network === network),
    );
  return [
    ["Killed", "The network's answer", ...columns.map(({ heading }) => heading)],
    ["---", "---", ...columns.map(() => "---")],
    ...of.flatMap((point) =>
      faults.map((fault) => [point, fault, ...columns.map((column) => cell(point, fault, column))]),
    ),
  ]
    .map(row)
    .join("\n");
};

export const sendsTable = (judged: readonly Judged[]): string => tableOf(judged, sends, points);

export const repliesTable = (judged: readonly Judged[]): string => tableOf(judged, columnsOf("reply"), points);

export const changesTable = (judged: readonly Judged[]): string =>
  tableOf(judged, columnsOf("edit", "deletion"), pointsOf("edit"));

/** docs/crash-matrix.md. */
export const matrixPage = (judged: readonly Judged[], { seed, rounds, kills }: Circumstances): string => {
  const on = (engine: string): number => judged.filter((one) => one.engine === engine).length;
  return `# Crash matrix

\`CELLS=all npm run test:crash\` writes this page. A worker is a process; it is killed (\`SIGKILL\`) at one of ${points.length} points of a send or of a reply, or one of ${pointsOf("edit").length} of an edit or a deletion, while the network answers in one of ${faults.length} ways, for each network that can do it. Then two workers finish the work at once, and it is counted from outside: the posts on the network and the rows.

**${summaryOf(judged)}.** ${kills} kills, ${rounds} seeds for each cell (\`SEED=${seed}\`). \`npm run test:crash\` alone runs one seed of each cell.

- The worker runs the real use case, store and clients of the networks, and the sandbox is their server. Its deliveries are real ones: leases of 90 seconds, each network's settle time, the account's claim. It reaches the point by itself, in wrappers of its ports, and stops there; its parent kills it. One process carries the seven deliveries of an act, a point and a network, each with an account, a server and an answer of its own, and all seven are at the point when it is killed.
- Half of the seeds of each cell (${on("sqlite")} runs) use the SQLite file of one machine. One process at a time can open it, so one process does the work of two workers at once there, after a start like that of \`npm start\`. The other half (${on("dynamodb")} runs) uses DynamoDB's API, and two processes finish, whose clocks differ by up to 30 seconds.
- Nobody waits for leases and settle times: after the kill the clock of workers and networks is moved to the next moment at which something is due.
- Before an edit or a deletion the post was sent without a fault. It is changed then, and the worker is killed while it changes the copy.
- A reply is the second request of a delivery (\`link: "reply"\`). The first one was sent without a fault, and the replies are counted.
- The seed decides whether one or two requests meet the answer, whether the network acts on a request that is under way before the kill, right after it or shortly before it has settled, whether a worker gives up before a slow answer, and whether a server with Mastodon's API knows the \`Idempotency-Key\`.
- *Before look-up*: one worker is killed mid-request, a second one right before it asks the network what became of that (a look, the same request again, or where neither is possible the note that it is unknown).

*Unknown* is right only where the network offers nothing against a second copy and the worker cannot know the answer to a request that it may have sent: Crier does not send again what may be public, and \`crier resolve\` decides. Each run is compared with that. An edit and a deletion are repeated by the copy's id until they are answered, so they are never unknown. A worker that sends or replies and then records, and those that record and then send or edit, are caught by the same test.

## Sends

${sendsTable(judged)}

## Replies

${repliesTable(judged)}

## Edits and deletions

${changesTable(judged)}
`;
};
