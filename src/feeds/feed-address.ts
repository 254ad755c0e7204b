import { type FeedKey, feedFolder } from "../domain/feed-key.ts";
import { type FormatFiles, fileOf } from "./format.ts";
import type { FeedView } from "./view.ts";
import { webUrl } from "./web-url.ts";

/** Where a format of a feed is served: by default, of the feed in view. The main feed may have a configured path. */
export const addressOf = (view: FeedView, files: FormatFiles, key: FeedKey = view.key): string => {
  const own = key === "main" ? view.paths[files.id] : undefined;
  const address = own === undefined ? undefined : URL.parse(own, view.feedsUrl)?.href;
  return address ?? folderUrl(view, key) + fileOf(files, key);
};

const folderUrl = (view: FeedView, key: FeedKey): string =>
  key === view.key ? view.baseUrl : (webUrl(view.feedsUrl + feedFolder(key)) ?? view.feedsUrl);
