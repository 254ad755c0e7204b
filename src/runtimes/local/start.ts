import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { webApp } from "../../api/http-api.ts";
import { type App, composeApp, composePictures, hash } from "../../compose.ts";
import { servedPaths } from "../../config.ts";
import type { Site } from "../../domain/site.ts";
import { iso, second } from "../../domain/time.ts";
import { connectNetworks } from "../../networks/connect-networks.ts";
import { networks } from "../../networks/index.ts";
import { plain } from "../../objects/encodings.ts";
import { folderObjects } from "../../objects/folder-objects.ts";
import { connectOutside, connectWebhooks, ownAddresses } from "../../outside/connect-outside.ts";
import { fetchWithRelays } from "../../outside/relay-fetch.ts";
import { openChildParsers, type Parsers } from "../../parsing/parsers-in-child.ts";
import { prepareInChild } from "../../pictures/prepare-in-child.ts";
import { storedPictures } from "../../pictures/stored-pictures.ts";
import type { Objects } from "../../ports/feeds.ts";
import type { FetchPicture } from "../../ports/pictures.ts";
import type { Runtime } from "../../ports/runtime.ts";
import type { Ref } from "../../ports/store.ts";
import { inProcessQueue } from "../../queue/in-process-queue.ts";
import { sealedTokens } from "../../secrets/sealed-tokens.ts";
import { locate } from "../../sources/site-sources.ts";
import { tableStore } from "../../store/table-store.ts";
import { systemRuntime } from "../system-runtime.ts";
import { type Cleanup, cleanupStack } from "./cleanup.ts";
import {
  consoleLog,
  listingProgress,
  logIngested,
  type Print,
  printLogins,
  printStartMessage,
  shellQuote,
} from "./console-output.ts";
import { exportDatabase } from "./data-folder.ts";
import { environmentSecrets, incompleteCredentials, webhookSecrets } from "./environment-secrets.ts";
import {
  followSources,
  listAtStart,
  openSources,
  placesOf,
  reportRefused,
  stoppable,
  suggest,
  trackEditable,
} from "./intake.ts";
import { isLoopbackName, listen, StartError } from "./listen.ts";
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
import { apiToken } from "./private-files.ts";
import { BadConfig, readConfig, withFeedsAt } from "./read-config.ts";
import { type Schedule, startSchedule } from "./schedule.ts";
import { renderBanner, staticFiles } from "./static-files.ts";
import { openTable } from "./storage.ts";
import { explainFile, watchStorage } from "./watch-storage.ts";

export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
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

/** Variables that are already set take precedence over the file. */
export const loadDotenv = (file = ".env"): void => {
  if (existsSync(file)) process.loadEnvFile(file);
};

export interface StartOptions extends Options {
  readonly env: NodeJS.ProcessEnv;
  readonly print: Print;
  /** Replaces the last line. Absent if the output is not a terminal. */
  readonly status?: Print | undefined;
  /** Closed at the end. Absent: a child process is started. */
  readonly parsers?: Parsers;
}

export interface Running {
  readonly url: string;
  readonly token: string;
  readonly app: App;
  /** Resolves when there is no work that is due now. */
  idle(): Promise<void>;
  /** Waits for running steps, and releases the port and the folder. A second call is harmless. */
  stop(): Promise<void>;
}

const concurrency = { post: 16, feed: 2, delivery: 8, ping: 2, notice: 2 } as const;
/** `ready` waits no longer for the first listing. The listing of a large archive continues in the background. */
const listingTimeout = 5 * second;

const open = async (options: StartOptions, cleanup: Cleanup): Promise<Running> => {
  const { env, print } = options;
  const { clock, newId, deadline, setTimer, pause } = systemRuntime;
  const lines = consoleLog(print);
  const data = resolve(options.data);
  const configured = await readConfig(options.config);
  const incomplete = incompleteCredentials(configured.accounts, networks, env);
  if (incomplete.length > 0) throw new BadConfig(incomplete.join("\n"));
  const parsers = options.parsers ?? openChildParsers(setTimer);
  cleanup.add(parsers.close);
  const outside = connectOutside({
    about: configured.sites[0]?.url ?? "",
    own: ownAddresses(configured.sites, options.feed),
    deadline,
  });
  const written =
    options.feed === undefined
      ? configured
      : await withSiteOfFeed(configured, options.feed, { poll: outside.poll, ...parsers.feedParsers });
  const served = publicConfig(written, options);
  const opened = await openSources(options, written.sites);
  const http = await listen(options.port, options.host);
  cleanup.add(() => http.close());
  const url = `http://127.0.0.1:${http.port}/`;
  const config = served ?? withFeedsAt(written, url);
  warnOfPlainAddresses(config, lines);

  let schedule: Schedule | undefined;
  const { file, database, table: stored } = await openTable(data, lines, clock, cleanup);
  const onRecovered = () => schedule?.reconcile();
  const storage = watchStorage({ log: lines, clock, setTimer, onRecovered });
  cleanup.add(storage.close);
  const { log } = storage;
  const token = await apiToken(data, env);
  const sandbox = await openSandbox({ data, accounts: config.accounts, clock, storage, appOf: () => app }, cleanup);
  const root = join(data, "public");
  const bodies = storage.objects(folderObjects(join(data, "bodies")), join(data, "bodies"));
  const store = tableStore(storage.table(stored, file), {
    bodies,
    newId,
    onDue: (ref, at) => schedule?.due(ref, at),
  });
  const moved = await store.moves.read();
  if (moved !== undefined)
    lines.warn(
      `this Crier has moved to another home (${iso(moved)}): it serves its feeds, and sends nothing that the other one may send. To undo the move, stop it and run npx crier resume --data ${shellQuote(options.data)}`,
    );
  const queue = inProcessQueue({
    work: (ref) => app.work(ref),
    concurrency,
    setTimer,
    // If even the failure could not be stored in the row, the sweep finds the row again.
    onError: (ref: Ref, error: unknown) => log.warn("a step failed and is tried again", { ref, error: String(error) }),
  });
  let stopping = false;
  let isListed = false;
  const sources = opened.map((source) => stoppable(source, () => stopping));
  const objects = storage.objects(folderObjects(root), root);
  const { pictures, readPicture } = openPictures({ objects, ...outside, clock, setTimer });
  const app: App = composeApp({
    config,
    store,
    ...parsers,
    objects,
    pictures,
    encode: plain,
    networks: connectNetworks({
      secrets: environmentSecrets(config.accounts, networks, env),
      sandbox: url,
      fetch: fetchWithRelays({ fetch, deadline }),
      clock,
      readPicture,
      tokens: sealedTokens({ rows: store.tokens, pause }),
    }),
    ...outside,
    callWebhook: connectWebhooks({ sites: config.sites, secrets: webhookSecrets(env), deadline, clock }),
    // The documents of the first listing are not new, so that they are not logged.
    report: (path, answer) => {
      if (isListed) logIngested(log, path, answer);
    },
    progress: listingProgress({ clock, print, status: options.status }),
    queue,
    log,
    clock,
    deadline,
    sources,
  });
  const accounts = (await Promise.all(app.siteApis.map((siteApi) => siteApi.accounts()))).flat();
  const sites = [app.site, ...app.siteApis.slice(1).map(({ site }) => site)] as const;
  const documents = trackEditable();
  const following = { app, sources, sites, documents, setTimer, log };
  for (const source of sources.filter(({ editable }) => editable))
    for (const path of (await listAtStart(source)).toReversed()) suggest(source, path, following);
  const folderOf = (site: Site) => placesOf(site, sources).find(({ editable }) => editable)?.location;
  const emptyFolder = sites.some(({ id }) => documents.of(id) !== undefined) ? undefined : folderOf(app.site);
  const isTrial = accounts.every(({ reach }) => reach !== "real");
  const bannerOf = (key: string): string => {
    const { site } = locate({}, key, sites);
    const isConnected = accounts.some((account) => account.site === site.id);
    return renderBanner({ isConnected, content: folderOf(site), file: documents.of(site.id) });
  };
  const isOpen = options.host !== undefined && !isLoopbackName(options.host);
  http.serve(
    localServer({
      web: webApp({ siteApis: app.siteApis, token: async () => token, log }),
      sandbox,
      token: async () => token,
      exportDatabase: exportDatabase({ database, data, bodies, clock }),
      files: staticFiles({
        root,
        paths: servedPaths(config),
        banner: ({ env: { reach } }, key) => (isTrial && reach === "local" ? bannerOf(key) : undefined),
      }),
      admit: admitRequests({ config, isPublic: served !== undefined, isOpen, log }),
      publicUrl: served?.sites[0]?.feedsUrl,
      log,
    }),
  );
  let first = Promise.resolve();
  cleanup.add(() => first);
  cleanup.add(() => queue.stop());
  schedule = startSchedule({
    offer: (refs) => queue.send(refs),
    sweep: () => app.sweep(),
    reconcile: async () => {
      await app.reconcile();
      await app.audit();
      await app.wakeUnknown();
    },
    poll: app.poll,
    clock,
    setTimer,
    log,
  });
  cleanup.add(schedule.close);
  const changesIngested = await followSources(following, cleanup);

  // The port is part of the feeds' URLs, and may differ from the last start.
  await app.audit();
  await app.wakeUnknown();
  const idle = async (): Promise<void> => {
    await changesIngested();
    await queue.idle();
  };
  first = app
    .reconcile()
    .then(app.poll)
    .then(() => app.sweep())
    .then(idle)
    .then(() => reportRefused(following))
    .then(() => {
      isListed = true;
    })
    .catch((error: unknown) => {
      if (!stopping)
        log.warn("the documents could not all be listed; they are listed again within the hour", {
          error: String(error),
        });
    });
  cleanup.add(() => {
    stopping = true;
  });
  await Promise.race([first, new Promise<void>((resolve) => setTimer(listingTimeout, resolve))]);

  const inState = async (state: "held" | "unknown"): Promise<number> => {
    const pages = await Promise.all(config.accounts.map(({ name }) => store.deliveries.inState(name, state)));
    return pages.reduce((total, { rows }) => total + rows.length, 0);
  };
  printStartMessage(print, {
    url,
    sites,
    locations: (site) => placesOf(site, sources).map(({ location }) => location),
    emptyFolder,
    accounts,
    tokenFile: env.CRIER_TOKEN?.trim() ? undefined : join(options.data, "token"),
    undecided: { held: await inState("held"), unknown: await inState("unknown") },
    node: process.versions.node,
  });
  print(`ready on ${url}`);
  const logins = printLogins(app.siteApis, print);
  cleanup.add(() => logins);
  return { url, token, app, idle, stop: cleanup.run };
};

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

interface PictureParts extends Pick<Runtime, "clock" | "setTimer"> {
  /** The folder or bucket of the feeds. */
  readonly objects: Objects;
  readonly fetchPicture: FetchPicture;
}

/** The pictures of posts. A child process prepares them, and they are stored beside the feeds. */
const openPictures = ({ objects, fetchPicture, clock, setTimer }: PictureParts) => {
  const pictureStore = storedPictures(objects, hash);
  const scalePicture = prepareInChild(setTimer);
  return {
    pictures: composePictures({ pictureStore, fetchPicture, scalePicture, clock }),
    readPicture: pictureStore.read,
  };
};
