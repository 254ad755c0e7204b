import matter from "gray-matter";
import { describe, expect, it } from "vitest";
import { splitDocument } from "../../src/documents/front-matter.ts";
import { findings } from "../../src/domain/findings.ts";
import { aDocument, contentOf, parse, refusals, theSite, warningsOf } from "./sample-documents.ts";

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
      expect(contentOf(text)).toMatchObject({ isNote: true, hold: undefined, published: undefined });
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
    expect(contentOf("---\n# nothing\n---\nx")).toMatchObject({ isNote: true, html: "<p>x</p>" });
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
    ["no content", "", ["title: note-empty"]],
    ["no title and a long text", aDocument("", "x ".repeat(600), "date: 2026-01-02"), ["title: title-missing"]],
    ["no title of an article", aDocument("type: article", "x", "date: 2026-01-02"), ["title: title-missing"]],
    ["a list as title", aDocument("", "x", "title: [a, b]\ndate: 2026-01-02"), ["title: title-missing"]],
    [
      "more than one fault",
      aDocument("slug: ../x", "x", "date: 2026-02-30"),
      ["date: date-impossible", "slug: slug-unsafe"],
    ],
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

describe("no count and no length of a field refuses a post:", () => {
  const tags = Array.from({ length: 58 }, (_, index) => `t${index}`);
  const deep = "<p>".repeat(10_001);
  it.each([
    [
      "a title of 501 characters is cut",
      aDocument("", "x", `title: ${"word ".repeat(101)}`),
      /^`title` is longer than 500/,
    ],
    [
      "of 58 tags 50 are used",
      aDocument(`tags: [${tags}]`),
      /^It has 58 categories and tags. The first 50 are used, and 8 are left out: "t50", "t51", "t52", "t53", "t54", ….$/,
    ],
    [
      "a canonical address of 2,100 characters",
      aDocument(`canonical: /${"a/".repeat(1050)}`),
      /^`canonical` is longer/,
    ],
    ["a permalink of 2,100 characters", aDocument(`permalink: /${"a/".repeat(1050)}`), /^`permalink` is longer/],
    [
      "a guid of 501 characters",
      aDocument(`guid: ${"x".repeat(501)}`),
      /^`guid` is longer than 500 characters and was/,
    ],
    ["a summary of 10,001 open elements", aDocument(`summary: "${deep}"`), /^`summary` was left out: More than 10000/],
    [
      "a text for networks of them",
      aDocument(`socialShare: "<b></b>${deep.replaceAll("p", "b")}"`),
      /^`socialShare` was/,
    ],
    [
      "a credit of 1,001 characters",
      aDocument(`image: /a.png\nimageCredit: ${"x".repeat(1001)}`),
      /^`imageCredit` is not/,
    ],
  ])("%s", (_, text, message) => {
    expect(refusals(text)).toEqual([]);
    expect(warningsOf(text)).toContainEqual(expect.stringMatching(message));
  });

  it("what is left out has the place of the next best", () => {
    const long = aDocument(
      `canonical: /${"a/".repeat(1050)}\nguid: ${"x".repeat(501)}\nsummary: "${deep}"\ntags: [${tags}]`,
    );
    const { url, guid, summary, categories } = contentOf(long);
    expect({ url, guid, summary }).toEqual({
      url: "https://blog.example.org/blog/a-post/",
      guid: undefined,
      summary: "Text.",
    });
    expect(categories.map(({ name }) => name)).toEqual(tags.slice(0, 50));
    expect(contentOf(aDocument("", "x", `title: ${"word ".repeat(150)}`)).title).toMatch(/^word .*word…$/);
  });

  it("a slug has at most 200 bytes, and the address all of the file's name", () => {
    const name = "とても長い名前".repeat(12);
    const { slug, url } = contentOf(aDocument(), `${name}.md`);
    const [, start = "", end] = /^(.*)-([\da-f]{8})$/.exec(slug) ?? [];
    expect([Buffer.byteLength(slug) <= 200, name.startsWith(start), start.length]).toEqual([true, true, 63]);
    expect(decodeURI(url)).toBe(`https://blog.example.org/blog/${name}/`);
    expect(contentOf(aDocument(), `posts/${name}.md`).slug).toBe(slug);
    expect(contentOf(aDocument(), `${name}二.md`).slug).toMatch(new RegExp(`^${start}-(?!${end})[\\da-f]{8}$`));
  });
});

describe("a slug", () => {
  it.each([
    ["posts/你好：世界.md", "", "你好-世界"],
    ["posts/hello .md", "", "hello"],
    ["posts/hello： .md", "", "hello"],
    ["2026-01-02-：.md", "", "A-title"],
    ["🎉.md", "", "A-title"],
    ["a.md", "slug: 你好：世界", "你好-世界"],
    ["a.md", 'slug: "hello "', "hello"],
    ["a.md", "slug: a b", "a-b"],
    ["a.md", `slug: ${"x".repeat(200)}`, "x".repeat(200)],
    ["a.md", `slug: ${"x".repeat(300)}`, `${"x".repeat(191)}-970138f5`],
    ["a.md", `slug: ${"é".repeat(101)}`, `${"é".repeat(95)}-257ce5d1`],
    ["a.md", "permalink: /2026/你好：世界/", "2026/你好-世界"],
  ])("is made of %j with %j", (path, line, slug) => {
    expect(contentOf(aDocument(line), path).slug).toBe(slug);
  });

  it("that is changed is named, and the page's own address stays as it is", () => {
    expect(warningsOf(aDocument("slug: 你好：世界"))).toEqual([
      expect.stringMatching(
        /^`slug: 你好：世界` has other characters .*: the slug is "你好-世界"\. If the page has another/,
      ),
    ]);
    expect(warningsOf(aDocument("permalink: /你好：世界/"))).toEqual([]);
    expect(decodeURI(contentOf(aDocument("permalink: /你好：世界/")).url)).toBe("https://blog.example.org/你好：世界/");
  });
});

describe("a missing title", () => {
  it.each([
    [
      "posttitle: A",
      'if `posttitle` is the title, say so in the site\'s configuration: fields: { title: "posttitle" }',
    ],
    [
      "page_headline: A",
      'if `page_headline` is the title, say so in the site\'s configuration: fields: { title: "page_headline" }',
    ],
    ["标题: A", 'if `标题` is the title, say so in the site\'s configuration: fields: { title: "标题" }'],
    ["titel: A", "did you mean `titel` as the title? Write `title`."],
  ])("is reported with a key that looks like one: %s", (line, next) => {
    const parsed = parse(aDocument(line, "x", "date: 2026-01-02"));
    expect(parsed.kind === "refused" && parsed.reasons.map(({ message }) => message)).toEqual([
      `It has no title: ${next}`,
    ]);
  });

  it("is none where the site's configuration names the key", () => {
    const site = theSite({ fields: { title: "posttitle" } });
    expect(contentOf(aDocument("posttitle: A", "x", "date: 2026-01-02"), "a.md", site).title).toBe("A");
  });
});

describe("Nikola's metadata", () => {
  const lines = [
    ".. title: Own: your words",
    ".. slug: own-words",
    ".. date: 2026-03-01 08:00:00 UTC+02:00",
    ".. tags: feeds, open web",
    ".. category: Publishing",
    ".. link:",
    ".. description: Why a feed outlives a timeline.",
    ".. type: text",
  ].join("\n");

  it.each([
    ["in a comment", `<!--\n${lines}\n-->\n\nText.\n`],
    [
      "in a comment on its first line",
      `<!-- ${lines.replaceAll("\n", "\n     ")} -->Text.`.replace("text -->", "text\n-->"),
    ],
    ["in lines of their own", `\n${lines}\n\nText.\n`],
  ])("is read %s", (_, text) => {
    expect(refusals(text)).toEqual([]);
    expect(contentOf(text)).toMatchObject({
      title: "Own: your words",
      slug: "own-words",
      published: Date.UTC(2026, 2, 1, 6),
      categories: [{ name: "Publishing" }, { name: "feeds" }, { name: "open web" }],
      summary: "Why a feed outlives a timeline.",
      html: "<p>Text.</p>",
      hold: undefined,
    });
  });

  it.each([
    [".. status: draft", { hold: "Its status is draft (`status`)." }],
    [".. tags: a, draft", { hold: "Its status is draft (`status`)." }],
    [".. tags: private", { hold: "Its status is private (`status`)." }],
    [".. status: featured", { hold: undefined, featured: true }],
  ])("with %j says whether the post is public", (line, expected) => {
    expect(contentOf(`.. title: A\n.. date: 2026-03-01\n${line}\n\nText.`)).toMatchObject(expected);
  });

  it("is neither a comment that goes on nor a directive", () => {
    for (const text of ["<!--\n.. title: A\nand more\n-->\n\nText.", ".. image:: a.png\n\nText.", "Text.\n.. title: A"])
      expect(contentOf(text).isNote).toBe(true);
  });
});
