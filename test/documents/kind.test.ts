import { describe, expect, test } from "vitest";
import { aDocument, contentOf, parse, theSite } from "./sample-documents.ts";

const read = (lines: string, body: string, path = "a.md", site = theSite()) =>
  parse(aDocument(lines, body, "date: 2026-01-02"), path, site);
const content = (lines: string, body: string) => contentOf(aDocument(lines, body, "date: 2026-01-02"));
const reasonOf = (parsed: ReturnType<typeof parse>) =>
  parsed.kind === "refused" ? parsed.reasons[0]?.message : parsed.kind === "page" ? parsed.reason : undefined;

describe("a document without a title", () => {
  test("is a note: its text is what networks get, and its first words are its label", () => {
    expect(
      content("tags: [a]", "The [harbour](https://h.example/).\n\nSecond paragraph,\\\nwith a line."),
    ).toMatchObject({
      isNote: true,
      title: "The harbour. Second paragraph, with a line.",
      summary: "The harbour (https://h.example/).\n\nSecond paragraph,\nwith a line.",
      social: { useSummary: false },
    });
  });

  test("says in its plan why it is a note", () => {
    const parsed = read("", "Short.");
    expect(parsed.kind === "post" && parsed.reading?.origins.get("title")).toEqual([
      "nothing: it is a note, because it has no title, and its text is short",
    ]);
  });

  test("keeps the text that its author wrote for networks", () => {
    expect(content("socialShare: For you.", "Text.").social.share).toBe("For you.");
    expect(content("snippet: A snippet.", "Text.").social.snippet).toBe("A snippet.");
  });

  test("is an article of the heading with which it begins, which leaves the body", () => {
    expect(content("", "# The *Engine*\n\nIt weaves numbers.")).toMatchObject({
      title: "The Engine",
      html: "<p>It weaves numbers.</p>",
      summary: "It weaves numbers.",
    });
    expect(content("", "# The Engine\n\nIt weaves.").isNote).toBeUndefined();
    expect(content("", "Text first.\n\n# The Engine").isNote).toBe(true);
  });

  test.each(["type: article", "layout: layouts/post.njk", "postType: blog", "kind: Article"])(
    "is refused where it says that it is an article: %s",
    (line) => {
      expect(reasonOf(read(line, "Text."))).toBe("It has no title: add `title: …` to the front matter.");
    },
  );

  test("is refused where it is longer than a note, except where it says that it is one or is in a folder of notes", () => {
    const long = "Word ".repeat(400);
    expect(reasonOf(read("", long))).toBe(
      "It has no title and is longer than a note (1,999 characters): add `title: …`, or `type: note`.",
    );
    expect(read("type: note", long)).toMatchObject({ kind: "post", content: { isNote: true } });
    const site = theSite({ notes: ["notes/"] });
    expect(read("", long, "notes/a.md", site)).toMatchObject({ kind: "post", content: { isNote: true } });
    expect(read("", long, "other/notes/a.md", site)).toMatchObject({ kind: "refused" });
  });

  test("is a note of 1,000 characters, and none of 1,001", () => {
    expect(content("", "海".repeat(1_000)).isNote).toBe(true);
    expect(reasonOf(read("", "海".repeat(1_001)))).toContain("longer than a note (1,001 characters)");
  });

  test("is refused in a folder of notes, too, where it says that it is an article", () => {
    const site = theSite({ notes: ["notes/"] });
    expect(reasonOf(read("type: article", "Text.", "notes/a.md", site))).toContain("It has no title");
  });

  test.each([
    ["nothing", ""],
    ["comments", "<!-- nothing -->"],
  ])("is refused with %s as its body", (_, body) => {
    expect(reasonOf(read("", body))).toBe("It has neither a title nor a text nor a picture: write one of them.");
  });

  test("may be a picture alone, which is called by its alternative text", () => {
    expect(content("", "![A harbour](https://h.example/a.png)")).toMatchObject({ isNote: true, title: "A harbour" });
    expect(content("", "![](https://h.example/a.png)")).toMatchObject({ isNote: true, title: "January 2, 2026" });
  });

  test.each(["👋", "@ada", "https://h.example/", "#tag", "שלום"])("may be no more than %s", (body) => {
    expect(content("", body)).toMatchObject({ isNote: true, summary: body });
  });
});

test("a document with a title has that one, and keeps the heading in its body where they differ", () => {
  expect(content("title: Looms", "# Engines\n\nText.")).toMatchObject({ title: "Looms" });
  expect(content("title: Looms", "# Engines\n\nText.").html).toContain("Engines");
});

test("a document that is a title alone is an article, also where it says that it is a note", () => {
  expect(content("title: A\ntype: note", "")).toMatchObject({ title: "A" });
  expect(content("title: A\ntype: note", "").isNote).toBeUndefined();
});

test("a document with a title is an article, unless it says that it is a note", () => {
  expect(content("title: A", "Text.").isNote).toBeUndefined();
  for (const line of ["type: note", "format: status", "layout: micro", "post_type: aside"])
    expect(content(`title: A\n${line}`, "Text.")).toMatchObject({ isNote: true, title: "Text." });
});

describe("a response", () => {
  test.each([
    ["like_of: https://a.example/1", "It is a like of https://a.example/1: it has no text of its own."],
    ["repostOf: [https://a.example/1]", "It is a repost of https://a.example/1: it has no text of its own."],
    ["bookmark-of: 'javascript:alert(1)'", "It is a bookmark: it has no text of its own."],
    ["rsvp: yes", "It is a reply to an invitation: it has no text of its own."],
  ])("without a text is a page: %s", (line, reason) => {
    expect(read(line, "")).toEqual({ kind: "page", reason });
  });

  test("names no more than the beginning of a long address", () => {
    const reason = reasonOf(read(`like_of: https://a.example/${"b".repeat(5_000)}`, "")) ?? "";
    expect(reason.length).toBeLessThan(300);
  });

  test("with a text is a post", () => {
    expect(content("like_of: https://a.example/1", "Well said.").isNote).toBe(true);
  });

  test("to another page is in the feeds only", () => {
    expect(content("in_reply_to: https://a.example/1", "I agree.").social).toMatchObject({
      off: true,
      answers: "https://a.example/1",
    });
    expect(content("in_reply_to: [https://a.example/1, https://b.example/]", "Yes.").social.answers).toBe(
      "https://a.example/1",
    );
    for (const line of ["reply_to: ada@a.example", "in_reply_to: 'javascript:alert(1)'", "in_reply_to: {a: 1}"])
      expect(content(line, "I agree.").social.off).toBe(false);
  });
});

describe("what looks like a note and is none", () => {
  test("is a long article that says that it is a note", () => {
    expect(content("title: An essay\ntype: note", "Word ".repeat(400))).toMatchObject({ title: "An essay" });
    expect(content("title: An essay\ntype: note", "Word ".repeat(400)).isNote).toBeUndefined();
  });

  test("is a bookmark with a title, and one with a picture", () => {
    expect(read("title: A find\nbookmark_of: https://a.example/", "")).toMatchObject({ kind: "post" });
    expect(read("like_of: https://a.example/\nimage: /a.png", "")).toMatchObject({ kind: "post" });
  });

  test.each(["type: docs", "type: page", "kind: page"])("is a document of another type: %s", (line) => {
    expect(read(line, "Text.").kind).not.toBe("post");
  });

  test("is a draft, which has the name of its file only where it is neither", () => {
    expect(content("draft: true", "# The title\n\nText.")).toMatchObject({ title: "The title", html: "<p>Text.</p>" });
    expect(content("draft: true\ntype: article", "Text.").title).toBe("a-post.md");
  });
});

test("a pixel that counts readers is no picture: a document that has no more is empty", () => {
  expect(reasonOf(read("", '<img src="https://h.example/p.gif" width="1" height="1">'))).toBe(
    "It has neither a title nor a text nor a picture: write one of them.",
  );
});

test("a note may be a picture of the front matter alone, or what is embedded", () => {
  expect(content("image: /a.png", "")).toMatchObject({ isNote: true });
  expect(content("", "{{< youtube abc >}}").html).toContain("<a ");
});

test.each([
  ["in_reply_to: { url: 'https://a.example/1' }", "https://a.example/1"],
  ["in_reply_to: /my/post/", "/my/post/"],
  ["in_reply_to: a.example/1", "a.example/1"],
  ["in_reply_to: <https://a.example/1>", "https://a.example/1"],
  ["in_reply_to: '[a](https://a.example/1)'", "https://a.example/1"],
  ["reply_to: https://a.example/1", "https://a.example/1"],
])("a note answers what it names, however it is written: %s", (line, answers) => {
  expect(content(line, "I agree.").social).toMatchObject({ off: true, answers });
});

test("an article's address for letters answers nothing", () => {
  expect(content("title: A\nreply_to: https://a.example/contact", "Text.").social.off).toBe(false);
});
