import { feed } from "./feed-source.ts";
import { folder } from "./folder-source.ts";
import type { LocalSourceKind } from "./source-kind.ts";

/**
 * Every source that one machine can read documents from. A new one is its file and one line here. The first that
 * accepts a location opens it: `folder` accepts every path, and is the last.
 */
export const localSources: readonly LocalSourceKind[] = [feed, folder];
