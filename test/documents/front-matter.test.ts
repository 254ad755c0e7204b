import matter from "gray-matter";
import { describe, expect, it } from "vitest";
import { splitDocument } from "../../src/documents/front-matter.ts";
import { findings } from "../../src/domain/findings.ts";
import { aDocument, contentOf, parse, refusals, warningsOf } from "./sample-documents.ts";

describe("front matter", () => {
  it("may be YAML, TOML or JSON", () => {
    const titles = [
      "---yaml\ntitle: A\ndate: 2026-01-02\n---\nx",
      '+++\ntitle = "A"\ndate = 2026-01-02T03:04:05Z\n[taxonomies]\ntags = ["t"]\n+++\nx',
      '---json\n{"title": "A", "date": "2026-01-02"}\n---\nx',
    ].map((text) => contentOf(text).title);
    expect(titles).toEqual(["A", "A", "A"]);
    expect(
      contentOf('+++\ntitle = "A"\ndate = 2026-01-02T03:04:05Z\n[taxonomies]\ntags = ["t"]\n+++\nx'),
    ).toMatchObject({
      published: Date.UTC(2026, 0, 2, 3, 4, 5),
      categories: [{ name: "t" }],
    });
  });

  it("may be JSON without fences, as in Hugo", () => {
    expect(contentOf('{\n  "title": "A",\n  "date": "2026-01-02"\n}\n\n{ x }')).toMatchObject({
      title: "A",
      html: "<p>{ x }</p>",
    });
    expect(refusals('{\n  "title": \n}\nx')).toEqual(["front matter: front-matter-broken"]);
    for (const text of ["{% raw %}\n}\nx", "{{< note >}}\n}\nx", '{ "title": "A" }\nx'])
      expect(refusals(text)).toContain("title: title-missing");
  });

  it("is read with a byte order mark and the line ends of Windows", () => {
    expect(contentOf("\uFEFF---\r\ntitle: A\r\ndate: 2026-01-02\r\n---\r\n\r\nx\r\n")).toMatchObject({
      title: "A",
      html: "<p>x</p>",
    });
  });

  it("is read where it was in the wrong encoding, by what the body proves", () => {
    expect(contentOf("---\ntitle: HÃ”TEL, 5×£35\n---\nText.").title).toBe("HÃ”TEL, 5×£35");
    expect(contentOf("---\ntitle: HÃ”TEL\n---\nText â€“ text.").title).toBe("HÔTEL");
    expect(contentOf("ï»¿---\ntitle: HÃ”TEL\n---\nText.").title).toBe("HÔTEL");
  });

  it("is text where YAML has numbers", () => {
    expect(contentOf("---\ntitle: 007\ndate: 2026-01-02\nslug: 1.0\n---\nx")).toMatchObject({
      title: "007",
      slug: "1.0",
    });
  });

  it.each(["js", "javascript", "coffee", "ruby"])("is never executed as %s", (language) => {
    const text = `---${language}\n{ title: (globalThis.executed = true, "A") }\n---\nx`;
    expect(refusals(text)).toEqual(["document: front-matter-language"]);
    expect("executed" in globalThis).toBe(false);
  });

  it("is refused between plus signs where it is not TOML", () => {
    expect(refusals("+++json\n{}\n+++\nx")).toEqual(["document: front-matter-language"]);
  });

  it("is refused when it is invalid, each time", () => {
    const text = "---\ntitle: [A\ndate: 2026-01-02\n---\nx";
    expect([refusals(text), refusals(text), refusals(text)]).toEqual(
      Array(3).fill(["front matter: front-matter-broken"]),
    );
  });

  it.each([
    ["a list", "---\n- a\n---\nx"],
    ["invalid TOML", "+++\ntitle = \n+++\nx"],
    ["invalid JSON", "---json\n{title}\n---\nx"],
    ["JSON that is nested too deeply", `---json\n{"title": ${"[".repeat(3000)}${"]".repeat(3000)}}\n---\nx`],
  ])("is refused for %s", (_, text) => {
    expect(refusals(text)).toEqual(["front matter: front-matter-broken"]);
  });

  it.each([
    ["brackets", `---\ntitle: A\nx: ${"[".repeat(30_000)}\n---\nx`, /more than 100 levels deep in line 3: flatten/],
    ["lists on one line", `---\ntitle: A\nx:\n${"- ".repeat(30_000)}\n---\nx`, /100 levels deep in line 4: flatten/],
    ["TOML", `+++\ntitle = "A"\nx = ${"[".repeat(30_000)}\n+++\nx`, /100 levels deep in line 3: flatten/],
    [
      "blank lines",
      `---\ntitle: A\nx: |\n${" \n".repeat(101)}---\nx`,
      /more than 100 blank lines .* up to line 104: remove/,
    ],
  ])("is refused with the line and the next step where %s would expand", (_, text, message) => {
    const parsed = parse(text);
    expect(parsed.kind === "refused" && parsed.reasons[0]?.message).toMatch(message);
  });

  it("ends at the first line that has the fence alone", () => {
    expect(contentOf("---\ntitle: A\nsummary: |\n  ---x\n--- \n\nText").html).toBe("<p>Text</p>");
    expect(refusals("---\ntitle: A\n---x: c\n---\n\nText")).toEqual(["front matter: front-matter-broken"]);
    expect(refusals("---\n# nothing\n---\nx")).toEqual(["title: title-missing"]);
  });

  it("is refused with the line of the mistake", () => {
    const parsed = parse("---\ntitle: A\ntags: }\n---\nx");
    expect(parsed.kind === "refused" && parsed.reasons[0]?.message).toMatch(/not valid YAML: .*line 3/);
  });

  it.each([
    ["YAML", "---\ntitle: A\ntitle: B\n---\nx"],
    ["YAML in quotes", "---\n\"title\": A\n'title': B\n---\nx"],
    ["JSON", '---json\n{"title": "A", "x": [{"a": 1}, {"a": "title:"}], "title": "B"}\n---\nx'],
  ])("is refused with the name of a key that is in it twice: %s", (_, text) => {
    const parsed = parse(text);
    expect(parsed.kind === "refused" && parsed.reasons).toEqual([
      { code: "front-matter-broken", field: "title", message: expect.stringContaining("`title` is in it twice") },
    ]);
  });

  it("is refused with the line of braces that have a key twice", () => {
    const parsed = parse("---\ntitle: A\nextra: { a: 1, a: 2 }\n---\nx");
    expect(parsed.kind === "refused" && parsed.reasons[0]?.message).toMatch(/a key is twice in the braces of line 3/);
  });

  it.each([
    ["title: Foo: bar", "title", 2, '"Foo: bar"'],
    ["date: 2026-01-02\ntitle: 'It's'\ntags: a", "title", 3, '"It\'s"'],
    ['title: "One" and two\ndate: 2026-01-02', "title", 2, String.raw`"\"One\" and two"`],
    ["title: A\nauthor: @ada", "author", 3, '"@ada"'],
    ["title: A\nx: !note text", "x", 3, '"!note text"'],
    ["title: A\nx: *note", "x", 3, '"*note"'],
    ["title: Foo:\n  bar: 1", "title", 2, '"Foo:"'],
  ])("is refused with what to write where a value needs quotes: %j", (lines, key, line, value) => {
    const parsed = parse(`---\n${lines}\n---\nx`);
    expect(parsed.kind === "refused" && parsed.reasons[0]?.message).toBe(
      `The front matter is not valid YAML: the value of \`${key}\` in line ${line} needs quotes: write ${key}: ${value}. Correct it and save again.`,
    );
  });

  it("is refused when it is not closed, or too long", () => {
    expect(refusals("---\ntitle: A\n")).toEqual(["document: front-matter-open"]);
    expect(refusals(aDocument(`note: ${"x".repeat(1024 * 1024)}`))).toEqual(["document: front-matter-too-large"]);
  });

  it("is read without its longest values where it has more than 64 KiB, and a warning names each", () => {
    const extra = `{ summary: Short, notes: [${Array(9).fill("x".repeat(9000))}] }`;
    const long = aDocument(`transcript: ${"word ".repeat(20_000)}\nextra: ${extra}`);
    expect(contentOf(long)).toMatchObject({ title: "A title", summary: "Short" });
    expect(warningsOf(long)).toEqual([
      expect.stringMatching(/^`transcript` has 98 KiB and was left out, because 64 KiB of the front matter are read/),
      expect.stringMatching(/^`extra.notes` has 80 KiB and was left out/),
    ]);
    expect(warningsOf(aDocument(`note: ${"x".repeat(63 * 1024)}`))).toEqual([]);
  });

  it("is read without a value whose aliases stand for too much, or for the value itself", () => {
    const names = [..."abcdefghij"];
    const lines = names.slice(1).map((name, at) => `${name}: &${name} [${Array(9).fill(`*${names[at]}`)}]`);
    const multiplying = aDocument(`a: &a [x, x]\n${lines.join("\n")}`);
    expect(contentOf(multiplying).title).toBe("A title");
    expect(warningsOf(multiplying)[0]).toMatch(/^`j` has [\d,]{6,} KiB and was left out/);
    expect(warningsOf(aDocument("a: &a [*a]"))).toEqual([
      "`a` contains itself and was left out: write out what its alias stands for.",
    ]);
  });

  it("cannot change an object's prototype", () => {
    expect(contentOf(aDocument("__proto__: { polluted: 1 }\nconstructor: x")).title).toBe("A title");
    expect("polluted" in {}).toBe(false);
  });
});

/** Values as text: dates and numbers stay as they are written. */
const likeText = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(likeText);
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, likeText(inner)]));
  return typeof value === "number" ? String(value) : value;
};

/** Hugo, Jekyll, PyYAML and gray-matter read all of these. */
describe("YAML is read as by gray-matter on its own:", () => {
  it.each([
    ["a double-quoted value that continues at column 0", 'excerpt: "first\nsecond line"'],
    ["a single-quoted value that continues at column 0", "excerpt: 'first\n\nsecond: line'"],
    ["a quoted value that ends at column 0", 'excerpt: "first\n"'],
    ["a list in brackets that continues at column 0", "tags: [a,\nb\n]"],
    ["an object in braces that ends at column 0", "image: {\n  url: /a.png\n}"],
    ["a list at the column of its key", "tags:\n- a\n- b"],
    ["a merge key", "base: &base { layout: post }\nextra:\n  <<: *base\n  x: 1"],
    ["folded and literal text", "a: >-\n  one\n  two\nb: |\n  one\n  two"],
    ["numbers and dates", "a: [7, 2026-03-01]\nb: 3"],
    ["flags and empty values", "a: true\nb: yes\nc: ~\nd:"],
    ["comments", "# one\na: b # two\nc: d#e"],
  ])("%s", (_, lines) => {
    const text = aDocument(lines, "Text.", "title: A");
    const found = findings();
    expect(splitDocument(text, found)?.fields).toEqual(likeText(matter(text, {}).data));
    expect([found.reasons, found.warnings]).toEqual([[], []]);
  });
});

describe("a document", () => {
  it.each([
    ["no front matter at all", "Only text", ["title: title-missing"]],
    ["no content", "", ["title: title-missing"]],
    ["no title", aDocument("", "x", "date: 2026-01-02"), ["title: title-missing"]],
    ["an empty title", aDocument("", "x", 'title: ""\ndate: 2026-01-02'), ["title: title-missing"]],
    [
      "a title of zero-width characters",
      aDocument("", "x", 'title: "\\u200B\\u2060"\ndate: 2026-01-02'),
      ["title: title-missing"],
    ],
    ["a list as title", aDocument("", "x", "title: [a, b]\ndate: 2026-01-02"), ["title: title-missing"]],
    ["a title of 501 characters", aDocument("", "x", `title: ${"x".repeat(501)}`), ["title: title-too-long"]],
    [
      "more than one fault",
      aDocument("slug: ../x", "x", "date: 2026-02-30"),
      ["title: title-missing", "date: date-impossible", "slug: slug-unsafe"],
    ],
    [
      "51 tags",
      aDocument(`tags: [${Array.from({ length: 51 }, (_, index) => `t${index}`)}]`),
      ["categories: categories-too-many"],
    ],
    ["an address of 2,100 characters", aDocument(`canonical: /${"a/".repeat(1050)}`), ["canonical: url-too-long"]],
    ["a summary of 10,001 open elements", aDocument(`summary: "${"<p>".repeat(10_001)}"`), ["document: body-too-deep"]],
    ["a guid of 501 characters", aDocument(`guid: ${"x".repeat(501)}`), ["guid: guid-too-long"]],
  ])("is refused for %s", (_, text, expected) => {
    expect(refusals(text)).toEqual(expected);
  });

  it("is refused above 5 MiB, and not at exactly 5 MiB", () => {
    const limit = 5 * 1024 * 1024;
    const full = `${aDocument("", "")}<!--${"x".repeat(limit)}`.slice(0, limit - 3).concat("-->");
    expect(refusals(full)).toEqual([]);
    expect(refusals(`${full}x`)).toEqual(["document: document-too-large"]);
  });

  it("is refused when it is not UTF-8", () => {
    expect(refusals(Uint8Array.of(0x2d, 0x2d, 0x2d, 0x0a, 0xe9, 0x0a))).toEqual(["document: encoding-invalid"]);
  });
});
