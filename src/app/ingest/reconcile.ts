import { isMarkdown, type KnownDocument } from "../../domain/document.ts";
import { errorMessage } from "../../domain/error-message.ts";
import type { Site } from "../../domain/site.ts";
import type { Source } from "../../ports/content.ts";
import type { Log } from "../../ports/runtime.ts";
import type { Documents } from "../../ports/store.ts";
import type { Ingested } from "../site-api.ts";
import type { Listing } from "./ingest-document.ts";

interface Ports {
  readonly documents: Documents;
  readonly log: Log;
  readonly ingest: (path: string, listing?: Listing) => Promise<Ingested>;
}

/** Lists a source and takes each of its documents, known or not, to its current bytes: an event that never came loses none (design.md §2, rule 1). */
export const reconcile = async (site: Site, source: Source, { documents, log, ingest }: Ports): Promise<void> => {
  const paths = await source.list();
  const known: KnownDocument[] = [];
  for await (const document of documents.all(site.id, source.name)) known.push(document);
  const present = new Set(paths);
  // What is refused by its name stays refused while it is there: thousands of pictures are not asked for each hour.
  const refusedByName = new Set(known.flatMap(({ path }) => (present.has(path) && !isMarkdown(path) ? [path] : [])));
  const missing = known.map(({ path }) => path).filter((path) => !present.has(path));
  const take = async (path: string, listing?: Listing): Promise<void> => {
    try {
      await ingest(path, listing);
    } catch (error) {
      log.alarm("ingest", `${path} could not be read: ${errorMessage(error)}`, { path });
    }
  };
  // What is there before what is missing: a move is then one post, whatever its order.
  for (const path of paths.filter((one) => !refusedByName.has(one))) await take(path);
  // The listing says nothing of a document that was there and vanished since.
  for (const path of missing) await take(path, { paths, documents: known });
};
