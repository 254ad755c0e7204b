import { expect, it } from "vitest";
import { findings } from "../../src/domain/findings.ts";
import { bodyOf } from "../../src/markdown/body.ts";
import { candidatesIn } from "../../src/markdown/srcset.ts";
import { growthOf, mostGrowth } from "../support/growth.ts";

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

it.each(["a", "a,", ",", "a ,", " ", "1x ", "a 1x,", "(", "a,,,,"])("is read in linear time: %j", (unit) => {
  for (const end of ["", " b"]) {
    const read = (length: number) =>
      bodyOf(
        `<img src="a" srcset="${unit.repeat(length / unit.length)}${end}">`,
        "https://x.example/p/",
        {},
        findings(),
      );
    expect(growthOf(read)).toBeLessThan(mostGrowth);
  }
});
