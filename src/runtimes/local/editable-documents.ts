/** For each site, the document that the banner suggests to edit. A document is named by its file. */
export interface EditableDocuments {
  /** The document was just published, so a person is working on it. */
  add(site: string, file: string): void;
  /** The document is refused or deleted. */
  remove(site: string, file: string): void;
  /** The document that was added last. */
  of(site: string): string | undefined;
}

export const trackEditable = (): EditableDocuments => {
  /** In the order of their last addition. */
  const filesBySite = new Map<string, Set<string>>();
  return {
    add: (site, file) => {
      const files = filesBySite.get(site) ?? new Set();
      files.delete(file);
      filesBySite.set(site, files.add(file));
    },
    remove: (site, file) => {
      filesBySite.get(site)?.delete(file);
    },
    of: (site) => [...(filesBySite.get(site) ?? [])].at(-1),
  };
};
