/**
 * `npm run bench:import -- 1000`: imports so many posts of about 3 KB, without accounts, and prints the calls of the table
 * for each post and the posts for each second of CPU.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { composeApp } from "../src/compose.ts";
import { connectNetworks } from "../src/networks/connect-networks.ts";
import { folderObjects } from "../src/objects/folder-objects.ts";
import { connectWebhooks } from "../src/outside/call-webhook.ts";
import { connectOutside } from "../src/outside/connect-outside.ts";
import { documentsInProcess } from "../src/parsing/documents-in-process.ts";
import { feedsInProcess } from "../src/parsing/feeds-in-process.ts";
import type { Source } from "../src/ports/content.ts";
import type { SetTimer } from "../src/ports/runtime.ts";
import { inProcessQueue } from "../src/queue/in-process-queue.ts";
import { webhookSecrets } from "../src/runtimes/local/environment-secrets.ts";
import { systemRuntime } from "../src/runtimes/system-runtime.ts";
import { openDatabase } from "../src/store/sqlite-database.ts";
import { sqliteTable } from "../src/store/sqlite-table.ts";
import type { Table } from "../src/store/table.ts";
import { tableStore } from "../src/store/table-store.ts";
import { aSite } from "../test/support/builders.ts";

const posts = Number(process.argv[2] ?? 1_000);
const folder = await mkdtemp(join(tmpdir(), "crier-bench-"));
const words = "The quick brown fox jumps over the lazy dog, and *nobody* asks [why](https://example.com/why). ".repeat(
  30,
);
const document = (n: number): string =>
  `---\ntitle: Post ${n}\ndate: ${new Date(Date.UTC(2020, 0, 1) + n * 3_600_000).toISOString()}\ncategories: [C${n % 20}]\n---\n${words}\n\n${n}\n`;

const counts = new Map<string, number>();
const kindOf = (pk: string, sk: string) =>
  `${pk.split("#", 1)[0]}/${pk.startsWith("SOURCE") ? "" : sk.split("#", 1)[0]}`;
const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
const counted = (table: Table): Table => ({
  get: (key) => {
    count(`read  get ${kindOf(key.pk, key.sk)}`);
    return table.get(key);
  },
  put: async (row, condition, options) => {
    const written = await table.put(row, condition, options);
    count(`${written ? "write" : "fails"} put ${kindOf(row.pk, row.sk)} if ${condition?.kind ?? "-"}`);
    return written;
  },
  update: async (key, change, condition) => {
    const row = await table.update(key, change, condition);
    const fields = Object.values(change).flatMap((part) => (Array.isArray(part) ? part : Object.keys(part)));
    count(`${row ? "write" : "fails"} update ${kindOf(key.pk, key.sk)} ${fields.join(" ")}`);
    return row;
  },
  remove: async (key, condition) => {
    const removed = await table.remove(key, condition);
    count(`${removed ? "write" : "fails"} remove ${kindOf(key.pk, key.sk)}`);
    return removed;
  },
  page: (query) => {
    count(`read  page ${query.index?.name ?? query.partition.split("#", 1)[0]} ${JSON.stringify(query.sort ?? "")}`);
    return table.page(query);
  },
});

const database = openDatabase(join(folder, "crier.db"));
const paths = Array.from({ length: posts }, (_, n) => `post-${n}.md`);
const source: Source = {
  name: "folder",
  list: async () => paths,
  // As a file is: not in the same turn of the event loop.
  read: (path) =>
    new Promise((resolve) =>
      setImmediate(() => resolve(new TextEncoder().encode(document(Number(/\d+/.exec(path)?.[0]))))),
    ),
};
/** Keeps the process alive, as the server of `npm start` does. */
const setTimer: SetTimer = (milliseconds, act) => {
  const timer = setTimeout(act, milliseconds);
  return () => clearTimeout(timer);
};
const queue = inProcessQueue({
  work: (ref) => app.work(ref),
  concurrency: { post: 16, feed: 2, delivery: 8, ping: 2, notice: 2 },
  onError: (_, error) => console.error(error),
  setTimer,
});
const store = tableStore(counted(sqliteTable(database)), {
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
  callWebhook: connectWebhooks({ sites: [], secrets: webhookSecrets({}), deadline, clock }),
  clock,
  deadline,
  config: { sites: [aSite()], accounts: [], policies: { maxAge: 1, burst: 5, settle: 0, live: "ignore" } },
  store,
  documentParsers: documentsInProcess,
  feedParsers: feedsInProcess,
  objects: folderObjects(join(folder, "public")),
  queue,
  log: { info: () => {}, warn: console.warn, alarm: console.error },
  sources: [source],
});
const before = process.cpuUsage();
await app.reconcile();
await queue.idle();
const { user, system } = process.cpuUsage(before);
const lines = [...counts].map(([what, total]) => [what, total / posts] as const);
for (const [what, each] of lines.toSorted((a, b) => b[1] - a[1]).filter(([, each]) => each > 0.02))
  console.log(each.toFixed(2).padStart(6), what);
for (const kind of ["read", "write", "fails"])
  console.log(
    kind,
    lines
      .filter(([what]) => what.startsWith(kind))
      .reduce((sum, [, each]) => sum + each, 0)
      .toFixed(1),
  );
console.log(`${(posts / ((user + system) / 1e6)).toFixed(0)} posts per CPU second`);
database.close();
await rm(folder, { recursive: true });
