import type { Documents } from "../../ports/store.ts";
import type { Ingested } from "../site-api.ts";

interface Ports {
  readonly documents: Pick<Documents, "all">;
  readonly ingest: (path: string) => Promise<Ingested>;
}

/** Ingests the document that an event names. A deletion may free its slug: documents that were refused are tried at once (interleaving 6). */
export const ingestEvent = async (
  site: string,
  source: string,
  path: string,
  { documents, ingest }: Ports,
): Promise<Ingested> => {
  const answer = await ingest(path);
  if (answer.result === "deleted") {
    for await (const { path: other, refusal } of documents.all(site, source))
      if (refusal !== undefined) await ingest(other);
  }
  return answer;
};
