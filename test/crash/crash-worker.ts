import { flushCompileCache } from "node:module";
import { setTimeout as pause } from "node:timers/promises";
import { deliver } from "../../src/app/deliver/advance-delivery.ts";
import type { DeliverPorts } from "../../src/app/deliver/deliver-step.ts";
import { advance } from "../../src/app/rows.ts";
import { ports } from "../../src/compose.ts";
import { day } from "../../src/domain/time.ts";
import { connectNetworks } from "../../src/networks/connect-networks.ts";
import type { Fetch } from "../../src/networks/http.ts";
import type { Log } from "../../src/ports/runtime.ts";
import type { Store } from "../../src/ports/store.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { aSite } from "../support/builders.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { deliveryRef, openStore } from "./crash-store.ts";
import { givingUp, heldAt } from "./giving-up.ts";
import { recordThenChange, recordThenSend, replyThenRecord, sendThenRecord } from "./naive-procedures.ts";
import { seededRandom } from "./seeded-random.ts";
import { isWrite, stopsAt } from "./stops-at.ts";
import { type Open, request, type WorkerAnswer } from "./worker-messages.ts";

/**
 * A process that works on deliveries: the real use case over the real store and the real clients of the networks. Its
 * parent says when, and kills it.
 */
const policies = {
  maxAge: 7 * day,
  burst: 5,
  noteBurst: 20,
  settle: 0,
  removeCopiesAfter: 600_000,
  live: "ignore",
} as const;
const procedures = {
  deliver,
  "send, then record": sendThenRecord,
  "reply, then record": replyThenRecord,
  "record, then send": recordThenSend,
  "record, then change": recordThenChange,
};

const log: Log = {
  info: () => {},
  warn: () => {},
  alarm: (name, message) => {
    if (name === "step") console.error(message);
  },
};

/** Resolves when a network that answers slowly has a request of the account. */
const heldRequest = (sandbox: string, name: string) => async (signal: AbortSignal) => {
  await fetch(heldAt(sandbox, name), { signal });
};

type Work = () => Promise<void>;

/** The work of one worker on one delivery, which stops for good where it is to be killed. */
const compose = (
  { network, settings, networks: sandbox, closed, skew, procedure, stopAt }: Open,
  { name, refused, isPatient }: Open["deliveries"][number],
  store: Store,
  timeOf: () => number,
  reached: () => void,
): Work => {
  const account = aConfiguredAccount({ name, network, settings });
  const clock = () => timeOf() + skew;
  const stops = stopsAt(stopAt, reached);
  let refusals = refused;
  const request: Fetch = (url, init) => {
    if (!isWrite(init.method, url) || refusals === 0) return fetch(url, init);
    refusals -= 1;
    return fetch(url.replace(sandbox, closed), init);
  };
  // These deliveries count as real ones: all rules, leases and waits are those of an account with credentials.
  const networks = connectNetworks({ fetch: stops.fetch(request), clock, secrets: async () => undefined, sandbox });
  const connect: typeof networks.connect = async () => {
    const connected = await networks.connect(account, true);
    if ("problem" in connected) return connected;
    const { connection } = connected;
    const patient = isPatient ? connection : givingUp(connection, heldRequest(sandbox, name));
    return { ...connected, connection: stops.connection(patient) };
  };
  // Its server is its own: the others' failures do not hold it back.
  const get: typeof networks.get = (kind) => ({ ...networks.get(kind), server: () => name });
  const { deadline } = systemRuntime;
  const dependencies = { config: { sites: [aSite()], accounts: [account], policies }, store, log, clock, deadline };
  const all: DeliverPorts = {
    ...ports(dependencies),
    deliveries: stops.deliveries(store.deliveries),
    networks: { ...networks, get, connect },
    readPage: async () => ({ kind: "failed", reason: "there is no page" }),
  };
  const ref = deliveryRef(name);
  return () => advance(ref, () => procedures[procedure](ref, all), { due: store.due, clock, log });
};

const start = async (open: Open) => {
  let offset = 0;
  const timeOf = () => systemRuntime.clock() + offset;
  const { store, close } = await openStore(open.store, timeOf);
  const random = seededRandom(open.seed);
  const reached = new Set<string>();
  const works = open.deliveries.flatMap((delivery) => {
    const stopped = Promise.withResolvers<void>();
    const stop = () => {
      reached.add(delivery.name);
      stopped.resolve();
    };
    return Array.from({ length: open.workers }, () => {
      const work = compose(open, delivery, store, timeOf, stop);
      return async () => {
        if (reached.has(delivery.name)) return;
        await pause(Math.floor(random() * 4));
        await Promise.race([work(), stopped.promise]);
      };
    });
  });
  return {
    pass: async (ahead: number): Promise<WorkerAnswer> => {
      offset = ahead;
      await Promise.all(works.map((work) => work()));
      return { reached: [...reached], rows: [] };
    },
    rows: async (): Promise<WorkerAnswer> => {
      const deliveries = await Promise.all(open.deliveries.map(({ name }) => store.deliveries.read(deliveryRef(name))));
      const rows = deliveries.flatMap((delivery) => delivery ?? []);
      return { reached: [], rows: rows.map(({ account, state, due }) => ({ name: account, state, due })) };
    },
    close,
  };
};

let started: Awaited<ReturnType<typeof start>> | undefined;

const reply = async (asked: unknown): Promise<WorkerAnswer> => {
  const message = request.parse(asked);
  const nothing = { reached: [], rows: [] };
  switch (message.kind) {
    case "open":
      started = await start(message);
      // A process that is killed does not write it when it ends.
      flushCompileCache();
      return nothing;
    case "pass":
      return (await started?.pass(message.offset)) ?? nothing;
    case "rows":
      return (await started?.rows()) ?? nothing;
    case "close":
      await started?.close();
      started = undefined;
      return nothing;
  }
};

process.on("message", (message) => {
  reply(message).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
// The parent is gone.
process.on("disconnect", () => process.exit());
