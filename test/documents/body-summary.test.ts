import { describe, expect, it } from "vitest";
import { aDocument, contentOf } from "./sample-documents.ts";

const summaryOf = (body: string) => contentOf(aDocument("", body)).summary;

describe("a summary of lists", () => {
  it.each([
    ["items", "- a\n- b", "a; b"],
    [
      "lists below headings",
      "### New\n\n- add a\n- add b\n\n### Fixes\n\n- fix c\n- fix d",
      "add a; add b; fix c; fix d",
    ],
    ["lists around a rule", "- a\n\n---\n\n- b", "a; b"],
    ["an item that ends in a slash", "- `http://` over `//`\n- b", "http:// over //; b"],
    ["items that end in other signs", "- `*`\n- C#\n- R&\n- @\n- 5%\n- b", "*; C#; R&; @; 5%; b"],
    ["an item that ends in a quotation", '- say "hi"\n- b', 'say "hi"; b'],
    ["a list before a paragraph", "New:\n\n- a\n- b\n\n<!--more-->\n\nText.", "New: a; b"],
    [
      "a list before a paragraph above the fold",
      "New today:\n\n- a\n- b\n\nMore follows.\n\n<!--more-->\n\nText.",
      "New today: a; b; More follows.",
    ],
  ])("divides %s by semicolons", (_, body, summary) => {
    expect(summaryOf(body)).toBe(summary);
  });

  it.each([
    "One.",
    "Two!",
    "Three?",
    "Four…",
    'He said "five."',
    "Six (and more.)",
    "七。",
    "هل ثمانية؟",
    "nine,",
    "ten;",
  ])("has no semicolon after the punctuation of %s", (item) => {
    expect(summaryOf(`- ${item}\n- b\n\n---\n\n- ${item}\n\n---\n\n- c`)).toBe(`${item} b; ${item} c`);
  });
});

describe("a summary of lists with code", () => {
  const parse = "- parse the option\n  - `caption` is now available:\n\n  ``` yml\n  a: b\n  ```\n\n- remove another";

  it.each([
    ["after a colon", parse, "parse the option; caption is now available; remove another"],
    [
      "with fences in it",
      "- it can be used:\n\n  ```` markdown\n  ``` js\n  a()\n  ```\n  ````\n\n- b",
      "it can be used; b",
    ],
    ["in a tight item", "Notes:\n\n- a\n  ```sh\n  rm -rf x\n  ```\n- b", "Notes: a; b"],
    ["above the fold", "Notes:\n\n- a\n  ```sh\n  rm -rf x\n  ```\n- b\n\n<!--more-->\n\nText.", "Notes: a; b"],
    ["within an item", "- use it:\n  ```sh\n  x\n  ```\n  as before\n- b", "use it; as before; b"],
    ["with a title", '- a\n\n  ```js title="main.js"\n  x\n  ```\n\n- b', "a; b"],
    ["in the last item", "- a\n- b:\n\n      x", "a; b"],
    ["as the whole item", "- a\n- ```sh\n  x\n  ```\n- b", "a; b"],
    ["in a quotation", "It says:\n\n> Use it:\n>\n> ```sh\n> x\n> ```", "It says: Use it"],
  ])("leaves out code %s", (_, body, summary) => {
    expect(summaryOf(body)).toBe(summary);
  });

  it("shows a formula", () => {
    expect(summaryOf("- the area is\n\n  $$\n  x^2\n  $$\n\n- b")).toBe("the area is x²; b");
  });

  it("is the code where the body has nothing else", () => {
    expect(summaryOf("```sh\nx\n```")).toBe("x");
  });
});

describe("a summary of a body with a paragraph that only refers to another page", () => {
  const link = "[changelog](https://a.example/r)";

  it.each([
    ["a label", `More info: ${link}`],
    ["a label with a full stop", `More info: ${link}.`],
    ["a bold label", `**Full changelog**: https://a.example/compare/v1...v2`],
    ["a label before two links", `Read more: ${link}, [notes](https://a.example/n)`],
    ["a label in Japanese", `詳細：${link}`],
    ["some words", "Include changes in [v4.0.0](https://a.example/r)"],
    ["a link", link],
    ["a link in a quotation", `> ${link}`],
  ])("is the list above or below %s", (_, reference) => {
    expect(summaryOf(`- One new thing\n\n${reference}`)).toBe("One new thing");
    expect(summaryOf(`${reference}\n\n- One new thing`)).toBe("One new thing");
    expect(summaryOf(`## Changes\n\n${reference}\n\nOne new thing came.`)).toBe("One new thing came.");
  });

  it("is that paragraph where there is nothing else", () => {
    expect(summaryOf(`## Changes\n\nMore info: ${link}`)).toBe("More info: changelog");
  });

  it("has it where the author put it before the fold, or below a colon", () => {
    expect(summaryOf(`It is out.\n\nMore info: ${link}\n\n<!--more-->\n\nText.`)).toBe(
      "It is out. More info: changelog",
    );
    expect(summaryOf(`You can read this:\n\n${link}\n\nText.`)).toBe("You can read this: changelog");
  });

  it.each([
    "We released [version 2](https://a.example/r).",
    "The [new version](https://a.example/r) of our library is out",
    "New today: [the parser](https://a.example/r) is twice as fast",
    "Our three news: one, two, three",
  ])("is a paragraph with more than that: %s", (text) => {
    const words = text.replaceAll(/\[(.*?)\]\(.*?\)/g, "$1");
    expect(summaryOf(`- One new thing\n\n${text}`)).toBe(words);
  });
});

describe("a summary of the body", () => {
  const filler = "This sentence is long enough to fill the summary, as the first one of an article usually is. ".repeat(
    3,
  );

  it.each([
    ["(we are far from done!) is having an impact", "The cleanup (we are far from done!) is having a huge impact."],
    ["Yahoo! is a name", "Sites such as Yahoo! is what we think of here today."],
    ['a question in quotation marks: "why?" by Anna', 'The talk "Why so?" by Anna is shown on the first day.'],
  ])("does not end within a sentence: %s", (_, sentence) => {
    const summary = summaryOf(`${filler.slice(0, 262)}. ${sentence} ${"More of it follows. ".repeat(9)}`);
    expect(summary).not.toMatch(/(?:done!\)|Yahoo!|so\?")$/);
  });

  it("is no paragraph that only points to another page, where there is another one", () => {
    const survey = "tl;dr: Please take our [survey here](https://example.com/s)";
    expect(summaryOf(`${survey}\n\nRust turns 10 this year. It is a good time.`)).toBe(
      "Rust turns 10 this year. It is a good time.",
    );
    expect(summaryOf(survey)).toBe("tl;dr: Please take our survey here");
  });

  it.each(["*Author's note*", "**Update**", "By Ann"])("is no label, where a text follows: %s", (label) => {
    expect(summaryOf(`${label}\n\nThe article was retracted. It was a draft.`)).toBe(
      "The article was retracted. It was a draft.",
    );
    expect(summaryOf(label)).toBe(label.replaceAll("*", ""));
  });

  it("is no remark about the document, and no greeting, where a text follows", () => {
    for (const remark of ["Updated September 24th, 2025 17:34 UTC - Socket has a post, too.", "Greetings to you all!"])
      expect(summaryOf(`${remark}\n\nThe crates were removed. Nobody used them.`)).toBe(
        "The crates were removed. Nobody used them.",
      );
  });

  it("leaves out a sentence that sends readers to another post, whose link is gone", () => {
    const kept = "We met last week in Berlin.";
    for (const pointer of [
      "You can check [detail](https://a.example/) on GitHub.",
      "Check out [the first post](https://a.example/) about loops if you have not already.",
      "For details, go check out [that blog post](https://a.example/).",
    ])
      expect(summaryOf(`${kept} ${pointer}`)).toBe(kept);
  });

  it("leaves the words of a link in brackets out of the text that announces it", () => {
    const body =
      "The meeting is on Monday at 1pm US Eastern Time [(click to see in your time zone)](https://a.example/).";
    expect(contentOf(aDocument("", body)).social.lead).toBe("The meeting is on Monday at 1pm US Eastern Time.");
  });

  it("leaves out its sentences and items that only point to another page", () => {
    const notes = "[Release notes can be found here.](https://example.com/notes)";
    expect(summaryOf(`It is ready for testing. It comes on September 22. ${notes}`)).toBe(
      "It is ready for testing. It comes on September 22.",
    );
    expect(
      summaryOf(
        "- feat: 'redirect' option [#48](https://example.com/48)\n  - See [this section](https://example.com/#r) for usage.\n- feat: slugs",
      ),
    ).toBe("feat: 'redirect' option #48; feat: slugs");
  });

  it("is no beginning of code that is not in it, where there is a list", () => {
    const body =
      "To upgrade, change the following line:\n\n```\nx\n```\n\n## Changes\n\n- chore: drop Node 6\n- fix: b";
    expect(summaryOf(body)).toBe("chore: drop Node 6; fix: b");
    expect(summaryOf("To upgrade, change the following line:\n\n```\nx\n```")).toBe(
      "To upgrade, change the following line",
    );
  });
});
