import { dirname } from "node:path";
import { errorMessage } from "../../domain/errors.ts";
import { type Site, type SourcePlace, sourceName } from "../../domain/site.ts";
import { localSources } from "../../sources/local-sources.ts";
import { isSourceOf, matching } from "../../sources/site-sources.ts";
import type { LocalSource, LocalSourceKind } from "../../sources/source-kind.ts";
import { StartError } from "./listen.ts";
import { contentPlaces, type Options } from "./options.ts";

/** Read where neither the command line nor the configuration names a place. */
export const exampleContent = "examples/posts";

/** A place that cannot be opened is reported in one line, without a stack trace. */
const openPlace = async (kind: LocalSourceKind, place: string, base: string, label: string): Promise<LocalSource> => {
  try {
    return await kind.open(place, base);
  } catch (cause) {
    throw new StartError(`${label}: ${errorMessage(cause)}`, { cause });
  }
};

/** All sites share it: see `Site.folder`. */
const openShared = async (place: string): Promise<LocalSource> => {
  const kind = localSources.find(({ accepts }) => accepts?.(place));
  if (kind === undefined)
    throw new StartError(`--content ${place} cannot be read: give ${contentPlaces}; a feed is given with --feed URL`);
  return openPlace(kind, place, ".", "--content");
};

const openConfigured = async (one: SourcePlace, site: string, base: string, label: string): Promise<LocalSource> => {
  const kind = localSources.find(({ name }) => name === one.kind);
  if (kind === undefined) throw new StartError(`${label}: Crier cannot read a ${one.kind} on this machine: remove it`);
  return { ...matching(await openPlace(kind, one.place, base, label), one), name: sourceName(one), site };
};

/** `--content`, `--feed`, or else the sources of each site, or else the examples. */
export const openSources = async (
  { content, feed, config }: Pick<Options, "content" | "feed" | "config">,
  sites: readonly Pick<Site, "id" | "sources">[],
): Promise<readonly LocalSource[]> => {
  if (content !== undefined) return [await openShared(content)];
  const [first] = sites;
  if (feed !== undefined && first !== undefined)
    return [await openConfigured({ kind: "feed", place: feed, include: [], exclude: [] }, first.id, ".", "--feed")];
  const base = config === undefined ? "." : dirname(config);
  const opened: LocalSource[] = [];
  for (const [index, site] of sites.entries())
    for (const [position, one] of site.sources.entries())
      opened.push(await openConfigured(one, site.id, base, `sites[${index}].sources[${position}]`));
  return opened.length > 0 ? opened : [await openShared(exampleContent)];
};

/** Where the documents of a site are. */
export const placesOf = (
  site: Pick<Site, "id" | "folder">,
  sources: readonly LocalSource[],
): readonly { readonly location: string; readonly editable: boolean }[] =>
  sources
    .filter((source) => isSourceOf(site, source))
    .map(({ site: owner, location, editable }) => ({
      location: location(owner === undefined ? site.folder : ""),
      editable,
    }));
