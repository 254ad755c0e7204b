import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { composeApp } from "../src/compose.ts";
import { connectNetworks } from "../src/networks/connect-networks.ts";
import { plain } from "../src/objects/encodings.ts";
import { folderObjects } from "../src/objects/folder-objects.ts";
import { connectOutside, connectWebhooks } from "../src/outside/connect-outside.ts";
import { documentsInProcess, feedsInProcess } from "../src/parsing/parsers-in-process.ts";
import type { Source } from "../src/ports/content.ts";
import type { SetTimer } from "../src/ports/runtime.ts";
import type { Feeds } from "../src/ports/store.ts";
import { inProcessQueue } from "../src/queue/in-process-queue.ts";
import { webhookSecrets } from "../src/runtimes/local/environment-secrets.ts";
import { systemRuntime } from "../src/runtimes/system-runtime.ts";
import { openDatabase, sqliteTable } from "../src/store/sqlite-table.ts";
import type { Table } from "../src/store/table.ts";
import { tableStore } from "../src/store/table-store.ts";
import { aSite } from "../test/support/builders.ts";
import { documentDate, documentName, makeDocument } from "./bench-documents.ts";

/** Keeps the process alive, as the server of `npm start` does. */
const setTimer: SetTimer = (milliseconds, act) => {
  const timer = setTimeout(act, milliseconds);
  return () => clearTimeout(timer);
};

/** How often each feed was rendered. */
const countRenders = (feeds: Feeds, renders: Map<string, number>): Feeds => ({
  ...feeds,
  withLease: (site, key, terms, work) =>
    feeds.withLease(site, key, terms, (lease) => {
      renders.set(key, (renders.get(key) ?? 0) + 1);
      return work(lease);
    }),
});

/** Crier without accounts in this process, over a source whose documents are made as they are read. */
export const openCrier = (
  folder: string,
  {
    change = (table) => table,
    categories,
  }: { readonly change?: (table: Table) => Table; readonly categories?: number } = {},
) => {
  const database = openDatabase(join(folder, "crier.db"));
  const documents = new Set<number>();
  const source: Source = {
    name: "folder",
    list: async () => [...documents].map(documentName),
    // Like a file, a document is not read in the same turn of the event loop.
    read: (path) =>
      new Promise((resolve) =>
        setImmediate(() => {
          const n = Number(/\d+/.exec(path)?.[0]);
          resolve(
            documents.has(n) ? new TextEncoder().encode(makeDocument(n, documentDate(n), "", categories)) : undefined,
          );
        }),
      ),
  };
  const renders = new Map<string, number>();
  const queue = inProcessQueue({
    work: (ref) => app.work(ref),
    concurrency: { post: 16, feed: 2, delivery: 8, ping: 2, notice: 2 },
    onError: (_, error) => console.error(error),
    setTimer,
  });
  const store = tableStore(change(sqliteTable(database)), {
    bodies: folderObjects(join(folder, "bodies")),
    newId: systemRuntime.newId,
    onDue: (ref, at) => {
      if (at <= Date.now()) void queue.send([ref]);
    },
  });
  const { clock, deadline } = systemRuntime;
  const app = composeApp({
    ...connectOutside({ about: "https://blog.example.com/", own: {}, deadline }),
    networks: connectNetworks({ secrets: async () => undefined, sandbox: "http://127.0.0.1:1/", fetch, clock }),
    callWebhook: connectWebhooks({ sites: [], secrets: webhookSecrets(() => ({})), deadline, clock }),
    clock,
    deadline,
    config: {
      sites: [aSite()],
      accounts: [],
      policies: { maxAge: 1, burst: 5, noteBurst: 20, settle: 0, removeCopiesAfter: 600_000, live: "ignore" },
    },
    store: { ...store, feeds: countRenders(store.feeds, renders) },
    documentParsers: documentsInProcess,
    feedParsers: feedsInProcess,
    objects: folderObjects(join(folder, "public")),
    encode: plain,
    queue,
    log: { info: () => {}, warn: console.warn, alarm: console.error },
    sources: [source],
  });
  return {
    app,
    store,
    renders,
    /** Imports the first documents. */
    import: async (count: number): Promise<void> => {
      for (let n = 0; n < count; n += 1) documents.add(n);
      await app.reconcile();
      await queue.idle();
    },
    /** Ingests further documents, all at once, until nothing is left to do. */
    add: async (numbers: readonly number[]): Promise<void> => {
      for (const n of numbers) documents.add(n);
      await Promise.all(numbers.map((n) => app.ingest("folder", documentName(n))));
      await queue.idle();
    },
    file: (name: string) => readFile(join(folder, "public", name), "utf8"),
    close: () => database.close(),
  };
};

export type Crier = ReturnType<typeof openCrier>;

/** The CPU time that the process takes for work, in ms, all threads together. */
export const measureCpu = async (work: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};
