import type { Fitted } from "../../domain/snippet.ts";

/** Why a text is never sent, whatever its network; undefined where it fits. All but the link is cut, so the link alone is too long. */
export const tooLong = ({ length, limit }: Pick<Fitted, "length" | "limit">): string | undefined =>
  length <= limit
    ? undefined
    : `the text has ${length} of ${limit} characters: its link alone is too long, and a link is never cut; give the post a shorter address`;
