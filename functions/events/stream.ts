import * as z from "zod";
import type { Ref } from "../../src/ports.ts";
import { indexes, refOf, tableKeys } from "../../src/store/keys.ts";
import { Tick } from "./tick.ts";

const Text = z.object({ S: z.string() }).transform(({ S }) => S);
const Key = z
  .object({ [tableKeys.partition]: Text, [tableKeys.sort]: Text })
  .transform((key) => ({ pk: key[tableKeys.partition], sk: key[tableKeys.sort] }));
const Moment = z.object({ N: z.string() }).transform(({ N }) => Number(N));
const Image = z.object({ [indexes.due.sort]: Moment.optional() }).transform((image) => image[indexes.due.sort]);

const Changes = z.object({
  Records: z.array(z.object({ dynamodb: z.object({ Keys: Key, NewImage: Image.optional() }) })),
});
const Event = z.union([Changes, Tick]);

/** The rows in a batch of the stream that are due by now, each once. What is due later is the sweep's. */
const dueRefs = ({ Records }: z.infer<typeof Changes>, now: number): readonly Ref[] => {
  const due = Records.filter(({ dynamodb }) => dynamodb.NewImage !== undefined && dynamodb.NewImage <= now);
  const keys = new Map(due.map(({ dynamodb: { Keys } }) => [`${Keys.pk}\n${Keys.sk}`, Keys]));
  return [...keys.values()].map(refOf).filter((ref) => ref !== undefined);
};

export interface RelayFunctions {
  offer(refs: readonly Ref[]): Promise<void>;
  sweep(): Promise<void>;
}

/** A handler for both that wake the relay. A batch whose offer fails is tried again as a whole: offering twice is harmless. */
export const relay =
  ({ offer, sweep }: RelayFunctions, clock: () => number) =>
  async (event: unknown): Promise<void> => {
    const parsed = Event.parse(event);
    if (!("Records" in parsed)) return sweep();
    const refs = dueRefs(parsed, clock());
    if (refs.length > 0) await offer(refs);
  };
