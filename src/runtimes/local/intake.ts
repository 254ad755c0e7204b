import { errorMessage } from "../../domain/errors.ts";
import { second } from "../../domain/time.ts";
import type { Log, SetTimer } from "../../ports/runtime.ts";

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
