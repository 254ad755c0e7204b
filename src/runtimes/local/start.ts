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
import { consoleLog, type Print } from "./console-log.ts";
import { editable, siteAt } from "./editable-document.ts";
import { environmentSecrets, halfCredentials } from "./environment-secrets.ts";
import { announce, announceRefused, greet } from "./greeting.ts";
import { startIntake } from "./intake.ts";
import { listen, StartError } from "./listen.ts";
import { server } from "./local-server.ts";
import { openSandbox } from "./open-sandbox.ts";
import { openTable, table } from "./open-table.ts";
import type { Options } from "./options.ts";
import { withStrip } from "./page-strip.ts";
import { BadConfig, readConfig, servedAt } from "./read-config.ts";
import { type Schedule, startSchedule } from "./schedule.ts";
import { staticFiles } from "./static-files.ts";
import { apiToken } from "./token-file.ts";
import { type Undo, undoStack } from "./undo.ts";

export interface Start extends Options {
  readonly env: NodeJS.ProcessEnv;
  readonly print: Print;
}

export interface Running {
  readonly url: string;
  readonly token: string;
  readonly app: App;
  /** Settles when nothing is left that could be done now. */
  idle(): Promise<void>;
  /** Finishes what is being done, and gives port and folder back. May be called twice. */
  stop(): Promise<void>;
}

const concurrency = { post: 8, feed: 2, delivery: 8, ping: 2 } as const;
/** `ready` waits so long for the first listing: a large archive goes on in the background. */
const patience = 5 * second;

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

/** A listing of a large archive ends at its next document. */
const untilStopped = (source: Source, stopping: () => boolean): Source => {
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

const open = async (options: Start, undo: Undo): Promise<Running> => {
  const { env, print } = options;
  const { clock, newId, deadline, setTimer } = systemRuntime;
  const log = consoleLog(print);
  const data = resolve(options.data);
  const written = await readConfig(options.config);
  const half = halfCredentials(written.accounts, networks, env);
  if (half.length > 0) throw new BadConfig(half.join("\n"));
  const content = await openSource(options.content);
  const http = await listen(options.port);
  undo.add(() => http.close());
  const url = `http://127.0.0.1:${http.port}/`;
  const config = servedAt(written, url);

  const client = await openTable(data, log, clock, undo);
  const token = await apiToken(data, env);
  const sandbox = await openSandbox(data, config.accounts, clock, undo);
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
    // A step's own failure has put its row off; this one could not even do that, and the sweep finds the row again.
    onError: (ref: Ref, error: unknown) => log.warn("a step failed and is tried again", { ref, error: String(error) }),
  });
  let stopping = false;
  const source = untilStopped(content, () => stopping);
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
  const documents = editable(sites, listed);
  const page = (html: string, key: string): string => {
    const site = siteAt(key, sites);
    const file = documents.of(site.id);
    return withStrip(html, {
      accounts: accounts.filter((account) => account.site === site.id),
      content: content.location(site.folder),
      ...(file && { file: content.location(file) }),
    });
  };
  http.serve(
    server({
      web: webApp({ siteApis: app.siteApis, token: async () => token, log }),
      sandbox,
      token: async () => token,
      files: staticFiles({ root, paths: servedPaths(config), page }),
    }),
  );
  let first = Promise.resolve();
  undo.add(() => first);
  undo.add(() => queue.stop());
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
  undo.add(schedule.close);
  const ingestChange = async (path: string): Promise<void> => {
    const answer = await app.ingest(source.name, path);
    announce(log, path, answer);
    if (answer.result === "created" || answer.result === "updated") documents.published(path);
    if (answer.result === "refused" || answer.result === "deleted") documents.lost(path);
  };
  const intake = startIntake({ ingest: ingestChange, setTimer, log });
  undo.add(intake.close);
  const watcher = await content.watch?.(intake.changed, log);
  undo.add(async () => watcher?.close());

  // Their own URLs hold the port.
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
          announceRefused(log, site.folder + path, reasons);
          if (from === source.name) documents.lost(site.folder + path);
        }
    })
    .catch((error: unknown) => {
      if (!stopping)
        log.warn("the documents could not all be listed; they are listed again within the hour", {
          error: String(error),
        });
    });
  undo.add(() => {
    stopping = true;
  });
  await Promise.race([first, pause(patience, undefined, { ref: false })]);

  greet(print, {
    url,
    sites,
    location: content.location,
    documents: listed.length,
    accounts,
    tokenFile: env.CRIER_TOKEN?.trim() ? undefined : join(options.data, "token"),
  });
  print(`ready on ${url}`);
  return { url, token, app, idle, stop: undo.run };
};

/** Starts everything on this machine. Throws `StartError`, `BadConfig` or `FolderInUse`, and leaves nothing open then. */
export const startLocal = async (options: Start): Promise<Running> => {
  const undo = undoStack();
  try {
    return await open(options, undo);
  } catch (error) {
    await undo.run();
    throw error;
  }
};
