import type { Delivery } from "../../src/domain/delivery.ts";
import { networks } from "../../src/networks/index.ts";
import type { Act, Point, Run } from "./cells.ts";

export const verdicts = [
  "posted",
  "edited",
  "deleted",
  "unknown",
  "posted twice",
  /** The post, its edit or its deletion. */
  "lost",
  /** It is due for ever, or claimed. */
  "stuck",
  /** The row says something else than the network. */
  "untrue",
] as const;
export type Verdict = (typeof verdicts)[number];

/** The state that can be seen from outside when nothing is due any more. */
export interface Seen {
  readonly row: Delivery | undefined;
  /** The ids of the posts on the network. */
  readonly ids: readonly string[];
  /**
   * The number of copies of the post, or of the reply. The real number may be smaller, because a receiver may recognise
   * a message that it has.
   */
  readonly copies: number;
  /** The copy says what its post says since the edit. */
  readonly isEdited: boolean;
}

export const verdictOf = (act: Act, seen: Seen): Verdict => {
  const { row, copies } = seen;
  if (copies > 1) return "posted twice";
  if (row === undefined) return "lost";
  if (row.due !== undefined) return "stuck";
  if (act === "send" || act === "reply") return verdictOfSend(row, seen);
  if (act === "deletion") {
    if (copies === 1) return row.state === "deleted" ? "untrue" : "lost";
    return row.state === "deleted" ? "deleted" : "untrue";
  }
  if (!seen.isEdited) return "lost";
  return row.state === "posted" && !row.stale && copies === 1 ? "edited" : "untrue";
};

const verdictOfSend = (row: Delivery, { ids, copies }: Seen): Verdict => {
  switch (row.state) {
    case "posted": {
      if (row.unfinished?.isOpen === true) return "unknown";
      if (copies === 0) return "lost";
      if (row.unfinished !== undefined) return "untrue";
      return row.remotes.every(({ id }) => id === null || ids.includes(id)) ? "posted" : "untrue";
    }
    case "unknown":
      return "unknown";
    case "held":
    case "failed":
    case "cancelled":
      return copies === 0 ? "lost" : "untrue";
    default:
      return "stuck";
  }
};

/** The answer that the network gives says whether it made the post. */
const isClear = ({ fault, answersLate }: Run): boolean =>
  fault === "refused" || fault === "429 with Retry-After" || (fault === "applied slowly" && answersLate);

/** Returns the right verdict: unknown only if a request may be public, and the network offers no way to find out. */
export const expectedVerdict = (act: Act, network: string, point: Point, run: Run): Verdict => {
  // A change by id may be repeated until it is answered.
  if (act === "edit") return "edited";
  if (act === "deletion") return "deleted";
  if (networks.find(({ name }) => name === network)?.offers !== "none") return "posted";
  // If the worker is killed elsewhere, its knowledge is lost.
  const isTold = point === "after read" || point === "after claim" || point === "after record";
  return isTold && isClear(run) ? "posted" : "unknown";
};
