import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { webApp } from "../../api/http-api.ts";
import { type App, composeApp } from "../../compose.ts";
import { servedPaths } from "../../config.ts";
import { errorMessage } from "../../domain/error-message.ts";
import { second } from "../../domain/time.ts";
import { connectNetworks } from "../../networks/connect-networks.ts";
import { networks } from "../../networks/index.ts";
import { folderObjects } from "../../objects/folder-objects.ts";
import { connectOutside } from "../../outside/connect-outside.ts";
import type { Source } from "../../ports/content.ts";
import type { Ref } from "../../ports/store.ts";
import { inProcessQueue } from "../../queue/in-process-queue.ts";
import { localSources } from "../../sources/local-sources.ts";
import type { LocalSource } from "../../sources/source-kind.ts";
import { dynamoStore } from "../../store/table-store.ts";
import { systemRuntime } from "../system-runtime.ts";
import { type Cleanup, cleanupStack } from "./cleanup.ts";
import { consoleLog, type Print } from "./console-log.ts";
import { siteAt, trackEditable } from "./editable-documents.ts";
import { environmentSecrets, incompleteCredentials } from "./environment-secrets.ts";
import { startIntake } from "./intake.ts";
import { listen, StartError } from "./listen.ts";
import { insertBanner } from "./local-banner.ts";
import { localServer } from "./local-server.ts";
import { logIngested, logRefusal } from "./log-documents.ts";
import { openSandbox } from "./open-sandbox.ts";
import { openTable, table } from "./open-table.ts";
import type { Options } from "./options.ts";
import { BadConfig, readConfig, withFeedsAt } from "./read-config.ts";
import { type Schedule, startSchedule } from "./schedule.ts";
import { printStartMessage } from "./start-message.ts";
import { staticFiles } from "./static-files.ts";
import { apiToken } from "./token-file.ts";

export interface StartOptions extends Options {
  readonly env: NodeJS.ProcessEnv;
  readonly print: Print;
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

const concurrency = { post: 8, feed: 2, delivery: 8, ping: 2 } as const;
/** The longest time that `ready` waits for the first listing: a large archive continues in the background. */
const listingTimeout = 5 * second;

/** A source that cannot be opened or listed at the start is reported in one line, without a stack trace. */
const orStartError = async <T>(result: Promise<T>): Promise<T> => {
  try {
    return await result;
  } catch (cause) {
    throw new StartError(errorMessage(cause), { cause });
  }
};

const openSource = async (place: string): Promise<LocalSource> => {
  const kind = localSources.find(({ accepts }) => accepts(place));
  if (kind === undefined)
    throw new StartError(
      `--content ${place} cannot be read: give ${localSources.map(({ about }) => about).join(", or ")}`,
    );
  return orStartError(kind.open(place));
};

/** The source, but its calls throw once Crier is stopping: the listing of a large archive ends at its next document. */
const stoppable = (source: Source, stopping: () => boolean): Source => {
  const check = (): void => {
    if (stopping()) throw new StartError("Crier is stopping");
  };
  return {
    name: source.name,
    list: async () => {
      check();
      return source.list();
    },
    read: async (path) => {
      check();
      return source.read(path);
    },
  };
};

const open = async (options: StartOptions, cleanup: Cleanup): Promise<Running> => {
  const { env, print } = options;
  const { clock, newId, deadline, setTimer } = systemRuntime;
  const log = consoleLog(print);
  const data = resolve(options.data);
  const written = await readConfig(options.config);
  const incomplete = incompleteCredentials(written.accounts, networks, env);
  if (incomplete.length > 0) throw new BadConfig(incomplete.join("\n"));
  const content = await openSource(options.content);
  const http = await listen(options.port);
  cleanup.add(() => http.close());
  const url = `http://127.0.0.1:${http.port}/`;
  const config = withFeedsAt(written, url);

  const client = await openTable(data, log, clock, cleanup);
  const token = await apiToken(data, env);
  const sandbox = await openSandbox(data, config.accounts, clock, cleanup);
  const root = join(data, "public");
  let schedule: Schedule | undefined;
  const store = dynamoStore({
    client,
    table,
    bodies: folderObjects(join(data, "bodies")),
    newId,
    onDue: (ref, at) => schedule?.due(ref, at),
  });
  const queue = inProcessQueue({
    work: (ref) => app.work(ref),
    concurrency,
    // The failure could not even be stored in the row: the sweep finds the row again.
    onError: (ref: Ref, error: unknown) => log.warn("a step failed and is tried again", { ref, error: String(error) }),
  });
  let stopping = false;
  const source = stoppable(content, () => stopping);
  const app: App = composeApp({
    config,
    store,
    objects: folderObjects(root),
    networks: connectNetworks({
      secrets: environmentSecrets(config.accounts, networks, env),
      sandbox: url,
      fetch,
    }),
    ...connectOutside({ about: written.sites[0]?.url ?? url, isLocal: true, deadline }),
    queue,
    log,
    clock,
    deadline,
    sources: [source],
  });
  const accounts = (await Promise.all(app.siteApis.map((siteApi) => siteApi.accounts()))).flat();
  const sites = [app.site, ...app.siteApis.slice(1).map(({ site }) => site)] as const;
  const listed = await orStartError(source.list());
  const documents = trackEditable(sites, listed);
  const page = (html: string, key: string): string => {
    const site = siteAt(key, sites);
    const file = documents.of(site.id);
    return insertBanner(html, {
      accounts: accounts.filter((account) => account.site === site.id),
      content: content.location(site.folder),
      ...(file && { file: content.location(file) }),
    });
  };
  http.serve(
    localServer({
      web: webApp({ siteApis: app.siteApis, token: async () => token, log }),
      sandbox,
      token: async () => token,
      files: staticFiles({ root, paths: servedPaths(config), page }),
    }),
  );
  let first = Promise.resolve();
  cleanup.add(() => first);
  cleanup.add(() => queue.stop());
  schedule = startSchedule({
    offer: (refs) => queue.send(refs),
    sweep: () => app.sweep(0),
    reconcile: async () => {
      await app.reconcile(source.name);
      await app.audit();
    },
    clock,
    setTimer,
    log,
  });
  cleanup.add(schedule.close);
  const ingestChange = async (path: string): Promise<void> => {
    const answer = await app.ingest(source.name, path);
    logIngested(log, path, answer);
    if (answer.result === "created" || answer.result === "updated") documents.add(path);
    if (answer.result === "refused" || answer.result === "deleted") documents.remove(path);
  };
  const intake = startIntake({ ingest: ingestChange, setTimer, log });
  cleanup.add(intake.close);
  const watcher = await content.watch?.(intake.changed, log);
  cleanup.add(async () => watcher?.close());

  // The port is in the URLs of the feeds, and may differ from the last start.
  await app.audit();
  const idle = async (): Promise<void> => {
    await intake.idle();
    await queue.idle();
  };
  first = app
    .reconcile(source.name)
    .then(() => app.sweep(0))
    .then(idle)
    .then(async () => {
      for (const { site, refused } of app.siteApis)
        for (const { source: from, path, reasons } of await refused()) {
          logRefusal(log, site.folder + path, reasons);
          if (from === source.name) documents.remove(site.folder + path);
        }
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
  await Promise.race([first, pause(listingTimeout, undefined, { ref: false })]);

  printStartMessage(print, {
    url,
    sites,
    location: content.location,
    documents: listed.length,
    accounts,
    tokenFile: env.CRIER_TOKEN?.trim() ? undefined : join(options.data, "token"),
  });
  print(`ready on ${url}`);
  return { url, token, app, idle, stop: cleanup.run };
};

/** Starts everything on this machine. Throws `StartError`, `BadConfig` or `FolderInUse`, and leaves nothing open in that case. */
export const startLocal = async (options: StartOptions): Promise<Running> => {
  const cleanup = cleanupStack();
  try {
    return await open(options, cleanup);
  } catch (error) {
    await cleanup.run();
    throw error;
  }
};
