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

  it.each(Object.entries(naughtyStringsAs))("are posts or refused for a named reason as a %s", (_, naughty) => {
    const attacks = read(naughty);
    expect(faultsOfAttacks(attacks)).toEqual([]);
    expect(attacks.posts.length).toBeGreaterThan(50);
  });

  it("of unusual Markdown are posts: every example of the CommonMark specification", () => {
    const unusual = read(examples);
    expect(faultsOfAttacks(unusual)).toEqual([]);
    expect(unusual.refused).toEqual([]);
  });
});
