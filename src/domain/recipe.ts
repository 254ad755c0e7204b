import type { Site } from "./site.ts";

/** Raised when a release reads the same document differently, or one that was too costly: every document is then read again. */
const readingVersion = 6;

/** Everything besides a document's bytes that determines its content. A document with another recipe is read again. */
export const recipeOf = (site: Site, isSectionIndex: boolean): string =>
  JSON.stringify([
    readingVersion,
    isSectionIndex,
    site.url,
    site.permalink,
    site.permalinks,
    site.permalinkCase,
    site.timeZone,
    site.language,
    site.languages,
    site.author,
    site.fields,
    site.publishStatuses,
    site.movedIn,
    site.feeds.categoryTypes,
    site.feeds.main,
  ]);
