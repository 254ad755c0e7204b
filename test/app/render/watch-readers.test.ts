import { expect, test } from "vitest";
import { watchReaders } from "../../../src/app/render/render-feed.ts";
import { minute } from "../../../src/domain/time.ts";
import { keptLog } from "../../support/kept-log.ts";

const addresses = (count: number) =>
  Array.from({ length: count }, (_, index) => `https://feeds.example/sites/s${index}/feed.xml`);

/** The addresses that are asked for within a quarter of an hour, minute by minute. */
const aQuarter = async (count: number): Promise<readonly (readonly string[])[]> => {
  const minutes: string[][] = [];
  for (let past = 0; past < 15; past += 1) {
    const asked: string[] = [];
    await watchReaders(addresses(count), {
      ask: async (url) => {
        asked.push(url);
        return undefined;
      },
      clock: () => Date.UTC(2026, 10, 30) + past * minute,
      log: keptLog().log,
    });
    minutes.push(asked);
  }
  return minutes;
};

test("the feed of each site is asked for once in a quarter of an hour, and never all of them in one minute", async () => {
  const minutes = await aQuarter(100);
  expect(minutes.flat().toSorted()).toEqual(addresses(100).toSorted());
  expect(Math.max(...minutes.map(({ length }) => length))).toBe(7);
});

test("one site is asked for in one minute of them", async () => {
  expect((await aQuarter(1)).filter(({ length }) => length > 0)).toEqual([addresses(1)]);
});

test("a feed that readers do not get is an alarm with the address and what came back; the others are asked for", async () => {
  const { log, alarms, lines } = keptLog();
  const asked: string[] = [];
  await watchReaders(addresses(16), {
    ask: async (url, expected) => {
      asked.push(url);
      expect(expected).toBe("feed");
      return url.includes("s0/") ? "the answer is 503" : undefined;
    },
    clock: () => 0,
    log,
  });
  expect(asked).toHaveLength(2);
  expect(alarms).toEqual(["unreachable"]);
  expect(lines[0]?.message).toBe("Readers do not get https://feeds.example/sites/s0/feed.xml: the answer is 503");
});
