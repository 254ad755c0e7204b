import { describe, expect, test } from "vitest";
import { linksToPage, type Snippet, snippetFor, withCard, withTitle } from "../../src/domain/snippet.ts";
import { aPost, start } from "../support/builders.ts";

describe("the text of a snippet", () => {
  const account = { name: "Work", network: "x" };
  const social = {
    off: false,
    useSummary: false,
    share: "share",
    snippet: "snippet",
    texts: { work: "for the account", x: "for the network" },
  };

  test("is the account's, else the network's, else socialShare, else the document's snippet, else undefined", () => {
    const text = (post: Parameters<typeof aPost>[0]) => snippetFor(aPost(post), account, start).text;
    expect(text({ social })).toBe("for the account");
    expect(text({ social: { ...social, texts: { x: "for the network" } } })).toBe("for the network");
    expect(text({ social: { ...social, texts: {} } })).toBe("share");
    expect(text({ social: { off: false, useSummary: false, snippet: "snippet", texts: {} } })).toBe("snippet");
    expect(text({ social: { off: false, useSummary: true, snippet: " ", texts: {} } })).toBeUndefined();
  });

  test.each([
    ["https://a.example/b、次に", "https://a.example/b 、次に"],
    ["「https://a.example/b」", "「https://a.example/b 」"],
    ["https://a.example/bをご覧", "https://a.example/b をご覧"],
    ["https://ja.wikipedia.org/wiki/日本。", "https://ja.wikipedia.org/wiki/日本 。"],
    ["https://blog.example.com/a/参照", "https://blog.example.com/a/ 参照"],
    ["https://a.example/b, https://a.example/c.", "https://a.example/b, https://a.example/c."],
  ])("has a space behind a link that text follows at once: %s", (share, text) => {
    const post = aPost({ url: "https://blog.example.com/a/", summary: share, social: { ...social, share, texts: {} } });
    expect(snippetFor(post, account, start).text).toBe(text);
    const bySummary = aPost({ ...post, social: { off: false, useSummary: true, texts: {} } });
    expect(snippetFor(bySummary, account, start).summary).toBe(text);
  });

  test("comes with a summary only where that is good enough to announce the post", () => {
    const summary = (useSummary: boolean) =>
      snippetFor(aPost({ summary: "A summary.", social: { off: false, useSummary, texts: {} } }), account, start)
        .summary;
    expect([summary(true), summary(false)]).toEqual(["A summary.", ""]);
  });

  test("comes with the sentences that announce it, where the summary is not the author's", () => {
    const social = { off: false, useSummary: true, lead: "A lead.", texts: {} };
    expect(snippetFor(aPost({ summary: "A lead. And more.", social }), account, start).summary).toBe("A lead.");
  });

  test("comes with the post's link, title, image, language and disclosure, and the date that it is given", () => {
    const post = aPost({ disclosure: "Claude", image: { url: "https://blog.example.com/a.png" } });
    const { title, image, language, disclosure, url } = post;
    expect(snippetFor(post, account, start + 1)).toMatchObject({
      title,
      images: [image],
      language,
      disclosure,
      url,
      createdAt: start + 1,
    });
  });
});

describe("the wording of a snippet", () => {
  const snippet = (overrides: Partial<Snippet> = {}): Snippet => ({
    ...snippetFor(aPost({ title: "A Title" }), { name: "Work", network: "x" }, start),
    summary: "A summary.",
    ...overrides,
  });

  test("is the author's own text, to which nothing is added", () => {
    expect(withTitle(snippet({ text: "Own words" }))).toEqual({ text: "Own words" });
    expect(withCard(snippet({ text: "Own words" }))).toEqual({ text: "Own words" });
  });

  test("is the title, then the summary, where the author wrote no text", () => {
    expect(withTitle(snippet())).toEqual({ text: "A Title", more: "A summary." });
    expect(withTitle(snippet({ summary: "" }))).toEqual({ text: "A Title", more: "" });
  });

  test("has the title once where the summary begins with it", () => {
    expect(withTitle(snippet({ summary: "A Title, and what it is about." }))).toEqual({
      text: "A Title, and what it is about.",
    });
    expect(withTitle(snippet({ summary: "A Titled thing." }))).toEqual({ text: "A Title", more: "A Titled thing." });
  });

  test.each([
    ["日本", "日本は晴れです。", "日本語を学ぶ。"],
    ["ภาษา", "ภาษาเป็นเครื่องมือ", "ภาษาศาสตร์คือการศึกษา"],
  ])("has the title %s once where the next word follows without a space", (title, summary, another) => {
    expect(withTitle(snippet({ title, summary }))).toEqual({ text: summary });
    expect(withTitle(snippet({ title, summary: another }))).toEqual({ text: title, more: another });
  });

  test("is only the summary where a card shows the title, and the title where there is no summary", () => {
    expect(withCard(snippet())).toEqual({ text: "A summary." });
    expect(withCard(snippet({ summary: "" }))).toEqual({ text: "A Title" });
  });
});

test("a request has the link of a page wherever that is, also with parameters and not as the beginning of another one", () => {
  const url = "https://blog.example.com/a/#top";
  const tagged = "https://blog.example.com/a/?utm_source=x#top";
  for (const request of [
    { text: `See ${url}.` },
    { replies: [{ text: tagged }] },
    { embed: { external: { uri: url } } },
    { tags: [["r", url]] },
  ])
    expect(linksToPage(request, url)).toBe(true);
  // In HTML.
  const html = '<a href="https://blog.example.com/?a=1&amp;p=2&amp;utm_source=x">here</a>';
  expect(linksToPage({ content: [{ html }] }, "https://blog.example.com/?a=1&p=2")).toBe(true);
  expect(linksToPage({ text: "https://blog.example.com/?p=1&utm_source=x" }, "https://blog.example.com/?p=1")).toBe(
    true,
  );
  for (const text of ["", "https://blog.example.com/", `${url}-of-it`, "https://blog.example.com/a/b?utm_source=x"])
    expect(linksToPage({ text, width: 1, picture: null }, url)).toBe(false);
});
