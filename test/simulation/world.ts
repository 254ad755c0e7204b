import { deliver } from "../../src/app/deliver/advance-delivery.ts";
import type { DeliverPorts } from "../../src/app/deliver/deliver-step.ts";
import { advance } from "../../src/app/due-rows.ts";
import { sweepOfQueues } from "../../src/app/sweep.ts";
import { type App, type AppDependencies, composeApp } from "../../src/compose.ts";
import type { Policies } from "../../src/domain/account.ts";
import { commandsOf } from "../../src/domain/next-steps.ts";
import type { Site } from "../../src/domain/site.ts";
import { day, type Instant, minute, second } from "../../src/domain/time.ts";
import { connectNetworks } from "../../src/networks/connect-networks.ts";
import { networks } from "../../src/networks/index.ts";
import { encode } from "../../src/objects/encodings.ts";
import { documentsInProcess } from "../../src/parsing/documents-in-process.ts";
import { feedsInProcess } from "../../src/parsing/feeds-in-process.ts";
import type { Networks } from "../../src/ports/networks.ts";
import type { DeliveryRef, Ref, Store } from "../../src/ports/store.ts";
import { type Key, refOf } from "../../src/store/keys.ts";
import type { Row } from "../../src/store/table.ts";
import { tableStore } from "../../src/store/table-store.ts";
import { aSite, start } from "../support/builders.ts";
import { type Connected, networkAt } from "./accounts.ts";
import type { Chaos } from "./chaos.ts";
import { memoryObjects, objectsOfProcess } from "./memory-objects.ts";
import { blueskyModel } from "./network/bluesky-model.ts";
import { ambiguous, type Fate } from "./network/fates.ts";
import { internet } from "./network/internet.ts";
import { mastodonModel } from "./network/mastodon-model.ts";
import type { Copy, Ledger, Login, ModelRequest, NetworkModel } from "./network/network-model.ts";
import { webhookModel } from "./network/webhook-model.ts";
import { type XRules, xModel } from "./network/x-model.ts";
import type { Random } from "./random.ts";
import { createScheduler, type Process } from "./scheduler.ts";
import { memoryTable } from "./table/memory-table.ts";
import { tableOfProcess } from "./table/table-of-process.ts";

/** A part of Crier that a test replaces with a faulty one. */
export interface Variant {
  readonly networks?: (networks: Networks, ports: DeliverPorts) => Networks;
  readonly deliveries?: (deliveries: Store["deliveries"], ports: DeliverPorts) => Store["deliveries"];
  readonly accountStates?: (accounts: Store["accounts"], ports: DeliverPorts) => Store["accounts"];
  readonly deliver?: (ref: DeliveryRef, ports: DeliverPorts) => Promise<void>;
}

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
  readonly x?: Partial<XRules>;
  readonly variant?: Variant;
  readonly trace?: (line: string) => void;
}

/** The function timeout of a deliver function; its lease is longer. */
export const functionTimeout = minute;
/** SQS shows a message again that a function did not delete: six times its timeout. */
const visibility = 6 * functionTimeout;
/** Longer than a request without an answer may take to land. */
const restoreTime = 5 * minute;
/** Rows that are due later are left to the sweep, as on AWS. */
const horizon = 15 * minute;

export interface Request {
  readonly account: string | undefined;
  readonly network: string;
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly at: Instant;
  readonly isAmbiguous: boolean;
  /** How many other workers wait for an answer of the same server. */
  readonly others: number;
  /** How long this configuration has been deployed. */
  readonly deployedFor: number;
}

export interface Alarm {
  readonly name: string;
  readonly message: string;
  readonly delivery: unknown;
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
  x: xRules,
  variant = {},
  trace = () => {},
}: WorldOptions) => {
  const counts = new Map<string, number>();
  const count = (name: string, by = 1): void => void counts.set(name, (counts.get(name) ?? 0) + by);
  const violations: string[] = [];
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
    site: aSite(),
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
  const models: Readonly<Record<string, NetworkModel>> = {
    bluesky: blueskyModel(ledger),
    mastodon: mastodonModel(ledger),
    webhook: webhookModel(ledger),
    x: xModel(ledger, { refusesFor: 12 * 60 * minute, refusesDeleted: false, ...xRules }),
  };
  const requests: Request[] = [];
  const accountOf = (request: ModelRequest): string | undefined => {
    const text = `${request.url.href} ${request.headers.get("authorization")} ${request.body}`;
    return logins.find(({ secret }) => Object.values(secret).some((one) => one.length > 5 && text.includes(one)))
      ?.account;
  };
  const settleOf = new Map(networks.map(({ name, settle }) => [name, settle]));
  const net = internet({
    scheduler,
    random,
    modelAt: (url) => {
      const model = models[networkAt(url)];
      if (model === undefined) throw new Error(`there is no model for ${url.href}`);
      return model;
    },
    fateOf: chaos.fateOf,
    // Clocks may be half a minute apart, so what a network still takes later must be that much earlier.
    maxLag: (network) => Math.max(second, (settleOf.get(network) ?? minute) - 30 * second),
    onSend: (request, { network }, fate: Fate, others) => {
      count(`request ${network} ${fate}`);
      const { method, url, body, sentAt } = request;
      requests.push({
        account: accountOf(request),
        network,
        method,
        path: url.pathname,
        body,
        at: sentAt,
        isAmbiguous: ambiguous.has(fate),
        others,
        deployedFor: scheduler.now - configured.since,
      });
    },
  });

  // The table, its stream and the queue.
  const table = memoryTable({
    now: () => scheduler.now,
    lag: chaos.lag,
    onWrite: (key, after, before) => {
      checkVersion(key, after, before);
      traceState(key, after, before);
      offerDue(key, after);
    },
  });
  const checkVersion = ({ pk, sk }: Key, after: Row | undefined, before: Row | undefined): void => {
    const [now, then] = [after?.version, before?.version];
    if (typeof then === "number" && after !== undefined && typeof now === "number" && now < then)
      violate(`the version of ${pk} ${sk} went from ${then} to ${now}`);
  };
  const traceState = ({ sk }: Key, after: Row | undefined, before: Row | undefined): void => {
    if (after?.state === undefined || after.state === before?.state) return;
    trace(`    ${sk}: ${before?.state} → ${after.state} (${after.reason})`);
  };
  const offerDue = (key: Key, row: Row | undefined): void => {
    const due = row?.dueAt;
    const ref = refOf(key);
    if (typeof due !== "number" || ref === undefined || row?.lease !== undefined) return;
    sweepBy(due + 2 * minute);
    if (due > scheduler.now + horizon || chaos.losesEvent()) return;
    const times = chaos.repeatsEvent() ? 2 : 1;
    for (let time = 0; time < times; time += 1)
      scheduler.at(Math.max(scheduler.now, due) + random.between(0, 1_500), `event: ${ref.kind} is due`, () =>
        enqueue([ref]),
      );
  };

  const queue: Ref[] = [];
  interface Slot {
    readonly number: number;
    process: Process | undefined;
    app: Crier | undefined;
    config: number;
    busy: boolean;
    incarnation: number;
  }
  const slots: Slot[] = Array.from({ length: workers }, (_, number) => ({
    number: number + 1,
    process: undefined,
    app: undefined,
    config: -1,
    busy: false,
    incarnation: 0,
  }));

  const enqueue = (refs: readonly Ref[]): void => {
    queue.push(...refs);
    dispatch();
  };
  /** The machine is off, or no function runs. */
  let isStopped = false;
  const dispatch = (): void => {
    if (isStopped) return;
    for (const slot of slots) {
      if (slot.busy || queue.length === 0) continue;
      const [ref] = queue.splice(random.between(0, Math.min(queue.length, 4) - 1), 1);
      if (ref !== undefined) startWork(slot, ref);
    }
  };

  const startWork = (slot: Slot, ref: Ref): void => {
    // A new deployment replaces what is not running now.
    if (slot.process !== undefined && slot.config !== configured.version) {
      scheduler.close(slot.process);
      slot.process = undefined;
    }
    if (slot.process === undefined || slot.app === undefined) {
      slot.incarnation += 1;
      slot.config = configured.version;
      slot.process = scheduler.open(`worker ${slot.number}.${slot.incarnation}`, chaos.skew());
      slot.app = crierIn(slot.process);
    }
    const { process, app } = slot;
    slot.busy = true;
    let isOver = false;
    const end = (): void => {
      isOver = true;
      slot.busy = false;
      dispatch();
    };
    process.onCrash = () => {
      slot.process = undefined;
      if (!chaos.losesEvent())
        scheduler.at(scheduler.now + visibility, "a message is visible again", () => enqueue([ref]));
      end();
    };
    scheduler.at(scheduler.now + functionTimeout, `${process.name}: function timeout`, () => {
      if (!isOver) scheduler.crash(process);
    });
    count("steps");
    scheduler.run(
      process,
      () => app.work(ref),
      end,
      (error) => {
        violate(`a step threw: ${String(error)}`);
        end();
      },
    );
  };

  // The sweep runs each minute; minutes without an overdue row are left out.
  let sweepAt: Instant | undefined;
  let cancelSweep = (): void => {};
  const sweepBy = (when: Instant): void => {
    const next = Math.max(when, scheduler.now + minute);
    if (sweepAt !== undefined && sweepAt <= next) return;
    cancelSweep();
    sweepAt = next;
    cancelSweep = scheduler.at(next, "the schedule starts a sweep", () => {
      sweepAt = undefined;
      runOnce("relay", ({ app }) => app.sweep(sweepOfQueues), sweepAgain);
    });
  };
  const sweepAgain = (): void => {
    const due = earliestDue();
    if (due !== undefined) sweepBy(due + 2 * minute);
  };
  const earliestDue = (): Instant | undefined => {
    let earliest: Instant | undefined;
    for (const { dueAt } of table.rows())
      if (typeof dueAt === "number" && (earliest === undefined || dueAt < earliest)) earliest = dueAt;
    return earliest;
  };

  /** Crier as one process runs it. Everything outside is a call that waits its turn. */
  const crierIn = (process: Process) => {
    const call = <T>(label: string, act: () => T): Promise<T> => {
      count(`call ${label.split(" ")[0]}`);
      return scheduler.call(process, label, act);
    };
    const newId = (): string => `${process.name} ${nextId()}`;
    const store = tableStore(tableOfProcess(table, { call, losesAnswer: chaos.losesAnswer, newId }), {
      bodies: objectsOfProcess(bodies, "bodies", call),
      newId,
    });
    const clock = scheduler.clockOf(process);
    const deadline = scheduler.deadlineOf(process);
    const config = {
      sites: [configured.site],
      accounts: configured.accounts.map(({ account }) => account),
      policies: { maxAge: 7 * day, burst: 100, settle: 0, live: "ignore" as const, ...policies },
    };
    const log: AppDependencies["log"] = {
      info: () => {},
      warn: (message) => trace(`${process.name} warns: ${message}`),
      alarm: (name, message, { delivery } = {}) => {
        alarms.push({ name, message, delivery });
        trace(`${process.name} raises ${name}: ${message}`);
      },
    };
    const connected = connectNetworks({
      fetch: net.fetchOf(process),
      clock,
      secrets: (name) => call(`secret ${name}`, () => secrets.get(name)?.secret),
    });
    const readPage: AppDependencies["readPage"] = (url) =>
      call(`page ${url}`, () => {
        const status = chaos.isPageMissing() ? 404 : 200;
        return { kind: "answered", status, url, hasTitle: true, hasImage: true };
      });
    const plain: DeliverPorts = {
      ...store,
      ...config,
      accountStates: store.accounts,
      networks: connected,
      site: () => configured.site,
      command: commandsOf([configured.site]),
      mailsOwner: false,
      readPage,
      clock,
      log,
      deadline,
    };
    const own = { networks: variant.networks?.(connected, plain) ?? connected };
    const dependencies: AppDependencies = {
      config,
      store: {
        ...store,
        deliveries: variant.deliveries?.(store.deliveries, plain) ?? store.deliveries,
        accounts: variant.accountStates?.(store.accounts, plain) ?? store.accounts,
      },
      objects: objectsOfProcess(objects, "feeds", call),
      encode,
      // No text of the simulation ends its process: a crash is never taken for a document's fault.
      documentParsers: { ...documentsInProcess, isContained: true },
      feedParsers: feedsInProcess,
      ...own,
      probe: async () => undefined,
      tellHub: async () => ({ kind: "taken" }),
      poll: async () => ({ kind: "failed", reason: "there is no server", wait: undefined }),
      askPage: async () => "unknown",
      callWebhook: async () => ({ kind: "taken" }),
      readPage,
      queue: { send: (refs) => call("send to the queue", () => enqueue(refs)) },
      log,
      clock,
      deadline,
      sources: [
        {
          name: "folder",
          list: () => call("list documents", () => [...files.keys()]),
          read: (path) =>
            call(`document ${path}`, () => {
              const text = files.get(path);
              return text === undefined ? undefined : new TextEncoder().encode(text);
            }),
        },
      ],
    };
    const app = composeApp(dependencies);
    const rows = { ...dependencies.store, clock, log };
    const release = (ref: Extract<Ref, { kind: "feed" }>): Promise<void> =>
      store.feeds.withLease(ref.site, ref.key, { clock, duration: minute, minInterval: 0 }, async () => ({
        faults: [],
        due: undefined,
      }));
    const { deliver: replaced = deliver } = variant;
    return {
      app,
      work: (ref: Ref): Promise<void> => {
        if (ref.kind === "feed" && !renders) return advance(ref, () => release(ref), rows);
        if (ref.kind === "delivery" && variant.deliver !== undefined)
          return advance(ref, () => replaced(ref, plain), rows);
        return app.work(ref);
      },
    };
  };
  type Crier = ReturnType<typeof crierIn>;

  /** Runs one function in a process of its own. `then` is called when it has ended or crashed. */
  const runOnce = (
    name: string,
    task: (crier: { readonly app: App }) => Promise<unknown>,
    then: () => void = () => {},
  ): void => {
    if (isStopped) {
      then();
      return;
    }
    const process = scheduler.open(name, chaos.skew(), then);
    const end = (): void => {
      scheduler.close(process);
      then();
    };
    scheduler.run(
      process,
      () => task(crierIn(process)),
      end,
      (error) => {
        trace(`${name} threw: ${String(error)}`);
        if (!/changes faster|removed while/.test(String(error))) violate(`${name} threw: ${String(error)}`);
        end();
      },
    );
  };

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
    if (isStopped) return false;
    isStopped = true;
    scheduler.crashAll();
    queue.length = 0;
    scheduler.at(scheduler.now + restoreTime, "the table is put back", () => {
      table.putBack(backup);
      isStopped = false;
      runOnce("reconcile", ({ app }) => app.reconcile());
      sweepAgain();
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
