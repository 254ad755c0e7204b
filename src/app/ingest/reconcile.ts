import { isMarkdown } from "../../domain/document.ts";
import type { Site } from "../../domain/site.ts";
import type { Source } from "../../ports/content.ts";
import type { Log } from "../../ports/runtime.ts";
import type { Documents } from "../../ports/store.ts";
import type { Ingested } from "../site-api.ts";

interface Ports {
  readonly documents: Documents;
  readonly log: Log;
  readonly ingest: (path: string) => Promise<Ingested>;
}

/** Lists a source and takes each of its documents, known or not, to its current bytes: an event that never came loses none (design.md §2, rule 1). */
export const reconcile = async (site: Site, source: Source, { documents, log, ingest }: Ports): Promise<void> => {
  const listed = await source.list();
  const known: string[] = [];
  for await (const { path } of documents.all(site.id, source.name)) known.push(path);
  const present = new Set(listed);
  // What is refused by its name stays refused while it is there: thousands of pictures are not asked for each hour.
  const refusedByName = new Set(known.filter((path) => present.has(path) && !isMarkdown(path)));
  // What is there before what is missing: a move is then one post, whatever its order.
  const paths = [...listed.filter((path) => !refusedByName.has(path)), ...known.filter((path) => !present.has(path))];
  for (const path of paths) {
    try {
      await ingest(path);
    } catch (error) {
      log.alarm("ingest", `${path} could not be read in: ${error instanceof Error ? error.message : String(error)}`, {
        path,
      });
    }
  }
};
