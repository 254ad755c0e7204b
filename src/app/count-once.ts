import { conflict, countIn, type RateLimit, retryOnConflict } from "../domain/concurrency.ts";
import type { Clock } from "../ports/runtime.ts";
import type { RateWindows } from "../ports/store.ts";

interface Ports {
  readonly rateWindows: RateWindows;
  readonly clock: Clock;
}

/** Counts the id in the window, once within its time. False where the limit is reached. */
export const countOnce = (name: string, id: string, limit: RateLimit, ports: Ports): Promise<boolean> =>
  retryOnConflict(`the window of ${name}`, async () => {
    const window = await ports.rateWindows.read(name);
    const counted = countIn(window, id, limit, ports.clock());
    if (counted === undefined) return false;
    return counted === window || (await ports.rateWindows.save(counted)) ? true : conflict;
  });
