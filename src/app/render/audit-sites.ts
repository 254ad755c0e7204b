import type { Site } from "../../domain/site.ts";
import { day, minute, second } from "../../domain/time.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Audits, Feeds } from "../../ports/store.ts";
import { audit } from "./audit.ts";

interface Ports {
  readonly audits: Audits;
  readonly feeds: Feeds;
  readonly clock: Clock;
}

/** An object that was lost or changed by somebody else is put again within this time. */
const auditEvery = 7 * day;
/** The feeds of a site become due over this time, so that they do not fill the queue. */
const spread = 10 * minute;
/** Half of what the function may run. */
const longestRun = 15 * second;
const atATime = 10;

/**
 * Audits all sites when the configuration has changed, and weekly: a new deployment has valid feeds before its first
 * document. A run audits as many sites as it has time for, and the next one goes on behind them: what is to be done each
 * minute besides is one read, whatever the number of sites. `configuration`: names it, and the program that renders.
 */
export const auditSites = async (
  sites: readonly Site[],
  configuration: string,
  { audits, feeds, clock }: Ports,
): Promise<void> => {
  const start = clock();
  const last = await audits.read();
  const isCurrent = last?.configuration === configuration && start - last.began < auditEvery;
  const { began, next: first } = isCurrent ? last : { began: start, next: 0 };
  let next = first;
  while (next < sites.length && clock() - start < longestRun) {
    const some = sites.slice(next, next + atATime);
    await Promise.all(some.map((site) => audit(site, spread, { feeds, clock })));
    next += some.length;
  }
  if (next > first || !isCurrent) await audits.save({ configuration, began, next });
};
