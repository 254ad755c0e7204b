import { describe, expect, it } from "vitest";
import { findings } from "../../src/domain/findings.ts";
import { renderBody } from "../../src/markdown/markdown.ts";

const refusalOf = (body: string, isMdx = false) => {
  const found = findings();
  const html = renderBody(body, "https://x.example/p/", { isMdx }, found)?.html;
  const [reason] = found.reasons;
  return html === undefined && reason !== undefined ? `${reason.code}: ${reason.message}` : undefined;
};

const below = (lines: string, text: string): string => `${lines}\n\n${text}`;

describe("a body that is nested too deeply is refused with the construct, the line and the next step:", () => {
  it.each([
    [
      "quotations",
      below("One.\n\nTwo.", "> ".repeat(101)),
      /^body-too-deep: Its quotations .* in line 5 below .*: flatten/,
    ],
    [
      "quotations around code",
      `${">".repeat(150_000)}<Code>{\`${"\n".repeat(400)}\`}</Code>`,
      /quotations .* in line 1 /,
    ],
    ["lists", `${"- ".repeat(101)}a`, /Its lists .* in line 1 below/],
    ["emphasis", below("One.", `${"*a ".repeat(120)}${"a* ".repeat(120)}`), /Its emphasis .* in line 3 below/],
    [
      "elements",
      below("One.", `<div>${"<b>".repeat(10_001)}</div>`),
      /`<b>` for example in line 3 below .*: close them/,
    ],
    ["elements on many lines", "<div>\n\n".repeat(10_001), /`<div>` for example in line 20001 below/],
  ])("%s", (_, body, message) => {
    for (const isMdx of [false, true]) expect(refusalOf(body, isMdx)).toMatch(message);
  });
});

it.each(["[", "(", "![", "[[", "{", "<"])("10,000 times %j are text", (bracket) => {
  expect(refusalOf(`a ${bracket.repeat(10_000)}`)).toBeUndefined();
});

it("code has as many brackets and marks of quotations as it likes", () => {
  expect(
    refusalOf(`\`\`\`\n${">".repeat(5_000)}\n${"- ".repeat(500)}\n${"<div>".repeat(20_000)}\n\`\`\``),
  ).toBeUndefined();
});
