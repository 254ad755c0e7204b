import { auditSites, renderLease } from "../../../src/app/render/render-feed.ts";
import { sweep, sweepOfQueues, watchOverdue } from "../../../src/app/rows.ts";
import { composeApp } from "../../../src/compose.ts";
import type { Account } from "../../../src/domain/account.ts";
import type { Site } from "../../../src/domain/site.ts";
import { day, type Instant, minute, second } from "../../../src/domain/time.ts";
import { encode } from "../../../src/objects/encodings.ts";
import { documentsInProcess, feedsInProcess } from "../../../src/parsing/parsers-in-process.ts";
import type { Ref } from "../../../src/ports/store.ts";
import {
  contentHandler,
  parseRef,
  recordsHandler,
  relayHandler,
} from "../../../src/runtimes/lambda/function-events.ts";
import { systemRuntime } from "../../../src/runtimes/system-runtime.ts";
import { indexes, type Key } from "../../../src/store/keys.ts";
import { openDatabase, sqliteTable } from "../../../src/store/sqlite-table.ts";
import type { Row, Table } from "../../../src/store/table.ts";
import { tableStore } from "../../../src/store/table-store.ts";
import { start } from "../../support/builders.ts";
import { paperNetwork } from "../../support/paper-network.ts";
import { memoryObjects } from "../memory-objects.ts";
import { seededRandom } from "../random.ts";
import { lambdaModel } from "./lambda-model.ts";
import { virtualClock } from "./virtual-clock.ts";

export interface LoadOptions {
  readonly sites: readonly Site[];
  readonly accounts: readonly Account[];
  /** The limit of concurrent functions. */
  readonly quota: number;
  /** The maximum concurrency of the queue of documents. */
  readonly most: number | undefined;
  readonly burst?: number;
  /**
   * Returns the time that the server of an account takes to answer at this moment, or undefined if it does not answer
   * within its deadline.
   */
  readonly answersAfter?: (network: string, now: Instant) => number | undefined;
}

const noAnswerAfter = 25 * second;

/** The relay's records of a table's stream: only rows with a due time pass its filter. */
const withStream = (table: Table, write: (record: unknown) => void): Table => {
  let sequence = 0;
  const report = ({ pk, sk }: Key, row: Row | undefined): void => {
    const due = row?.[indexes.due.sort];
    if (typeof due !== "number") return;
    sequence += 1;
    const NewImage = { [indexes.due.sort]: { N: String(due) }, ...(row?.lease !== undefined && { lease: {} }) };
    write({ dynamodb: { Keys: { pk: { S: pk }, sk: { S: sk } }, NewImage, SequenceNumber: String(sequence) } });
  };
  return {
    ...table,
    put: async (row, condition, options) => {
      const isWritten = await table.put(row, condition, options);
      if (isWritten) report(row, row);
      return isWritten;
    },
    update: async (key, change, condition) => {
      const row = await table.update(key, change, condition);
      report(key, row);
      return row;
    },
  };
};

/** Crier's functions, queues and schedules in a virtual time. Feeds are leased, and not rendered. */
export const loadWorld = (options: LoadOptions) => {
  const { sites, accounts, quota, most, burst = 1_000_000, answersAfter = () => 300 } = options;
  const random = seededRandom(1);
  const clock = virtualClock(start);
  const lambda = lambdaModel(clock, random, quota);
  const files = new Map<string, string>();
  const oldest = { due: 0 };
  const probes = { asked: 0, refused: 0 };
  const network = { requests: new Map<number, number>() };
  const posted: { readonly account: string; readonly at: Instant }[] = [];

  const stream: unknown[] = [];
  const table = withStream(sqliteTable(openDatabase(":memory:")), (record) => {
    stream.push(record);
    readStream();
  });
  const bodies = memoryObjects();
  const inMemory = (objects: ReturnType<typeof memoryObjects>) => ({
    read: async (key: string) => objects.read(key),
    put: async (key: string, bytes: Uint8Array, { over }: { readonly over: string | undefined }) =>
      objects.put(key, bytes, over),
  });
  const store = tableStore(table, { bodies: inMemory(bodies), newId: systemRuntime.newId });
  const paper = paperNetwork(clock.now, { offers: "key", canFind: false });
  const log = { info: () => {}, warn: () => {}, alarm: () => {} };
  const queue = { send: async (refs: readonly Ref[], after = 0): Promise<void> => offer(refs, after) };
  const app = composeApp({
    config: {
      sites,
      accounts,
      policies: { maxAge: 7 * day, burst, noteBurst: burst, settle: 0, removeCopiesAfter: 600_000, live: "ignore" },
    },
    store,
    documentParsers: documentsInProcess,
    feedParsers: feedsInProcess,
    objects: inMemory(memoryObjects()),
    encode,
    networks: {
      ...paper.networks,
      get: (name) => ({ ...paper.networks.get(name), name, server: (account) => account.network }),
      connect: async (account, sandbox) => {
        const connected = await paper.networks.connect(account, sandbox);
        if ("problem" in connected) return connected;
        const send: typeof connected.connection.send = async (...request) => {
          const at = Math.floor(clock.now() / minute);
          network.requests.set(at, (network.requests.get(at) ?? 0) + 1);
          const time = answersAfter(account.network, clock.now());
          await clock.sleep(time ?? noAnswerAfter);
          if (time === undefined) return { kind: "unanswered", reason: "no answer in time" };
          posted.push({ account: account.name, at: clock.now() });
          return connected.connection.send(...request);
        };
        return { ...connected, connection: { ...connected.connection, send } };
      },
    },
    probe: async () => undefined,
    poll: async () => ({ kind: "failed", reason: "there is no server", wait: undefined }),
    checkEntryPage: async () => "unknown",
    readPage: async () => ({ kind: "failed", reason: "there is no server" }),
    tellHub: async () => ({ kind: "taken" }),
    callWebhook: async () => ({ kind: "taken" }),
    tellOwner: async () => ({ kind: "taken" }),
    queue,
    log,
    clock: clock.now,
    deadline: systemRuntime.deadline,
    sources: [
      {
        name: "bucket",
        list: async () => [...files.keys()],
        read: async (path) => (files.has(path) ? new TextEncoder().encode(files.get(path)) : undefined),
      },
    ],
  });

  const work = (ref: Ref): Promise<void> =>
    ref.kind === "feed"
      ? store.feeds.withLease(
          ref.site,
          ref.key,
          { clock: clock.now, duration: renderLease, minInterval: 10 * second },
          async () => ({ faults: [], shortened: 0, due: undefined }),
        )
      : app.work(ref);
  const rows = (name: string, batchSize: number, visibility: number, time: (records: number) => number) =>
    lambda.queue({
      name,
      batchSize,
      visibility,
      time,
      handle: recordsHandler((body) => clock.task(() => work(parseRef(body))), log),
    });
  // The times are estimates of warm functions.
  const toPublish = rows("publish", 10, 3 * minute, (records) => 50 + 40 * records);
  const toRender = rows("render", 2, 6 * minute, (records) => 400 * records);
  const toDeliver = rows("deliver", 5, 6 * minute, (records) => 50 + 20 * records);
  const documents = lambda.queue({
    name: "documents",
    batchSize: 10,
    most,
    visibility: 3 * minute,
    time: (records) => 50 + 60 * records,
    handle: contentHandler({ ingest: (path) => clock.task(() => app.ingest("bucket", path)) }, log),
  });
  const senders = { post: toPublish, feed: toRender, delivery: toDeliver, ping: toDeliver, notice: toDeliver };
  const offer = (refs: readonly Ref[], after: number): void => {
    for (const [send, some] of Map.groupBy(refs, ({ kind }) => senders[kind]))
      send(
        some.map((ref) => JSON.stringify(ref)),
        after,
      );
  };

  const relay = relayHandler({
    clock: clock.now,
    offer: async (refs, after) => offer(refs, after),
    sweep: async () => {
      await watchOverdue({ due: store.due, clock: clock.now, log });
      await sweep(sweepOfQueues, { ...store, queue, clock: clock.now });
      await auditSites(sites, "configuration", { ...store, clock: clock.now });
    },
  });
  let isReading = false;
  const readStream = (): void => {
    if (isReading) return;
    isReading = true;
    // A shard's batches are worked on one after another.
    clock.at(clock.now() + 200, () => {
      const Records = stream.splice(0, 100);
      void lambda
        .invoke(100, () => clock.task(() => relay({ Records })))
        .then(() => {
          isReading = false;
          if (stream.length > 0) readStream();
        });
    });
  };

  const everyMinute = (end: Instant): void => {
    const next = clock.now() + minute;
    if (next > end) return;
    clock.at(next, () => {
      void lambda.invoke(200, () => clock.task(() => relay({ source: "aws.events" })), true);
      void clock.task(async () => {
        const { position } = await store.due.behind(undefined, clock.now(), 1);
        const heads: Record<string, { readonly dueAt: number }> = position === undefined ? {} : JSON.parse(position);
        const first = Math.min(clock.now(), ...Object.values(heads).map(({ dueAt }) => dueAt));
        oldest.due = Math.max(oldest.due, clock.now() - first);
      });
      everyMinute(end);
    });
  };
  const probeEach = (interval: number, end: Instant): void => {
    if (clock.now() + interval > end) return;
    clock.at(clock.now() + interval, () => {
      probes.asked += 1;
      if (!lambda.hasFunction()) probes.refused += 1;
      probeEach(interval, end);
    });
  };

  return {
    clock,
    lambda,
    store,
    posted,
    probes,
    oldest,
    networkRequests: network.requests,
    /** The sources of all sites were listed before. */
    prepare: async (): Promise<void> => {
      for (const { id } of sites)
        await store.sourceStates.save({ ...(await store.sourceStates.read(id, "bucket")), listed: start });
    },
    upload: (path: string, document: string): void => {
      files.set(path, document);
      documents([JSON.stringify({ Records: [{ s3: { object: { key: path } } }] })]);
    },
    run: async (length: number): Promise<void> => {
      const end = clock.now() + length;
      everyMinute(end);
      probeEach(10 * second, end);
      await clock.runUntil(end);
    },
    overdue: async (): Promise<number> => (await store.due.before(clock.now() - minute, 1_000)).length,
  };
};
