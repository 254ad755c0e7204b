import type { Post } from "../../domain/post.ts";

/**
 * Whether an attempt still has to raise the post's generation. The first attempt decides to which: a save can be applied
 * although its answer was lost, and what another worker saved over it has that generation, too. Two persons who ask at
 * the same moment get one announcement.
 */
export const onceMore = (again = false): ((row: Post | undefined) => boolean) => {
  let target: number | undefined;
  return (row) => {
    target ??= (row?.generation ?? 0) + 1;
    return again && (row?.generation ?? 0) < target;
  };
};
