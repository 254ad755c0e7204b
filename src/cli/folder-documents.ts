import { dirname, join, relative, resolve, sep } from "node:path";
import { sectionIndexes } from "../domain/document.ts";
import type { Site, SourcePlace } from "../domain/site.ts";
import { matches } from "../sources/site-sources.ts";
import { documentsIn, readDocument } from "./document-files.ts";

export interface FolderDocument {
  /** In the source that has the document, or else in the folder. */
  readonly path: string;
  readonly isSectionIndex: boolean;
  readonly bytes: Uint8Array;
}

export interface FolderDocuments {
  readonly documents: readonly FolderDocument[];
  /** How many the source leaves out by `include` and `exclude`. */
  readonly excluded: number;
}

interface Asked {
  readonly dir: string;
  readonly config: string | undefined;
  /** Where the command runs. */
  readonly folder: string;
}

/** The path of a folder within another one, with `/` and one at its end; undefined where it is elsewhere. */
const pathWithin = (root: string, dir: string): string | undefined => {
  const path = relative(root, dir).split(sep).join("/");
  if (path === "") return "";
  return path === ".." || path.startsWith("../") || resolve(root, path) !== dir ? undefined : `${path}/`;
};

interface Holding {
  readonly source: SourcePlace;
  readonly root: string;
  /** Of the asked folder in the source. */
  readonly below: string;
}

const holding = ({ sources }: Pick<Site, "sources">, { dir, config, folder }: Asked): Holding | undefined => {
  const base = dirname(resolve(folder, config ?? "crier.config.ts"));
  return sources
    .filter(({ kind }) => kind === "folder")
    .flatMap((source) => {
      const root = resolve(base, source.place);
      const below = pathWithin(root, resolve(folder, dir));
      return below === undefined ? [] : [{ source, root, below }];
    })
    .toSorted((a, b) => b.root.length - a.root.length)[0];
};

/** The site which has the folder, or one above it, as a source. */
export const siteOfFolder = <S extends Pick<Site, "sources">>(sites: readonly S[], asked: Asked): S | undefined =>
  sites.find((site) => holding(site, asked) !== undefined);

/** The documents below a folder, as Crier reads them: in a folder that the site has as a source, by its `include` and `exclude`. */
export const readFolder = async (asked: Asked, site: Pick<Site, "sources">): Promise<FolderDocuments> => {
  const held = holding(site, asked);
  const { root, below } = held ?? { root: resolve(asked.folder, asked.dir), below: "" };
  const all = await documentsIn(root);
  const known = held === undefined ? all : all.filter(matches(held.source));
  const sections = sectionIndexes(known);
  const documents: FolderDocument[] = [];
  for (const path of known.filter((one) => one.startsWith(below)))
    documents.push({ path, isSectionIndex: sections.has(path), bytes: await readDocument(join(root, path)) });
  return { documents, excluded: all.filter((path) => path.startsWith(below)).length - documents.length };
};
