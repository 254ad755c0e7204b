import { describe, expect, it } from "vitest";
import { aDocument, contentOf, parse, refusals } from "./sample-documents.ts";

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
    [
      "aliases that multiply",
      `---\na: &a [x,x,x,x,x,x,x,x,x]\n${["b", "c", "d", "e"].map((key, index) => `${key}: &${key} [${Array(9).fill(`*${"abcd"[index]}`)}]`).join("\n")}\n---\nx`,
    ],
  ])("is refused for %s", (_, text) => {
    expect(refusals(text)).toEqual(["front matter: front-matter-broken"]);
  });

  it.each([
    ["brackets", `---\ntitle: A\nx: ${"[".repeat(30_000)}\n---\nx`, /more than 100 levels deep in line 3: flatten/],
    ["lists on one line", `---\ntitle: A\nx:\n${"- ".repeat(30_000)}\n---\nx`, /100 levels deep in line 4: flatten/],
    ["TOML", `+++\ntitle = "A"\nx = ${"[".repeat(30_000)}\n+++\nx`, /100 levels deep in line 3: flatten/],
    ["aliases", `---\na: &a [x,x]\nb: &b [${Array(60).fill("*a")}]\nc: [*b, *b, *b]\n---\nx`, /`\*a` in line 3.*write/],
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
    ["JSON", '---json\n{"title": "A", "title": "B"}\n---\nx'],
  ])("is refused with the name of a key that is in it twice: %s", (_, text) => {
    const parsed = parse(text);
    expect(parsed.kind === "refused" && parsed.reasons).toEqual([
      { code: "front-matter-broken", field: "title", message: expect.stringContaining("`title` is in it twice") },
    ]);
  });

  it("is refused when it is not closed, or too long", () => {
    expect(refusals("---\ntitle: A\n")).toEqual(["document: front-matter-open"]);
    expect(refusals(aDocument(`note: ${"x".repeat(65 * 1024)}`))).toEqual(["document: front-matter-too-large"]);
  });

  it("cannot change an object's prototype", () => {
    expect(contentOf(aDocument("__proto__: { polluted: 1 }\nconstructor: x")).title).toBe("A title");
    expect("polluted" in {}).toBe(false);
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

  it("is refused above 1 MiB, and not at exactly 1 MiB", () => {
    const head = aDocument("", "");
    const full = `${head}${"word \n".repeat(180_000)}`.slice(0, 1024 * 1024);
    expect(refusals(full)).toEqual([]);
    expect(refusals(`${full}x`)).toEqual(["document: document-too-large"]);
  });

  it("is refused when it is not UTF-8", () => {
    expect(refusals(Uint8Array.of(0x2d, 0x2d, 0x2d, 0x0a, 0xe9, 0x0a))).toEqual(["document: encoding-invalid"]);
  });
});
