import { join, resolve } from "node:path";
import { webApp } from "../../api/http-api.ts";
import { type App, composeApp } from "../../compose.ts";
import { servedPaths } from "../../config.ts";
import type { Site } from "../../domain/site.ts";
import { iso, second } from "../../domain/time.ts";
import { connectNetworks } from "../../networks/connect-networks.ts";
import { networks } from "../../networks/index.ts";
import { plain } from "../../objects/encodings.ts";
import { folderObjects } from "../../objects/folder-objects.ts";
import { connectWebhooks } from "../../outside/call-webhook.ts";
import { connectOutside, ownAddresses } from "../../outside/connect-outside.ts";
import { fetchWithRelays } from "../../outside/relay-fetch.ts";
import { openChildParsers, type Parsers } from "../../parsing/parsers-in-child.ts";
import type { Ref } from "../../ports/store.ts";
import { inProcessQueue } from "../../queue/in-process-queue.ts";
import { sealedTokens } from "../../secrets/sealed-tokens.ts";
import { locate } from "../../sources/site-sources.ts";
import { tableStore } from "../../store/table-store.ts";
import { systemRuntime } from "../system-runtime.ts";
import { admitRequests } from "./admit-request.ts";
import { type Cleanup, cleanupStack } from "./cleanup.ts";
import { consoleLog, type Print } from "./console-log.ts";
import { trackEditable } from "./editable-documents.ts";
import { environmentSecrets, incompleteCredentials, webhookSecrets } from "./environment-secrets.ts";
import { exportDatabase } from "./export-database.ts";
import { explainFile } from "./file-failure.ts";
import { followSources, reportRefused, suggest } from "./follow-sources.ts";
import { listen, StartError } from "./listen.ts";
import { listingProgress } from "./listing-progress.ts";
import { renderBanner } from "./local-banner.ts";
import { localServer } from "./local-server.ts";
import { logIngested } from "./log-documents.ts";
import { openPictures } from "./open-pictures.ts";
import { openSandbox } from "./open-sandbox.ts";
import { openSources, placesOf } from "./open-sources.ts";
import { openTable } from "./open-table.ts";
import type { Options } from "./options.ts";
import { printLogins } from "./print-logins.ts";
import { BadConfig, readConfig, withFeedsAt } from "./read-config.ts";
import { isLoopbackName } from "./request-reach.ts";
import { type Schedule, startSchedule } from "./schedule.ts";
import { publicConfig, warnOfPlainAddresses } from "./server-address.ts";
import { withSiteOfFeed } from "./site-of-feed.ts";
import { printStartMessage, shellQuote } from "./start-message.ts";
import { staticFiles } from "./static-files.ts";
import { listAtStart, stoppable } from "./stoppable-source.ts";
import { apiToken } from "./token-file.ts";
import { watchStorage } from "./watch-storage.ts";

export interface StartOptions extends Options {
  readonly env: NodeJS.ProcessEnv;
  readonly print: Print;
  /** Writes over the last line. Absent where the output is not a terminal. */
  readonly status?: Print | undefined;
  /** Closed at the end. Absent: a child process. */
  readonly parsers?: Parsers;
}

export interface Running {
  readonly url: string;
  readonly token: string;
  readonly app: App;
  /** Resolves when nothing is left to do now. */
  idle(): Promise<void>;
  /** Finishes running steps, and releases the port and the folder. May be called twice. */
  stop(): Promise<void>;
}

const concurrency = { post: 16, feed: 2, delivery: 8, ping: 2, notice: 2 } as const;
/** The longest time that `ready` waits for the first listing: a large archive continues in the background. */
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
    // The failure could not even be stored in the row: the sweep finds the row again.
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
    // What the first poll brings is not news.
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

  // The port is in the URLs of the feeds, and may differ from the last start.
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
