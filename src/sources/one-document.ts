import { apiSource } from "../domain/document.ts";
import type { Source } from "../ports/content.ts";

/** A source that has only one document: the one that was sent to the API. */
export const oneDocument = (path: string, bytes: Uint8Array): Source => ({
  name: apiSource,
  list: async () => [path],
  read: async (asked) => (asked === path ? bytes : undefined),
});
