import { describe, expect, it } from "vitest";
import { activeContentIn } from "../corpus/active-content.ts";
import {
  asBody,
  examples,
  faultsOfAttacks,
  naughtyStringsAs,
  ownPayloads,
  payloadsIn,
  read,
} from "../corpus/attacks.ts";

/** Every string in one of the fields; `npm run test:properties` reads all of them in each. */
const sample = Object.entries(naughtyStringsAs).map(
  ([field, all], place, fields) => [field, all.filter((_, at) => at % fields.length === place)] as const,
);

describe("collected attacks", () => {
  it("have active content before they are read", async () => {
    const payloads = await payloadsIn(ownPayloads);
    expect(payloads.filter((payload) => activeContentIn(payload).length === 0)).toEqual([]);
  });

  it("leave no active content in any feed or page", async () => {
    const attacks = read((await payloadsIn(ownPayloads)).map((payload) => asBody(payload, payload)));
    expect(faultsOfAttacks(attacks)).toEqual([]);
    expect(attacks.refused).toEqual([]);
  });

  it.each(sample)("are posts or refused for a named reason as a %s", (_, naughty) => {
    const attacks = read(naughty);
    expect(faultsOfAttacks(attacks)).toEqual([]);
    expect(attacks.posts.length).toBeGreaterThan(10);
  });

  it("of unusual Markdown are posts: examples of each section of the CommonMark specification", () => {
    const unusual = read(examples.filter((_, at) => at % 5 === 0));
    expect(faultsOfAttacks(unusual)).toEqual([]);
    expect(unusual.refused).toEqual([]);
  });
});
