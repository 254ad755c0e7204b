import { describe, expect, test } from "vitest";
import { bodyTags } from "../../src/markdown/sanitise.ts";
import { measureCpu } from "../support/growth.ts";
import { wholePaths } from "./whole-paths.ts";

const { "the body of a document": publish } = wholePaths;

const nested = (open: string, close: string, levels: number): string =>
  `${open.repeat(levels)}x${close.repeat(levels)}`;

/** Ms of CPU: the shorter of two runs. */
const costOf = (body: string): number => Math.min(...[1, 2].map(() => measureCpu(() => publish?.(body))));

/** Below this the compiler and the garbage collector decide. */
const noise = 60;

/**
 * What does its work twice at each level takes four times as long for two more levels. The levels rise two by two, so
 * that it is found before it would never end.
 */
const growsByTheLevel = (open: string, close: string): number | undefined =>
  [10, 12, 14, 16, 18, 20].find((levels) => {
    const cost = costOf(nested(open, close, levels + 2));
    return cost > noise && cost > 2 * costOf(nested(open, close, levels));
  });

const attributes: Readonly<Record<string, string>> = {
  a: ' href="/x"',
  video: ' src="/x.mp4"',
  audio: ' src="/x.mp3"',
};
const tag = (name: string) => [`<${name}${attributes[name] ?? ""}>`, `</${name}>`] as const;

describe("a level of nested elements does not multiply the work of what is inside, in any network and any format:", () => {
  test.each(bodyTags)("<%s>, alone and around <b>, <a> and <blockquote>", (name) => {
    const [open, close] = tag(name);
    const found = ["", "b", "a", "blockquote"].map((inner) => {
      const [innerOpen, innerClose] = inner === "" ? ["", ""] : tag(inner);
      return growsByTheLevel(open + innerOpen, innerClose + close);
    });
    expect(found).toEqual([undefined, undefined, undefined, undefined]);
  });
});
