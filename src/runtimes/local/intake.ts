import { second } from "../../domain/time.ts";
import type { Log } from "../../ports/runtime.ts";

export interface Intake {
  /** Something changed at this path. Cheap; may be called as often as one likes. */
  changed(path: string): void;
  /** Settles when nothing is left to be taken in. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

const parallel = 4;

/**
 * Takes changed paths in, a few at a time and never one path twice at once. A path that changes while it is read is read
 * again; one whose reading throws is tried again a little later.
 */
export const startIntake = (ingest: (path: string) => Promise<void>, log: Log, retryAfter = 5 * second): Intake => {
  const wanted = new Set<string>();
  const busy = new Map<string, Promise<void>>();
  const retries = new Set<NodeJS.Timeout>();
  const idlers: (() => void)[] = [];
  let closed = false;

  const later = (path: string): void => {
    const timer = setTimeout(() => {
      retries.delete(timer);
      changed(path);
    }, retryAfter);
    retries.add(timer);
  };

  const take = async (path: string): Promise<void> => {
    try {
      await ingest(path);
    } catch (error) {
      if (closed) return;
      log.warn(`${path} could not be read; it is tried again`, {
        error: error instanceof Error ? error.message : String(error),
      });
      later(path);
    }
  };

  const next = (): void => {
    for (const path of wanted) {
      if (closed || busy.size >= parallel) break;
      if (busy.has(path)) continue;
      wanted.delete(path);
      busy.set(
        path,
        take(path).finally(() => {
          busy.delete(path);
          next();
        }),
      );
    }
    if (busy.size === 0 && (closed || wanted.size === 0)) for (const settle of idlers.splice(0)) settle();
  };

  const changed = (path: string): void => {
    if (closed) return;
    wanted.add(path);
    next();
  };

  return {
    changed,
    idle: () =>
      new Promise((settle) => {
        idlers.push(settle);
        next();
      }),
    close: async () => {
      closed = true;
      for (const timer of retries) clearTimeout(timer);
      await Promise.all(busy.values());
    },
  };
};
