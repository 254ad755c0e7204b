import { parseEntry } from "../documents/parse-entry.ts";
import { readFeed } from "../feed-reader/read-feed.ts";
import type { FeedParsers } from "../ports/content.ts";
import { inProcess } from "./in-process.ts";
import { refusedEntry, refusedFeed } from "./refusals.ts";

/** Where the process itself is what can be stopped: a function on AWS. */
export const feedsInProcess: FeedParsers = {
  isContained: false,
  parseEntry: (document, site) =>
    inProcess(
      () => parseEntry(document, site),
      (cost) => refusedEntry(document, cost),
    ),
  readFeed: (bytes) => inProcess(() => readFeed(bytes), refusedFeed),
};
