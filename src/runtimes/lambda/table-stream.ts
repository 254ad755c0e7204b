import * as z from "zod";
import { minute, second } from "../../domain/time.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Ref } from "../../ports/store.ts";
import { indexes, parseRef, tableKeys } from "../../store/keys.ts";
import { Tick } from "./scheduled-runs.ts";

const Text = z.object({ S: z.string() }).transform(({ S }) => S);
const Key = z
  .object({ [tableKeys.partition]: Text, [tableKeys.sort]: Text })
  .transform((key) => ({ pk: key[tableKeys.partition], sk: key[tableKeys.sort] }));
const Moment = z.object({ N: z.string() }).transform(({ N }) => Number(N));
/**
 * Undefined for a feed with a lease: the end of its render writes the row again, and the sweep finds the row after a
 * crash.
 */
const Image = z
  .object({ [indexes.due.sort]: Moment.optional(), lease: z.unknown().optional() })
  .transform(({ lease, ...image }) => (lease === undefined ? image[indexes.due.sort] : undefined));

const Changes = z.object({
  Records: z.array(
    z.object({ dynamodb: z.object({ Keys: Key, NewImage: Image.optional(), SequenceNumber: z.coerce.bigint() }) }),
  ),
});
const Event = z.union([Changes, Tick]);

/** SQS allows no longer `DelaySeconds`. Rows that are due later are left to the sweep. */
const maxDelay = 15 * minute;

/** Milliseconds by which the clock of a worker may be behind: it leaves a row that is not due yet to the sweep. */
const clockDifference = 200;

/** Returns the delay in milliseconds, rounded up to whole seconds. */
const delayUntil = (due: number, now: number): number =>
  due <= now ? 0 : Math.ceil((due - now + clockDifference) / second) * second;

/** The rows of a batch that are due soon, by their delay. Only the last write of a row counts. */
const dueRefs = ({ Records }: z.infer<typeof Changes>, now: number): ReadonlyMap<number, readonly Ref[]> => {
  const writes = Records.map(({ dynamodb }) => dynamodb);
  const inOrder = writes.toSorted((a, b) => (a.SequenceNumber < b.SequenceNumber ? -1 : 1));
  const last = new Map(inOrder.map((write) => [`${write.Keys.pk}\n${write.Keys.sk}`, write]));
  const due = [...last.values()].flatMap(({ Keys, NewImage }) => {
    const ref = parseRef(Keys);
    const after = NewImage === undefined ? undefined : delayUntil(NewImage, now);
    return ref === undefined || after === undefined || after > maxDelay ? [] : [{ ref, after }];
  });
  const groups = Map.groupBy(due, ({ after }) => after);
  return new Map([...groups].map(([after, rows]) => [after, rows.map(({ ref }) => ref)]));
};

export interface RelayFunctions {
  readonly clock: Clock;
  /** `after`: the delay in milliseconds. */
  offer(refs: readonly Ref[], after: number): Promise<void>;
  sweep(): Promise<void>;
}

/** Handles both events of the relay. A batch whose offer fails is retried as a whole: offering twice is harmless. */
export const relayHandler =
  ({ clock, offer, sweep }: RelayFunctions) =>
  async (event: unknown): Promise<void> => {
    const parsed = Event.parse(event);
    if (!("Records" in parsed)) return sweep();
    for (const [after, refs] of dueRefs(parsed, clock())) await offer(refs, after);
  };
