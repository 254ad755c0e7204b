import type { Variant } from "../crier-process.ts";

/** An answer to another page is a post like any other: networks get it. */
export const announcedAnswer: Variant = {
  posts: (posts) => ({
    ...posts,
    save: ({ social, ...post }) => {
      const { answers, ...others } = social;
      return posts.save({ ...post, social: answers === undefined ? social : { ...others, off: false } });
    },
  }),
};
