import { isTaken } from "../../domain/address.ts";
import { isCopyWaiting } from "../../domain/document.ts";
import type { Documents } from "../../ports/store.ts";
import type { Ingested } from "../site-api.ts";

interface Ports {
  readonly documents: Pick<Documents, "all">;
  /** Of the site's sources. */
  readonly sources: Iterable<string>;
  readonly ingest: (source: string, path: string) => Promise<Ingested>;
}

/**
 * Ingests the document of an event. A deletion, or a post that became a page, may free an address: documents that were
 * refused for it, and copies of the document in other sources, are tried again at once (interleaving 6).
 */
export const ingestEvent = async (
  site: string,
  source: string,
  path: string,
  { documents, sources, ingest }: Ports,
): Promise<Ingested> => {
  const result = await ingest(source, path);
  if ((result.result !== "deleted" && result.result !== "page") || result.post === undefined) return result;
  for (const name of sources)
    for await (const other of documents.all(site, name)) {
      const isCopy = other.post === result.post.id && !(name === source && other.path === path);
      if (isCopy || other.refusal?.reasons.some((reason) => isTaken(reason) || isCopyWaiting(reason)))
        await ingest(name, other.path);
    }
  return result;
};
