import { expect, test } from "vitest";
import { readPageWith } from "../../src/outside/connect-outside.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { aClient, aServer } from "../outside/loopback.ts";
import { mostGrowth } from "../support/growth.ts";

const readPage = readPageWith(aClient(), systemRuntime.deadline);

/** Returns ms of CPU for a search in this many bytes of a page for a title that it does not have. */
const costOf = async (unit: string, bytes: number): Promise<number> => {
  const html = unit.repeat(Math.floor(bytes / Buffer.byteLength(unit)));
  const { url } = await aServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end(html));
  const before = process.cpuUsage();
  expect(await readPage(url, { title: "Another title", image: undefined })).toMatchObject({ hasTitle: false });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

/** Below this the compiler and the garbage collector decide. */
const noise = 50;

test.each(["<title>A</title>", "<", "&#97;", "&#x", "\u{FDFA}", "İ", "<!--", '<a b="'])(
  "a page of 1 MB of %j is searched for the title in a time that does not grow with the square of its length",
  async (unit) => {
    const growth = async () => {
      const quarter = await costOf(unit, 249_000);
      return (await costOf(unit, 999_000)) / Math.max(noise, quarter);
    };
    // The collector and other programs can only add to it.
    const first = await growth();
    expect(first < mostGrowth ? first : Math.min(await growth(), await growth())).toBeLessThan(mostGrowth);
  },
);
