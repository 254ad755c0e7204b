import { describe, expect, it } from "vitest";
import { formats } from "../../src/feeds/index.ts";
import { aFullFeed } from "./builders.ts";

describe("a feed with everything in it", () => {
  it.each(formats.render(aFullFeed()))("is written as $file was reviewed", async ({ file, text }) => {
    await expect(text).toMatchFileSnapshot(`../golden/${file}`);
  });

  it("gives the same bytes every time", () => {
    expect(formats.render(aFullFeed())).toEqual(formats.render(aFullFeed()));
  });
});
