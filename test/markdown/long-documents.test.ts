import { expect, it } from "vitest";
import { findings } from "../../src/domain/findings.ts";
import { bodyOf } from "../../src/markdown/body.ts";

const units = [
  ..."! [ [a]( ![ *a **a _a ~a~~ a**b ` `a`` < <!-- <? <a <a> & > &# \\ \\( $ $a$ $$ ==a ~a a~b x^ : :a: { {a {{ {{< {% {/* {: {a:} [^a] ^[a *[a a@b. www. http:// https://あ 。".split(
    " ",
  ),
  ...["[x]({{", "[a](/b{{c}}", "<A ", "<A>", "<A b={", '<A b="', "<Tab>", "<Note>", "<code>", "<code>{{", "{{ a }}<"],
  ...["- a\n=", "1. ", "- ", "> - ", "* a\n  ", "[a]: b\n", "[^a]: b\n\n    ", "*[a]: b\n", "a\n: b\n", "| a |\n|-|\n"],
  ...[
    "{{< a >}}\n",
    "{{< note >}}\n",
    "- {{< note >}}\n",
    "<Note>\n",
    ":::a\n",
    "!!! a\n    ",
    "!!! a\n\n",
    "> [!a]\n",
  ],
  ...["{% highlight x %}\n", "- {% highlight x %}\n", "> {% highlight x %}\n\n", "{% raw %}", "{% comment %}", "$$\n"],
  ...[
    "- $$\n",
    "\\[\n",
    "\\begin{a}\n",
    "<div>\n",
    "<div>{{\n\n",
    "import a from\n",
    "export const a = {\n",
    "**a:** b\n",
  ],
];

/** The time is linear in the length of a body: one of these that took the square of it would reach the limit of the test. */
it.each(units)("60,000 characters of %j are read, or refused for a named reason", (unit) => {
  const body = unit.repeat(Math.ceil(60_000 / unit.length));
  for (const isMdx of [false, true]) {
    const found = findings();
    const html = bodyOf(body, "https://x.example/p/", { isMdx }, found)?.html;
    expect(html === undefined).toBe(found.reasons.length > 0);
    expect(found.reasons.map(({ code }) => code)).not.toContain("body-unreadable");
  }
});

it("a document with thousands of abbreviations keeps its text", () => {
  const names = Array.from({ length: 5_000 }, (_, at) => `AB${at}`);
  const body = `${names.map((name) => `*[${name}]: x\n`).join("")}\n${names.join(" ")}`;
  const html = bodyOf(body, "https://x.example/p/", {}, findings())?.html ?? "";
  expect(html.replaceAll(/<[^>]*>/g, "")).toBe(names.join(" "));
  expect(html.match(/<abbr/g)).toHaveLength(200);
});
