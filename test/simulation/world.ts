import type { Policies } from "../../src/domain/account.ts";
import type { Site } from "../../src/domain/site.ts";
import { type Instant, minute, second } from "../../src/domain/time.ts";
import { networks } from "../../src/networks/index.ts";
import type { Store } from "../../src/ports/store.ts";
import { type Key, pagePrefix } from "../../src/store/keys.ts";
import type { Change, Row } from "../../src/store/table.ts";
import { tableStore } from "../../src/store/table-store.ts";
import { aSite, start } from "../support/builders.ts";
import type { Connected } from "./accounts.ts";
import type { Chaos } from "./chaos.ts";
import { type Alarm, crierIn, type Outside, type Variant } from "./crier-process.ts";
import { watchDecisions } from "./decisions.ts";
import { createFunctions } from "./functions.ts";
import { memoryObjects } from "./memory-objects.ts";
import { internet } from "./network/internet.ts";
import { createModels } from "./network/models.ts";
import type { Copy, Ledger, Login } from "./network/network-model.ts";
import type { XRules } from "./network/x-model.ts";
import { simulatedPictures } from "./pictures.ts";
import type { Random } from "./random.ts";
import { createScheduler } from "./scheduler.ts";
import { memoryTable } from "./table/memory-table.ts";

export interface WorldOptions {
  readonly random: Random;
  readonly chaos: Chaos;
  readonly accounts: readonly Connected[];
  readonly workers: number;
  readonly policies?: Partial<Policies>;
  /** False: what the folder holds at first is history. */
  readonly isListed?: boolean;
  /** False: feeds are leased and released, not rendered. */
  readonly renders?: boolean;
  /** True: translations, listings, audits, messages, hubs and tokens leave their rows, too. */
  readonly hasEveryRow?: boolean;
  /** The number of the kind of row that is damaged, where there is one. By default any kind is. */
  readonly damages?: number;
  readonly x?: Partial<XRules>;
  readonly variant?: Variant;
  readonly trace?: (line: string) => void;
}

/** A row that was damaged, and how. */
export interface DamagedRow {
  readonly kind: string;
  readonly key: Key;
  readonly change: Change;
}

const aSiteWithEverything = aSite({
  feeds: { ...aSite().feeds, main: "all" },
  hubs: ["https://hub.example/"],
  languages: ["en", "de"],
  webhook: { url: "https://blog.example.com/hooks/crier" },
});

/** Longer than a request without an answer may take to land. */
const restoreTime = 5 * minute;

export interface Request {
  readonly network: string;
  readonly method: string;
  readonly path: string;
  readonly at: Instant;
  /** The number of other workers that wait for an answer of the same server. */
  readonly others: number;
  /** The time since this configuration was deployed. */
  readonly deployedFor: number;
}

/** Everything outside of Crier, and Crier's functions in processes that crash: documents, the table, queues, networks and people. */
export const createWorld = ({
  random,
  chaos,
  accounts,
  workers,
  policies,
  isListed = true,
  renders = false,
  hasEveryRow = false,
  damages,
  x: xRules,
  variant = {},
  trace = () => {},
}: WorldOptions) => {
  const counts = new Map<string, number>();
  const count = (name: string, by = 1): void => void counts.set(name, (counts.get(name) ?? 0) + by);
  const violations: string[] = [];
  const damaged: DamagedRow[] = [];
  const violate = (text: string): void => {
    violations.push(`${new Date(scheduler.now).toISOString()} ${text}`);
    trace(`VIOLATION ${text}`);
  };

  const scheduler = createScheduler({
    random,
    start,
    crashes: ({ name }, label) => {
      const isHit = chaos.crashes();
      if (isHit) count(`crash ${name.split(" ")[0]}`);
      if (isHit) trace(`crash at ${label}`);
      return isHit;
    },
    latency: chaos.latency,
    trace: (line) => trace(`${new Date(scheduler.now).toISOString().slice(8, 23)} ${line}`),
  });

  // Documents and objects.
  const files = new Map<string, string>();
  const objects = memoryObjects();
  const bodies = memoryObjects();
  const alarms: Alarm[] = [];
  const configured: { accounts: readonly Connected[]; site: Site; version: number; since: Instant } = {
    accounts,
    site: hasEveryRow ? aSiteWithEverything : aSite(),
    version: 0,
    since: start,
  };

  // Networks.
  let ids = 0;
  const nextId = (): string => {
    ids += 1;
    return String(1_000 + ids);
  };
  const copies: Copy[] = [];
  const logins: Login[] = accounts.map(({ login }) => login);
  const secrets = new Map<string, Login>(accounts.map(({ account, login }) => [account.name, login]));
  const onCopies: ((copy: Copy) => void)[] = [];
  const ledger: Ledger = {
    logins,
    copies,
    nextId,
    onCopy: (copy) => {
      count("copies");
      for (const check of onCopies) check(copy);
    },
  };
  const requests: Request[] = [];
  const settleOf = new Map(networks.map(({ name, settle }) => [name, settle]));
  const net = internet({
    scheduler,
    random,
    modelAt: createModels(ledger, xRules),
    fateOf: chaos.fateOf,
    // Clocks may be half a minute apart, so what a network still takes later must be that much earlier.
    maxLag: (network) => Math.max(second, (settleOf.get(network) ?? minute) - 30 * second),
    onSend: ({ method, url, sentAt }, { network }, fate, others) => {
      count(`request ${network} ${fate}`);
      requests.push({
        network,
        method,
        path: url.pathname,
        at: sentAt,
        others,
        deployedFor: scheduler.now - configured.since,
      });
    },
  });

  const decisions = watchDecisions({
    asks: (name) => accounts.some(({ account }) => account.name === name && account.approve === true),
    now: () => scheduler.now,
    violate,
  });

  // The table, its stream and the queue.
  const table = memoryTable({
    now: () => scheduler.now,
    lag: chaos.lag,
    onWrite: (key, after, before) => {
      checkVersion(key, after, before);
      decisions.onWrite(key, after, before);
      traceState(key, after, before);
      functions.offerDue(key, after);
    },
  });
  const checkVersion = ({ pk, sk }: Key, after: Row | undefined, before: Row | undefined): void => {
    const [now, then] = [after?.version, before?.version];
    // A damaged page of an archive is made again of those posts of it that can be read, and its version is their number.
    if (sk.startsWith(pagePrefix) && !Array.isArray(before?.ids)) return;
    if (typeof then === "number" && after !== undefined && typeof now === "number" && now < then)
      violate(`the version of ${pk} ${sk} went from ${then} to ${now}`);
  };
  const traceState = ({ sk }: Key, after: Row | undefined, before: Row | undefined): void => {
    if (after?.state === undefined || after.state === before?.state) return;
    trace(`    ${sk}: ${before?.state} → ${after.state} (${after.reason})`);
  };
  const earliestDue = (): Instant | undefined => {
    let earliest: Instant | undefined;
    for (const { dueAt } of table.rows())
      if (typeof dueAt === "number" && (earliest === undefined || dueAt < earliest)) earliest = dueAt;
    return earliest;
  };

  const outside: Outside = {
    scheduler,
    chaos,
    table,
    files,
    objects,
    bodies,
    pictures: simulatedPictures(random),
    alarms,
    configured,
    secrets,
    policies: policies ?? {},
    fetchOf: net.fetchOf,
    enqueue: (refs) => functions.enqueue(refs),
    nextId,
    count,
    trace,
    renders,
    hasEveryRow,
    variant,
    decisions,
  };
  const functions = createFunctions({
    random,
    chaos,
    scheduler,
    workers,
    configured,
    crierIn: (process) => crierIn(process, outside),
    earliestDue,
    count,
    violate,
    trace,
  });
  const { runOnce } = functions;

  /** A document changed: the source reports it, late, twice or not at all. */
  const reportFile = (path: string): void => {
    if (chaos.losesEvent()) return;
    const times = chaos.repeatsEvent() ? 2 : 1;
    for (let time = 0; time < times; time += 1)
      scheduler.at(scheduler.now + random.between(0, 3_000), `event: ${path} changed`, () =>
        runOnce("ingest", ({ app }) => app.ingest("folder", path)),
      );
  };

  /** Crier is stopped until every request has landed, and started with an earlier table. False while that goes on. */
  const putBack = (backup: readonly Row[]): boolean => {
    if (!functions.stop()) return false;
    scheduler.at(scheduler.now + restoreTime, "the table is put back", () => {
      table.putBack(backup);
      functions.start();
    });
    return true;
  };

  /** The rows as they are, read past every process. */
  const truth: Store = tableStore(
    {
      get: async (key) => table.get(key),
      put: async (row, condition) => table.put(row, condition, "outside"),
      update: async (key, change, condition) => table.update(key, change, condition, "outside"),
      remove: async (key, condition) => table.remove(key, condition),
      page: async (query) => table.page(query),
    },
    { bodies: { read: async (key) => bodies.read(key), put: async () => false }, newId: nextId },
  );

  return {
    scheduler,
    random,
    chaos,
    counts,
    count,
    violations,
    violate,
    files,
    reportFile,
    objects,
    alarms,
    configured,
    copies,
    logins,
    secrets,
    requests,
    onCopy: (check: (copy: Copy) => void): void => void onCopies.push(check),
    table,
    decisions,
    /** Deliveries of which it was lost what they sent: a person looks at the network. */
    lostSends: new Set<string>(),
    /** The rows that were damaged. */
    damaged,
    damages,
    hasEveryRow,
    putBack,
    truth,
    runOnce,
    earliestDue,
    renders,
    prepare: async (): Promise<void> => {
      if (isListed)
        await truth.sourceStates.save({ ...(await truth.sourceStates.read("blog", "folder")), listed: scheduler.now });
    },
  };
};

export type SimulatedWorld = ReturnType<typeof createWorld>;
