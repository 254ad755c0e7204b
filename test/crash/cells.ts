import { networks } from "../../src/networks/index.ts";
import { hasThreads, methodsOf } from "../support/configured-account.ts";
import { seededRandom } from "./seeded-random.ts";

/**
 * The step of a worker during which it is killed. A reply follows a post that was sent before; an edit and a deletion
 * change one.
 */
export const acts = ["send", "reply", "edit", "deletion"] as const;
export type Act = (typeof acts)[number];

/** The settings of the accounts of an act: a post is one request, or it is followed by a reply. */
export const settingsOf = (act: Act) => (act === "reply" ? { link: "reply" } : {});

/** The points at which a worker is killed. */
export const points = [
  "after read",
  "after claim",
  /** The request is stored. */
  "before send",
  /** The request is on its way or at the network. */
  "mid-request",
  /** The answer, or the failure, is there, and nothing is made of it. */
  "after response",
  "before record",
  /** The account is still the delivery's. */
  "after record",
  /**
   * The second worker of a send: an earlier one was killed mid-request. This one is killed before it asks the network
   * for the result of that send.
   */
  "before look-up",
] as const;
export type Point = (typeof points)[number];

/** The network's reaction to the first request, or the first two. */
export const faults = [
  "refused",
  "reset before",
  "applied, then reset",
  "applied, then 500",
  "503",
  "429 with Retry-After",
  "applied slowly",
] as const;
export type Fault = (typeof faults)[number];

/** One delivery of one cell. */
export interface Run {
  readonly fault: Fault;
  /** The name of its own account, which is also the id of its post. */
  readonly name: string;
  /** The number of requests that meet the fault. */
  readonly times: number;
  /** Killed mid-request: the network acts on the request after the kill, otherwise before it. */
  readonly actsAfterKill: boolean;
  /** Applied slowly: the answer comes late, otherwise the worker gives up before it. */
  readonly answersLate: boolean;
  /** A server with Mastodon's API that does not know the `Idempotency-Key`. */
  readonly ignoresKeys: boolean;
}

/** The runs that share a worker: one act, one point, one network and one seed, every fault. */
export interface Batch {
  readonly act: Act;
  readonly network: string;
  readonly point: Point;
  readonly runs: readonly Run[];
  /**
   * `sqlite`: the file of one machine, and one process that does the work of two workers finishes, as that file has one
   * process. `dynamodb`: DynamoDB's API, and two processes finish.
   */
  readonly engine: "sqlite" | "dynamodb";
  readonly random: () => number;
}

const aRun = (fault: Fault, name: string, random: () => number): Run => ({
  fault,
  name,
  times: random() < 0.5 ? 1 : 2,
  actsAfterKill: random() < 0.5 || fault === "applied slowly",
  answersLate: random() < 0.5,
  ignoresKeys: random() < 0.5,
});

/** Edits and deletions are repeated by id: nothing is looked for. */
export const pointsOf = (act: Act): readonly Point[] =>
  act === "send" || act === "reply" ? points : points.filter((point) => point !== "before look-up");

/** Returns the acts that the network lets the owner of an account do. */
export const actsOf = (network: (typeof networks)[number]): readonly Act[] => {
  const { edit, remove } = methodsOf(network);
  const offered = { send: true, reply: hasThreads(network), edit, deletion: remove };
  return acts.filter((act) => offered[act]);
};

/** Every cell with one seed. Both engines take turns: each cell is on the other one with the next round. */
export const roundOfBatches = (seed: number, round: number): readonly Batch[] =>
  networks.flatMap((definition, networkNumber) =>
    actsOf(definition).flatMap((act, actNumber) =>
      pointsOf(act).map((point, pointNumber) => {
        const network = definition.name;
        const id = `${network}-${act}-${pointNumber}`;
        const random = seededRandom(`${seed} ${round} ${id}`);
        return {
          network,
          act,
          point,
          engine: (networkNumber + actNumber + pointNumber + round) % 2 === 0 ? "sqlite" : "dynamodb",
          runs: faults.map((fault, number) => aRun(fault, `${id}-${number}-${round}`, random)),
          random,
        };
      }),
    ),
  );
