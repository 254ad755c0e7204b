import type { Source } from "../ports/content.ts";

/** A source that has only one document: the one that was sent to the API. */
export const oneDocument = (name: string, path: string, bytes: Uint8Array): Source => ({
  name,
  list: async () => [path],
  read: async (asked) => (asked === path ? bytes : undefined),
});
