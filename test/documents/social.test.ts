import { describe, expect, it } from "vitest";
import { aDocument, contentOf, warningsOf } from "./sample-documents.ts";

const social = (lines: string, body?: string) => contentOf(aDocument(lines, body)).social;
const summary = (lines: string, body?: string) => contentOf(aDocument(lines, body)).summary;

describe("the texts for the networks", () => {
  it("are absent where the document has none", () => {
    expect(social("")).toEqual({ off: false, useSummary: false, texts: {} });
  });

  it.each(["socialShare: false", "social: false", "socialShare: 'no'", "syndicate: off"])(
    "are switched off by %s",
    (lines) => {
      expect(social(lines).off).toBe(true);
    },
  );

  it("may be one for each network or account", () => {
    expect(social("social: { Mastodon: 'For M', x: { text: 'For X' }, y: [3], z: ' ' }").texts).toEqual({
      mastodon: "For M",
      x: "For X",
    });
  });

  it("leave out no account by a value that is no text, and the document is read with a warning", () => {
    expect(warningsOf(aDocument("social: { bluesky: false, x: For X }"))).toEqual([
      "`social.bluesky` is no text: it was left out, and the post is announced there, too. `socialShare: false` announces it nowhere.",
    ]);
  });

  it("do not include keys that every object has", () => {
    const { texts } = social("social: { __proto__: a, Constructor: b, x: c }");
    expect(Object.entries(texts)).toEqual([["x", "c"]]);
  });

  it("may be one for all", () => {
    expect(social("socialShare: 'Read this'")).toMatchObject({ off: false, share: "Read this" });
    expect(social("social: 'Read this'").share).toBe("Read this");
    expect(social("socialShare: true")).toEqual({ off: false, useSummary: false, texts: {} });
  });

  it("may come with a content warning as plain text, and be marked as sensitive", () => {
    expect(social("contentWarning: 'Spoilers &amp; *more*'\nsensitive: true")).toMatchObject({
      contentWarning: "Spoilers & more",
      sensitive: true,
    });
    expect(social("cw: true")).toMatchObject({ sensitive: true });
    expect(social("nsfw: false")).not.toHaveProperty("sensitive");
  });

  it("include the longest snippet that is not cut off, without label and quotes", () => {
    const lines = `excerpt: 'Social Snippet:  "Short one"'\nmetaDescription: 'Social Snippet: "The longest of all the copies is cut off..."'\ntweet: A tweet`;
    expect(social(lines, '**Social Snippet:** "The *whole* snippet – & more"\n\nText.').snippet).toBe(
      "The whole snippet – & more",
    );
    expect(social(lines).snippet).toBe("Short one");
    expect(social("snippet: [“Quoted”]").snippet).toBe("Quoted");
    expect(social("snippet: cut…").snippet).toBeUndefined();
  });
});

describe("the body's own snippet", () => {
  it("is not in the post", () => {
    const content = contentOf(aDocument("", '**Social Snippet:**  "A snippet"\n\nThe text.'));
    expect(content).toMatchObject({ html: "<p>The text.</p>", summary: "The text." });
  });
});

describe("the summary", () => {
  it("is the one of the front matter", () => {
    expect(summary("description: D\nmetaDescription: M")).toBe("M");
    expect(summary("excerpt: '<p>An <b>excerpt</b> &amp; more</p>'")).toBe("An excerpt & more");
  });

  it("is never a snippet for the networks", () => {
    expect(summary(`metaDescription: 'Social Snippet: "S"'\nsubtitle: Sub`)).toBe("Sub");
  });

  it("is the whole text where another copy of it is cut off", () => {
    expect(summary("metaDescription: 'A long te...'\ndescription: A long text")).toBe("A long text");
    expect(summary("metaDescription: 'A long te...'\ndescription: Another text")).toBe("A long te...");
    expect(summary("metaDescription: 'The first par…'", "The first paragraph.")).toBe("The first paragraph.");
  });

  it("is the text before the fold, where a list is divided by semicolons", () => {
    expect(summary("", "One.\n\n- Two\n- Three\n\n<!-- more -->\n\nFour.")).toBe("One. Two; Three");
    expect(summary("", "One.\n\n{/* truncate */}\n\nFour.")).toBe("One.");
    expect(summary("", "## News\n\nOne.\n\n    code\n\n<!-- more -->\n\nFour.")).toBe("One.");
  });

  it("has no paragraph that is only an address, such as that of a film", () => {
    const film = '<iframe src="https://www.youtube.com/embed/abc"></iframe>';
    expect(summary("", `One is here.\n\n${film}\n\nTwo is here.\n\n<!-- more -->\n\nThree.`)).toBe(
      "One is here. Two is here.",
    );
  });

  it("is the first paragraph of text, cut at a sentence", () => {
    const body = `![Picture](a.png)\n*Credit*\n\n![Picture](a.png)\n\nFirst *sentence*.[^1] ${"Word ".repeat(50)}end. ${"More ".repeat(50)}end.\n\n[^1]: Note`;
    expect(summary("", body)).toBe(`First sentence. ${"Word ".repeat(50)}end.`);
  });

  it("is the first text of a body without a paragraph", () => {
    expect(summary("", "- One\n- Two!\n- Three\n  - Four")).toBe("One; Two! Three; Four");
    expect(summary("", "# One\n\n    two")).toBe("One two");
    expect(summary("", "One <b>two</b><ul><li>Three</li></ul>")).toBe("One two");
  });

  it.each([
    ["a list", "What is new:\n\n- Speed\n- *Size*", "What is new: Speed; Size"],
    ["a paragraph", "What is new, 👇\n\nIt is fast.", "What is new, 👇 It is fast."],
    ["a quotation", "Ann says：\n\n> It is fast.", "Ann says： It is fast."],
    ["two paragraphs", "Ann says:\n\nand I know it:\n\nIt is fast.", "Ann says: and I know it: It is fast."],
    ["the list after the fold", "What is new:\n\n<!--more-->\n\n- Speed\n- Size", "What is new: Speed; Size"],
  ])("is a stub joined with %s below it", (_, body, text) => {
    expect(summary("", body)).toBe(text);
  });

  it.each([
    ["a stub above code", "Change this line in package.json,\n\n    code\n\nIt is fast.", "It is fast."],
    ["a stub above a picture", "It looks so:\n\n![A picture](a.png)\n\nIt is fast.", "It is fast."],
    ["a greeting", "Hi all,\n\nIt is fast.", "It is fast."],
    ["a greeting before the fold", "Hello everyone!\n\nIt is fast.\n\n<!--more-->\n\nMore.", "It is fast."],
    ["a greeting alone before the fold", "Hallo zusammen!\n\n<!--more-->\n\nIt is fast.", "It is fast."],
    ["the numbers of issues", "[#12](/12), #15\n\nIt is fast.", "It is fast."],
    ["a list", "- One\n- Two\n\nIt is fast.", "It is fast."],
    ["a box", "> **Note:** Old.\n\nIt is fast.", "It is fast."],
    ["the title of code", '```js title="main.js"\na\n```\n\nIt is fast.', "It is fast."],
    [
      "the title of code after a text that ends in a colon",
      'Create a new file with this content:\n\n```js title="src/main.js"\na\n```',
      "Create a new file with this content",
    ],
    [
      "the script of a gist",
      '<script src="https://gist.github.com/ann/0123abcd.js"></script>\n\nIt is fast.',
      "It is fast.",
    ],
    ["the tag of a gist", "{% gist ann/0123abcd %}\n\nIt is fast.", "It is fast."],
    ["the shortcode of a gist", "{{< gist ann 0123abcd >}}\n\nIt is fast.", "It is fast."],
    ["a tweet", '{{< x user="ann" id="12345" >}}\n\nIt is fast.', "It is fast."],
    ["a film", "{{< youtube dQw4w9WgXcQ >}}\n\nIt is fast.", "It is fast."],
    [
      "a last sentence that is a stub",
      "It is fast. We measured it. It looks so:\n\n- One",
      "It is fast. We measured it.",
    ],
  ])("does not have %s", (_, body, text) => {
    expect(summary("", body)).toBe(text);
  });

  it("never ends in a colon or a comma", () => {
    expect(summary("", "Hi all,")).toBe("Hi all");
    expect(summary("", "Watch the film:\n\n    code")).toBe("Watch the film");
  });

  it("is at most a thousand characters long", () => {
    expect(summary(`description: ${"word ".repeat(400)}`).length).toBeLessThanOrEqual(1000);
  });
});

describe("the summary announces the post", () => {
  const announces = (lines: string, body?: string) => contentOf(aDocument(lines, body)).social.useSummary;

  it("where the author wrote one, whatever it says", () => {
    expect(announces("description: Hi all,", "- A\n- list")).toBe(true);
    expect(announces("subtitle: Sub")).toBe(true);
  });

  it.each([
    "We released a new version today.",
    "“Is it faster now?” That is what everybody asked us (and rightly so).",
    "It is the tenth release of Crier, and the fastest one yet! 🎉",
    "我们今天发布了新的版本。",
    "यह हमारा दसवाँ संस्करण है।",
    "The new `useThing` hook is **here** for you.",
    `${"A first sentence that says it all. "}${"And a second one that is long, ".repeat(20)}without an end`,
  ])("where it was taken from the body and is whole sentences: %s", (body) => {
    expect(announces("", body)).toBe(true);
  });

  it.each([
    ["a greeting", "Hi all,"],
    ["a greeting in another language", "¡Hola a todos!"],
    ["a long greeting", "Hello everybody who has read our posts since we began, and everybody else!"],
    ["the beginning of a list", "I wrote a bit of JSX in my editor:\n\n- one"],
    ["the beginning of a letter", "To upgrade, change the following line in your file,"],
    ["a heading", "Lang team October update"],
    ["a comparison of versions", "[v7.0.0...v7.1.0](https://example.com/compare)"],
    ["a label", "refs: GitHub Release Note: v8.0.0."],
    ["a few words", "Enjoy it!"],
    ["a sentence that was cut", `${"word ".repeat(100)}at the end.`],
    ["a sentence that trails off", "And then we found out what was really going on..."],
    ["a list", "- We released a new version today.\n- And another one."],
    ["code", "    We released a new version today, as code."],
    ["a list before the fold", "We released:\n\n- A thing.\n- And another thing of ours.\n\n<!--more-->\n\nMore."],
    ["nothing", ""],
  ])("not where that is %s", (_, body) => {
    expect(announces("", body)).toBe(false);
  });

  it("where code with a title precedes whole sentences", () => {
    const text = "Some following paragraph that is long enough to read.";
    expect(contentOf(aDocument("", `\`\`\`js title="main.js"\na\n\`\`\`\n\n${text}`))).toMatchObject({
      summary: text,
      social: { useSummary: true },
    });
  });

  it("where the part before the fold is whole sentences", () => {
    expect(announces("", "We released a new version.\n\nIt is very fast.\n\n<!--more-->\n\n- Four")).toBe(true);
  });
});

it("a summary from the body has a mark where an item or the label of a callout ends", () => {
  expect(summary("", "We have news.\n\n> [!WARNING]\n> Some tags are gone\n\n<!--more-->\n\nMore")).toBe(
    "We have news. Warning: Some tags are gone",
  );
  expect(summary("", "We have news:\n\n- Ada, team member\n  - Ada has written it\n- Bob\n\n<!--more-->\n\nMore")).toBe(
    "We have news: Ada, team member; Ada has written it; Bob",
  );
});

describe("a post without a summary of its author's is announced by", () => {
  const lead = (body: string) => {
    const { social, summary } = contentOf(aDocument("", body));
    return social.useSummary ? (social.lead ?? summary) : undefined;
  };

  it.each([
    ["its first paragraph", "We released a new version.\n\nIt is very fast.", "We released a new version."],
    [
      "that alone where more is before the fold",
      "We released a new version.\n\nIt is very fast.\n\n- One\n\n<!--more-->\n\nMore.",
      "We released a new version.",
    ],
    ["what follows a greeting", "Hello everyone! We released a new version.", "We released a new version."],
    [
      "what follows a greeting in another language",
      "¡Hola a todos! Os cuento los cambios de hoy.",
      "Os cuento los cambios de hoy.",
    ],
    [
      "what is not about the page",
      "We released a new version. Read below for more details! It is very fast. [The notes can be found here](/n).",
      "We released a new version. It is very fast.",
    ],
    [
      "what a reader of the text alone understands",
      "The following are the changes of today. It fell below zero here and there. Continue reading for more.",
      "It fell below zero here and there.",
    ],
    [
      "its first sentences",
      `${"A sentence of this length says a lot. ".repeat(20)}`,
      `${"A sentence of this length says a lot. ".repeat(7)}`.trim(),
    ],
  ])("%s", (_, body, text) => {
    expect(lead(body)).toBe(text);
  });

  it.each([
    "The release notes can be found here.",
    "Hello again from all of us here!",
    "Somebody has written about us:\n\n> We like it very much.",
  ])("its title alone where nothing is left: %s", (body) => {
    expect(lead(body)).toBeUndefined();
  });
});
