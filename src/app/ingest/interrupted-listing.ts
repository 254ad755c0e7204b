import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import type { Instant } from "../../domain/time.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { SourceStates } from "../../ports/store.ts";

interface Ports {
  readonly sourceStates: SourceStates;
  readonly clock: Clock;
}

const saveBegan = (
  site: string,
  source: string,
  began: Instant | undefined,
  { sourceStates }: Pick<Ports, "sourceStates">,
): Promise<Instant | undefined> =>
  retryOnConflict(`the state of the source ${source}`, async () => {
    const state = await sourceStates.read(site, source);
    return (await sourceStates.save({ ...state, began })) ? state.began : conflict;
  });

/** True where the listing before this one has not ended: a document may have ended its process. */
export const beginListing = async (
  site: string,
  source: string,
  ports: Pick<Ports, "sourceStates" | "clock">,
): Promise<boolean> => (await saveBegan(site, source, ports.clock(), ports)) !== undefined;

export const endListing = async (site: string, source: string, ports: Pick<Ports, "sourceStates">): Promise<void> => {
  await saveBegan(site, source, undefined, ports);
};
