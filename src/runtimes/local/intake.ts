import { dirname } from "node:path";
import type { App } from "../../compose.ts";
import { isCopyWaiting } from "../../domain/document.ts";
import { errorMessage } from "../../domain/errors.ts";
import { copiesGrace } from "../../domain/feed.ts";
import { type Site, type SourcePlace, sourceName } from "../../domain/site.ts";
import { second } from "../../domain/time.ts";
import type { Log, SetTimer } from "../../ports/runtime.ts";
import { localSources } from "../../sources/local-sources.ts";
import { isSourceOf, locate, matching } from "../../sources/site-sources.ts";
import type { LocalSource, LocalSourceKind, OnChange } from "../../sources/source-kind.ts";
import type { Cleanup } from "./cleanup.ts";
import { logIngested, logRefusal } from "./console-output.ts";
import { StartError } from "./listen.ts";
import { contentPlaces, type Options } from "./options.ts";

/** Read where neither the command line nor the configuration names a place. */
export const exampleContent = "examples/posts";

/** A place that cannot be opened is reported in one line, without a stack trace. */
const openPlace = async (kind: LocalSourceKind, place: string, base: string, label: string): Promise<LocalSource> => {
  try {
    return await kind.open(place, base);
  } catch (cause) {
    throw new StartError(`${label}: ${errorMessage(cause)}`, { cause });
  }
};

/** All sites share it: see `Site.folder`. */
const openShared = async (place: string): Promise<LocalSource> => {
  const kind = localSources.find(({ accepts }) => accepts?.(place));
  if (kind === undefined)
    throw new StartError(`--content ${place} cannot be read: give ${contentPlaces}; a feed is given with --feed URL`);
  return openPlace(kind, place, ".", "--content");
};

const openConfigured = async (one: SourcePlace, site: string, base: string, label: string): Promise<LocalSource> => {
  const kind = localSources.find(({ name }) => name === one.kind);
  if (kind === undefined) throw new StartError(`${label}: Crier cannot read a ${one.kind} on this machine: remove it`);
  return { ...matching(await openPlace(kind, one.place, base, label), one), name: sourceName(one), site };
};

/** `--content`, `--feed`, or else the sources of each site, or else the examples. */
export const openSources = async (
  { content, feed, config }: Pick<Options, "content" | "feed" | "config">,
  sites: readonly Pick<Site, "id" | "sources">[],
): Promise<readonly LocalSource[]> => {
  if (content !== undefined) return [await openShared(content)];
  const [first] = sites;
  if (feed !== undefined && first !== undefined)
    return [await openConfigured({ kind: "feed", place: feed, include: [], exclude: [] }, first.id, ".", "--feed")];
  const base = config === undefined ? "." : dirname(config);
  const opened: LocalSource[] = [];
  for (const [index, site] of sites.entries())
    for (const [position, one] of site.sources.entries())
      opened.push(await openConfigured(one, site.id, base, `sites[${index}].sources[${position}]`));
  return opened.length > 0 ? opened : [await openShared(exampleContent)];
};

/** Where the documents of a site are. */
export const placesOf = (
  site: Pick<Site, "id" | "folder">,
  sources: readonly LocalSource[],
): readonly { readonly location: string; readonly editable: boolean }[] =>
  sources
    .filter((source) => isSourceOf(site, source))
    .map(({ site: owner, location, editable }) => ({
      location: location(owner === undefined ? site.folder : ""),
      editable,
    }));

/** The paths of a source that is listed at the start. Where that fails, it is reported in one line, without a stack trace. */
export const listAtStart = async (source: LocalSource): Promise<readonly string[]> => {
  try {
    return await source.list();
  } catch (cause) {
    throw new StartError(errorMessage(cause), { cause });
  }
};

/** The source, but its calls throw once Crier is stopping: the listing of a large archive ends at its next document. */
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

interface Following {
  readonly app: App;
  readonly sources: readonly LocalSource[];
  readonly sites: readonly Site[];
  readonly documents: EditableDocuments;
  readonly setTimer: SetTimer;
  readonly log: Log;
}

/** The banner suggests to edit what a person can edit. */
export const suggest = (
  source: LocalSource,
  path: string,
  { sites, documents }: Pick<Following, "sites" | "documents">,
) => {
  if (source.editable) documents.add(locate(source, path, sites).site.id, source.location(path));
};

const withdraw = (source: LocalSource, path: string, { sites, documents }: Following): void =>
  documents.remove(locate(source, path, sites).site.id, source.location(path));

/** Many editors write a file in several steps: it is read at the first one, and once more when it is finished. */
const lookAgainAfter = 100;

/**
 * Calls `act` with each changed path, and once more when it has not changed for a moment. With one at which no document is
 * any more only then: an editor that deletes and writes it has written it, and a document that was moved is found at its
 * new path first.
 */
const twice = (act: (path: string) => void, setTimer: SetTimer, cleanup: Cleanup): OnChange => {
  const second = new Map<string, () => void>();
  cleanup.add(() => {
    for (const cancel of second.values()) cancel();
  });
  return (path, isGone) => {
    second.get(path)?.();
    const cancel = setTimer(lookAgainAfter, () => {
      second.delete(path);
      act(path);
    });
    second.set(path, cancel);
    if (!isGone) act(path);
  };
};

/** Ingests what changes in the sources from now on. The result resolves when no change is left. */
export const followSources = async (following: Following, cleanup: Cleanup): Promise<() => Promise<void>> => {
  const { app, sources, setTimer, log } = following;
  const idle: (() => Promise<void>)[] = [];
  for (const source of sources) {
    const refusals = new Map<string, string>();
    const ingest = async (path: string): Promise<void> => {
      const answer = await app.ingest(source.name, path, source.site);
      const refusal = answer.result === "refused" ? JSON.stringify(answer.reasons) : undefined;
      if (refusal === undefined || refusals.get(path) !== refusal) logIngested(log, path, answer);
      if (refusal === undefined) refusals.delete(path);
      else refusals.set(path, refusal);
      if (answer.result === "created" || answer.result === "updated") suggest(source, path, following);
      if (["refused", "page", "deleted"].includes(answer.result)) withdraw(source, path, following);
      if (answer.result === "refused" && answer.reasons.some(isCopyWaiting)) {
        cleanup.add(setTimer(copiesGrace, () => intake.changed(path)));
      }
    };
    const intake = startIntake({ ingest, setTimer, log });
    cleanup.add(intake.close);
    idle.push(intake.idle);
    const watcher = await source.watch?.(twice(intake.changed, setTimer, cleanup), log);
    cleanup.add(async () => watcher?.close());
  }
  return async () => {
    for (const isIdle of idle) await isIdle();
  };
};

/** Reports the documents that are refused, with the reasons. */
export const reportRefused = async (following: Following): Promise<void> => {
  for (const { site, refused } of following.app.siteApis)
    for (const { source: name, path, reasons } of await refused()) {
      const source = following.sources.find((one) => one.name === name && (one.site ?? site.id) === site.id);
      const fullPath = source?.site === undefined ? site.folder + path : path;
      logRefusal(following.log, fullPath, reasons);
      if (source !== undefined) withdraw(source, fullPath, following);
    }
};

export interface Intake {
  /** The document at this path was changed. Cheap; may be called as often as one likes. */
  changed(path: string): void;
  /** Resolves when no changed path is left. */
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
 * Ingests changed documents, a few at a time and never one path twice at once. A document that changes while it is
 * ingested is ingested again; one whose ingest throws is tried again after a few seconds.
 */
export const startIntake = ({ ingest, setTimer, log }: IntakeOptions): Intake => {
  const waiting = new Set<string>();
  const active = new Map<string, Promise<void>>();
  const cancelRetries = new Set<() => void>();
  const idleCallbacks: (() => void)[] = [];
  let closed = false;

  const retryLater = (path: string): void => {
    const cancel = setTimer(retryAfter, () => {
      cancelRetries.delete(cancel);
      changed(path);
    });
    cancelRetries.add(cancel);
  };

  const tryIngest = async (path: string): Promise<void> => {
    try {
      await ingest(path);
    } catch (error) {
      if (closed) return;
      log.warn(`${path} could not be read; it is tried again`, { error: errorMessage(error) });
      retryLater(path);
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
      for (const cancel of cancelRetries) cancel();
      await Promise.all(active.values());
    },
  };
};

/** For each site, the document that the banner suggests to edit. A document is named by its file. */
interface EditableDocuments {
  /** The document was just published, so a person is working on it. */
  add(site: string, file: string): void;
  /** The document is refused or deleted. */
  remove(site: string, file: string): void;
  /** The document that was added last. */
  of(site: string): string | undefined;
}

export const trackEditable = (): EditableDocuments => {
  /** In the order of their last addition. */
  const filesBySite = new Map<string, Set<string>>();
  return {
    add: (site, file) => {
      const files = filesBySite.get(site) ?? new Set();
      files.delete(file);
      filesBySite.set(site, files.add(file));
    },
    remove: (site, file) => {
      filesBySite.get(site)?.delete(file);
    },
    of: (site) => [...(filesBySite.get(site) ?? [])].at(-1),
  };
};
