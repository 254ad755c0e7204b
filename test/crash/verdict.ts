import type { Delivery } from "../../src/domain/delivery.ts";

export const verdicts = [
  "posted",
  "unknown",
  "posted twice",
  "lost",
  /** It is due for ever, or claimed. */
  "stuck",
  /** The row says something else than the network. */
  "untrue",
] as const;
export type Verdict = (typeof verdicts)[number];

/** What can be seen from outside when nothing is due any more. */
export interface Seen {
  readonly row: Delivery | undefined;
  /** Of the posts on the network. */
  readonly ids: readonly string[];
  /** Not fewer than the posts: a receiver may know a message that it has. */
  readonly copies: number;
}

export const verdictOf = ({ row, ids, copies }: Seen): Verdict => {
  if (copies > 1) return "posted twice";
  if (row === undefined) return "lost";
  if (row.due !== undefined) return "stuck";
  switch (row.state) {
    case "posted": {
      if (copies === 0) return "lost";
      const { id } = row.remote;
      return id === null || ids.includes(id) ? "posted" : "untrue";
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
