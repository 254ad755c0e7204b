/**
 * The files of the formats for feed readers. Apart from the formats, so that a function that only names the files does
 * not load what writes them.
 */
export const readerFiles = {
  rss: { id: "rss", file: "feed.xml", mediaType: "application/rss+xml", archiveSuffix: ".xml" },
  atom: { id: "atom", file: "atom.xml", mediaType: "application/atom+xml", archiveSuffix: ".atom.xml" },
  json: { id: "json", file: "feed.json", mediaType: "application/feed+json", archiveSuffix: ".json" },
} as const;

/** The files of the main feed, by the id of the format. */
export const feedFiles: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(readerFiles).map(({ id, file }) => [id, file]),
);
