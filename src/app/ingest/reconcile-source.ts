import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import type { SiteCommand } from "../../domain/delivery-commands.ts";
import { isMarkdown, type KnownDocument, sectionIndexes } from "../../domain/document.ts";
import { errorMessage } from "../../domain/errors.ts";
import { day, type Instant } from "../../domain/time.ts";
import type { ListedDocument, Source } from "../../ports/content.ts";
import type { Clock, Hash, Log } from "../../ports/runtime.ts";
import type { Documents, ListingState, Listings, SourceStates } from "../../ports/store.ts";
import { type Ingested, isNewsOfListing } from "../results.ts";
import { isKeyLost } from "./claim-translation.ts";
import type { IngestTarget } from "./ingest-document.ts";

interface ReconcilePorts {
  /** True where no text can end this process. */
  readonly isContained: boolean;
  readonly documents: Documents;
  readonly sourceStates: SourceStates;
  readonly listings: Listings;
  readonly clock: Clock;
  readonly log: Log;
  readonly hash: Hash;
  /** The recipe of a post whose document has no links. */
  readonly recipe: (isSectionIndex: boolean) => string;
  readonly ingest: (path: string, found: Omit<IngestTarget, "site" | "source" | "path">) => Promise<Ingested>;
  readonly command: SiteCommand;
  readonly progress?: ((done: number, total: number) => void) | undefined;
  /** Called for each document that went, or came back, since its source was listed. */
  readonly report?: ((path: string, result: Ingested) => void) | undefined;
  readonly newestFirst?: (paths: readonly string[]) => Promise<readonly string[]>;
}

/**
 * At most this many documents are read and parsed while those before them are saved: the parsing process takes as many
 * ahead.
 */
const readAhead = 8;

/** After this many documents the progress is stored, so that a run that was ended continues there. */
const storedEvery = 500;

/**
 * Ingests each document of a listed source that may have changed: every one, or, where the source has tags, those that
 * have another tag than when they were read. So no document is lost with its event. `everything`: the last listing is
 * ignored.
 */
export const reconcile = async (
  site: string,
  source: string,
  listed: readonly ListedDocument[],
  everything: boolean,
  ports: ReconcilePorts,
): Promise<void> => {
  const listing = markListing(listed, ports);
  const last = listing.hash === undefined ? undefined : await ports.listings.read(site, source);
  if (!everything && isSameListing(last, listing.hash, listing.began)) return;

  const countsAttempt = !ports.isContained && (await beginListing(site, source, ports));
  const wasListed = await isListed(site, source, ports);
  const known = await readRows(site, source, ports);
  const marks = everything || last === undefined ? new Set<string>() : await ports.listings.marks(site, source);
  const round: Round = { site, source, listing, countsAttempt, wasListed, known };
  const isDone = (path: string): boolean => {
    const row = known.get(path);
    return row !== undefined && isSettledRow(row) && marks.has(listing.marks.get(path) ?? "");
  };
  const done = listing.paths.filter(isDone).flatMap((path) => listing.marks.get(path) ?? []);
  const changed = listing.paths.filter((path) => !isDone(path) && !isRefusedByName(path, known));
  const toRead = wasListed ? changed : ((await ports.newestFirst?.(changed)) ?? changed);
  // Existing documents are ingested before missing ones, so that a moved document stays one post.
  const present = await ingestPresent(toRead, done, round, ports);
  const missing = await ingestMissing(round, ports);
  if (!wasListed) await completeFirstListing(site, source, present.history + missing.history, ports);
  await endListing(site, source, ports);
  await storeListing(round, present.triedAgain + missing.triedAgain === 0, done, ports);
};

/** A listing of a source, and the marks of its documents. */
interface MarkedListing {
  readonly paths: readonly string[];
  /** The paths of the indexes of folders with other documents. */
  readonly sections: ReadonlySet<string>;
  /** The mark of each path. Undefined where its source does not say whether it has changed. */
  readonly marks: ReadonlyMap<string, string | undefined>;
  /** Undefined where a document has no mark. */
  readonly hash: string | undefined;
  readonly began: Instant;
}

/** One comparison of a source with the rows of its documents. */
interface Round {
  readonly site: string;
  readonly source: string;
  readonly listing: MarkedListing;
  /** The listing before this one has not ended: a document may have ended its process. */
  readonly countsAttempt: boolean;
  /** The first listing was complete before. */
  readonly wasListed: boolean;
  /** The rows of the source's documents, by path. */
  readonly known: ReadonlyMap<string, KnownDocument>;
}

interface RoundResult {
  /** How many of the posts are history. */
  readonly history: number;
  /** How many documents have to be tried again with the next listing. */
  readonly triedAgain: number;
}

const markListing = (
  listed: readonly ListedDocument[],
  { recipe, hash, clock }: Pick<ReconcilePorts, "recipe" | "hash" | "clock">,
): MarkedListing => {
  const paths = listed.map(({ path }) => path);
  const sections = sectionIndexes(paths);
  const marks = new Map(
    listed.map((one) => [one.path, documentMark(one, recipe(sections.has(one.path)), hash)] as const),
  );
  return { paths, sections, marks, hash: listingHash([...marks.values()], hash), began: clock() };
};

const readRows = async (
  site: string,
  source: string,
  { documents }: Pick<ReconcilePorts, "documents">,
): Promise<ReadonlyMap<string, KnownDocument>> => {
  const rows = new Map<string, KnownDocument>();
  for await (const document of documents.all(site, source)) rows.set(document.path, document);
  return rows;
};

/** A file that was refused for its name stays refused while it exists: thousands of pictures are not read every hour. */
const isRefusedByName = (path: string, known: Round["known"]): boolean => !isMarkdown(path) && known.has(path);

/** Ingests the documents at `paths`, and adds the marks of those that are done to `done`. */
const ingestPresent = async (
  paths: readonly string[],
  done: string[],
  round: Round,
  ports: ReconcilePorts,
): Promise<RoundResult> => {
  const { listing } = round;
  let history = 0;
  let triedAgain = 0;
  let count = 0;
  // If a text can end this process, nothing else runs while it is parsed.
  await forEachInOrder(paths, ports.isContained ? readAhead : 1, async (path, turn) => {
    const answer = await tryIngest(path, { turn }, round, ports);
    if (isHistory(answer)) history += 1;
    await turn;
    const after = afterReading(answer, ports.recipe(listing.sections.has(path)));
    if (after === "again") triedAgain += 1;
    const mark = listing.marks.get(path);
    if (after === "done" && mark !== undefined) done.push(mark);
    count += 1;
    ports.progress?.(count, paths.length);
    if (count % storedEvery === 0) await storeListing(round, false, done, ports);
  });
  return { history, triedAgain };
};

/** The listing is passed for missing documents only: it says nothing about one that was listed and has vanished since. */
const ingestMissing = async (round: Round, ports: ReconcilePorts): Promise<RoundResult> => {
  const { known, listing } = round;
  const present = new Set(listing.paths);
  const missing = [...known.keys()].filter((path) => !present.has(path));
  const whole = { paths: listing.paths, documents: [...known.values()] };
  let history = 0;
  for (const path of missing) if (isHistory(await tryIngest(path, { listing: whole }, round, ports))) history += 1;
  return { history, triedAgain: missing.length };
};

/** Undefined where the document could not be read. */
const tryIngest = async (
  path: string,
  more: Pick<IngestTarget, "listing" | "turn">,
  { site, source, listing, countsAttempt, wasListed }: Round,
  ports: ReconcilePorts,
): Promise<Ingested | undefined> => {
  try {
    const isSectionIndex = listing.sections.has(path);
    const answer = await ports.ingest(path, { countsAttempt, isListed: wasListed, isSectionIndex, ...more });
    if (isNewsOfListing(answer)) ports.report?.(path, answer);
    return answer;
  } catch (error) {
    ports.log.alarm("ingest", `${path} could not be read: ${errorMessage(error)}`, { path });
    if (!wasListed) await markHistory(site, source, path, ports);
    return undefined;
  }
};

const isHistory = (answer: Ingested | undefined): boolean =>
  answer !== undefined && answer.result !== "refused" && answer.post?.history === true && !answer.post.byHand;

/** Nothing is stored where a document has no mark: the next listing cannot be compared with this one. */
const storeListing = async (
  { site, source, listing }: Round,
  isSettled: boolean,
  done: readonly string[],
  { listings }: Pick<ReconcilePorts, "listings">,
): Promise<void> => {
  const { hash, began } = listing;
  if (hash !== undefined) await listings.save(site, source, { hash, isSettled, compared: began }, done);
};

/** How often the rows of the documents are compared with a listing that has not changed. */
const compareEvery = day;

/**
 * Identifies a listed document and everything that decides what it becomes, except what it refers to. Undefined where
 * its source does not say whether it has changed: it is read each time.
 */
const documentMark = ({ path, tag }: ListedDocument, recipe: string, hash: Hash): string | undefined =>
  tag === undefined ? undefined : hash(JSON.stringify([path, tag, recipe])).slice(0, 16);

/** Identifies a whole listing. Undefined where a document has no mark. */
const listingHash = (marks: readonly (string | undefined)[], hash: Hash): string | undefined =>
  marks.includes(undefined) ? undefined : hash(marks.toSorted().join(""));

/** True where the listing has not changed and nothing has to be tried again: no document has to be read. */
const isSameListing = (state: ListingState | undefined, hash: string | undefined, now: Instant): boolean =>
  state !== undefined && state.hash === hash && state.isSettled && now - state.compared < compareEvery;

/** True where only the document itself can change what it became. */
const isSettledRow = ({
  path,
  refusal,
  attempt,
  copy,
  missing,
  history,
  post,
  warnings,
  unsaved,
}: KnownDocument): boolean =>
  (refusal === undefined || !isMarkdown(path)) &&
  attempt === undefined &&
  copy === undefined &&
  missing === undefined &&
  unsaved === undefined &&
  (history === undefined || post !== undefined) &&
  !warnings?.some(isKeyLost);

/**
 * Says when a document is ingested again: when it changes (`done`), when any document of the source changes, because it
 * may link to that one (`linked`), or with the next listing (`again`). `recipe`: that of a document without links.
 */
const afterReading = (answer: Ingested | undefined, recipe: string): "done" | "linked" | "again" => {
  if (answer === undefined || answer.result === "refused" || answer.result === "absent") return "again";
  if (answer.result === "page") return "done";
  return answer.post === undefined || answer.post.recipe === recipe ? "done" : "linked";
};

/** Read before the row of a document: once this is true, the rows of the first listing have their marks. */
export const isListed = async (
  site: string,
  source: string,
  { sourceStates }: { readonly sourceStates: SourceStates },
): Promise<boolean> => (await sourceStates.read(site, source)).listed !== undefined;

/** Marks a document of the first listing that could not be read: it is history when it can be read. */
export const markHistory = async (
  site: string,
  source: string,
  path: string,
  { documents }: { readonly documents: Documents },
): Promise<void> => documents.put({ site, source, path, ...(await documents.read(site, source, path)), history: true });

interface FirstListingPorts {
  readonly sourceStates: SourceStates;
  readonly clock: Clock;
  readonly log: Log;
  readonly command: SiteCommand;
}

/**
 * Called when every listed document has a post, a refusal or its mark: from now on a new document is announced.
 * `history`: how many posts are history.
 */
export const completeFirstListing = async (
  site: string,
  source: string,
  history: number,
  { sourceStates, clock, log, command }: FirstListingPorts,
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

/** A source with more documents waits for the next hourly listing: each event would list and read all of them again. */
const mostKnown = 1_000;

/**
 * Called after an event: if every document of the source is known already, the first listing does not have to wait for
 * the next hour.
 */
export const completeIfKnown = async (
  site: string,
  source: Source,
  ports: FirstListingPorts & { readonly documents: Pick<Documents, "all"> },
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

interface ListingStatePorts {
  readonly sourceStates: SourceStates;
  readonly clock: Clock;
}

const saveBegan = (
  site: string,
  source: string,
  began: Instant | undefined,
  { sourceStates }: Pick<ListingStatePorts, "sourceStates">,
): Promise<Instant | undefined> =>
  retryOnConflict(`the state of the source ${source}`, async () => {
    const state = await sourceStates.read(site, source);
    return (await sourceStates.save({ ...state, began })) ? state.began : conflict;
  });

/** True where the listing before this one has not ended: a document may have ended its process. */
const beginListing = async (
  site: string,
  source: string,
  ports: Pick<ListingStatePorts, "sourceStates" | "clock">,
): Promise<boolean> => (await saveBegan(site, source, ports.clock(), ports)) !== undefined;

/** Written after each listing, so that a state that cannot be read lasts no longer than until the next one. */
const endListing = async (
  site: string,
  source: string,
  ports: Pick<ListingStatePorts, "sourceStates">,
): Promise<void> => {
  await saveBegan(site, source, undefined, ports);
};

/**
 * Acts on each item, on at most `limit` at a time. `turn` resolves when all items before it are done: work that depends
 * on the order awaits it. After a failure no further item is begun, and the failure is thrown when the running ones are
 * done.
 */
export const forEachInOrder = async <T>(
  items: readonly T[],
  limit: number,
  act: (item: T, turn: Promise<void>) => Promise<void>,
): Promise<void> => {
  const failures: unknown[] = [];
  const running: Promise<void>[] = [];
  let turn = Promise.resolve();
  for (const item of items) {
    const acted = act(item, turn).catch((error: unknown) => void failures.push(error));
    turn = Promise.all([turn, acted]).then(() => {});
    running.push(turn);
    if (running.length >= limit) await running.shift();
    if (failures.length > 0) break;
  }
  await turn;
  if (failures.length > 0) throw failures[0];
};
