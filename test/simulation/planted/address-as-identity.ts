import type { Variant } from "../crier-process.ts";

/** A document is known by its address only: with another slug it becomes another post, and the former one stays. */
export const addressAsIdentity: Variant = {
  documents: (documents) => ({
    ...documents,
    read: async (...at) => {
      const row = await documents.read(...at);
      if (row === undefined) return undefined;
      const { post: _, ...nameless } = row;
      return nameless;
    },
  }),
};
