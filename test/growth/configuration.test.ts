import { expect, it } from "vitest";
import { ConfigError, loadConfig } from "../../src/config.ts";
import { configurationOf } from "../config/configuration-of.ts";
import { measureGrowth, mostGrowth } from "../support/growth.ts";

const load = (input: unknown): void => {
  try {
    loadConfig(input);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
  }
};

it.each([
  ["a configuration of a thousand sites is", (n: number) => `s${n}`],
  ["the mistakes of a thousand accounts are", () => "s1x"],
])("%s checked in a time that grows with their number", (_, siteOf) => {
  // There is one site for each 80 characters.
  expect(measureGrowth((length) => load(configurationOf(length / 80, siteOf)))).toBeLessThan(mostGrowth);
});
