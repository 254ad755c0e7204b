import { expect, test } from "vitest";
import { linkedinVersion } from "../../src/networks/linkedin.ts";

/** LinkedIn promises a year. Two months are left for a release, and for owners to update. */
const mostMonths = 10;

const monthsSince = (version: string, now: Date): number =>
  (now.getUTCFullYear() - Number(version.slice(0, 4))) * 12 + now.getUTCMonth() + 1 - Number(version.slice(4));

const problemOf = (version: string, now: Date): string | undefined =>
  monthsSince(version, now) < mostMonths
    ? undefined
    : `LinkedIn's API ${version} is ${monthsSince(version, now)} months old, and is switched off after about twelve: read its list of changes and set a newer version in src/networks/linkedin.ts`;

test("the version of LinkedIn's API is not older than ten months", () => {
  expect(problemOf(linkedinVersion, new Date())).toBeUndefined();
});

test("the version of LinkedIn's API is called old ten months after its month", () => {
  expect(problemOf("202610", new Date("2027-07-31T23:59:00Z"))).toBeUndefined();
  expect(problemOf("202610", new Date("2027-08-01T00:00:00Z"))).toContain("10 months old");
});
