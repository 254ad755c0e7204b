import type { App } from "../../compose.ts";
import { isCopyWaiting } from "../../domain/document.ts";
import { copiesGrace } from "../../domain/feed.ts";
import type { Site } from "../../domain/site.ts";
import type { Log, SetTimer } from "../../ports/runtime.ts";
import { locate } from "../../sources/site-sources.ts";
import type { LocalSource, OnChange } from "../../sources/source-kind.ts";
import type { Cleanup } from "./cleanup.ts";
import type { EditableDocuments } from "./editable-documents.ts";
import { startIntake } from "./intake.ts";
import { logIngested, logRefusal } from "./log-documents.ts";

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
