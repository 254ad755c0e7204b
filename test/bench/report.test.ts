import { expect, test } from "vitest";
import { barChart } from "../../bench/bar-chart.ts";
import { atLeast, atMost, failed, median, percentile, spread } from "../../bench/findings.ts";
import { documentText, lines } from "../../bench/report.ts";
import { parseXml } from "../../src/feeds/tree.ts";

const answer = {
  id: "x",
  title: "A question",
  how: "Measured so.",
  findings: [atLeast("posts", 90, 120), atMost("writes", 9, 10), { what: "seconds", value: "3" }],
  why: "Because.",
  chart: { title: "A <chart>", bars: [{ name: "a & b", value: 0, label: "0" }] },
};

test("the page about performance says first what does not hold", () => {
  const text = documentText("a machine", [answer]);
  expect(text).toContain("What does not hold:\n\n- A question: posts is 90, and should be at least 120.");
  expect(text).toContain(
    "| posts | 90 | at least 120 | **no** |\n| writes | 9 | at most 10 | yes |\n| seconds | 3 |  |  |",
  );
  expect(text).toContain("![A <chart>](images/bench-x.svg)");
});

test("why something does not hold is said only where it does not", () => {
  const missed = documentText("a machine", [answer]);
  expect(missed).toContain("| seconds | 3 |  |  |\n\nWhy: Because.\n\n![A <chart>]");
  expect(lines(answer).at(-1)).toBe("  Why: Because.");
  const held = { ...answer, findings: answer.findings.slice(1) };
  expect(documentText("a machine", [held])).not.toContain("Because");
});

test("a question that fails is an answer that does not hold, with the error", () => {
  const text = documentText("a machine", [failed("import", new Error("no port"))]);
  expect(text).toContain("- import: an answer is none, and should be one.");
  expect(text).toContain("Why: Error: no port");
});

test("a chart is well-formed, and has a bar for each value", () => {
  const root = parseXml(barChart("A <chart>", answer.chart.bars));
  expect(root.attributes["aria-label"]).toBe("A <chart>");
  expect(root.children.filter((node) => typeof node !== "string" && node.name === "rect")).toHaveLength(1);
});

test("a measurement is its median, with the least and the most", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(percentile([1, 2, 3, 4], 0.95)).toBe(4);
  expect(spread([3, 1, 2], "ms")).toBe("2 ms (1 to 3)");
});
