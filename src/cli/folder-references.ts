import { locateDocument } from "../documents/parse-document.ts";
import type { ResolveReference } from "../domain/reference.ts";
import { isNamedBy, partOfReference, pathsOfReference } from "../domain/reference-paths.ts";
import type { Site } from "../domain/site.ts";
import type { FolderDocument } from "./folder-documents.ts";

/** Where the documents of a folder are that `path` refers to, as when Crier reads the folder (parse-references.ts). */
export const referencesIn = (
  documents: readonly FolderDocument[],
  site: Site,
): ((path: string) => ResolveReference) => {
  const byPath = new Map(documents.map((document) => [document.path, document]));
  const urls = new Map<string, string | undefined>();
  const urlOf = ({ path, bytes, isSectionIndex }: FolderDocument): string | undefined => {
    if (!urls.has(path)) urls.set(path, locateDocument(bytes, path, site, isSectionIndex)?.url);
    return urls.get(path);
  };
  return (from) => (reference) => {
    const named = pathsOfReference(reference, from).flatMap((path) => byPath.get(path) ?? []);
    const [only, ...others] = documents.filter(({ path }) => isNamedBy(path, reference));
    const target = named[0] ?? (others.length === 0 ? only : undefined);
    const url = target && urlOf(target);
    return url === undefined ? undefined : url + partOfReference(reference);
  };
};
