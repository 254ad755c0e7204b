import { expect, test } from "vitest";
import { ConfigError, loadConfig } from "../../src/config.ts";
import { growthOf, mostGrowth } from "../support/growth.ts";

const site = (n: number) => ({
  id: `s${n}`,
  title: `Site ${n}`,
  url: `https://s${n}.example/`,
  feedsUrl: `https://feeds${n}.example/`,
  feeds: { paths: { rss: `/rss-${n}.xml` } },
  sources: [{ feed: `https://s${n}.example/feed.xml` }],
});

/** One site for each 80 characters. */
const ofLength = (length: number, siteOf = (n: number) => `s${n}`) => {
  const all = Array.from({ length: Math.floor(length / 80) }, (_, n) => n);
  return {
    sites: all.map(site),
    accounts: all.map((n) => ({ name: `a${n}`, network: "mastodon", site: siteOf(n) })),
  };
};

const load = (input: unknown): void => {
  try {
    loadConfig(input);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
  }
};

test("a configuration of a thousand sites is checked in a time that grows with their number", () => {
  expect(() => loadConfig(ofLength(8_000))).not.toThrow();
  expect(growthOf((length) => load(ofLength(length)))).toBeLessThan(mostGrowth);
});

test("its mistakes, too, and each is still found", () => {
  expect(growthOf((length) => load(ofLength(length, () => "s1x")))).toBeLessThan(mostGrowth);
  const twice = ofLength(800);
  const [first, ...others] = twice.sites;
  const sites = [first, { ...first, url: "https://other.example/" }, ...others.slice(1)];
  expect(() => loadConfig({ sites })).toThrow(/sites\[1\]\.id: "s0" is used twice/);
});
