import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import type { CommandOfSite } from "../../domain/delivery-commands.ts";
import type { Source } from "../../ports/content.ts";
import type { Clock, Log } from "../../ports/runtime.ts";
import type { Documents, SourceStates } from "../../ports/store.ts";

/** Read before the rows of a document: what the first listing found has its mark there once this is true. */
export const isListed = async (
  site: string,
  source: string,
  { sourceStates }: { readonly sourceStates: SourceStates },
): Promise<boolean> => (await sourceStates.read(site, source)).listed !== undefined;

/** A document of the first listing that could not be read then: it is history when it can be. */
export const markHistory = async (
  site: string,
  source: string,
  path: string,
  { documents }: { readonly documents: Documents },
): Promise<void> => documents.put({ site, source, path, ...(await documents.read(site, source, path)), history: true });

interface Ports {
  readonly sourceStates: SourceStates;
  readonly clock: Clock;
  readonly log: Log;
  readonly command: CommandOfSite;
}

/** Every listed document has a post, a refusal or its mark: from now on a new one is announced. `history`: their number. */
export const completeFirstListing = async (
  site: string,
  source: string,
  history: number,
  { sourceStates, clock, log, command }: Ports,
): Promise<void> => {
  await retryOnConflict(`the state of the source ${source}`, async () => {
    const state = await sourceStates.read(site, source);
    return state.listed !== undefined || (await sourceStates.save({ ...state, listed: clock() }))
      ? undefined
      : conflict;
  });
  if (history > 0)
    log.info(
      `the source ${source} held ${history} ${history === 1 ? "document" : "documents"} at its first listing: they are in the feeds, and no account with credentials announces them. Announce one with "${command("publish SLUG", site)}"`,
    );
};

/** More are left to the next hourly listing: each event would list and read all of them again. */
const mostKnown = 1_000;

/** After an event: where every document of the source is known already, the first listing need not wait for the next hour. */
export const completeIfKnown = async (
  site: string,
  source: Source,
  ports: Ports & { readonly documents: Pick<Documents, "all"> },
): Promise<void> => {
  if (await isListed(site, source.name, ports)) return;
  const known = new Set<string>();
  for await (const { path } of ports.documents.all(site, source.name)) {
    if (known.size === mostKnown) return;
    known.add(path);
  }
  const listed = await source.list();
  if (listed.every((path) => known.has(path))) await completeFirstListing(site, source.name, 0, ports);
};
