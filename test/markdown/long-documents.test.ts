import { expect, it } from "vitest";
import { findings } from "../../src/domain/findings.ts";
import { renderBody } from "../../src/markdown/markdown.ts";
import { constructs } from "../support/constructs.ts";

// `npm run test:growth` reads 5,000 of each, and measures for 20,000 and 80,000 how the time grows.
it.each(constructs)("500 characters of %j are read, or refused for a named reason", (unit) => {
  const body = unit.repeat(Math.ceil(500 / unit.length));
  for (const isMdx of [false, true]) {
    const found = findings();
    const html = renderBody(body, "https://x.example/p/", { isMdx }, found)?.html;
    expect(html === undefined).toBe(found.reasons.length > 0);
    expect(found.reasons.map(({ code }) => code)).not.toContain("body-unreadable");
  }
});

it("a document with thousands of abbreviations keeps its text", () => {
  const names = Array.from({ length: 5_000 }, (_, at) => `AB${at}`);
  const body = `${names.map((name) => `*[${name}]: x\n`).join("")}\n${names.join(" ")}`;
  const html = renderBody(body, "https://x.example/p/", {}, findings())?.html ?? "";
  expect(html.replaceAll(/<[^>]*>/g, "")).toBe(names.join(" "));
  expect(html.match(/<abbr/g)).toHaveLength(200);
});
