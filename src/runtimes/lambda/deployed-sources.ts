import { type Site, sourceName } from "../../domain/site.ts";
import type { Source } from "../../ports/content.ts";
import type { LambdaSourceKind } from "../../sources/source-kind.ts";

/** The sources of all sites: the places that they share, and those that the configuration names for one. */
export const openDeployedSources = (
  kinds: readonly LambdaSourceKind[],
  sites: readonly Pick<Site, "id" | "sources">[],
  requireVariable: (name: string) => string,
): readonly Source[] =>
  kinds.flatMap(({ name, variable, open }) =>
    variable !== undefined
      ? [open(requireVariable(variable))]
      : sites.flatMap((site) =>
          site.sources
            .filter(({ kind }) => kind === name)
            .map((one) => ({ ...open(one.place), name: sourceName(one), site: site.id })),
        ),
  );
