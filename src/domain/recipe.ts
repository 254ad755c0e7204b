import type { Site } from "./site.ts";

/** The version of how documents are read. Raised when the same document is read differently than before: each is then read once more. */
const readingVersion = 3;

/** Everything but a document's bytes that its content is made with. A post with another recipe is read again. */
export const recipeOf = (site: Site): string =>
  JSON.stringify([
    readingVersion,
    site.url,
    site.permalink,
    site.timeZone,
    site.language,
    site.languages,
    site.author,
    site.publishStatuses,
    site.movedIn,
    site.feeds.categoryTypes,
  ]);
