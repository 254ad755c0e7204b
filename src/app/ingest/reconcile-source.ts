import type { CommandOfSite } from "../../domain/delivery-commands.ts";
import { isMarkdown, type KnownDocument, sectionIndexes } from "../../domain/document.ts";
import { errorMessage } from "../../domain/errors.ts";
import type { ListedDocument } from "../../ports/content.ts";
import type { Clock, Hash, Log } from "../../ports/runtime.ts";
import type { Documents, Listings, SourceStates } from "../../ports/store.ts";
import { inTurn } from "../in-turn.ts";
import type { Ingested } from "../site-api.ts";
import { completeFirstListing, isListed, markHistory } from "./first-listing.ts";
import type { Target } from "./ingest-document.ts";
import { beginListing, endListing } from "./interrupted-listing.ts";
import { afterReading, hashOfMarks, isSameListing, isSettledRow, markOf } from "./listing-marks.ts";

interface Ports {
  /** No text can end this process. */
  readonly isContained: boolean;
  readonly documents: Documents;
  readonly sourceStates: SourceStates;
  readonly listings: Listings;
  readonly clock: Clock;
  readonly log: Log;
  readonly hash: Hash;
  /** The recipe of a post whose document has no links, as posts have it. */
  readonly recipe: (isSectionIndex: boolean) => string;
  readonly ingest: (path: string, found: Omit<Target, "site" | "source" | "path">) => Promise<Ingested>;
  readonly command: CommandOfSite;
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/** So many documents are read and parsed while those before them are saved: as many as the process that parses has beforehand. */
const readAhead = 8;

/** So many documents are read before it is stored which they are: a run that is ended goes on there. */
const storedEvery = 500;

/**
 * Ingests each document of a listed source that may have become something else: every one, or where the source has tags
 * those that have changed since they were read. No document is lost with its event (design.md §2, rule 1). `everything`:
 * whatever is known of the last listing.
 */
export const reconcile = async (
  site: string,
  source: string,
  listed: readonly ListedDocument[],
  everything: boolean,
  ports: Ports,
): Promise<void> => {
  const { documents, log, ingest, isContained, listings, recipe, hash, clock } = ports;
  const paths = listed.map(({ path }) => path);
  const sections = sectionIndexes(paths);
  const markOfPath = new Map(
    listed.map((one) => [one.path, markOf(one, recipe(sections.has(one.path)), hash)] as const),
  );
  const listing = hashOfMarks([...markOfPath.values()], hash);
  const began = clock();
  const last = listing === undefined ? undefined : await listings.read(site, source);
  if (!everything && isSameListing(last, listing, began)) return;

  const countsAttempt = !isContained && (await beginListing(site, source, ports));
  const wasListed = await isListed(site, source, ports);
  const known = new Map<string, KnownDocument>();
  for await (const document of documents.all(site, source)) known.set(document.path, document);
  const marks = everything || last === undefined ? new Set<string>() : await listings.marks(site, source);
  const isDone = (path: string): boolean => {
    const row = known.get(path);
    return row !== undefined && isSettledRow(row) && marks.has(markOfPath.get(path) ?? "");
  };
  const present = new Set(paths);
  // A file that was refused for its name stays refused while it exists: thousands of pictures are not read every hour.
  const refusedByName = (path: string): boolean => !isMarkdown(path) && known.has(path);
  const missing = [...known.keys()].filter((path) => !present.has(path));
  let history = 0;
  const tryIngest = async (path: string, more: Pick<Target, "listing" | "turn">): Promise<Ingested | undefined> => {
    try {
      const found = {
        countsAttempt,
        isListed: wasListed,
        isSectionIndex: sections.has(path),
        ...more,
      };
      const answer = await ingest(path, found);
      if (answer.result !== "refused" && answer.post?.history === true && !answer.post.byHand) history += 1;
      return answer;
    } catch (error) {
      log.alarm("ingest", `${path} could not be read: ${errorMessage(error)}`, { path });
      if (!wasListed) await markHistory(site, source, path, ports);
      return undefined;
    }
  };
  const done = paths.filter(isDone).flatMap((path) => markOfPath.get(path) ?? []);
  const store = async (isSettled: boolean): Promise<void> => {
    if (listing !== undefined) await listings.save(site, source, { hash: listing, isSettled, compared: began }, done);
  };
  // Existing documents before missing ones: a moved document is then one post.
  const toRead = paths.filter((path) => !refusedByName(path) && !isDone(path));
  let triedAgain = missing.length;
  let count = 0;
  // Where a text can end this process, nothing else is at work while it is parsed.
  await inTurn(toRead, isContained ? readAhead : 1, async (path, turn) => {
    const answer = await tryIngest(path, { turn });
    await turn;
    const after = afterReading(answer, recipe(sections.has(path)));
    if (after === "again") triedAgain += 1;
    const mark = markOfPath.get(path);
    if (after === "done" && mark !== undefined) done.push(mark);
    count += 1;
    ports.progress?.(count, toRead.length);
    if (count % storedEvery === 0) await store(false);
  });
  // The listing is passed for these only: it says nothing about a document that was listed and has vanished since.
  const listingOfAll = { paths, documents: [...known.values()] };
  for (const path of missing) await tryIngest(path, { listing: listingOfAll });
  if (!wasListed) await completeFirstListing(site, source, history, ports);
  if (!isContained) await endListing(site, source, ports);
  await store(triedAgain === 0);
};
