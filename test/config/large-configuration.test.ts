import { expect, test } from "vitest";
import { loadConfig } from "../../src/config.ts";
import { configurationOf } from "./configuration-of.ts";

// `npm run test:growth` measures whether the time grows with the square of the number of sites.
test("a configuration of a hundred sites is valid", () => {
  expect(() => loadConfig(configurationOf(100))).not.toThrow();
});

test("one mistake among many sites is found", () => {
  const twice = configurationOf(10);
  const [first, ...others] = twice.sites;
  const sites = [first, { ...first, url: "https://other.example/" }, ...others.slice(1)];
  expect(() => loadConfig({ sites })).toThrow(/sites\[1\]\.id: "s0" is used twice/);
});
