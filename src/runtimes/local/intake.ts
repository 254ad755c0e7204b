import { dirname } from "node:path";
import type { Ingested } from "../../app/results.ts";
import { listRefused } from "../../app/status/find-post.ts";
import type { App } from "../../compose.ts";
import { copyWaitsUntil } from "../../domain/document.ts";
import { errorMessage } from "../../domain/errors.ts";
import { hintStatus } from "../../domain/feed.ts";
import { type Site, type SourceLocation, sourceName } from "../../domain/site.ts";
import { type Instant, second } from "../../domain/time.ts";
import type { Log, SetTimer } from "../../ports/runtime.ts";
import type { Store } from "../../ports/store.ts";
import { localSources } from "../../sources/local-sources.ts";
import { findSite, isSourceOf, matching } from "../../sources/site-sources.ts";
import type { LocalSource, LocalSourceKind, OnChange } from "../../sources/source-kind.ts";
import type { Cleanup } from "./cleanup.ts";
import { shellQuote } from "./console-output.ts";
import { type LocalFacts, logIngested, logRefusal } from "./document-lines.ts";
import { StartError } from "./listen.ts";
import { contentPlaces, type Options } from "./options.ts";

/** The folder that is read if neither the command line nor the configuration names a source. */
export const exampleContent = "examples/posts";

/** A source that cannot be opened is reported in one line, without a stack trace. */
const openSource = async (kind: LocalSourceKind, place: string, base: string, label: string): Promise<LocalSource> => {
  try {
    return await kind.open(place, base);
  } catch (cause) {
    throw new StartError(`${label}: ${errorMessage(cause)}`, { cause });
  }
};

/** Opens the source that all sites share: each has a folder in it (`Site.folder`). */
const openShared = async (place: string): Promise<LocalSource> => {
  const kind = localSources.find(({ accepts }) => accepts?.(place));
  if (kind === undefined)
    throw new StartError(`--content ${place} cannot be read: give ${contentPlaces}; a feed is given with --feed URL`);
  return openSource(kind, place, ".", "--content");
};

const openConfigured = async (one: SourceLocation, site: string, base: string, label: string): Promise<LocalSource> => {
  const kind = localSources.find(({ name }) => name === one.kind);
  if (kind === undefined) throw new StartError(`${label}: Crier cannot read a ${one.kind} on this machine: remove it`);
  return { ...matching(await openSource(kind, one.location, base, label), one), name: sourceName(one), site };
};

/** Opens the source of `--content` or `--feed`, or else the sources of each site, or else the examples. */
export const openSources = async (
  { content, feed, config }: Pick<Options, "content" | "feed" | "config">,
  sites: readonly Pick<Site, "id" | "sources">[],
): Promise<readonly LocalSource[]> => {
  if (content !== undefined) return [await openShared(content)];
  const [first] = sites;
  if (feed !== undefined && first !== undefined)
    return [await openConfigured({ kind: "feed", location: feed, include: [], exclude: [] }, first.id, ".", "--feed")];
  const base = config === undefined ? "." : dirname(config);
  const opened: LocalSource[] = [];
  for (const [index, site] of sites.entries())
    for (const [position, one] of site.sources.entries())
      opened.push(await openConfigured(one, site.id, base, `sites[${index}].sources[${position}]`));
  return opened.length > 0 ? opened : [await openShared(exampleContent)];
};

/** The locations of a site's documents. */
export const documentLocations = (
  site: Pick<Site, "id" | "folder">,
  sources: readonly LocalSource[],
): readonly { readonly location: string; readonly editable: boolean }[] =>
  sources
    .filter((source) => isSourceOf(site, source))
    .map(({ site: owner, location, editable }) => ({
      location: location(owner === undefined ? site.folder : ""),
      editable,
    }));

/** Lists a source at the start. A failure is reported in one line, without a stack trace. */
export const listAtStart = async (source: LocalSource): Promise<readonly string[]> => {
  try {
    return await source.list();
  } catch (cause) {
    throw new StartError(errorMessage(cause), { cause });
  }
};

/** True if there is a document in a source that can be edited. */
export const hasDocuments = async (sources: readonly LocalSource[]): Promise<boolean> => {
  const lists = await Promise.all(sources.filter(({ editable }) => editable).map(listAtStart));
  return lists.some((paths) => paths.length > 0);
};

export const editableFolder = (site: Site, sources: readonly LocalSource[]): string | undefined =>
  documentLocations(site, sources).find(({ editable }) => editable)?.location;

/**
 * Returns the source with calls that throw once Crier is stopping, so that the listing of a large archive ends at its
 * next document.
 */
export const stoppable = (source: LocalSource, stopping: () => boolean): LocalSource => {
  const check = (): void => {
    if (stopping()) throw new StartError("Crier is stopping");
  };
  return {
    ...source,
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

/** Most of the newest posts may be those of a feed. */
const maxHints = 100;

/** Returns the file of the newest public post of a site whose document a person edits on this machine. */
export const newestDocument = async (
  site: Site,
  sources: readonly LocalSource[],
  { memberships, posts, now }: Pick<Store, "memberships" | "posts"> & { readonly now: Instant },
): Promise<string | undefined> => {
  let read = 0;
  for await (const hint of memberships.newest(site.id, "main")) {
    const post = await posts.head(site.id, hint.id);
    const source = sources.find((one) => one.name === post?.source && isSourceOf(site, one));
    if (post !== undefined && source?.editable === true && hintStatus(hint, post, now) === "live")
      return source.location(source.site === undefined ? site.folder + post.path : post.path);
    read += 1;
    if (read === maxHints) break;
  }
  return undefined;
};

export interface Following {
  readonly app: App;
  readonly sources: readonly LocalSource[];
  readonly sites: readonly Site[];
  readonly setTimer: SetTimer;
  readonly log: Log;
  readonly facts: LocalFacts;
}

/**
 * Many editors write a file in several steps. It is read at the first step, and again when it has not changed for this
 * long.
 */
const rereadAfter = 100;

/**
 * Calls `act` with each changed path, and again when it has not changed for a moment. For a deleted document, only the
 * second call is made: an editor that replaces a file by deleting it has written it by then, and a document that was moved
 * is found at its new path first. `second`: cancels the second call of each path, until that is made.
 */
const nowAndWhenCalm = (
  second: Map<string, () => void>,
  act: (path: string) => void,
  setTimer: SetTimer,
  cleanup: Cleanup,
): OnChange => {
  cleanup.add(() => {
    for (const cancel of second.values()) cancel();
  });
  return (path, isGone) => {
    second.get(path)?.();
    const cancel = setTimer(rereadAfter, () => {
      second.delete(path);
      act(path);
    });
    second.set(path, cancel);
    if (!isGone) act(path);
  };
};

/**
 * Reports each refusal once. A document that is read again in a moment may be half written: its refusal is not reported yet,
 * and neither is the end of one that was not.
 */
const refusalsWhenCalm = (log: (path: string, answer: Ingested) => void) => {
  const reported = new Map<string, string>();
  const unreported = new Set<string>();
  return (path: string, answer: Ingested, isReadAgain: boolean): void => {
    if (answer.result !== "refused") {
      const isSilent = answer.result === "unchanged" && unreported.has(path) && !reported.has(path);
      if (!isSilent) log(path, answer);
      reported.delete(path);
      unreported.delete(path);
    } else if (isReadAgain) {
      if (!answer.wasRefused) unreported.add(path);
    } else {
      const refusal = JSON.stringify(answer.reasons);
      if (reported.get(path) !== refusal) log(path, answer);
      reported.set(path, refusal);
      unreported.delete(path);
    }
  };
};

/** The command that publishes a document of a source that can be edited here. */
const publishCommand = (source: LocalSource, path: string, { sites, facts }: Following): string | undefined =>
  source.editable
    ? facts.command(`publish ${shellQuote(source.location(path))}`, findSite(source, path, sites).site.id)
    : undefined;

/**
 * Returns a function that ingests the document at a path again at a moment. A new moment for a path replaces the one
 * before.
 */
const laterIngests = (
  ingest: (path: string) => void,
  { setTimer, facts: { clock } }: Following,
  cleanup: Cleanup,
): ((path: string, at: Instant) => void) => {
  const cancels = new Map<string, () => void>();
  cleanup.add(() => {
    for (const cancel of cancels.values()) cancel();
  });
  return (path, at) => {
    cancels.get(path)?.();
    const cancel = setTimer(Math.max(0, at - clock()), () => {
      cancels.delete(path);
      ingest(path);
    });
    cancels.set(path, cancel);
  };
};

export interface FollowedSources {
  /** Resolves when all changes are ingested. */
  idle(): Promise<void>;
  /** Ingests each copy that waits again when it has waited long enough, also where another run or a listing refused it. */
  retryCopies(): Promise<void>;
}

/** Ingests the documents that change in the sources from now on. */
export const followSources = async (following: Following, cleanup: Cleanup): Promise<FollowedSources> => {
  const { app, sources, setTimer, log, facts } = following;
  const idle: (() => Promise<void>)[] = [];
  const retry = new Map<LocalSource, (path: string, at: Instant) => void>();
  for (const source of sources) {
    const second = new Map<string, () => void>();
    const report = refusalsWhenCalm((path, answer) =>
      logIngested(log, path, answer, facts, publishCommand(source, path, following)),
    );
    const ingest = async (path: string): Promise<void> => {
      const isEarly = second.has(path);
      const answer = await app.ingest(source.name, path, source.site);
      report(path, answer, isEarly || second.has(path));
      if (answer.result === "refused" && answer.retryAt !== undefined) ingestAt(path, answer.retryAt);
    };
    const intake = startIntake({ ingest, setTimer, log });
    cleanup.add(intake.close);
    const ingestAt = laterIngests(intake.changed, following, cleanup);
    // Other sources are polled.
    if (source.watch !== undefined) retry.set(source, ingestAt);
    idle.push(intake.idle);
    const watcher = await source.watch?.(nowAndWhenCalm(second, intake.changed, setTimer, cleanup), log);
    cleanup.add(async () => watcher?.close());
  }
  return {
    idle: async () => {
      for (const isIdle of idle) await isIdle();
    },
    retryCopies: async () => {
      for (const { source, path, ...refusal } of await findRefused(following)) {
        const at = copyWaitsUntil(refusal);
        if (source !== undefined && at !== undefined) retry.get(source)?.(path, at);
      }
    },
  };
};

/** Returns the documents that are refused, with their paths in the source. */
const findRefused = async ({ app, sources }: Following) => {
  const refused = await Promise.all(
    app.sites.map(async ({ site, ports }) =>
      (await listRefused(site.id, undefined, ports)).map(({ source: name, path, ...refusal }) => {
        const source = sources.find((one) => one.name === name && (one.site ?? site.id) === site.id);
        return { source, path: source?.site === undefined ? site.folder + path : path, ...refusal };
      }),
    ),
  );
  return refused.flat();
};

/** Reports the documents that are refused, with the reasons. */
export const reportRefused = async (following: Following): Promise<void> => {
  for (const { source, path, reasons } of await findRefused(following)) {
    logRefusal(following.log, path, reasons, source && publishCommand(source, path, following));
  }
};

export interface Intake {
  /** Called when the document at this path has changed. Repeated calls are cheap. */
  changed(path: string): void;
  /** Resolves when all changed paths are ingested. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export interface IntakeOptions {
  readonly ingest: (path: string) => Promise<void>;
  readonly setTimer: SetTimer;
  readonly log: Log;
}

const concurrency = 4;
const retryAfter = 5 * second;

/**
 * Ingests changed documents, at most `concurrency` at a time and never the same path concurrently. A document that changes
 * while it is ingested is ingested again. One whose ingest throws is retried after a few seconds.
 */
export const startIntake = ({ ingest, setTimer, log }: IntakeOptions): Intake => {
  const waiting = new Set<string>();
  const active = new Map<string, Promise<void>>();
  const retries = cancellableTimers(setTimer);
  const idleCallbacks: (() => void)[] = [];
  let closed = false;

  const tryIngest = async (path: string): Promise<void> => {
    try {
      await ingest(path);
    } catch (error) {
      if (closed) return;
      log.warn(`${path} could not be read; it is tried again`, { error: errorMessage(error) });
      retries.add(retryAfter, () => changed(path));
    }
  };

  const startNext = (): void => {
    for (const path of waiting) {
      if (closed || active.size >= concurrency) break;
      if (active.has(path)) continue;
      waiting.delete(path);
      active.set(
        path,
        tryIngest(path).finally(() => {
          active.delete(path);
          startNext();
        }),
      );
    }
    if (active.size === 0 && (closed || waiting.size === 0)) for (const resolve of idleCallbacks.splice(0)) resolve();
  };

  const changed = (path: string): void => {
    if (closed) return;
    waiting.add(path);
    startNext();
  };

  return {
    changed,
    idle: () =>
      new Promise((resolve) => {
        idleCallbacks.push(resolve);
        startNext();
      }),
    close: async () => {
      closed = true;
      retries.cancelAll();
      await Promise.all(active.values());
    },
  };
};

/** Timers that can be cancelled together. */
const cancellableTimers = (setTimer: SetTimer) => {
  const cancels = new Set<() => void>();
  return {
    add: (milliseconds: number, act: () => void): void => {
      const cancel = setTimer(milliseconds, () => {
        cancels.delete(cancel);
        act();
      });
      cancels.add(cancel);
    },
    cancelAll: (): void => {
      for (const cancel of cancels) cancel();
    },
  };
};
