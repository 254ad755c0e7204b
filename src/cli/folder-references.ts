import { isNamedBy, partOfReference, pathsOfReference, type Reference } from "../domain/reference.ts";
import type { Site } from "../domain/site.ts";
import type { Locate } from "../ports/content.ts";
import type { FolderDocument } from "./folder-documents.ts";

/** Where the documents of a folder are that `path` refers to, as when Crier reads the folder (parse-references.ts). */
export const referencesIn = (
  documents: readonly FolderDocument[],
  site: Site,
  locate: Locate,
): ((path: string, reference: Reference) => Promise<string | undefined>) => {
  const byPath = new Map(documents.map((document) => [document.path, document]));
  const pages = new Map<string, ReturnType<Locate>>();
  const urlOf = async ({ path, bytes, isSectionIndex }: FolderDocument): Promise<string | undefined> => {
    const page = pages.get(path) ?? locate(bytes, path, site, isSectionIndex);
    pages.set(path, page);
    return (await page)?.url;
  };
  return async (from, reference) => {
    const named = pathsOfReference(reference, from).flatMap((path) => byPath.get(path) ?? []);
    const [only, ...others] = documents.filter(({ path }) => isNamedBy(path, reference));
    const target = named[0] ?? (others.length === 0 ? only : undefined);
    const url = target && (await urlOf(target));
    return url === undefined ? undefined : url + partOfReference(reference);
  };
};
