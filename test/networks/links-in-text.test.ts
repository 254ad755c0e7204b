import { expect, test } from "vitest";
import { linksIn } from "../../src/networks/links-in-text.ts";

test("text that only looks like a link is not one", () => {
  expect(linksIn("https://... http://[ nothing")).toEqual([]);
});
