import { describe, expect, test } from "vitest";
import { announces, endsWithLogin, nextMonth, sandboxRow } from "../../src/domain/account.ts";
import { day } from "../../src/domain/time.ts";
import { anAccount, start } from "../support/builders.ts";

describe("an account announces a post", () => {
  const account = anAccount({ name: "one", network: "paper" });
  const post = { site: account.site, language: "de-AT" };

  test("of its own site only", () => {
    expect(announces(account, post)).toBe(true);
    expect(announces(account, { ...post, site: "another" })).toBe(false);
  });

  test("in its language, where it has one", () => {
    expect(announces({ ...account, language: "de" }, post)).toBe(true);
    expect(announces({ ...account, language: "fr" }, post)).toBe(false);
    expect(announces({ ...account, language: "de" }, { ...post, site: "another" })).toBe(false);
  });
});

describe("a login that the network accepts", () => {
  const paused = { since: start, reason: "401", login: "old" };

  test.each([
    ["ends a pause of other credentials", paused, "new", true],
    ["does not end the pause of the credentials with which a request was refused", paused, "old", false],
    ["ends the pause of the credentials of which only a check was refused", { ...paused, isCheck: true }, "old", true],
    ["does not end a pause that its owner ends elsewhere", { ...paused, remedy: "buy credits" }, "new", false],
    ["does not end a pause before the moment that the network named", { ...paused, until: start + day }, "new", false],
    ["has nothing to end where the account is not paused", undefined, "new", false],
  ])("%s", (_, state, login, ends) => {
    expect(endsWithLogin({ paused: state }, login, false)).toBe(ends);
  });

  test("ends every pause of a login where a person asked for the check, and no other pause", () => {
    expect(endsWithLogin({ paused }, "old", true)).toBe(true);
    expect(endsWithLogin({ paused: { ...paused, remedy: "buy credits" } }, "old", true)).toBe(false);
    expect(endsWithLogin({ paused: undefined }, "old", true)).toBe(false);
  });
});

test("the sandbox counts in a row of its own, which no account can have by its name", () => {
  expect(sandboxRow({ name: "mastodon" })).toBe("sandbox/mastodon");
});

test("the next month begins at midnight in the zone, and January follows December", () => {
  expect(nextMonth(Date.parse("2026-03-15T12:00:00Z"), "UTC")).toBe(Date.parse("2026-04-01T00:00:00Z"));
  expect(nextMonth(Date.parse("2026-12-31T23:30:00Z"), "UTC")).toBe(Date.parse("2027-01-01T00:00:00Z"));
  expect(nextMonth(Date.parse("2026-11-30T23:30:00Z"), "Europe/Berlin")).toBe(Date.parse("2026-12-31T23:00:00Z"));
});
