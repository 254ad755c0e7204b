import { parseDocument } from "../documents/parse-document.ts";
import { maxReferences, type Reference, referenceKey } from "../domain/reference.ts";
import type { Site } from "../domain/site.ts";
import type { ParseContext, ParsedDocument } from "../ports/content.ts";

/** Parses a document, and says to which others it refers. */
export const parseWithLinks = (
  bytes: Uint8Array,
  path: string,
  site: Site,
  { links, ...context }: ParseContext = {},
): ParsedDocument => {
  const references = new Map<string, Reference>();
  const resolve = (reference: Reference): string | undefined => {
    const key = referenceKey(reference);
    if (references.size < maxReferences) references.set(key, reference);
    return links?.get(key);
  };
  const parsed = parseDocument(bytes, path, site, { ...context, resolve });
  return { parsed, references: [...references.values()] };
};
