import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { type Vitals, webApp } from "../../api/http-api.ts";
import { isNewsOfListing } from "../../app/results.ts";
import { readReach } from "../../app/status/check-logins.ts";
import { type App, composeApp, composePictures, hash } from "../../compose.ts";
import { type Config, servedPaths } from "../../config.ts";
import { consoleApp } from "../../console/console-app.ts";
import type { AccountReport } from "../../contract/installation-status.ts";
import { siteCommands } from "../../domain/delivery-commands.ts";
import { stopFor, stoppedReason } from "../../domain/stopped.ts";
import { iso, second } from "../../domain/time.ts";
import { connectNetworks } from "../../networks/connect-networks.ts";
import { networks } from "../../networks/index.ts";
import { plain } from "../../objects/encodings.ts";
import { folderObjects } from "../../objects/folder-objects.ts";
import { connectOutside, connectWebhooks, ownAddresses } from "../../outside/connect-outside.ts";
import { fetchWithRelays } from "../../outside/network-fetch.ts";
import { openChildParsers, type Parsers } from "../../parsing/parsers-in-child.ts";
import { prepareInChild } from "../../pictures/prepare-in-child.ts";
import { storedPictures } from "../../pictures/stored-pictures.ts";
import type { Objects } from "../../ports/feeds.ts";
import type { Log, Queue } from "../../ports/runtime.ts";
import type { Ref } from "../../ports/store.ts";
import { inProcessQueue } from "../../queue/in-process-queue.ts";
import { sealedTokens } from "../../secrets/sealed-tokens.ts";
import { siteFiles } from "../../sources/site-pictures.ts";
import { findSite } from "../../sources/site-sources.ts";
import type { LocalSource } from "../../sources/source-kind.ts";
import { tableConsoleRows } from "../../store/console-keys.ts";
import { tableStore } from "../../store/table-store.ts";
import { logUnreadable } from "../../store/unreadable-rows.ts";
import { systemRuntime } from "../system-runtime.ts";
import { type Cleanup, cleanupStack } from "./cleanup.ts";
import {
  consoleLog,
  limitAlarms,
  listingProgress,
  type Print,
  printLogins,
  printStartMessage,
  readWaiting,
  shellQuote,
} from "./console-output.ts";
import { exportDatabase } from "./data-folder.ts";
import { reportDeliveries } from "./delivery-lines.ts";
import { type LocalFacts, logIngested } from "./document-lines.ts";
import {
  environmentSecrets,
  incompleteCredentials,
  type ReadEnvironment,
  webhookSecrets,
} from "./environment-secrets.ts";
import {
  documentLocations,
  editableFolder,
  type FollowedSources,
  type Following,
  followSources,
  hasDocuments,
  newestDocument,
  openSources,
  reportRefused,
  stoppable,
} from "./intake.ts";
import { type Fetch, isLoopbackName, listen, StartError } from "./listen.ts";
import { openSandbox } from "./local-sandbox.ts";
import { admitRequests, localServer } from "./local-server.ts";
import {
  type Options,
  publicConfig,
  readOptions,
  UsageError,
  usage,
  warnOfPlainAddresses,
  withSiteOfFeed,
} from "./options.ts";
import { type ApiTokens, apiTokens, keepAddress } from "./private-files.ts";
import { BadConfig, readConfig, withDocumentsIn, withFeedsAt } from "./read-config.ts";
import { heartbeat, type Schedule, type ScheduleOptions, startSchedule, watchVitals } from "./schedule.ts";
import { renderBanner, staticFiles } from "./static-files.ts";
import { openTable } from "./storage.ts";
import { explainFile, watchStorage } from "./watch-storage.ts";

export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  /** Reads the variables of secrets, which may change while Crier runs. Absent: they are in `env`. */
  readonly readEnv?: ReadEnvironment;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  /** Replaces the last line. Absent if the output is not a terminal. */
  readonly status?: ((line: string) => void) | undefined;
  /** Left open if nothing is started. Absent: the start opens its own. */
  readonly parsers?: Parsers;
}

export type RunResult = { readonly running: Running } | { readonly exit: 0 | 1 | 2 };

/** Starts Crier, or prints why it cannot: exit 2 for mistakes in the command line or the configuration, else 1. */
export const run = async (args: readonly string[], { env, out, err, ...rest }: Terminal): Promise<RunResult> => {
  try {
    const options = readOptions(args);
    if (options === undefined) {
      out(usage);
      return { exit: 0 };
    }
    return { running: await startLocal({ ...options, env, print: out, ...rest }) };
  } catch (error) {
    if (error instanceof UsageError || error instanceof BadConfig) {
      err(error.message);
      return { exit: 2 };
    }
    if (error instanceof StartError) {
      err(error.message);
      return { exit: 1 };
    }
    throw error;
  }
};

export interface StartOptions extends Options, Pick<Terminal, "readEnv"> {
  readonly env: NodeJS.ProcessEnv;
  readonly print: Print;
  /** Replaces the last line. Absent if the output is not a terminal. */
  readonly status?: Print | undefined;
  /** Closed at the end. Absent: a child process is started. */
  readonly parsers?: Parsers;
}

export interface Running extends ApiTokens {
  readonly url: string;
  readonly app: App;
  /** Resolves when there is no work that is due now. */
  idle(): Promise<void>;
  /** Waits for running steps, and releases the port and the folder. A second call is harmless. */
  stop(): Promise<void>;
}

const concurrency = { post: 16, feed: 2, delivery: 8, ping: 2, notice: 2 } as const;
/** `ready` waits no longer for the first listing. The listing of a large archive continues in the background. */
const listingTimeout = 5 * second;

/** Starts everything on this machine. Throws `StartError` or `BadConfig`, and leaves nothing open in that case. */
export const startLocal = async (options: StartOptions): Promise<Running> => {
  const cleanup = cleanupStack();
  try {
    return await open(options, cleanup);
  } catch (error) {
    await cleanup.run();
    const explanation = explainFile(error, resolve(options.data));
    throw explanation === undefined ? error : new StartError(explanation, { cause: error });
  }
};

const { clock, newId, deadline, setTimer, pause } = systemRuntime;

/** How far the start is, and whether the end has begun. */
interface Progress {
  isListed: boolean;
  isStopping: boolean;
}

/** The steps of the start. A step that needs the app or the schedule before it is made gets a function that returns it. */
const open = async (options: StartOptions, cleanup: Cleanup): Promise<Running> => {
  const lines = consoleLog(options.print);
  const { written, served, parsers, outside } = await configure(options, cleanup);
  const opened = await openSources(options, written.sites);
  const http = await listen(options.port, options.host);
  cleanup.add(() => http.close());
  const url = `http://127.0.0.1:${http.port}/`;
  const config = served ?? withFeedsAt(written, url);
  warnOfPlainAddresses(config, lines);

  let schedule: Schedule | undefined;
  const progress: Progress = { isListed: false, isStopping: false };
  const data = await openData({ options, config, lines, schedule: () => schedule, app: () => app }, cleanup);
  const { tokens, log } = data;
  await keepAddress(data.folder, url);
  await warnIfMoved(data, options, lines);
  await warnIfStopped(data, config, lines);
  const queue = openQueue((ref) => app.work(ref), log);
  const sources = opened.map((source) => stoppable(source, () => progress.isStopping));
  const app: App = composeLocalApp({ options, config, url, parsers, outside, data, queue, sources, progress });

  const accounts = await readReaches(app);
  const sites = [app.sites[0].site, ...app.sites.slice(1).map(({ site }) => site)] as const;
  const following = { app, sources, sites, setTimer, log, facts: data.facts };
  const emptyFolder = (await hasDocuments(sources)) ? undefined : editableFolder(sites[0], sources);
  const vitals = watchVitals({ schedule: () => schedule, overdue: app.overdue, clock });
  const started = { options, config, data, following, accounts, vitals };
  http.serve(composeServer({ ...started, url, isPublic: served !== undefined }));

  let first = Promise.resolve();
  cleanup.add(() => first);
  cleanup.add(() => queue.stop());
  const followed = await followSources(following, cleanup);
  const beat = options.heartbeat === undefined ? undefined : heartbeat(options.heartbeat, vitals, outside.ask);
  schedule = scheduleApp(app, queue, followed, { beat, log });
  cleanup.add(schedule.close);
  const idle = async (): Promise<void> => {
    await followed.idle();
    await queue.idle();
  };
  // The port is part of the feeds' URLs, and may differ from the last start.
  await app.audit();
  await app.wakeUnknown();
  first = listFirst(following, followed, idle, progress);
  cleanup.add(() => {
    progress.isStopping = true;
  });
  await Promise.race([first, new Promise<void>((resolve) => setTimer(listingTimeout, resolve))]);

  await printReady({ ...started, url, emptyFolder });
  const logins = printLogins(app.sites, options.print);
  cleanup.add(() => logins);
  return { url, ...tokens, app, idle, stop: cleanup.run };
};

type AccountReach = Pick<AccountReport, "name" | "site" | "reach">;

const readReaches = ({ sites }: App): Promise<readonly AccountReach[]> =>
  Promise.all(
    sites.flatMap(({ ports }) =>
      ports.accounts.map(async (account) => ({
        name: account.name,
        site: account.site,
        reach: (await readReach(account, ports)).reach,
      })),
    ),
  );

/** Reads the configuration. Its feeds have no address yet unless they are `served` at a public one: the port is not open. */
const configure = async (options: StartOptions, cleanup: Cleanup) => {
  const configured = await readConfig(options.config);
  const incomplete = incompleteCredentials(configured.accounts, networks, options.env);
  if (incomplete.length > 0) throw new BadConfig(incomplete.join("\n"));
  const parsers = options.parsers ?? openChildParsers(setTimer);
  cleanup.add(parsers.close);
  const outside = connectOutside({
    about: configured.sites[0]?.url ?? "",
    own: { ...ownAddresses(configured.sites, options.feed), heartbeat: [options.heartbeat ?? []].flat() },
    deadline,
  });
  const described =
    options.feed === undefined
      ? configured
      : await withSiteOfFeed(configured, options.feed, { poll: outside.poll, ...parsers.feedParsers });
  const written = options.content === undefined ? described : withDocumentsIn(described, options.content);
  return { written, served: publicConfig(written, options), parsers, outside };
};

interface DataParts {
  readonly options: StartOptions;
  readonly config: Config;
  readonly lines: Log;
  readonly schedule: () => Schedule | undefined;
  readonly app: () => App;
}

type Data = Awaited<ReturnType<typeof openData>>;

/** Opens everything that is kept in the data folder. */
const openData = async ({ options, config, lines, schedule, app }: DataParts, cleanup: Cleanup) => {
  const folder = resolve(options.data);
  const { file, database, table } = await openTable(folder, lines, clock, cleanup);
  const onRecovered = () => schedule()?.reconcile();
  const storage = watchStorage({ log: lines, clock, setTimer, onRecovered });
  cleanup.add(storage.close);
  const tokens = await apiTokens(folder, options.env);
  const objectsIn = (path: string): Objects => storage.objects(folderObjects(path), path);
  const bodies = objectsIn(join(folder, "bodies"));
  const root = join(folder, "public");
  const objects = objectsIn(root);
  const pictureStore = storedPictures(objects, hash);
  const shared = { accounts: config.accounts, clock, storage, pictureStore };
  const sandbox = await openSandbox({ data: folder, ...shared, getApp: app }, cleanup);
  const stored = storage.table(table, file);
  const rows = tableStore(stored, {
    bodies,
    newId,
    onDue: (ref, at) => schedule()?.due(ref, at),
    onUnreadable: logUnreadable(storage.log),
  });
  const facts = localFacts(config);
  const { store, close } = reportDeliveries(rows, {
    log: storage.log,
    setTimer,
    ...facts,
    accounts: config.accounts,
    serverOf: (account) => app().serverOf(account),
  });
  const { log, close: closeAlarms } = limitAlarms(storage.log, setTimer);
  cleanup.add(close);
  cleanup.add(closeAlarms);
  const consoleRows = tableConsoleRows(stored);
  return { facts, folder, database, consoleRows, tokens, sandbox, bodies, root, objects, pictureStore, store, log };
};

const localFacts = ({ sites, policies }: Config): LocalFacts => ({
  clock,
  command: siteCommands(sites),
  removeCopiesAfter: policies.removeCopiesAfter,
  timeZone: (id) => sites.find((site) => site.id === id)?.timeZone ?? "UTC",
});

const warnIfMoved = async ({ store }: Data, { data }: StartOptions, lines: Log): Promise<void> => {
  const moved = await store.moves.read();
  if (moved !== undefined)
    lines.warn(
      `this Crier has moved to another installation (${iso(moved)}): it serves its feeds, and sends nothing that the other one may send. To undo the move, stop it and run npx crier resume --data ${shellQuote(data)}`,
    );
};

const warnIfStopped = async ({ store }: Data, { sites, accounts }: Config, lines: Log): Promise<void> => {
  const stops = await store.stops.read();
  const stopped = accounts.filter(({ name }) => stopFor(stops, name) !== undefined);
  const command = siteCommands(sites);
  for (const { name, site } of stopped) {
    const timeZone = sites.find(({ id }) => id === site)?.timeZone ?? "UTC";
    lines.warn(`${name}: ${stoppedReason(stops, name, { site, command, now: clock(), timeZone })}`);
  }
};

const openQueue = (work: (ref: Ref) => Promise<void>, log: Log) =>
  inProcessQueue({
    work,
    concurrency,
    setTimer,
    // If even the failure could not be stored in the row, the sweep finds the row again.
    onError: (ref: Ref, error: unknown) => log.warn("a step failed and is tried again", { ref, error: String(error) }),
  });

interface AppParts {
  readonly options: StartOptions;
  readonly config: Config;
  readonly url: string;
  readonly parsers: Parsers;
  readonly outside: ReturnType<typeof connectOutside>;
  readonly data: Data;
  readonly queue: Queue;
  readonly sources: readonly LocalSource[];
  readonly progress: Progress;
}

const composeLocalApp = ({ options, config, url, parsers, outside, data, queue, sources, progress }: AppParts): App => {
  const { env, readEnv = () => env, print, status } = options;
  const { store, objects, pictureStore, log, facts } = data;
  const files = siteFiles({ sites: config.sites, sources, home: homedir(), ...outside });
  return composeApp({
    config,
    store,
    ...parsers,
    objects,
    pictures: composePictures({ pictureStore, ...files, scalePicture: prepareInChild(setTimer), clock }),
    encode: plain,
    networks: connectNetworks({
      secrets: environmentSecrets(config.accounts, networks, readEnv),
      sandbox: url,
      fetch: fetchWithRelays({ deadline }),
      clock,
      readPicture: pictureStore.read,
      tokens: sealedTokens({ rows: store.tokens, pause, deadline }),
    }),
    ...outside,
    probe: files.probe,
    callWebhook: connectWebhooks({ sites: config.sites, secrets: webhookSecrets(readEnv), deadline, clock }),
    // The documents of a first listing are not new. Those that went, moved or came back while Crier was stopped are reported.
    report: (path, answer) => {
      if (progress.isListed || isNewsOfListing(answer)) logIngested(log, path, answer, facts);
    },
    progress: listingProgress({ clock, print, status }),
    queue,
    log,
    clock,
    deadline,
    sources,
  });
};

interface Started {
  readonly options: StartOptions;
  readonly config: Config;
  readonly data: Data;
  readonly following: Following;
  readonly accounts: readonly AccountReach[];
  readonly vitals: () => Promise<Vitals>;
}

interface ServerChoices extends Started {
  /** The address on this machine. */
  readonly url: string;
  /** The feeds are at a public address, and not at this machine's own. */
  readonly isPublic: boolean;
}

const composeServer = (choices: ServerChoices): Fetch => {
  const { options, config, url, isPublic, data, following, accounts, vitals } = choices;
  const { database, consoleRows, folder, bodies, root, sandbox, pictureStore, log } = data;
  const tokens = { token: async () => data.tokens.token, planToken: async () => data.tokens.planToken };
  const { sites } = following.app;
  const isOpen = options.host !== undefined && !isLoopbackName(options.host);
  // Asked with each page: an account may be connected while Crier runs.
  const isTrial = async () => (await readReaches(following.app)).every(({ reach }) => reach !== "real");
  const publicUrl = isPublic ? config.sites[0]?.feedsUrl : undefined;
  const consoleAt = (address: string, takesCodes: boolean) =>
    consoleApp({ sites, ...tokens, origin: new URL(address).origin, takesCodes, consoleRows, clock, log }).fetch;
  return localServer({
    web: webApp({ sites, ...tokens, log, vitals }),
    sandbox,
    console: consoleAt(url, true),
    publicConsole: options.console && publicUrl !== undefined ? consoleAt(publicUrl, false) : undefined,
    ...tokens,
    exportDatabase: exportDatabase({ database, data: folder, bodies, clock }),
    files: staticFiles({
      root,
      paths: servedPaths(config),
      banner: async ({ env: { access } }, key) =>
        access === "local" && (await isTrial()) ? pageBanner(key, following, accounts, data) : undefined,
      findPicture: pictureStore.pathOf,
    }),
    admit: admitRequests({ config, isPublic, isOpen, log }),
    publicUrl,
    log,
  });
};

const pageBanner = async (
  key: string,
  { sites, sources }: Following,
  accounts: readonly AccountReach[],
  { store }: Data,
): Promise<string> => {
  const { site } = findSite({}, key, sites);
  const isConnected = accounts.some((account) => account.site === site.id);
  const file = await newestDocument(site, sources, { ...store, now: clock() });
  return renderBanner({ isConnected, content: editableFolder(site, sources), file });
};

type Told = Pick<ScheduleOptions, "beat" | "log">;

const scheduleApp = (app: App, queue: Queue, { retryCopies }: FollowedSources, told: Told): Schedule =>
  startSchedule({
    offer: (refs) => queue.send(refs),
    sweep: () => app.sweep(),
    reconcile: async () => {
      await app.reconcile();
      await app.audit();
      await app.wakeUnknown();
      await app.watchLogins();
      await retryCopies();
    },
    poll: app.poll,
    clock,
    setTimer,
    ...told,
  });

/** Lists all documents, and waits until the work that they make due is done. A failure is only logged. */
const listFirst = async (
  following: Following,
  { retryCopies }: FollowedSources,
  idle: () => Promise<void>,
  progress: Progress,
): Promise<void> => {
  const { app, log } = following;
  try {
    await app.reconcile();
    await retryCopies();
    await app.poll();
    await app.sweep();
    await idle();
    await reportRefused(following);
    progress.isListed = true;
  } catch (error) {
    if (!progress.isStopping)
      log.warn("the documents could not all be listed; they are listed again within the hour", {
        error: String(error),
      });
  }
};

interface Ready extends Started {
  readonly url: string;
  readonly emptyFolder: string | undefined;
}

const printReady = async (ready: Ready): Promise<void> => {
  const { options, url, following, accounts, emptyFolder } = ready;
  printStartMessage(options.print, {
    url,
    sites: following.sites,
    locations: (site) => documentLocations(site, following.sources).map(({ location }) => location),
    emptyFolder,
    accounts,
    tokenFile: options.env.CRIER_TOKEN?.trim() ? undefined : join(options.data, "token"),
    waiting: await Promise.all(following.app.sites.map((site) => readWaiting(site, clock(), ready.data.store))),
    node: process.versions.node,
  });
  options.print(`ready on ${url}`);
};
