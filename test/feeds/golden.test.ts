import { describe, expect, it } from "vitest";
import { formats } from "../../src/feeds/index.ts";
import { aFullFeed, anArchivePage } from "./builders.ts";

describe.each([
  ["a feed with everything in it", "", aFullFeed()],
  ["a page of the archive", "archive/", anArchivePage()],
])("%s", (_, folder, feed) => {
  it.each(formats.render(feed))("is the same as the reviewed file $file", async ({ file, text }) => {
    await expect(text).toMatchFileSnapshot(`../golden/${folder}${file}`);
  });

  it("gives the same bytes every time", () => {
    expect(formats.render({ ...feed })).toEqual(formats.render(feed));
  });

  it("passes the gate", () => {
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
  });
});
