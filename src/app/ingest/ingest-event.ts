import { isAliasTaken } from "../../domain/alias-taken.ts";
import type { Documents } from "../../ports/store.ts";
import type { Ingested } from "../site-api.ts";

interface Ports {
  readonly documents: Pick<Documents, "all">;
  readonly ingest: (path: string) => Promise<Ingested>;
}

/** Ingests the document that an event names. A deletion may free its slug: the documents that were refused for it are tried at once (interleaving 6). */
export const ingestEvent = async (
  site: string,
  source: string,
  path: string,
  { documents, ingest }: Ports,
): Promise<Ingested> => {
  const answer = await ingest(path);
  if (answer.result === "deleted") {
    for await (const { path: other, refusal } of documents.all(site, source))
      if (refusal?.reasons.some(isAliasTaken)) await ingest(other);
  }
  return answer;
};
