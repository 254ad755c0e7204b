import { expect, it } from "vitest";
import { findings } from "../../src/domain/findings.ts";
import { renderBody } from "../../src/markdown/markdown.ts";
import { constructs } from "../support/constructs.ts";

it.each(constructs)("5,000 characters of %j are read, or refused for a named reason", (unit) => {
  const body = unit.repeat(Math.ceil(5_000 / unit.length));
  for (const isMdx of [false, true]) {
    const found = findings();
    const html = renderBody(body, "https://x.example/p/", { isMdx }, found)?.html;
    expect(html === undefined).toBe(found.reasons.length > 0);
    expect(found.reasons.map(({ code }) => code)).not.toContain("body-unreadable");
  }
});
