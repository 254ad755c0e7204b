import { expect, it } from "vitest";
import { examples, faultsOfAttacks, naughtyStringsAs, read } from "../corpus/attacks.ts";

// `npm test` reads each of them in one of the fields, and a fifth of the examples.
it.each(Object.entries(naughtyStringsAs))(
  "naughty strings are posts or refused for a named reason as a %s",
  (_, all) => {
    const attacks = read(all);
    expect(faultsOfAttacks(attacks)).toEqual([]);
    expect(attacks.posts.length).toBeGreaterThan(50);
  },
);

it("every example of the CommonMark specification is a post", () => {
  const unusual = read(examples);
  expect(faultsOfAttacks(unusual)).toEqual([]);
  expect(unusual.refused).toEqual([]);
});
