import { folder } from "./folder-source.ts";
import type { LocalSourceKind } from "./source-kind.ts";

/** Every source that one machine can read documents from. A new one is its file and one line here. */
export const localSources: readonly LocalSourceKind[] = [folder];
