import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { leaseFor } from "../../src/app/deliver/admission.ts";
import { type Instant, second } from "../../src/domain/time.ts";
import { networks } from "../../src/networks/index.ts";
import { aDelivery, aPost } from "../support/builders.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { aDynamoTable } from "../support/dynamodb.ts";
import { closedPort } from "../support/sandbox-server.ts";
import { type Batch, type Point, settingsOf } from "./cells.ts";
import { deliveryRef, openStore } from "./crash-store.ts";
import { isLeftAt, readRows } from "./killed-row.ts";
import { type NetworksServer, startNetworks } from "./networks-server.ts";
import { type Verdict, verdictOf } from "./verdict.ts";
import type { Open } from "./worker-messages.ts";
import type { WorkerProcess, WorkerProcesses } from "./worker-process.ts";

/** A finished delivery needs four or five. */
const maxPasses = 60;
const maxSkew = 30 * second;
/** On a busy machine an impatient worker may give up before its request has left. Then the request never arrives. */
const longestTravel = 10 * second;
/** The time that a busy machine may need from a claim to the kill. */
const slack = 15 * second;

export interface Machine {
  readonly workers: WorkerProcesses;
  /** They are never killed, and finish the work of batch after batch. */
  readonly finishers: readonly [WorkerProcess, WorkerProcess];
}

type Procedure = Open["procedure"];

/** The time of the workers and the networks, which is moved on instead of waited for. */
const movableTime = () => {
  let ahead = 0;
  return {
    ahead: () => ahead,
    now: () => Date.now() + ahead,
    /** Moves to the next moment at which a row is due. Returns false if none is. */
    moveTo: (rows: readonly { readonly due?: number | undefined }[]): boolean => {
      const due = Math.min(...rows.map((row) => row.due ?? Number.POSITIVE_INFINITY));
      if (due === Number.POSITIVE_INFINITY) return false;
      ahead = Math.max(ahead, due - Date.now());
      return true;
    },
  };
};
type Time = ReturnType<typeof movableTime>;

/** The rows before anything was sent. */
const plan = async ({ network, runs }: Batch, place: Open["store"]): Promise<void> => {
  const now = Date.now();
  const { store, close } = await openStore(place, () => now);
  for (const { name } of runs) {
    const audience = { accounts: [name], note: undefined, baseline: undefined };
    await store.posts.save(aPost({ id: name, slug: name, title: `The post of ${name}`, published: now, audience }));
    const seed = createHash("sha256").update(name).digest("hex").slice(0, 32);
    await store.deliveries.create(aDelivery({ post: name, account: name, network, seed, planned: now, due: now }));
  }
  await close();
};

const edited = "The corrected post of";

/** A person edits or deletes the posts, which are on the network. */
const changePosts = async ({ act, runs }: Batch, place: Open["store"], time: Time): Promise<void> => {
  const { store, close } = await openStore(place, time.now);
  for (const { name } of runs) {
    const post = await store.posts.read("blog", name);
    const delivery = await store.deliveries.read(deliveryRef(name));
    if (post === undefined || delivery?.state !== "posted") throw new Error(`${name} is ${delivery?.state}`);
    const change =
      act === "edit"
        ? { title: `${edited} ${name}`, hash: `the edited document of ${name}` }
        : { gone: { at: time.now(), by: "person" as const } };
    await store.posts.save({ ...post, ...change });
    await store.deliveries.nudge(deliveryRef(name), time.now());
  }
  await close();
};

/** Sends the posts that a reply follows. */
const sendFirst = async (open: Open, time: Time, { finishers: [worker] }: Machine): Promise<void> => {
  await worker.ask(open);
  await worker.ask({ kind: "pass", offset: time.ahead() });
  const { rows } = await worker.ask({ kind: "rows" });
  await worker.ask({ kind: "close" });
  const wrong = rows.filter(({ state }) => state !== "unsettled");
  if (wrong.length > 0) throw new Error(`no reply follows ${JSON.stringify(wrong)}`);
};

/** Kills a worker where it is, or fails with the deliveries that it did not bring there. */
const killAt = async (
  point: Point,
  open: Open,
  batch: Batch,
  time: Time,
  server: NetworksServer,
  { workers }: Machine,
): Promise<void> => {
  const worker = workers.take();
  await worker.ask({ ...open, stopAt: point });
  const names = batch.runs.map(({ name }) => name);
  for (let pass = 0; ; pass += 1) {
    const { reached } = await worker.ask({ kind: "pass", offset: time.ahead() });
    const others = names.filter((name) => !reached.includes(name));
    if (others.length === 0) break;
    const { rows } = await worker.ask({ kind: "rows" });
    const left = rows.filter(({ name }) => others.includes(name));
    if (pass === maxPasses) throw new Error(`${batch.network} was not killed ${point}: ${JSON.stringify(left)}`);
    time.moveTo(left);
  }
  if (point === "mid-request")
    for (const { name, fault } of batch.runs)
      if (fault !== "refused") await Promise.race([server.hasArrived(name), pause(longestTravel)]);
  await pause(batch.random() * 5);
  await workers.kill(worker);
  if (open.procedure !== "deliver") return;
  const wrong = (await readRows(open.store, names)).filter((row) => !isLeftAt(batch.act, point, row));
  if (wrong.length > 0)
    throw new Error(
      `killed ${point} of the ${batch.act}, a worker left ${wrong.map(({ account, state }) => `${account}: ${state}`)}`,
    );
};

/**
 * Returns the moment at which the network acts on a request whose sender was killed: at once, or up to shortly before
 * the clock that is most ahead settles it.
 */
const landingOf = ({ network, engine, random }: Batch, killed: Instant): Instant => {
  if (random() < 0.5) return killed;
  const settle = networks.find(({ name }) => name === network)?.settle ?? 0;
  const left = Math.max(0, settle - maxSkew - slack);
  return killed + (engine === "sqlite" ? 0 : leaseFor(aDelivery())) + random() * left;
};

const finish = async (
  opens: readonly Open[],
  batch: Batch,
  time: Time,
  server: NetworksServer,
  { finishers }: Machine,
): Promise<void> => {
  const working = finishers.slice(0, opens.length);
  await Promise.all(working.map(async (worker, number) => opens[number] && worker.ask(opens[number])));
  const applied = landingOf(batch, time.now());
  for (let pass = 0; pass < maxPasses; pass += 1) {
    if (time.now() >= applied) server.releaseRequests();
    await server.isIdle();
    await Promise.all(working.map((worker) => worker.ask({ kind: "pass", offset: time.ahead() })));
    const [first] = working;
    const rows = (await first?.ask({ kind: "rows" }))?.rows ?? [];
    if (!time.moveTo(rows)) break;
  }
  server.releaseRequests();
  await server.isIdle();
  await Promise.all(working.map((worker) => worker.ask({ kind: "close" })));
};

const offersNothing = (network: string): boolean => networks.find(({ name }) => name === network)?.offers === "none";

const judge = async (
  { act, network, runs }: Batch,
  place: Open["store"],
  server: NetworksServer,
): Promise<Verdict[]> => {
  const names = runs.map(({ name }) => name);
  const rows = await readRows(place, names);
  return names.map((name) => {
    const row = rows.find(({ account }) => account === name);
    const posts = server.posts(name);
    const there = act === "reply" ? posts.length - 1 : posts.length;
    const copies = act === "send" && offersNothing(network) ? server.acceptedWrites(name) : there;
    const isEdited = posts.some((post) => JSON.stringify(post).includes(edited));
    return verdictOf(act, { row, ids: posts.map(({ id }) => id), copies, isEdited });
  });
};

/** The verdict on each run: its worker was killed, and two workers have finished its work. */
export const runBatch = async (
  batch: Batch,
  machine: Machine,
  procedure: Procedure = "deliver",
): Promise<readonly Verdict[]> => {
  const { network, act, runs, point, engine, random } = batch;
  const time = movableTime();
  const settings = settingsOf(act);
  const accounts = runs.map(({ name }) => aConfiguredAccount({ name, network, settings }));
  const server = await startNetworks(accounts, runs, time.now);
  const folder = await mkdtemp(join(tmpdir(), "crier-crash-"));
  // A table of its own: the accounts of a network share the state of its server.
  const dynamo = engine === "dynamodb" ? await aDynamoTable() : undefined;
  const place: Open["store"] =
    dynamo === undefined
      ? { engine: "sqlite", folder }
      : { engine: "dynamodb", endpoint: dynamo.endpoint, table: dynamo.name, folder };
  try {
    await mkdir(join(folder, "bodies"));
    await plan(batch, place);
    const open: Open = {
      kind: "open",
      store: place,
      procedure,
      networks: server.url,
      closed: await closedPort(),
      network,
      settings,
      deliveries: runs.map(({ name, fault, times, answersLate }) => ({
        name,
        refused: fault === "refused" ? times : 0,
        isPatient: fault !== "applied slowly" || answersLate,
      })),
      workers: 1,
      skew: 0,
      seed: String(random()),
    };
    const deliveries = open.deliveries.map(({ name }) => ({ name, refused: 0, isPatient: true }));
    const before: Open = { ...open, procedure: "deliver", deliveries };
    if (act === "reply") await sendFirst(before, time, machine);
    if (act === "edit" || act === "deletion") {
      await finish([before], batch, time, server, machine);
      await changePosts(batch, place, time);
    }
    await server.begin();
    const kill = (at: Point) => killAt(at, open, batch, time, server, machine);
    server.holdRequests();
    if (point === "before look-up") {
      await kill("mid-request");
      server.releaseRequests();
      await server.isIdle();
    } else if (point !== "mid-request") server.releaseRequests();
    await kill(point);
    const finishers =
      engine === "sqlite"
        ? [{ ...open, workers: 2 }]
        : [open, { ...open, skew: Math.round(random() * maxSkew), seed: String(random()) }];
    await finish(finishers, batch, time, server, machine);
    return await judge(batch, place, server);
  } finally {
    await server.close();
    dynamo?.stop();
    await rm(folder, { recursive: true, force: true });
  }
};
