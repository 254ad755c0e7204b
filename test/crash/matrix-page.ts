import { minute } from "../../src/domain/time.ts";
import { networks } from "../../src/networks/index.ts";
import { type Fault, faults, type Point, points } from "./cells.ts";
import type { Verdict } from "./verdict.ts";

/** A run that is over. */
export interface Judged {
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

/** Of its runs, how many ended how. */
export const summaryOf = (judged: readonly Judged[]): string =>
  `${judged.length} runs: ${countOf(judged, "posted")} posted once, ${countOf(judged, "unknown")} unknown, ${countOf(judged, "posted twice")} duplicates, ${countOf(judged, "lost")} lost, ${countOf(judged, "stuck")} stuck, ${countOf(judged, "untrue")} untrue`;

const offersOf = ({ offers, remembersFor }: (typeof networks)[number]): string =>
  remembersFor === undefined ? offers : `${offers}, ${remembersFor / minute} min`;

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

export interface Circumstances {
  readonly seed: number;
  readonly rounds: number;
  readonly kills: number;
}

/** Point and fault by network. */
export const matrixTable = (judged: readonly Judged[]): string => {
  const cell = (point: Point, fault: Fault, network: string): string =>
    countsOf(judged.filter((one) => one.point === point && one.fault === fault && one.network === network));
  return [
    ["Killed", "The network's answer", ...networks.map((network) => `${network.name} (${offersOf(network)})`)],
    ["---", "---", ...networks.map(() => "---")],
    ...points.flatMap((point) =>
      faults.map((fault) => [point, fault, ...networks.map(({ name }) => cell(point, fault, name))]),
    ),
  ]
    .map(row)
    .join("\n");
};

/** docs/crash-matrix.md. */
export const matrixPage = (judged: readonly Judged[], { seed, rounds, kills }: Circumstances): string => {
  const on = (engine: string): number => judged.filter((one) => one.engine === engine).length;
  return `# Crash matrix

\`CELLS=all npm run test:crash\` writes this page. A worker is a process; it is killed (\`SIGKILL\`) at one of ${points.length} points while the network answers in one of ${faults.length} ways, for each network. Then two workers finish the work at once, and it is counted from outside: the posts on the network and the rows.

**${summaryOf(judged)}.** ${kills} kills, ${rounds} seeds for each cell (\`SEED=${seed}\`). \`npm run test:crash\` alone runs one seed of each cell.

- The worker runs the real use case, store and clients of the networks, and the sandbox is their server. Its deliveries are real ones: leases of 90 seconds, each network's settle time, the account's claim. It reaches the point by itself, in wrappers of its ports, and stops there; its parent kills it. One process carries the seven deliveries of a point and a network, each with an account, a server and an answer of its own, and all seven are at the point when it is killed.
- Half of the seeds of each cell (${on("sqlite")} runs) use the SQLite file of one machine. One process at a time can open it, so one process does the work of two workers at once there, after a start like that of \`npm start\`. The other half (${on("dynamodb")} runs) uses DynamoDB's API, and two processes finish, whose clocks differ by up to 30 seconds.
- Nobody waits for leases and settle times: after the kill the clock of workers and networks is moved to the next moment at which something is due.
- The seed decides whether one or two sends meet the answer, whether the network acts on a request that is under way before the kill, right after it or shortly before it has settled, whether a worker gives up before a slow answer, and whether a server with Mastodon's API knows the \`Idempotency-Key\`.
- *Before look-up*: one worker is killed mid-request, a second one right before it asks the network what became of that (a look, the same request again, or where neither is possible the note that it is unknown).

*Unknown* is right only where the network offers nothing against a second copy and the worker cannot know the answer to a request that it may have sent: Crier does not send again what may be public, and \`crier resolve\` decides. Each run is compared with that. A worker that sends and then records, and one that records and then sends, are caught by the same test.

${matrixTable(judged)}
`;
};
