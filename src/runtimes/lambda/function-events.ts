import * as z from "zod";
import { type FeedKey, isFeedKey } from "../../domain/feed-key.ts";
import { minute, second } from "../../domain/time.ts";
import type { Clock, Log } from "../../ports/runtime.ts";
import type { Ref } from "../../ports/store.ts";
import { indexes, parseRef as keyRef, tableKeys } from "../../store/keys.ts";
import { errorCauses } from "./function-log.ts";

const Batch = z.object({
  Records: z.array(
    z.object({
      messageId: z.string(),
      body: z.string(),
      attributes: z.object({ ApproximateReceiveCount: z.coerce.number() }),
    }),
  ),
});

/** The records that Lambda returns to the queue. The others are removed from it (`ReportBatchItemFailures`). */
export interface Failures {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * Handles the records of a batch concurrently, and returns those that failed to their queue. `isRepeated`: the record was
 * received before, and its worker failed or was ended. With `alone` a batch with such a record is handled one record after
 * another, so that a record that ends the process takes no other one with it.
 */
export const recordsHandler =
  (work: (body: string, isRepeated: boolean) => Promise<unknown>, log: Log, { alone = false } = {}) =>
  async (event: unknown): Promise<Failures> => {
    const { Records } = Batch.parse(event);
    const isRepeated = ({ attributes }: (typeof Records)[number]): boolean => attributes.ApproximateReceiveCount > 1;
    const handle = async (record: (typeof Records)[number]): Promise<Failures["batchItemFailures"]> => {
      const { messageId, body } = record;
      try {
        await work(body, isRepeated(record));
        return [];
      } catch (error) {
        const stack = error instanceof Error ? error.stack : undefined;
        log.warn(`The record ${messageId} is returned to its queue.`, { causes: errorCauses(error), stack });
        return [{ itemIdentifier: messageId }];
      }
    };
    if (!alone || !Records.some(isRepeated))
      return { batchItemFailures: (await Promise.all(Records.map(handle))).flat() };
    const failed = [];
    for (const record of Records) failed.push(...(await handle(record)));
    return { batchItemFailures: failed };
  };

const FeedKeySchema = z.custom<FeedKey>(isFeedKey, "names no feed");

const RefSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("post"), site: z.string(), id: z.string() }),
  z.object({ kind: z.literal("feed"), site: z.string(), key: FeedKeySchema }),
  z.object({
    kind: z.literal("delivery"),
    site: z.string(),
    post: z.string(),
    account: z.string(),
    generation: z.int(),
  }),
  z.object({ kind: z.literal("ping"), site: z.string(), key: FeedKeySchema, hub: z.string() }),
  z.object({ kind: z.literal("notice"), site: z.string(), to: z.enum(["owner", "site"]), about: z.string() }),
]) satisfies z.ZodType<Ref>;

/** Parses the body of a record, which `runtimes/lambda/compose-functions.ts` wrote. */
export const parseRef = (body: string): Ref => RefSchema.parse(JSON.parse(body));

export interface IngestFunction {
  /** `isRepeated`: a worker received this change before, and did not finish. */
  ingest(path: string, isRepeated: boolean): Promise<unknown>;
}

/** Handles changes in the content bucket. */
export const contentHandler = ({ ingest }: IngestFunction, log: Log): ((event: unknown) => Promise<Failures>) =>
  recordsHandler(
    async (body, isRepeated) => {
      // One after another, so that two changes of one document do not run concurrently.
      for (const path of parseNotification(body)) await ingest(path, isRepeated);
    },
    log,
    { alone: true },
  );

const Notification = z.object({
  Records: z.array(z.object({ s3: z.object({ object: z.object({ key: z.string() }) }) })),
});

/** S3 sends this event when the notification is configured. */
const TestEvent = z.object({ Event: z.literal("s3:TestEvent") });

/** The form of a notification that another service has passed on. */
const wrapped = [
  { service: "SNS", schema: z.object({ Type: z.literal("Notification"), TopicArn: z.string() }) },
  { service: "EventBridge", schema: z.object({ source: z.literal("aws.s3"), "detail-type": z.string() }) },
] as const;

/**
 * The paths in an S3 notification. Its keys are form-encoded: a space is `+` (S3 User Guide, "Event message structure").
 * Throws for anything else: if it were treated as a record without documents, it would be deleted, and its documents would
 * wait for the hourly listing.
 */
export const parseNotification = (body: string): readonly string[] => {
  const read: unknown = JSON.parse(body);
  const { data } = Notification.safeParse(read);
  if (data !== undefined)
    return [...new Set(data.Records.map(({ s3 }) => decodeURIComponent(s3.object.key.replaceAll("+", " "))))];
  if (TestEvent.safeParse(read).success) return [];
  const service = wrapped.find(({ schema }) => schema.safeParse(read).success)?.service;
  throw new Error(
    service === undefined
      ? "The queue of changes has a record that is not a notification of S3: let nothing else send to it."
      : `The queue of changes has a notification that came by ${service}: let the bucket send to the queue itself, as the stack configures it.`,
  );
};

/** The event of the hourly schedule, and of the one that sweeps. */
const Tick = z.object({ source: z.literal("aws.events") });

export interface ReconcileFunction {
  /** Ingests the documents that have changed, also those without a notification. */
  reconcile(): Promise<void>;
  /** Ingests every document, and audits every feed. */
  readEverything(): Promise<void>;
  /** Polls the feeds that are due. */
  poll(): Promise<void>;
}

/** Sent by the schedule of infra/constructs/feed-polls.ts. */
const PollTick = z.object({ source: z.literal("crier.poll") });

/** Sent to the function that may log in, by infra/constructs/login-checks.ts. */
export const LoginTick = z.object({ source: z.literal("crier.logins") });

/** Sent by a person (docs/operations.md). */
const ReadingTick = z.object({ source: z.literal("crier.read-everything") });

/**
 * Handles the events of both schedules, that of every hour and that of the feeds, and the event that a person sends.
 */
export const scheduledHandler =
  ({ reconcile, readEverything, poll }: ReconcileFunction) =>
  async (event: unknown): Promise<void> => {
    if (PollTick.safeParse(event).success) return poll();
    if (ReadingTick.safeParse(event).success) return readEverything();
    Tick.parse(event);
    await reconcile();
  };

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
const RelayEvent = z.union([Changes, Tick]);

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
    const ref = keyRef(Keys);
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
    const parsed = RelayEvent.parse(event);
    if (!("Records" in parsed)) return sweep();
    for (const [after, refs] of dueRefs(parsed, clock())) await offer(refs, after);
  };
