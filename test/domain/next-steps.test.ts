import { describe, expect, test } from "vitest";
import { nextSteps, siteCommands } from "../../src/domain/delivery-commands.ts";

describe("a command", () => {
  const command = siteCommands([{ id: "blog" }, { id: "notes" }]);

  test("needs no site for the first one", () => {
    expect(command("feeds", "blog")).toBe("npx crier feeds");
  });

  test("names every other site", () => {
    expect(command("feeds", "notes")).toBe("npx crier feeds --site notes");
  });
});

test("a delivery that needs an approval is approved, not released", () => {
  expect(nextSteps({ state: "held", hold: "approval" }, "a").map(({ words }) => words)).toEqual([
    "approve a",
    "dismiss a",
  ]);
});

test("a delivery of which a part is missing is settled by hand, and one that is complete needs nothing", () => {
  expect(nextSteps({ state: "posted", unfinished: true }, "a").map(({ words }) => words)).toEqual([
    "resolve a --as posted",
    "resolve a --as retry",
  ]);
  expect(nextSteps({ state: "posted", unfinished: false }, "a")).toEqual([]);
});

test("what goes on by itself needs no command", () => {
  expect(nextSteps({ state: "pending" }, "a")).toEqual([]);
});
