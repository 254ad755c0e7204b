import { expect, it } from "vitest";
import { candidatesIn } from "../../src/markdown/sanitise.ts";

it.each([
  ["a.png", [["a.png", ""]]],
  [
    "a.png 1x, b.png 2x",
    [
      ["a.png", "1x"],
      ["b.png", "2x"],
    ],
  ],
  [
    "a.png, b.png",
    [
      ["a.png", ""],
      ["b.png", ""],
    ],
  ],
  [
    " , a,b.png 640w,,c.png",
    [
      ["a,b.png", "640w"],
      ["c.png", ""],
    ],
  ],
  [
    "a.png 1x (x, y), b.png",
    [
      ["a.png", "1x (x, y)"],
      ["b.png", ""],
    ],
  ],
  [
    "data:,a 1x, b.png 2x",
    [
      ["data:,a", "1x"],
      ["b.png", "2x"],
    ],
  ],
  ["", []],
  [" ,, ", []],
])("the candidates of %j are those of a browser", (srcset, expected) => {
  expect(candidatesIn(srcset).map(({ url, size }) => [url, size])).toEqual(expected);
});
