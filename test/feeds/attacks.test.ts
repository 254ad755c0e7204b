import { describe, expect, it } from "vitest";
import { asBody, examples, faultsOfAttacks, naughtyAs, ownPayloads, payloadsIn, read } from "../corpus/attacks.ts";
import { liveIn } from "../corpus/live.ts";

describe("attacks that others have collected", () => {
  it("are alive before a document is read", async () => {
    const payloads = await payloadsIn(ownPayloads);
    expect(payloads.filter((payload) => liveIn(payload).length === 0)).toEqual([]);
  });

  it("leave nothing alive in any feed or page", async () => {
    const attacks = (await payloadsIn(ownPayloads)).map((payload) => asBody(payload, payload));
    expect(faultsOfAttacks(attacks)).toEqual([]);
    expect(read(attacks).refused).toEqual([]);
  });

  it.each(Object.entries(naughtyAs))("are posts or refused for a named reason as a %s", (_, attacks) => {
    expect(faultsOfAttacks(attacks)).toEqual([]);
    expect(read(attacks).posts.length).toBeGreaterThan(50);
  });

  it("of odd Markdown are posts, every example of CommonMark's specification", () => {
    expect(faultsOfAttacks(examples)).toEqual([]);
    expect(read(examples).refused).toEqual([]);
  });
});
