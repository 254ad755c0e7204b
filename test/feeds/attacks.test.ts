import { describe, expect, it } from "vitest";
import { asBody, examples, faultsOfAttacks, naughtyAs, ownPayloads, payloadsIn, read } from "../corpus/attacks.ts";
import { liveIn } from "../corpus/live.ts";

describe("attacks that others have collected", () => {
  it("are alive before a document is read", async () => {
    const payloads = await payloadsIn(ownPayloads);
    expect(payloads.filter((payload) => liveIn(payload).length === 0)).toEqual([]);
  });

  it("leave nothing alive in any feed or page", async () => {
    const attacks = read((await payloadsIn(ownPayloads)).map((payload) => asBody(payload, payload)));
    expect(faultsOfAttacks(attacks)).toEqual([]);
    expect(attacks.refused).toEqual([]);
  });

  it.each(Object.entries(naughtyAs))("are posts or refused for a named reason as a %s", (_, naughty) => {
    const attacks = read(naughty);
    expect(faultsOfAttacks(attacks)).toEqual([]);
    expect(attacks.posts.length).toBeGreaterThan(50);
  });

  it("of odd Markdown are posts, every example of CommonMark's specification", () => {
    const odd = read(examples);
    expect(faultsOfAttacks(odd)).toEqual([]);
    expect(odd.refused).toEqual([]);
  });
});
