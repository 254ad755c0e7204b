import { isMarkdown, type KnownDocument } from "../../domain/document.ts";
import { errorMessage } from "../../domain/error-message.ts";
import type { CommandOfSite } from "../../domain/next-steps.ts";
import { sectionIndexes } from "../../domain/section-index.ts";
import type { Clock, Log } from "../../ports/runtime.ts";
import type { Documents, SourceStates } from "../../ports/store.ts";
import { inTurn } from "../in-turn.ts";
import type { Ingested } from "../site-api.ts";
import { completeFirstListing, isListed, markHistory } from "./first-listing.ts";
import type { Target } from "./ingest-document.ts";
import { beginListing, endListing } from "./interrupted-listing.ts";

interface Ports {
  /** No text can end this process. */
  readonly isContained: boolean;
  readonly documents: Documents;
  readonly sourceStates: SourceStates;
  readonly clock: Clock;
  readonly log: Log;
  readonly ingest: (path: string, found: Omit<Target, "site" | "source" | "path">) => Promise<Ingested>;
  readonly command: CommandOfSite;
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/** So many documents are read and parsed while those before them are saved: as many as the process that parses has beforehand. */
const readAhead = 8;

/** Ingests each document of a listed source, known or not: no document is lost with its event (design.md §2, rule 1). */
export const reconcile = async (
  site: string,
  source: string,
  paths: readonly string[],
  ports: Ports,
): Promise<void> => {
  const { documents, log, ingest, isContained } = ports;
  const countsAttempt = !isContained && (await beginListing(site, source, ports));
  const wasListed = await isListed(site, source, ports);
  let history = 0;
  const known: KnownDocument[] = [];
  for await (const document of documents.all(site, source)) known.push(document);
  const present = new Set(paths);
  // A file that was refused for its name stays refused while it exists: thousands of pictures are not read every hour.
  const refusedByName = new Set(known.flatMap(({ path }) => (present.has(path) && !isMarkdown(path) ? [path] : [])));
  const missing = known.map(({ path }) => path).filter((path) => !present.has(path));
  const sections = sectionIndexes(paths);
  const tryIngest = async (path: string, more: Pick<Target, "listing" | "turn">): Promise<void> => {
    try {
      const found = {
        countsAttempt,
        isListed: wasListed,
        isSectionIndex: sections.has(path),
        ...more,
      };
      const answer = await ingest(path, found);
      if (answer.result !== "refused" && answer.post?.history === true && !answer.post.byHand) history += 1;
    } catch (error) {
      log.alarm("ingest", `${path} could not be read: ${errorMessage(error)}`, { path });
      if (!wasListed) await markHistory(site, source, path, ports);
    }
  };
  // Existing documents before missing ones: a moved document is then one post.
  const existing = paths.filter((one) => !refusedByName.has(one));
  let done = 0;
  // Where a text can end this process, nothing else is at work while it is parsed.
  await inTurn(existing, isContained ? readAhead : 1, async (path, turn) => {
    await tryIngest(path, { turn });
    await turn;
    done += 1;
    ports.progress?.(done, existing.length);
  });
  // The listing is passed for these only: it says nothing about a document that was listed and has vanished since.
  for (const path of missing) await tryIngest(path, { listing: { paths, documents: known } });
  if (!wasListed) await completeFirstListing(site, source, history, ports);
  if (!isContained) await endListing(site, source, ports);
};
