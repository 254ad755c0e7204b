import { deliver } from "../../src/app/deliver/advance-delivery.ts";
import type { DeliverPorts } from "../../src/app/deliver/deliver-step.ts";
import { auditSites } from "../../src/app/render/render-feed.ts";
import { advance, sweepOfQueues } from "../../src/app/rows.ts";
import type { AppDependencies } from "../../src/compose.ts";
import { hash } from "../../src/compose.ts";
import type { Policies } from "../../src/domain/account.ts";
import { siteCommands } from "../../src/domain/delivery-commands.ts";
import { installationOf } from "../../src/domain/installation.ts";
import type { Site } from "../../src/domain/site.ts";
import { day, minute } from "../../src/domain/time.ts";
import { connectNetworks } from "../../src/networks/connect-networks.ts";
import type { Fetch } from "../../src/networks/http.ts";
import { encode } from "../../src/objects/encodings.ts";
import { documentsInProcess, feedsInProcess } from "../../src/parsing/parsers-in-process.ts";
import type { Connection, Networks } from "../../src/ports/networks.ts";
import type { DeliveryRef, Ref, Store } from "../../src/ports/store.ts";
import { sealedTokens } from "../../src/secrets/sealed-tokens.ts";
import { tableStore } from "../../src/store/table-store.ts";
import { logUnreadable } from "../../src/store/unreadable-rows.ts";
import { composeTestedApp, type TestedApp } from "../support/app.ts";
import type { Connected } from "./accounts.ts";
import type { Chaos } from "./chaos.ts";
import type { Decisions } from "./decisions.ts";
import { type MemoryObjects, objectsOfProcess } from "./memory-objects.ts";
import { type Fleet, nextFormat, nextTable } from "./mixed-fleet.ts";
import type { Login } from "./network/network-model.ts";
import type { Owners } from "./owners.ts";
import type { SimulatedPictures } from "./pictures.ts";
import type { Process, Scheduler } from "./scheduler.ts";
import type { MemoryTable } from "./table/memory-table.ts";
import { tableOfProcess } from "./table/table-of-process.ts";

/** A part of Crier that a test replaces with a faulty one. */
export interface Variant {
  /** Which processes run the program of the next format. Absent: none. */
  readonly fleet?: Fleet;
  readonly fetch?: (fetch: Fetch) => Fetch;
  readonly networks?: (networks: Networks, ports: DeliverPorts) => Networks;
  readonly deliveries?: (deliveries: Store["deliveries"], ports: DeliverPorts) => Store["deliveries"];
  readonly accountStates?: (accounts: Store["accounts"], ports: DeliverPorts) => Store["accounts"];
  readonly posts?: (posts: Store["posts"]) => Store["posts"];
  readonly documents?: (documents: Store["documents"]) => Store["documents"];
  readonly sourceStates?: (states: Store["sourceStates"]) => Store["sourceStates"];
  readonly stops?: (stops: Store["stops"]) => Store["stops"];
  readonly requestMarks?: (marks: Store["requestMarks"]) => Store["requestMarks"];
  readonly deliver?: (ref: DeliveryRef, ports: DeliverPorts) => Promise<void>;
}

export interface Alarm {
  readonly name: string;
  readonly message: string;
  readonly delivery: unknown;
}

/** The state that all processes share. */
export interface Outside {
  readonly scheduler: Scheduler;
  readonly chaos: Chaos;
  readonly table: MemoryTable;
  readonly files: ReadonlyMap<string, string>;
  readonly objects: MemoryObjects;
  readonly bodies: MemoryObjects;
  readonly pictures: SimulatedPictures;
  readonly alarms: Alarm[];
  /** The configuration that is deployed when a process starts. */
  readonly configured: { readonly accounts: readonly Connected[]; readonly sites: readonly Site[] };
  readonly secrets: ReadonlyMap<string, Login>;
  readonly policies: Partial<Policies>;
  readonly fetchOf: (process: Process, account: string) => Fetch;
  readonly enqueue: (refs: readonly Ref[]) => void;
  readonly nextId: () => string;
  readonly count: (name: string) => void;
  readonly trace: (line: string) => void;
  /** False: feeds are leased and released, not rendered. */
  readonly renders: boolean;
  /** True: translations, listings, audits, messages, hubs and tokens leave their rows, too. */
  readonly hasEveryRow: boolean;
  readonly variant: Variant;
  readonly decisions: Decisions;
  readonly owners: Owners;
}

export interface CrierProcess {
  readonly app: TestedApp;
  /** Offers overdue rows and audits the site when that is due, as the function does that the schedule starts. */
  readonly relay: () => Promise<void>;
  readonly work: (ref: Ref) => Promise<void>;
}

interface WatchedOptions extends Omit<Parameters<typeof connectNetworks>[0], "fetch"> {
  readonly fetchOf: (account: string) => Fetch;
}

/**
 * The networks, of which each request that changes something is compared with what people decided, and with who made the
 * copy. A request says for which account it is: two may have one login.
 */
const watchedNetworks = (
  { decisions, owners }: Pick<Outside, "decisions" | "owners">,
  { fetchOf, ...options }: WatchedOptions,
): Networks => {
  const ofAccount = memoized((name: string) => connectNetworks({ ...options, fetch: fetchOf(name) }));
  return {
    ...ofAccount(""),
    connect: async (account, sandbox) => {
      const connected = await ofAccount(account.name).connect(account, sandbox);
      if ("problem" in connected) return connected;
      const { send, edit, remove, find } = connected.connection;
      // The receiver of a webhook is given the ids of the posts. LinkedIn names the post that has an equal text.
      const isShared = find !== undefined || ["webhook", "linkedin"].includes(account.network);
      const connection: Connection = {
        ...connected.connection,
        send: (request, ...rest) => {
          decisions.onRequest(account, "send", request);
          return send(request, ...rest);
        },
        ...(edit && {
          edit: (remote, request, ...rest) => {
            decisions.onRequest(account, "edit", request);
            owners.onChange(account, "edits", remote, isShared);
            return edit(remote, request, ...rest);
          },
        }),
        ...(remove && {
          remove: (remote, ...rest) => {
            decisions.onRequest(account, "remove", undefined);
            owners.onChange(account, "deletes", remote, isShared);
            return remove(remote, ...rest);
          },
        }),
      };
      return { ...connected, connection };
    },
  };
};

const memoized = <T>(make: (name: string) => T): ((name: string) => T) => {
  const made = new Map<string, T>();
  return (name) => {
    const one = made.get(name) ?? make(name);
    made.set(name, one);
    return one;
  };
};

/** Crier as one process runs it. Everything outside is a call that waits its turn. */
export const crierIn = (process: Process, outside: Outside): CrierProcess => {
  const { scheduler, chaos, configured, secrets, files, pictures, alarms, trace, variant } = outside;
  const call = <T>(label: string, act: () => T): Promise<T> => {
    outside.count(`call ${label.split(" ")[0]}`);
    return scheduler.call(process, label, act);
  };
  const newId = (): string => `${process.name} ${outside.nextId()}`;
  const log: AppDependencies["log"] = {
    info: () => {},
    warn: (message) => trace(`${process.name} warns: ${message}`),
    alarm: (name, message, { delivery, account } = {}) => {
      alarms.push({ name, message, delivery });
      if (name === "elsewhere") outside.owners.onElsewhere(String(account));
      trace(`${process.name} raises ${name}: ${message}`);
    },
  };
  const isNext = variant.fleet?.startsNext() === true;
  const table = tableOfProcess(outside.table, { call, losesAnswer: chaos.losesAnswer, newId });
  if (variant.fleet !== undefined) outside.count(`processes of ${isNext ? "the next" : "today's"} format`);
  const store = tableStore(isNext ? nextTable(table) : table, {
    ...(isNext && { format: nextFormat }),
    bodies: objectsOfProcess(outside.bodies, "bodies", call),
    newId,
    onUnreadable: logUnreadable(log),
  });
  const clock = scheduler.clockOf(process);
  const deadline = scheduler.deadlineOf(process);
  const config = {
    sites: configured.sites,
    accounts: configured.accounts.map(({ account }) => account),
    policies: {
      maxAge: 7 * day,
      burst: 100,
      noteBurst: 20,
      settle: 0,
      removeCopiesAfter: 600_000,
      live: "ignore" as const,
      ...outside.policies,
    },
  };
  const siteById = (id: string): Site => {
    const site = configured.sites.find((one) => one.id === id);
    if (site === undefined) throw new Error(`there is no site ${id}`);
    return site;
  };
  const connected = watchedNetworks(outside, {
    fetchOf: (account) => {
      const fetch = outside.fetchOf(process, account);
      return variant.fetch?.(fetch) ?? fetch;
    },
    clock,
    secrets: (name) => call(`secret ${name}`, () => secrets.get(name)?.secret),
    readPicture: ({ hash }) => call("picture bytes", () => pictures.bytesOf(hash)),
    ...(outside.hasEveryRow && {
      tokens: sealedTokens({ rows: store.tokens, pause: scheduler.pauseOf(process), deadline }),
    }),
  });
  const readPage: AppDependencies["readPage"] = (url) =>
    call(`page ${url}`, () => {
      const status = chaos.isPageMissing() ? 404 : 200;
      return { kind: "answered", status, url, hasTitle: true, hasImage: true };
    });
  const picturesOfProcess = {
    find: (url: string) => call("picture", () => pictures.find(url, clock())),
    prepare: (url: string) => call("picture", () => pictures.prepare(url, clock())),
  };
  const plain: DeliverPorts = {
    ...store,
    ...config,
    accountStates: store.accounts,
    networks: connected,
    pictures: picturesOfProcess,
    site: siteById,
    command: siteCommands(configured.sites),
    installation: installationOf(),
    mailsOwner: false,
    readPage,
    clock,
    log,
    hash,
    deadline,
  };
  const dependencies: AppDependencies = {
    config,
    store: {
      ...store,
      deliveries: variant.deliveries?.(store.deliveries, plain) ?? store.deliveries,
      accounts: variant.accountStates?.(store.accounts, plain) ?? store.accounts,
      posts: variant.posts?.(store.posts) ?? store.posts,
      documents: variant.documents?.(store.documents) ?? store.documents,
      sourceStates: variant.sourceStates?.(store.sourceStates) ?? store.sourceStates,
      stops: variant.stops?.(store.stops) ?? store.stops,
      requestMarks: variant.requestMarks?.(store.requestMarks) ?? store.requestMarks,
    },
    objects: objectsOfProcess(outside.objects, "feeds", call),
    encode,
    // No text of the simulation ends its process: a crash is never taken for a document's fault.
    documentParsers: { ...documentsInProcess, isContained: true },
    feedParsers: feedsInProcess,
    networks: variant.networks?.(connected, plain) ?? connected,
    pictures: picturesOfProcess,
    probe: async () => undefined,
    tellHub: async () => ({ kind: "taken" }),
    poll: async () => ({ kind: "failed", reason: "there is no server", wait: undefined }),
    checkEntryPage: async () => "unknown",
    callWebhook: async () => ({ kind: "taken" }),
    readPage,
    queue: { send: (refs) => call("send to the queue", () => outside.enqueue(refs)) },
    log,
    clock,
    deadline,
    ...(outside.hasEveryRow && { mailsOwner: true, tellOwner: async () => ({ kind: "taken" }) }),
    sources: [
      {
        name: "folder",
        list: () => call("list documents", () => [...files.keys()]),
        ...(outside.hasEveryRow && {
          listTagged: () => call("list documents", () => [...files].map(([path, text]) => ({ path, tag: hash(text) }))),
        }),
        read: (path) =>
          call(`document ${path}`, () => {
            const text = files.get(path);
            return text === undefined ? undefined : new TextEncoder().encode(text);
          }),
      },
    ],
  };
  const app = composeTestedApp(dependencies);
  const rows = { ...dependencies.store, clock, log };
  const release = (ref: Extract<Ref, { kind: "feed" }>): Promise<void> =>
    store.feeds.withLease(ref.site, ref.key, { clock, duration: minute, minInterval: 0 }, async () => ({
      faults: [],
      shortened: 0,
      due: undefined,
    }));
  const { deliver: replaced = deliver } = variant;
  return {
    app,
    relay: async () => {
      await app.sweep(sweepOfQueues);
      if (outside.hasEveryRow) await auditSites(configured.sites, "configuration", { ...store, clock });
    },
    work: (ref: Ref): Promise<void> => {
      if (ref.kind === "feed" && !outside.renders) return advance(ref, () => release(ref), rows);
      if (ref.kind === "delivery" && variant.deliver !== undefined)
        return advance(ref, () => replaced(ref, plain), rows);
      return app.work(ref);
    },
  };
};
