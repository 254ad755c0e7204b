import { isTaken } from "../../domain/address.ts";
import type { Documents } from "../../ports/store.ts";
import type { Ingested } from "../site-api.ts";

interface Ports {
  readonly documents: Pick<Documents, "all">;
  readonly ingest: (path: string) => Promise<Ingested>;
}

/** Ingests the document of an event. A deletion may free an address: documents that were refused for it are tried again at once (interleaving 6). */
export const ingestEvent = async (
  site: string,
  source: string,
  path: string,
  { documents, ingest }: Ports,
): Promise<Ingested> => {
  const result = await ingest(path);
  if (result.result === "deleted") {
    for await (const { path: other, refusal } of documents.all(site, source))
      if (refusal?.reasons.some(isTaken)) await ingest(other);
  }
  return result;
};
