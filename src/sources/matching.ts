import { posix } from "node:path";
import type { SourcePlace } from "../domain/site.ts";
import type { LocalSource } from "./source-kind.ts";

/** The path and the folders that it is in: `a`, `a/b`, `a/b/c.md`. */
const withFolders = (path: string): readonly string[] => {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
};

export const matches =
  ({ include, exclude }: Pick<SourcePlace, "include" | "exclude">) =>
  (path: string): boolean =>
    (include.length === 0 || include.some((glob) => posix.matchesGlob(path, glob))) &&
    !withFolders(path).some((part) => exclude.some((glob) => posix.matchesGlob(part, glob)));

/** The documents of a source that `include` and `exclude` allow: for the source's callers there are no others. */
export const matching = (source: LocalSource, globs: Pick<SourcePlace, "include" | "exclude">): LocalSource => {
  const isIncluded = matches(globs);
  const { watch } = source;
  return {
    ...source,
    list: async () => (await source.list()).filter(isIncluded),
    read: async (path) => (isIncluded(path) ? source.read(path) : undefined),
    ...(watch && {
      watch: (onChange, log) =>
        watch((path, isGone) => {
          if (isIncluded(path)) onChange(path, isGone);
        }, log),
    }),
  };
};
