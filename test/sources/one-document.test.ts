import { expect, it } from "vitest";
import { oneDocument } from "../../src/sources/site-sources.ts";

it("lists and reads its one document", async () => {
  const source = oneDocument("a.md", Uint8Array.of(1));
  expect([source.name, await source.list(), await source.read("a.md"), await source.read("b.md")]).toEqual([
    "api",
    ["a.md"],
    Uint8Array.of(1),
    undefined,
  ]);
});
