import { expect, it } from "vitest";
import { faultsOfAttacks, naughtyStringsAs, read } from "../corpus/attacks.ts";

// `npm test` reads all of them in a body and in a slug, and a third in each other field.
it.each(Object.entries(naughtyStringsAs))(
  "naughty strings are posts or refused for a named reason as a %s",
  (_, all) => {
    const attacks = read(all);
    expect(faultsOfAttacks(attacks)).toEqual([]);
    expect(attacks.posts.length).toBeGreaterThan(50);
  },
);
